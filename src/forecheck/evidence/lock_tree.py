"""The edges of a lockfile followed to the entries that answer them: once, for every rule that asks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from forecheck.evidence.lock_project import ProjectManifests
from forecheck.model import Edge, EdgeKind, Entry, EntryKind, FromDirectory, Lockfile
from forecheck.source import source

Link = tuple[Entry, Edge, Entry]


class LockTree(msgspec.Struct, frozen=True):
    """`links` are edges with the entry that has them and the one that answers; `unanswered` are those that nothing
    answers and somebody may miss. Development dependencies count only where the project itself declares them.
    """

    entries: Mapping[str, Entry]
    links: tuple[Link, ...]
    unanswered: tuple[tuple[Entry, Edge], ...]

    def reached(self) -> frozenset[str]:
        """The locations of all entries that the project or one of its workspaces leads to. A dependency that nothing
        answers (`resolutions` of yarn change what answers) may mean any entry of its name.
        """
        onwards: defaultdict[str, list[str]] = defaultdict(list)
        for by, _, target in self.links:
            onwards[by.location].append(target.location)
        stack = [e.location for e in self.entries.values() if e.kind in (EntryKind.ROOT, EntryKind.WORKSPACE)]
        for entry in self.entries.values():
            if entry.kind is EntryKind.LINK and isinstance(entry.release.origin, FromDirectory):
                onwards[entry.location].append(entry.release.origin.path)
        lost = {edge.name for _, edge in self.unanswered}
        if lost:
            stack += [entry.location for entry in self.entries.values() if entry.installed_as in lost]
        seen = set(stack)
        while stack:
            for location in onwards.get(stack.pop(), ()):
                if location not in seen:
                    seen.add(location)
                    stack.append(location)
        return frozenset(seen)

    def asked(self, wanted: frozenset[str]) -> Mapping[str, tuple[tuple[Entry, Edge], ...]]:
        """Who asks for each of the entries at these locations."""
        found: dict[str, list[tuple[Entry, Edge]]] = {}
        for by, edge, target in self.links:
            if target.location in wanted:
                found.setdefault(target.location, []).append((by, edge))
        return {location: tuple(pairs) for location, pairs in found.items()}


@source()
def lock_tree(lockfile: Lockfile, manifests: ProjectManifests) -> LockTree:
    """Every edge with its answer. npm's old format does not say what the project asks for: its package.json does."""
    entries = {entry.location: entry for entry in lockfile.entries}
    collected = _Collected([], [])
    if lockfile.manager == "npm":
        _by_folders(lockfile, entries, manifests, collected)
    else:
        _by_target(lockfile, entries, collected)
    return LockTree(entries, tuple(collected.links), tuple(collected.unanswered))


class _Collected(NamedTuple):
    links: list[Link]
    unanswered: list[tuple[Entry, Edge]]


def _by_target(lockfile: Lockfile, entries: Mapping[str, Entry], into: _Collected) -> None:
    answer, add = entries.get, into.links.append
    package, development = EntryKind.PACKAGE, EdgeKind.DEV
    for entry in lockfile.entries:
        for edge in entry.edges:
            target = answer(edge.target) if edge.target else None
            if edge.kind is development and entry.kind is package:
                continue
            if target is not None:
                add((entry, edge, target))
            elif not edge.optional:
                into.unanswered.append((entry, edge))


def _by_folders(
    lockfile: Lockfile, entries: Mapping[str, Entry], manifests: ProjectManifests, into: _Collected
) -> None:
    """Go by npm's rule: the nearest `node_modules` upwards. Names that are nowhere but at the top need no walk."""
    top = _at_the_top(entries)
    answer, add = top.get, into.links.append
    package, development = EntryKind.PACKAGE, EdgeKind.DEV
    for entry in lockfile.entries:
        edges: Iterable[Edge] = entry.edges
        if entry.kind is EntryKind.ROOT and lockfile.version == "1":
            edges = _as_declared(entry.edges, manifests)
        for edge in edges:
            if edge.kind is development and entry.kind is package:
                continue
            target = answer(edge.name) or _nearest(entries, entry.location, edge)
            if target is not None:
                add((entry, edge, target))
            elif not edge.optional:
                into.unanswered.append((entry, edge))


def _at_the_top(entries: Mapping[str, Entry]) -> Mapping[str, Entry]:
    top: dict[str, Entry] = {}
    elsewhere: set[str] = set()
    for location, entry in entries.items():
        above, marker, name = location.rpartition("node_modules/")
        if above:
            elsewhere.add(name)
        elif marker:
            top[name] = entry
    return {name: entry for name, entry in top.items() if name not in elsewhere}


def _nearest(entries: Mapping[str, Entry], location: str, edge: Edge) -> Entry | None:
    for folder in _upwards(location):
        found = entries.get(f"{folder}/node_modules/{edge.name}" if folder else f"node_modules/{edge.name}")
        if found is not None:
            return found
    return None


def _as_declared(edges: tuple[Edge, ...], manifests: ProjectManifests) -> Iterator[Edge]:
    if manifests.root is None:
        yield from edges
        return
    known = {edge.name: edge for edge in edges}
    for kind, section in manifests.root.sections():
        for name, wanted in section.items():
            known[name] = Edge(str(name), str(wanted), kind, optional=kind is not EdgeKind.PROD)
    yield from known.values()


def _upwards(location: str) -> Iterator[str]:
    """The folder itself and those above it that can hold a `node_modules`, the root (empty) last."""
    while location:
        yield location
        above, marker, _ = location.rpartition("/node_modules/")
        location = (
            above if marker else "" if location.startswith("node_modules/") else location.rpartition("/")[0]
        )
    yield ""
