"""npm's package-lock.json, npm-shrinkwrap.json and node_modules/.package-lock.json, lockfileVersion 1 to 3."""

from collections.abc import Iterator, Mapping
from typing import Any

from forecheck.decode import Malformed, read_json
from forecheck.lockfiles.format import lockfile_format
from forecheck.lockfiles.npm_halves import disagreements
from forecheck.lockfiles.npm_old import old_entries
from forecheck.lockfiles.npm_repeats import repeats
from forecheck.lockfiles.npm_scripts import scripts
from forecheck.lockfiles.npm_wire import WireEntry, WireLockfile, bin_names, platforms, text
from forecheck.lockfiles.origins import RegistryFor, origin_of
from forecheck.lockfiles.pointers import token
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
_CONFLICT = b"\n<<<<<<< "


def _sniff(head: bytes) -> bool:
    return b'"lockfileVersion"' in head and (b'"packages"' in head or b'"dependencies"' in head)


@lockfile_format(
    manager="npm", names=("npm-shrinkwrap.json", "package-lock.json", ".package-lock.json"), sniff=_sniff
)
def parse(data: bytes, path: str, registry_for: RegistryFor) -> Lockfile:
    """Read an npm lockfile of any version; raises `Malformed`.

    `registry_for` gives the configured registry's base URL for a package name: a lockfile written with
    `omit-lockfile-registry-resolved` names no host, and npm swaps the public host for the configured one.

    As npm does (@npmcli/arborist 9, shrinkwrap.js), `packages` is read where there is one, whatever the
    lockfileVersion says, and `dependencies` where there is none. npm 6 reads the other way round: where a file has
    both, their disagreement is remarked on.
    """
    wire = _decode(data, path)
    remarks = repeats(data, wire, path)
    if wire.packages is not None:
        entries = tuple(_entries(wire.packages, path, registry_for))
        remarks += (*scripts(wire.packages, path), *disagreements(wire.packages, wire.dependencies, path))
    elif wire.dependencies is None and wire.lockfile_version > 1:
        raise Malformed(path, f"has lockfileVersion {wire.lockfile_version} but no packages", "$.packages")
    else:
        entries = tuple(old_entries(wire, path, registry_for))
    return Lockfile(
        path=path, format="npm", version=str(wire.lockfile_version), entries=entries, remarks=remarks
    )


def name_at(location: str) -> str:
    """The folder name that npm gives a package: the text after the last `node_modules/`; else empty."""
    _, marker, name = location.rpartition("node_modules/")
    return name if marker else ""


def _decode(data: bytes, path: str) -> WireLockfile:
    try:
        return read_json(data, WireLockfile, path, max_bytes=MAX_BYTES)
    except Malformed as wrong:
        if _CONFLICT in data and wrong.why.startswith("is not valid JSON"):
            raise Malformed(path, "holds the two sides of an unfinished git merge") from None
        raise


def _entries(packages: Mapping[str, WireEntry], path: str, registry_for: RegistryFor) -> Iterator[Entry]:
    for location, wire in packages.items():
        installed_as = name_at(location)
        name = wire.name or installed_as
        version = wire.version or ""
        resolved = text(wire.resolved)
        kind = _kind(location, installed_as, wire)
        if kind is not EntryKind.PACKAGE:
            origin: Origin = FromDirectory(resolved if kind is EntryKind.LINK else location)
        elif wire.in_bundle and not resolved and _in_bundle(location, packages):
            origin = FromBundle(name_at(location.rpartition("/node_modules/")[0]))
        else:
            origin = origin_of(name, version, resolved, registry_for)
        yield Entry(
            location=location,
            kind=kind,
            release=Release(name, version, origin),
            installed_as=installed_as or name,
            integrity=text(wire.integrity),
            resolved=resolved,
            edges=_edges(wire),
            dev=wire.dev or wire.dev_optional,
            optional=wire.optional or wire.dev_optional,
            peer=wire.peer,
            install_script=wire.has_install_script,
            bins=bin_names(wire.bin, name) if wire.bin is not None else (),
            at=Location(path, pointer="/packages/" + token(location)),
            platform=() if wire.os is wire.cpu is wire.libc is None else platforms(wire),
        )


def _kind(location: str, installed_as: str, wire: WireEntry) -> EntryKind:
    if not location:
        return EntryKind.ROOT
    if wire.link:
        return EntryKind.LINK
    return EntryKind.PACKAGE if installed_as else EntryKind.WORKSPACE


def _in_bundle(location: str, packages: Mapping[str, WireEntry]) -> bool:
    """Whether a package further up bundles something. npm goes by that and fetches what only says `inBundle`."""
    above, marker, _ = location.rpartition("/node_modules/")
    while marker:
        bundler = packages.get(above)
        if bundler is not None and bundler.bundle_dependencies and name_at(above):
            return True
        above, marker, _ = above.rpartition("/node_modules/")
    return False


def _edges(wire: WireEntry) -> tuple[Edge, ...]:
    edges: list[Edge] = []
    if wire.dependencies:
        edges += _section(wire.dependencies, EdgeKind.PROD)
    if wire.dev_dependencies:
        edges += _section(wire.dev_dependencies, EdgeKind.DEV)
    if wire.optional_dependencies:
        edges += _section(wire.optional_dependencies, EdgeKind.OPTIONAL, optional=True)
    if wire.peer_dependencies:
        edges += _peers(wire.peer_dependencies, wire.peer_dependencies_meta or {})
    return tuple(edges)


def _section(section: Mapping[str, Any], kind: EdgeKind, *, optional: bool = False) -> list[Edge]:
    return [
        Edge(name, wanted if type(wanted) is str else "", kind, optional) for name, wanted in section.items()
    ]


def _peers(section: Mapping[str, Any], meta: Mapping[str, Any]) -> list[Edge]:
    optional = {
        name for name, about in meta.items() if isinstance(about, dict) and about.get("optional") is True
    }
    return [Edge(name, text(wanted), EdgeKind.PEER, name in optional) for name, wanted in section.items()]
