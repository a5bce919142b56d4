"""Where in the project a finding is shown, by formats that need a file and a line for everything."""

from urllib.parse import quote

from forecheck.model import Finding, Location, LockedFile, Release, Subject
from forecheck.report import Report

MANIFEST = "package.json"


class Places:
    """The place of each finding: its own, else its lockfile entry's, else the file that declares the dependencies."""

    def __init__(self, report: Report) -> None:
        self._entries: dict[Release, Location] = {}
        for step in report.plan.installs():
            if step.entry.at is not None:
                self._entries.setdefault(step.entry.release, step.entry.at)

    def of(self, finding: Finding) -> Location:
        """A path, never empty, and a line, never 0."""
        return self._usable(finding.at) or self.about(finding.subject)

    def about(self, subject: Subject) -> Location:
        """The place of whatever is said of the subject."""
        if isinstance(subject, LockedFile):
            return self._usable(Location(subject.path)) or Location(MANIFEST, 1)
        entry = self._entries.get(subject) if isinstance(subject, Release) else None
        return self._usable(entry) or Location(MANIFEST, 1)

    def _usable(self, at: Location | None) -> Location | None:
        if at is None or not at.path:
            return None
        return Location(at.path, max(at.line, 1), at.column, at.pointer)


def relative_uri(path: str) -> str:
    """A path of the project as a relative URI (RFC 3986): nothing in it can be taken for a scheme, host or query."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    text = "/".join(quote(part.encode("utf-8", "replace"), safe="@-._~+") for part in parts)
    return text or MANIFEST
