"""bun.lock, lockfileVersion 0 to 2 (bun 1.1.39 to 1.4), which is JSON with comments and trailing commas.

The shape follows bun's own reader (src/install/lockfile/bun.lock.zig and .rs, 1.4). A key of `packages` is the path
of names below which a package is installed, `a/b` for b inside a; its tuple begins with `name@resolution`, and what
follows depends on the kind of resolution.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from forecheck.decode import Malformed, read_json
from forecheck.lockfiles.bun_origins import source_of
from forecheck.lockfiles.bun_wire import WireLockfile, WireManifest
from forecheck.lockfiles.conditions import conditions
from forecheck.lockfiles.format import lockfile_format
from forecheck.lockfiles.jsonc import plain
from forecheck.lockfiles.npm_wire import bin_names, text
from forecheck.lockfiles.origins import RegistryFor
from forecheck.lockfiles.pointers import pointer, token
from forecheck.lockfiles.repeated_keys import repeated_keys
from forecheck.lockfiles.workspace_places import unused
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    EntryKind,
    FromBundle,
    FromDirectory,
    Location,
    Lockfile,
    Release,
    Remark,
    RemarkKind,
)

MAX_BYTES = 256 * 1024 * 1024
MAX_KEY = 4096  # characters of a package's path: no folder's is longer (Linux: 4096 bytes)
NEWEST = 2
_NOTHING = WireManifest()
_SCRIPTS_SINCE = 2  # lockfileVersion from which packages with install scripts are marked
_HEAD = re.compile(rb'"lockfileVersion"\s*+:.*"workspaces"\s*+:\s*+\{\s*+(?:""|\})', re.DOTALL)


def _sniff(head: bytes) -> bool:
    return _HEAD.search(head) is not None


@lockfile_format(manager="bun", names=("bun.lock",), sniff=_sniff)
def parse(data: bytes, path: str, registry_for: RegistryFor) -> Lockfile:
    """Read a bun.lock; raises `Malformed`.

    A tuple's second field, where it is not empty, is the URL that bun fetches from, as it stands.
    """
    data = plain(data)
    wire = read_json(data, WireLockfile, path, max_bytes=MAX_BYTES)
    version = wire.lockfile_version
    if version is None or wire.dependencies is not None or wire.requires is not None:
        raise Malformed(path, "is not a bun.lock: it has no lockfileVersion, or fields of npm's")
    if not 0 <= version <= NEWEST:
        raise Malformed(path, f"has lockfileVersion {version}; 0 to {NEWEST} are known", "$.lockfileVersion")
    remarks = (*_trusted(wire, path), *repeated_keys(data, path))
    reader = _Reader(wire, version, path, registry_for)
    entries = (*reader.workspaces(), *reader.packages())
    return Lockfile(path, "bun", str(version), entries, manager="bun", remarks=remarks)


class _Reader:
    def __init__(self, wire: WireLockfile, version: int, path: str, registry_for: RegistryFor) -> None:
        self._packages = wire.packages or {}
        self._workspaces = wire.workspaces or {}
        self._version = version
        self._path = path
        self._registry_for = registry_for
        self._patches = {name: text(patch) for name, patch in (wire.patched_dependencies or {}).items()}
        self._overrides = {
            name: wanted for name, wanted in (wire.overrides or {}).items() if isinstance(wanted, str)
        }

    def workspaces(self) -> Iterator[Entry]:
        taken = set(self._packages)
        for folder, manifest in self._workspaces.items():
            name = text(manifest.name)
            location = unused(folder, taken)
            yield Entry(
                location=location,
                kind=EntryKind.WORKSPACE if folder else EntryKind.ROOT,
                release=Release(name, text(manifest.version), FromDirectory(folder)),
                installed_as=name,
                edges=self._edges(manifest, name if folder else "", {}),
                bins=_bins(manifest, name),
                at=Location(self._path, pointer=pointer("workspaces", folder)),
            )

    def packages(self) -> Iterator[Entry]:
        for key, fields in self._packages.items():
            if not key or not fields or not isinstance(fields[0], str):
                raise Malformed(
                    self._path, "a package does not begin with name@resolution", f"$.packages.{key}"
                )
            if len(key) > MAX_KEY:
                raise Malformed(self._path, f"has a package path of {len(key)} characters", "$.packages")
            yield self._package(key, fields[0], fields)

    def _package(self, key: str, ident: str, fields: list[str | WireManifest | None]) -> Entry:
        at = ident.find("@", 1)
        name, resolution = (ident[:at], ident[at + 1 :]) if at > 0 else (ident, "")
        info = _NOTHING
        after: list[str] = []
        for field in fields[1:]:
            if isinstance(field, str):
                after.append(field)
            elif field is not None and info is _NOTHING:
                info = field
        source = source_of(name, resolution, after, self._registry_for)
        origin = source.origin
        above = parent(key)
        if info.bundled is True and above and not source.resolved:
            origin = FromBundle(last_name(above))
        unsaid = False if self._version >= _SCRIPTS_SINCE else None
        return Entry(
            location=key,
            kind=EntryKind.LINK if isinstance(origin, FromDirectory) else EntryKind.PACKAGE,
            release=Release(name, source.version, origin),
            installed_as=last_name(key),
            integrity=source.integrity,
            resolved=source.resolved,
            edges=self._edges(info, key, self._overrides),
            install_script=unsaid if info.has_install_script is None else info.has_install_script is True,
            bins=_bins(info, name),
            at=Location(self._path, pointer=f"/packages/{token(key)}"),
            patch=self._patches.get(ident, ""),
            platform=()
            if info.os is info.cpu is info.libc is None
            else conditions(os=info.os, cpu=info.cpu, libc=info.libc),
        )

    def _edges(self, manifest: WireManifest, key: str, overrides: Mapping[str, str]) -> tuple[Edge, ...]:
        optional_peers = manifest.optional_peers or ()
        sections = (
            (EdgeKind.PROD, manifest.dependencies),
            (EdgeKind.DEV, manifest.dev_dependencies),
            (EdgeKind.OPTIONAL, manifest.optional_dependencies),
            (EdgeKind.PEER, manifest.peer_dependencies),
        )
        if not any(section for _, section in sections):
            return ()
        above = _upwards(key)
        edges = []
        for kind, section in sections:
            for name, wanted in section.items() if section else ():
                optional = kind is EdgeKind.OPTIONAL or (kind is EdgeKind.PEER and name in optional_peers)
                asked = overrides.get(name) or text(wanted)
                edges.append(Edge(name, asked, kind, optional, self._answer(above, name)))
        return tuple(edges)

    def _answer(self, above: Sequence[str], name: str) -> str:
        """The nearest package of that name, as bun lays out node_modules; empty if there is none."""
        for prefix in above:
            if prefix + name in self._packages:
                return prefix + name
        return ""


def _upwards(key: str) -> list[str]:
    """What the paths of packages begin with that one at `key` finds, nearest first."""
    found = []
    while key:
        found.append(f"{key}/")
        key = parent(key)
    return [*found, ""]


def parent(key: str) -> str:
    """The path of the package that this one is installed in; empty at the top."""
    above = key[: -len(last_name(key))]
    return above.removesuffix("/")


def last_name(key: str) -> str:
    """The name that a package is installed under: the last one of its path, which may have a scope."""
    above, _, name = key.rpartition("/")
    scope = above.rpartition("/")[2]
    return f"{scope}/{name}" if scope.startswith("@") else name


def _bins(manifest: WireManifest, name: str) -> tuple[str, ...] | None:
    return None if manifest.bin_dir is not None else bin_names(manifest.bin, name)


def _trusted(wire: WireLockfile, path: str) -> Iterator[Remark]:
    for at, name in enumerate(wire.trusted_dependencies or ()):
        message = f"install scripts of {text(name)} run: it is in trustedDependencies"
        where = Location(path, pointer=pointer("trustedDependencies", str(at)))
        yield Remark(RemarkKind.TRUSTED_SCRIPTS, text(name), message, where)
