"""--validate-package-names: whether an address is that of the package, and its version's."""

from collections.abc import Iterator

from forecheck.analysis.locators import BERRY, CLASSIC, descriptors, source_text, split_descriptor
from forecheck.analysis.lock_source import Where, read_source
from forecheck.analysis.registry_path import name_in, version_in
from forecheck.lockfile_lint.knowledge import Knowledge
from forecheck.lockfile_lint.problem import Problem, about
from forecheck.lockfile_lint.request import OFFICIAL, Request
from forecheck.model import Entry, EntryKind, Location

_BASES = tuple(f"https://{host}/" for host in sorted(OFFICIAL))


class NameRules:
    """The validator of names for one lockfile; `finish` says what only the whole file shows."""

    def __init__(self, request: Request, knowledge: Knowledge) -> None:
        self._aliases = request.aliases
        self._knowledge = knowledge
        self._path = knowledge.lockfile.path
        self._format = knowledge.lockfile.format
        self._suspects = self._format != "npm"
        self._named: set[tuple[str, str]] = set()

    def look_at(self, entry: Entry) -> Iterator[Problem]:
        """What stands against the entry's address, if it has one that tells a name."""
        if entry.kind is EntryKind.ROOT:
            return
        name = entry.installed_as
        self._suspects = self._suspects or name != entry.release.name
        if self._is_plainly_own(entry, name):
            return
        text = source_text(entry, self._format)
        if not text:
            return
        source = read_source(text)
        if source.where is not Where.WEB:
            return
        said = name_in(source.path)
        if not said and source.host not in OFFICIAL:
            return
        for one in _names(entry, self._format):
            if self._is_allowed(one, said):
                continue
            if source.host not in OFFICIAL and self._knowledge.asked_by_project(entry):
                continue
            self._named.add((entry.location, one))
            what = "URL with a different name of package"
            yield about(what, entry, one, said or source.path, self._path)
            return
        if source.odd and source.host in OFFICIAL:
            yield about(
                f"URL that may be read in more than one way ({source.odd}) of package",
                entry,
                "",
                text,
                self._path,
            )
            return
        stated, written = entry.release.version, version_in(source.path, said)
        if written and stated and written not in (stated, stated.partition("+")[0]):
            yield about("URL with a different version of package", entry, stated, written, self._path)

    def finish(self) -> Iterator[Problem]:
        """Names that packages of other names answer, where no address shows it."""
        if not self._suspects:
            return
        named = {name for _, name in self._named}
        for hit in self._knowledge.strange_aliases:
            wanted = split_descriptor(hit.key)[0] if self._is_yarn() else hit.key.rpartition(" ")[2]
            real = hit.subject.name
            if wanted in named or self._is_allowed(wanted, real):
                continue
            what = f"different package under the name of package: {wanted}"
            yield Problem(what, hit.at or Location(self._path), wanted, real)

    def _is_plainly_own(self, entry: Entry, name: str) -> bool:
        """Written as npm and yarn write it: one comparison for most."""
        text = entry.resolved
        if name != entry.release.name or self._format == BERRY or name in self._aliases:
            return False
        base = name.rpartition("/")[2] if name[:1] == "@" else name
        file = f"{name}/-/{base}-{entry.release.version}.tgz"
        head = text[:-41] if text[-41:-40] == "#" else text
        if not head.endswith(file) or head[: -len(file)] not in _BASES or ".." in name or "%" in name:
            return False
        return self._format != CLASSIC or (
            entry.location.startswith(f"{name}@") and "," not in entry.location
        )

    def _is_allowed(self, name: str, said: str) -> bool:
        if name == said:
            return True
        real = self._aliases.get(name)
        return real is not None and ("" in real or said in real)

    def _is_yarn(self) -> bool:
        return self._format in (BERRY, CLASSIC)


def _names(entry: Entry, format_: str) -> tuple[str, ...]:
    """The names that the package is filed under: yarn 1 files it under each pattern."""
    if format_ == CLASSIC:
        return tuple(dict.fromkeys(name for name, _ in descriptors(entry)))
    if format_ == BERRY:
        return (entry.release.name,)
    return (entry.installed_as,)
