"""The entries of a lockfile whose source is anything but a configured registry's tarball of that very release."""

from collections.abc import Iterator

import msgspec

from forecheck.analysis.locators import folder_of, source_text, written_wants
from forecheck.analysis.lock_source import LockSource, Where, normal_path, read_source, wanted_place
from forecheck.evidence.lock_project import PUBLIC_REGISTRIES, ConfiguredRegistries
from forecheck.evidence.lock_tree import LockTree
from forecheck.model import Edge, Entry, EntryKind, FromBundle, FromDirectory, FromRegistry, Lockfile
from forecheck.source import source

_RUNTIME_HOSTS = frozenset({"nodejs.org", "unofficial-builds.nodejs.org"})
"""Where pnpm gets node from, for `devEngines.runtime`."""
_UNFETCHED = (EntryKind.ROOT, EntryKind.WORKSPACE, EntryKind.LINK)


class OddSource(msgspec.Struct, frozen=True):
    """An entry and its source, taken apart. `by_project` and `by_packages` say who asks for that very place: the
    project's own manifests as the lockfile has them, or packages, by name. `untold`: the project asks for it, but the
    file does not say how (npm's old format, without the package.json).
    """

    entry: Entry
    source: LockSource
    by_project: bool = False
    by_packages: tuple[str, ...] = ()
    untold: bool = False


class LockSources(msgspec.Struct, frozen=True):
    """What is not plainly a registry's; all other packages come from where their name and version say. `folders` are
    the links to folders and the packages that are one.
    """

    odd: tuple[OddSource, ...]
    folders: tuple[Entry, ...] = ()

    def web(self) -> Iterator[OddSource]:
        """Those fetched by URL."""
        return (one for one in self.odd if one.source.where is Where.WEB)


@source()
def lock_sources(lockfile: Lockfile, registries: ConfiguredRegistries, tree: LockTree) -> LockSources:
    """Sort out the odd ones: one comparison for each plain entry."""
    folders: list[Entry] = []
    found = list(_odd(lockfile, registries, folders))
    asked = tree.asked(frozenset(entry.location for entry, _ in found))
    odd = (_with_askers(entry, read, asked.get(entry.location, ())) for entry, read in found)
    return LockSources(tuple(odd), tuple(folders))


def _odd(
    lockfile: Lockfile, registries: ConfiguredRegistries, folders: list[Entry]
) -> Iterator[tuple[Entry, LockSource]]:
    scoped = bool(registries.scopes)
    usual = frozenset((*PUBLIC_REGISTRIES, registries.default))
    for entry in lockfile.entries:
        release, resolved = entry.release, entry.resolved
        origin = release.origin
        if isinstance(origin, FromRegistry):
            if not resolved:
                continue
            name = release.name
            base = name.rpartition("/")[2] if name[:1] == "@" else name
            file = f"{name}/-/{base}-{release.version}.tgz"
            head = resolved[:-41] if resolved[-41:-40] == "#" else resolved
            if head.endswith(file):
                host = head[: -len(file)]
                if host == registries.registry_for(name) if scoped else host in usual:
                    continue
        elif isinstance(origin, FromDirectory):
            if entry.kind in (EntryKind.LINK, EntryKind.PACKAGE):
                folders.append(entry)
            continue
        elif isinstance(origin, FromBundle) or entry.kind in _UNFETCHED:
            continue
        text = source_text(entry, lockfile.format)
        if text or not isinstance(origin, FromRegistry):
            yield entry, read_source(text)


def _with_askers(entry: Entry, read: LockSource, asked: tuple[tuple[Entry, Edge], ...]) -> OddSource:
    place = read.place
    by_project = read.host in _RUNTIME_HOSTS and f"{entry.release.name}@runtime:" in entry.location
    packages: list[str] = []
    for by, edge in asked:
        if not place or place not in _places(by, edge.wanted):
            continue
        if by.kind is EntryKind.PACKAGE:
            packages.append(by.release.name)
        else:
            by_project = True
    if not asked and place and any(wanted_place(text) == place for text in written_wants(entry)):
        by_project = True
    untold = any(not edge.wanted and by.kind is not EntryKind.PACKAGE for by, edge in asked)
    return OddSource(entry, read, by_project, tuple(dict.fromkeys(packages)), untold)


def _places(by: Entry, wanted: str) -> tuple[str, ...]:
    """The place a dependency means; a path is written from the folder of whoever declares it."""
    place = wanted_place(wanted)
    if by.kind is EntryKind.WORKSPACE:
        return place, normal_path(f"{folder_of(by)}/{place}")
    return (place,)
