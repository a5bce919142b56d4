"""Whether the two halves of an npm lockfile say the same: npm 7 and later read `packages`, npm 6 `dependencies`."""

from collections.abc import Iterator, Mapping

from forecheck.decode import Malformed
from forecheck.lockfiles.npm_old import MAX_DEPTH, identity
from forecheck.lockfiles.npm_wire import WireDependency, WireEntry, text
from forecheck.lockfiles.origins import is_git
from forecheck.lockfiles.pointers import pointer, token
from forecheck.model import Location, Remark, RemarkKind

MAX_REMARKS = 50
"""So many places are named; one more remark then says how many there are in all."""

_Found = tuple[str, str, str]  # the location, what is wrong, where


def disagreements(
    packages: Mapping[str, WireEntry], dependencies: Mapping[str, WireDependency] | None, path: str
) -> Iterator[Remark]:
    """A remark for every place where the halves differ in name, version, source or integrity, or one is silent.

    Raises `Malformed` for a tree nested too deeply. Nothing is compared where one half is missing altogether.
    """
    if dependencies is None:
        return
    count = 0
    for location, what, at in _Halves(packages, path).compare(dependencies):
        count += 1
        if count <= MAX_REMARKS:
            yield Remark(RemarkKind.HALVES_DISAGREE, location, what, Location(path, pointer=at))
    if count > MAX_REMARKS:
        message = f"packages and dependencies disagree in {count} places, of which {MAX_REMARKS} are named"
        yield Remark(RemarkKind.HALVES_DISAGREE, "", message, Location(path, pointer="/dependencies"))


class _Halves:
    def __init__(self, packages: Mapping[str, WireEntry], path: str) -> None:
        self._packages = packages
        self._path = path
        self._matched: set[str] = set()

    def compare(self, dependencies: Mapping[str, WireDependency]) -> Iterator[_Found]:
        yield from self._below(dependencies, "", "", 0)
        for location in self._packages:
            if location not in self._matched and "node_modules/" in location:
                yield location, f"{location} is only in packages", pointer("packages", location)

    def _below(
        self, tree: Mapping[str, WireDependency], prefix: str, above: str, depth: int
    ) -> Iterator[_Found]:
        if depth > MAX_DEPTH:
            raise Malformed(self._path, "is nested too deeply")
        for name, old in tree.items():
            location = f"{prefix}node_modules/{name}"
            new = self._packages.get(location)
            if new is None:
                yield location, f"{location} is only in dependencies", f"{above}/dependencies/{token(name)}"
            else:
                self._matched.add(location)
                if not _same(old, new):
                    at = f"{above}/dependencies/{token(name)}"
                    yield from ((location, what, at) for what in _differences(location, name, old, new))
            if old.dependencies:
                inside = text(new.resolved) if new is not None and new.link else location
                at = f"{above}/dependencies/{token(name)}"
                yield from self._below(old.dependencies, f"{inside}/", at, depth + 1)


def _same(old: WireDependency, new: WireEntry) -> bool:
    return (
        old.version == new.version
        and old.resolved == new.resolved
        and old.integrity == new.integrity
        and new.name is None
        and not new.link
    )


def _differences(location: str, name: str, old: WireDependency, new: WireEntry) -> Iterator[str]:
    real, version, source = identity(name, text(old.version), text(old.resolved))
    resolved = f"file:{text(new.resolved)}" if new.link else text(new.resolved)
    known_name = version != "" and not new.link  # a source in place of the version leaves the name out
    pairs = (
        ("name", real if known_name else "", (text(new.name) or name) if known_name else ""),
        ("version", version, text(new.version) if version else ""),
        ("resolved", source, resolved),
        ("integrity", text(old.integrity), text(new.integrity)),
    )
    for field, before, after in pairs:
        # npm 7 to 9 give git packages an integrity in one half only; neither npm looks at it.
        if before != after and not (field == "integrity" and is_git(source)):
            said = f"{after or 'nothing'} in packages, {before or 'nothing'} in dependencies"
            yield f"{location} has a different {field} in the two halves: {said}"
