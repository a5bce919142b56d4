"""npm's package-lock.json, npm-shrinkwrap.json and node_modules/.package-lock.json, lockfileVersion 1 to 3."""

from collections.abc import Iterator, Mapping
from typing import Any

from forecheck.decode import Malformed, read_json
from forecheck.lockfiles.format import lockfile_format
from forecheck.lockfiles.npm_wire import WireDependency, WireEntry, WireLockfile, bin_names, text
from forecheck.lockfiles.origins import RegistryFor, origin_of
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    EntryKind,
    FromBundle,
    FromDirectory,
    Location,
    Lockfile,
    Origin,
    Release,
)

MAX_BYTES = 256 * 1024 * 1024
MAX_DEPTH = 250  # of node_modules in node_modules: no path is long enough for more (Linux: 4096 bytes)


def _sniff(head: bytes) -> bool:
    return b'"lockfileVersion"' in head and (b'"packages"' in head or b'"dependencies"' in head)


@lockfile_format(manager="npm", names=("npm-shrinkwrap.json", "package-lock.json"), sniff=_sniff)
def parse(data: bytes, path: str, registry_for: RegistryFor) -> Lockfile:
    """Read an npm lockfile of any version; raises `Malformed`.

    `registry_for` gives the configured registry's base URL for a package name: a lockfile written with
    `omit-lockfile-registry-resolved` names no host, and npm swaps the public host for the configured one.
    """
    wire = read_json(data, WireLockfile, path, max_bytes=MAX_BYTES)
    if wire.packages is not None:
        entries = tuple(_entries(wire.packages, path, registry_for))
    elif wire.lockfile_version > 1:
        raise Malformed(path, f"has lockfileVersion {wire.lockfile_version} but no packages", "$.packages")
    else:
        reader = _OldTree(path, registry_for)
        entries = tuple(reader.read(wire))
    return Lockfile(path=path, format="npm", version=str(wire.lockfile_version), entries=entries)


def name_at(location: str) -> str:
    """The folder name that npm gives a package: the text after the last `node_modules/`; else empty."""
    _, marker, name = location.rpartition("node_modules/")
    return name if marker else ""


def _entries(packages: Mapping[str, WireEntry], path: str, registry_for: RegistryFor) -> Iterator[Entry]:
    for location, wire in packages.items():
        installed_as = name_at(location)
        name = text(wire.name) or installed_as
        kind = _kind(location, wire)
        yield Entry(
            location=location,
            kind=kind,
            release=Release(name, text(wire.version), _origin(location, kind, wire, name, registry_for)),
            installed_as=installed_as or name,
            integrity=text(wire.integrity),
            resolved=text(wire.resolved),
            edges=tuple(_edges(wire)),
            dev=wire.dev or wire.dev_optional,
            optional=wire.optional or wire.dev_optional,
            peer=wire.peer,
            install_script=wire.has_install_script,
            bins=bin_names(wire.bin, name),
            at=Location(path, pointer="/packages/" + _pointer_token(location)),
        )


def _kind(location: str, wire: WireEntry) -> EntryKind:
    if not location:
        return EntryKind.ROOT
    if wire.link:
        return EntryKind.LINK
    return EntryKind.PACKAGE if name_at(location) else EntryKind.WORKSPACE


def _origin(location: str, kind: EntryKind, wire: WireEntry, name: str, registry_for: RegistryFor) -> Origin:
    if kind is EntryKind.LINK:
        return FromDirectory(text(wire.resolved))
    if kind is not EntryKind.PACKAGE:
        return FromDirectory(location)
    resolved = text(wire.resolved)
    parent = name_at(location.rpartition("/node_modules/")[0])
    if wire.in_bundle and parent and not resolved:
        return FromBundle(parent)
    return origin_of(name, text(wire.version), resolved, registry_for)


