from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.model import Confidence, EntryKind, Hit, LockedFile, Lockfile, Severity
from forecheck.npm.names import errors_of


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_bad_name(subject: LockedFile, lockfile: Lockfile) -> Iterator[Hit]:
    """An entry has a name or place that no package can have.

    ## Why it matters
    Package managers make folders out of these texts. With `..` in one of them, several versions of pnpm and
    npm have written outside of node_modules.

    ## What to do
    Restore the lockfile from the main branch: no package manager writes such an entry.

    ## What it cannot know
    Whether the version that you use still falls for it.

    ## Examples
    ### bad: a name that leads out of node_modules
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {}},
                  "node_modules/../../x": {"version": "1.0.0"}}}
    ```
    ```text title="finding"
    "node_modules/../../x" is no place for a package: its name has characters that would need escaping in a URL
    ```
    ### good: a scoped name
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"@a/b": "^1.0.0"}}, "node_modules/@a/b": {"version": "1.0.0"}}}
    ```
    """
    del subject
    known: dict[str, str] = {}
    for entry in lockfile.entries:
        if entry.kind is not EntryKind.PACKAGE:
            continue
        for name in {entry.installed_as, entry.release.name}:
            wrong = known.get(name)
            if wrong is None:
                wrong = known[name] = _wrong(name)
            if wrong:
                message = f"{quoted(entry.location)} is no place for a package: {wrong}"
                yield Hit(message, at=entry.at, key=entry.location, about=entry.release)
                break
        else:
            if ".." in entry.location and _climbs(entry.location):
                message = f"{quoted(entry.location)} is no place for a package: it leads upwards"
                yield Hit(message, at=entry.at, key=entry.location, about=entry.release)


def _wrong(name: str) -> str:
    if name.isascii() and name.isalnum() and name != "node_modules":
        return ""
    if ".." in name.split("/") or "\\" in name:
        return "its name has characters that would need escaping in a URL"
    found = [problem for problem in errors_of(name) if problem.value not in ("reserved", "empty")]
    return f"its name {found[0].text}" if found else ""


def _climbs(location: str) -> bool:
    """`..` as a segment of a folder that belongs to a package, not of a `file:` or `link:` text in a key."""
    folders, marker, _ = location.partition("node_modules/")
    inside = location[len(folders) :] if marker else ""
    return ".." in inside.split("/")
