"""The entries of a lockfile whose source is anything but a configured registry's tarball of that very release."""

from collections.abc import Iterator

import msgspec

from forecheck.analysis.locators import folder_of, source_text, written_wants
from forecheck.analysis.lock_source import (
    LockSource,
    Where,
    commit_in,
    leaves_project,
    normal_path,
    read_source,
    wanted_place,
)
from forecheck.evidence.lock_project import PUBLIC_REGISTRIES, ConfiguredRegistries, ProjectManifests
from forecheck.evidence.lock_tree import LockTree
from forecheck.model import (
    Edge,
    Entry,
    EntryKind,
    FromBundle,
    FromDirectory,
    FromGit,
    FromRegistry,
    Lockfile,
)
from forecheck.source import source

_RUNTIME_HOSTS = frozenset({"nodejs.org", "unofficial-builds.nodejs.org"})
"""Where pnpm gets node from, for `devEngines.runtime`."""
_UNFETCHED = (EntryKind.ROOT, EntryKind.WORKSPACE, EntryKind.LINK)


class OddSource(msgspec.Struct, frozen=True):
    """An entry and its source, taken apart. `by_project` and `by_packages` say who asks for that very place: the
    project's own manifests, or others, by name. Where there are manifests, the lockfile's copy of them is not
    believed; a folder out of the project, whose manifest is not looked at, counts with the packages. `untold`: the
    project asks for it, but the file does not say how (npm's old format, without the package.json).
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
def lock_sources(
    lockfile: Lockfile, registries: ConfiguredRegistries, tree: LockTree, manifests: ProjectManifests
) -> LockSources:
    """Sort out the odd ones: one comparison for each plain entry."""
    folders: list[Entry] = []
    found = list(_odd(lockfile, registries, folders))
    asked = tree.asked(frozenset(entry.location for entry, _ in found))
    project = _Project(lockfile, manifests)
    odd = (_with_askers(entry, read, asked.get(entry.location, ()), project) for entry, read in found)
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


class _Project:
    """What the project's own manifests ask for."""

    def __init__(self, lockfile: Lockfile, manifests: ProjectManifests) -> None:
        self._manifests = manifests.by_folder
        # pnpm compares the copies itself, and reads overrides from a file that is not looked at here.
        self._copied = manifests.root is not None and lockfile.manager != "pnpm"
        self._linked = {
            normal_path(entry.release.origin.path)
            for entry in lockfile.entries
            if entry.kind is EntryKind.LINK and isinstance(entry.release.origin, FromDirectory)
        }
        self.set_for_all = manifests.override_texts()

    def asks(self, by: Entry, edge: Edge, place: str, commit: str) -> bool:
        """Whether the manifest of a project or workspace asks for that place, or the lockfile alone says so."""
        if not self._manifests:
            return True
        folder = folder_of(by)
        manifest = self._manifests.get(folder)
        if manifest is None:
            return not folder
        wants = [str(section[edge.name]) for _, section in manifest.sections() if edge.name in section]
        return not self._copied or any(_means(by, wanted, place, commit) for wanted in wants)

    def is_elsewhere(self, by: Entry) -> bool:
        """A folder out of the project that something in it links to."""
        return leaves_project(by.location) and normal_path(by.location) in self._linked


def _with_askers(
    entry: Entry, read: LockSource, asked: tuple[tuple[Entry, Edge], ...], project: _Project
) -> OddSource:
    place, origin = read.place, entry.release.origin
    commit = origin.commit if isinstance(origin, FromGit) else commit_in(read.text)
    by_project = read.host in _RUNTIME_HOSTS and f"{entry.release.name}@runtime:" in entry.location
    others: list[str] = []
    for by, edge in asked:
        if not place or not _means(by, edge.wanted, place, commit):
            continue
        if by.kind is EntryKind.PACKAGE:
            others.append(by.release.name)
        elif project.asks(by, edge, place, commit):
            by_project = True
        elif project.is_elsewhere(by):
            others.append(by.location)
    own = (*project.set_for_all, *(() if asked else written_wants(entry)))
    if place and any(wanted_place(text) == place for text in own):
        by_project = True
    untold = any(not edge.wanted and by.kind is not EntryKind.PACKAGE for by, edge in asked)
    return OddSource(entry, read, by_project, tuple(dict.fromkeys(others)), untold)


def _means(by: Entry, wanted: str, place: str, commit: str) -> bool:
    """Whether a dependency means the place, and no other commit than the one that is there."""
    if place not in _places(by, wanted):
        return False
    named = commit_in(wanted)
    return not named or not commit or named.startswith(commit.lower())


def _places(by: Entry, wanted: str) -> tuple[str, ...]:
    """The place a dependency means; a path is written from the folder of whoever declares it."""
    place = wanted_place(wanted)
    if by.kind is EntryKind.WORKSPACE:
        return place, normal_path(f"{folder_of(by)}/{place}")
    return (place,)
