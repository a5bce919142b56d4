"""Who brings a package in: npm's folder rules followed over a lockfile's own edges."""

from collections import deque
from collections.abc import Iterator, Mapping

from forecheck.model import Edge, EdgeKind, Entry, EntryKind, FromDirectory, Lockfile


def dependency_paths(lockfile: Lockfile) -> dict[str, tuple[str, ...]]:
    """The shortest dependency path of every entry that something reaches, by location.

    A path names the packages from the one the project declares down to the entry itself, each `name@version`;
    a workspace's own folder name stands first where a workspace, not the root, declares it. Entries nothing
    reaches are absent.
    """
    entries = {entry.location: entry for entry in lockfile.entries}
    paths: dict[str, tuple[str, ...]] = {}
    queue: deque[tuple[str, tuple[str, ...]]] = deque()
    for entry in lockfile.entries:
        if entry.kind is EntryKind.ROOT:
            queue.append((entry.location, ()))
    for entry in lockfile.entries:
        if entry.kind is EntryKind.WORKSPACE:
            queue.append((entry.location, (entry.location,)))
    followed: set[str] = set()
    while queue:
        location, path = queue.popleft()
        if location in followed:
            continue
        followed.add(location)
        for target in _targets(entries, entries[location]):
            if target.kind is EntryKind.WORKSPACE:
                continue
            if target.location not in paths:
                paths[target.location] = (*path, target.release.spec)
            queue.append((target.location, paths[target.location]))
    return paths


def _targets(entries: Mapping[str, Entry], entry: Entry) -> Iterator[Entry]:
    for edge in entry.edges:
        if edge.kind is EdgeKind.DEV and entry.kind is EntryKind.PACKAGE:
            continue
        found = entries.get(edge.target) if edge.target else find(entries, entry.location, edge)
        if found is None:
            continue
        yield found
        if found.kind is EntryKind.LINK and isinstance(found.release.origin, FromDirectory):
            target = entries.get(found.release.origin.path)
            if target is not None:
                yield target


def find(entries: Mapping[str, Entry], location: str, edge: Edge) -> Entry | None:
    """The entry that Node would load for an edge declared at `location`: the nearest `node_modules` upwards."""
    here = location
    while True:
        candidate = f"{here}/node_modules/{edge.name}" if here else f"node_modules/{edge.name}"
        if candidate in entries:
            return entries[candidate]
        if not here:
            return None
        here = _parent(here)


def _parent(location: str) -> str:
    """The next folder up that can hold a `node_modules` of its own."""
    above, marker, _ = location.rpartition("/node_modules/")
    if marker:
        return above
    if location.startswith("node_modules/"):
        return ""
    return location.rpartition("/")[0]