def _edges(wire: WireEntry) -> Iterator[Edge]:
    optional_peers = {
        name
        for name, meta in (wire.peer_dependencies_meta or {}).items()
        if isinstance(meta, dict) and meta.get("optional") is True
    }
    sections = (
        (EdgeKind.PROD, wire.dependencies),
        (EdgeKind.DEV, wire.dev_dependencies),
        (EdgeKind.OPTIONAL, wire.optional_dependencies),
        (EdgeKind.PEER, wire.peer_dependencies),
    )
    for kind, section in sections:
        for name, wanted in (section or {}).items():
            optional = kind is EdgeKind.OPTIONAL or (kind is EdgeKind.PEER and name in optional_peers)
            yield Edge(name, text(wanted), kind, optional)


class _OldTree:
    """lockfileVersion 1: nested objects instead of locations, and the source in `version`."""

    def __init__(self, path: str, registry_for: RegistryFor) -> None:
        self._path = path
        self._registry_for = registry_for

    def read(self, wire: WireLockfile) -> Iterator[Entry]:
        top = wire.dependencies or {}
        name = text(wire.name)
        yield Entry(
            location="",
            kind=EntryKind.ROOT,
            release=Release(name, text(wire.version), FromDirectory("")),
            installed_as=name,
            edges=tuple(Edge(dependency, "", EdgeKind.PROD) for dependency in _not_required(top)),
        )
        yield from self._below(top, "", "", "")

    def _below(
        self, tree: Mapping[str, WireDependency], location: str, parent: str, pointer: str
    ) -> Iterator[Entry]:
        if pointer.count("/dependencies/") > MAX_DEPTH:
            raise Malformed(self._path, "is nested too deeply")
        for name, wire in tree.items():
            inside = f"{location}/node_modules/{name}" if location else f"node_modules/{name}"
            at = f"{pointer}/dependencies/{_pointer_token(name)}"
            yield self._entry(name, wire, inside, parent, at)
            if wire.dependencies:
                yield from self._below(wire.dependencies, inside, name, at)

    def _entry(self, name: str, wire: WireDependency, location: str, parent: str, pointer: str) -> Entry:
        real, version, source = _old_identity(name, text(wire.version), text(wire.resolved))
        bundled = wire.bundled and parent and not source
        origin = FromBundle(parent) if bundled else origin_of(real, version, source, self._registry_for)
        linked = isinstance(origin, FromDirectory)
        requires: Mapping[str, Any] = wire.requires if isinstance(wire.requires, dict) else {}
        return Entry(
            location=location,
            kind=EntryKind.LINK if linked else EntryKind.PACKAGE,
            release=Release(real, version, origin),
            installed_as=name,
            integrity=text(wire.integrity),
            resolved=source,
            edges=tuple(Edge(n, text(wanted), EdgeKind.PROD) for n, wanted in requires.items()),
            dev=wire.dev,
            optional=wire.optional,
            at=Location(self._path, pointer=pointer),
        )


def _old_identity(name: str, version: str, resolved: str) -> tuple[str, str, str]:
    """Real name, version and source of a lockfileVersion 1 entry, whose `version` may be any of them."""
    if version.startswith("npm:"):
        real, _, aliased = version[4:].rpartition("@")
        return real or name, aliased, resolved
    if ":" in version:
        return name, "", version
    return name, version, resolved


def _not_required(top: Mapping[str, WireDependency]) -> list[str]:
    """The packages nothing else asks for: lockfileVersion 1 does not repeat the manifest's own sections.

    A copy nested on the way up answers a requirement before the one at the top does.
    """
    required: set[str] = set()
    nothing: frozenset[str] = frozenset()
    stack = [(wire, nothing) for wire in top.values()]
    while stack:
        wire, above = stack.pop()
        inside = wire.dependencies or {}
        nearer = above.union(inside)
        if isinstance(wire.requires, dict):
            required.update(name for name in wire.requires if name not in nearer)
        stack.extend((nested, nearer) for nested in inside.values())
    return [name for name in top if name not in required]


def _pointer_token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
