"""vlt-lock.json, lockfileVersion 0 and 1 and the one before that had none (vlt 0.0 to 1.0).

The shape follows vlt's own reader (vltpkg/vltpkg, src/graph/src/lockfile). `nodes` are tuples by DepID, `edges` say
`type range DepID` under `DepID name`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from forecheck.decode import Malformed, read_json
from forecheck.lockfiles.conditions import conditions
from forecheck.lockfiles.format import lockfile_format
from forecheck.lockfiles.npm_wire import bin_names, text
from forecheck.lockfiles.origins import RegistryFor
from forecheck.lockfiles.pointers import pointer
from forecheck.lockfiles.repeated_keys import repeated_keys
from forecheck.lockfiles.vlt_ids import DepId, split_id
from forecheck.lockfiles.vlt_origins import Registries, source_of
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    EntryKind,
    FromDirectory,
    FromUnknown,
    Location,
    Lockfile,
    Release,
)

MAX_BYTES = 256 * 1024 * 1024
NEWEST = 1
_OPTIONAL, _DEV = 1, 2
_KINDS = {
    "prod": (EdgeKind.PROD, False),
    "dev": (EdgeKind.DEV, False),
    "optional": (EdgeKind.OPTIONAL, True),
    "peer": (EdgeKind.PEER, False),
    "peerOptional": (EdgeKind.PEER, True),
}
_HEAD = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*+\{\s*+(?:"lockfileVersion"\s*+:\s*+[0-9]++\s*+,\s*+)?"options"\s*+:\s*+\{'
)


class _Wire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """The whole file. `packages` and `dependencies` are npm's: a file that has them is not vlt's."""

    lockfile_version: int | None = None
    options: dict[str, Any] | None = None
    nodes: dict[str, list[Any]] | None = None
    edges: dict[str, str] | None = None
    packages: Any = None
    dependencies: Any = None


def _sniff(head: bytes) -> bool:
    return _HEAD.match(head) is not None


@lockfile_format(manager="vlt", names=("vlt-lock.json",), sniff=_sniff)
def parse(data: bytes, path: str, registry_for: RegistryFor) -> Lockfile:
    """Read a vlt-lock.json; raises `Malformed`.

    The root and the workspaces are no nodes: they are read off the edges that begin or end there.
    """
    wire = read_json(data, _Wire, path, max_bytes=MAX_BYTES)
    if wire.nodes is None or wire.packages is not None or wire.dependencies is not None:
        raise Malformed(path, "is not a vlt-lock.json: it has no nodes, or fields of npm's")
    version = wire.lockfile_version
    if version is not None and not 0 <= version <= NEWEST:
        raise Malformed(path, f"has lockfileVersion {version}; 0 to {NEWEST} are known", "$.lockfileVersion")
    remarks = repeated_keys(data, path)
    reader = _Reader(wire.nodes, wire.edges or {}, path, Registries.of(wire.options or {}, registry_for))
    entries = (*reader.importers(), *reader.packages())
    said = "" if version is None else str(version)
    return Lockfile(path, "vlt", said, entries, manager="vlt", remarks=remarks)


class _Reader:
    def __init__(
        self, nodes: Mapping[str, list[Any]], edges: Mapping[str, str], path: str, registries: Registries
    ) -> None:
        self._nodes = nodes
        self._path = path
        self._registries = registries
        self._importers: dict[str, DepId] = {}
        self._edges: dict[str, list[Edge]] = {}
        raw = [(key.rpartition(" "), value.partition(" "), key) for key, value in edges.items()]
        for (begin, _, name), (_, _, after), key in raw:
            if not begin or not name or not after:
                raise Malformed(path, "an edge is not `DepID name` to `type range DepID`", f"$.edges.{key}")
            self._meet(begin)
            self._meet(after.rpartition(" ")[2])
        for (begin, _, name), (said, _, after), _ in raw:
            wanted, _, end = after.rpartition(" ")
            kind, optional = _KINDS.get(said, (EdgeKind.PROD, False))
            self._edges.setdefault(begin, []).append(Edge(name, wanted, kind, optional, self._place(end)))

    def _meet(self, key: str) -> None:
        if key not in self._nodes and key not in self._importers:
            found = split_id(key)
            if found.is_importer:
                self._importers[key] = found

    def _place(self, key: str) -> str:
        """The location of a DepID; empty for one that the file does not have (vlt writes MISSING)."""
        if key in self._importers:
            return "" if self._importers[key].is_root else key
        return key if key in self._nodes else ""

    def importers(self) -> Iterator[Entry]:
        """The root, the workspaces, and whatever else has edges without being a node."""
        roots = [key for key, found in self._importers.items() if found.is_root]
        edges = tuple(edge for key in roots for edge in self._edges.get(key, ()))
        at = Location(self._path, pointer=pointer("edges"))
        yield Entry("", EntryKind.ROOT, Release("", "", FromDirectory("")), "", edges=edges, at=at)
        for key, found in self._importers.items():
            if not found.is_root:
                release = Release("", "", FromDirectory(found.first))
                edges = tuple(self._edges.get(key, ()))
                yield Entry(key, EntryKind.WORKSPACE, release, "", edges=edges, at=at)
        for key, several in self._edges.items():
            if key not in self._importers and key not in self._nodes:
                release = Release("", "", FromUnknown(key))
                yield Entry(key, EntryKind.PACKAGE, release, "", edges=tuple(several), at=at)

    def packages(self) -> Iterator[Entry]:
        for key, fields in self._nodes.items():
            if not key or len(fields) < 2:
                raise Malformed(self._path, "a node has no name", f"$.nodes.{key}")
            flags, name, integrity, resolved, _, manifest, _, platform, bins = (*fields, *[None] * 9)[:9]
            source = source_of(split_id(key), text(name), text(resolved), self._registries)
            about = manifest if isinstance(manifest, dict) else {}
            limits = platform if isinstance(platform, dict) else {}
            bits = flags if isinstance(flags, int) else 0
            yield Entry(
                location=key,
                kind=source.kind,
                release=Release(source.name, source.version or text(about.get("version")), source.origin),
                installed_as=text(name) or source.name,
                integrity=text(integrity),
                resolved=source.resolved,
                edges=tuple(self._edges.get(key, ())),
                dev=bool(bits & _DEV),
                optional=bool(bits & _OPTIONAL),
                bins=bin_names(bins if bins is not None else about.get("bin"), source.name),
                at=Location(self._path, pointer=pointer("nodes", key)),
                platform=conditions(os=limits.get("os"), cpu=limits.get("cpu"), libc=limits.get("libc")),
            )
