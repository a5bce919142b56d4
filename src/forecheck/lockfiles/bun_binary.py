"""bun.lockb, the binary lockfile that bun wrote up to 1.1 and still reads.

It says what bun.lock says (and the URL of every package), so its entries have the same locations: the path of names
below which a package is installed. There are no lines in it to point to.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

import msgspec

from forecheck.decode import Malformed
from forecheck.lockfiles.bun import MAX_KEY, last_name, parent
from forecheck.lockfiles.bun_binary_wire import (
    FORMAT,
    HEADER,
    OVERRIDES,
    PATCHED,
    TRUSTED,
    Dependency,
    Row,
    Tables,
)
from forecheck.lockfiles.bun_origins import Source, source_of
from forecheck.lockfiles.format import lockfile_format
from forecheck.lockfiles.origins import RegistryFor
from forecheck.lockfiles.workspace_places import unused
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    EntryKind,
    FromBundle,
    FromDirectory,
    FromUnknown,
    Location,
    Lockfile,
    Release,
    Remark,
    RemarkKind,
)

T = TypeVar("T")

_OPTIONAL, _DEV, _PEER, _BUNDLED = 4, 8, 16, 64
_ROOT, _NPM, _GITHUB, _GIT, _WORKSPACE = 1, 2, 16, 32, 72
_SPELLED: Final = {4: "file:", 8: "", 64: "link:", _WORKSPACE: "workspace:", 80: ""}
_HAS_SCRIPT: Final = 2  # 1 is what bun wrote for no and for not known
_HASHES: Final = {1: ("sha1", 20), 2: ("sha256", 32), 3: ("sha384", 48), 4: ("sha512", 64)}
_SYSTEMS: Final = ("aix", "darwin", "freebsd", "linux", "openbsd", "sunos", "win32", "android")
_CPUS: Final = ("arm", "arm64", "ia32", "mips", "mipsel", "ppc", "ppc64", "s390", "s390x", "x32", "x64")


class _Package(msgspec.Struct, frozen=True, gc=False):
    """A row of the table, understood."""

    kind: EntryKind
    name: str
    source: Source
    row: Row


def _sniff(head: bytes) -> bool:
    return head.startswith(HEADER)


@lockfile_format(manager="bun", names=("bun.lockb",), sniff=_sniff)
def parse(data: bytes, path: str, registry_for: RegistryFor) -> Lockfile:
    """Read a bun.lockb; raises `Malformed`."""
    reader = _Reader(Tables(data, path), path, registry_for)
    entries = tuple(reader.entries())
    remarks = tuple(reader.remarks())
    return Lockfile(path, "bun-binary", str(FORMAT), entries, manager="bun", remarks=remarks)


class _Reader:
    def __init__(self, tables: Tables, path: str, registry_for: RegistryFor) -> None:
        self._tables = tables
        self._path = path
        self._at = Location(path)
        self._packages = [self._package(row, registry_for) for row in tables.rows()]
        overrides = tables.parts.get(OVERRIDES)
        self._overrides = {one.name: one.wanted for one in tables.asked(overrides[1])} if overrides else {}
        self._bundled: set[str] = set()
        self._places = self._layout()  # package by location
        self._first: dict[int, str] = {}
        for location, package in self._places.items():
            self._first.setdefault(package, location)

    def entries(self) -> Iterator[Entry]:
        """The root and the workspaces, each package everywhere it is installed, and those installed nowhere."""
        taken = set(self._places)
        for at, package in enumerate(self._packages):
            if package.kind in {EntryKind.ROOT, EntryKind.WORKSPACE}:
                folder = package.source.resolved.removeprefix("workspace:") if at else ""
                location = unused(folder, taken)
                base = package.name if package.kind is EntryKind.WORKSPACE else ""
                yield self._entry(location, package, package.kind, package.name, base)
        for location, at in self._places.items():
            package = self._packages[at]
            kind = package.kind
            if kind in {EntryKind.ROOT, EntryKind.WORKSPACE}:
                yield msgspec.structs.replace(
                    self._entry(location, package, EntryKind.LINK, last_name(location), location), edges=()
                )
            else:
                yield self._entry(location, package, kind, last_name(location), location)
        for at, package in enumerate(self._packages):
            if at not in self._first and package.kind in {EntryKind.PACKAGE, EntryKind.LINK}:
                location = f"{package.name}@{package.source.version or package.source.resolved}#{at}"
                while location in taken:
                    location += "#"
                taken.add(location)
                yield self._entry(location, package, package.kind, package.name, "")

    def remarks(self) -> Iterator[Remark]:
        parts = self._tables.parts
        names = {package.row.name_hash & 0xFFFFFFFF: package.name for package in self._packages}
        for digest in self._tables.numbers(parts[TRUSTED][0]) if TRUSTED in parts else ():
            name = names.get(digest, "a package that is not in this file")
            message = f"install scripts of {name} run: it is in trustedDependencies"
            yield Remark(RemarkKind.TRUSTED_SCRIPTS, names.get(digest, ""), message, self._at)
        for patch in self._tables.texts(parts[PATCHED][1], 24) if PATCHED in parts else ():
            message = f"{patch} changes a package after it is fetched; which one, this file does not say"
            yield Remark(RemarkKind.UNKNOWN_FIELD, patch, message, self._at)

    def _package(self, row: Row, registry_for: RegistryFor) -> _Package:
        tag, text = row.resolution[0], self._tables.text
        digest = _integrity(row.meta)
        first = text(row.resolution[8:16])
        kind = {_ROOT: EntryKind.ROOT, _WORKSPACE: EntryKind.WORKSPACE}.get(tag, EntryKind.PACKAGE)
        if tag == _ROOT:
            source = Source("", FromDirectory(""), "", "")
        elif tag == _NPM:
            source = source_of(row.name, _version(row.resolution, text), (first, digest), registry_for)
        elif tag in _SPELLED:
            source = source_of(row.name, f"{_SPELLED[tag]}{first}", (digest,), registry_for)
        elif tag in {_GIT, _GITHUB}:
            repository = text(row.resolution[16:24])
            spelled = f"github:{first}/{repository}" if tag == _GITHUB else repository
            spelled = spelled if spelled.startswith(("git", "ssh:", "http")) else f"git+{spelled}"
            commit = text(row.resolution[32:40]) or text(row.resolution[24:32])
            source = source_of(row.name, f"{spelled}#{commit}", (), registry_for)
        else:
            source = Source("", FromUnknown(f"{tag}:{first}"), first, digest)
        if kind is EntryKind.PACKAGE and isinstance(source.origin, FromDirectory):
            kind = EntryKind.LINK
        return _Package(kind, row.name, source, row)

    def _layout(self) -> dict[str, int]:
        """The package at every location, from the folders that bun lays out."""
        tables = self._tables
        places: dict[str, int] = {}
        folders: list[str] = []
        for number, tree in enumerate(tables.trees):
            folder = ""
            if number:
                if tree.parent >= number or tree.dependency >= len(tables.dependencies):
                    raise Malformed(self._path, "has a folder in a folder that comes later")
                name = tables.dependencies[tree.dependency].name
                folder = f"{folders[tree.parent]}/{name}" if folders[tree.parent] else name
            if len(folder) > MAX_KEY:
                raise Malformed(self._path, f"has a package path of {len(folder)} characters")
            folders.append(folder)
            tables.spend(len(folder) + min(tree.length, len(tables.hoisted)))
            for at in _sliced(tables.hoisted, tree.offset, tree.length):
                if at < len(tables.dependencies) and at < len(tables.resolutions):
                    asked = tables.dependencies[at]
                    if not asked.name:
                        raise Malformed(self._path, "has a dependency without a name")
                    location = f"{folder}/{asked.name}" if folder else asked.name
                    tables.spend(len(location))
                    if tables.resolutions[at] < len(self._packages):
                        places[location] = tables.resolutions[at]
                        if asked.behavior & _BUNDLED and folder:
                            self._bundled.add(location)
        return places

    def _entry(
        self, location: str, package: _Package, kind: EntryKind, installed_as: str, base: str
    ) -> Entry:
        source, meta = package.source, package.row.meta
        above = last_name(parent(location)) if location in self._bundled else ""
        return Entry(
            location=location,
            kind=kind,
            release=Release(package.name, source.version, FromBundle(above) if above else source.origin),
            installed_as=installed_as,
            integrity=source.integrity,
            resolved=source.resolved,
            edges=tuple(self._edges(package, kind, base)),
            install_script=True if meta[85] == _HAS_SCRIPT else None,
            bins=self._bins(package),
            at=self._at,
            platform=(*_listed("os", meta[4:6], _SYSTEMS), *_listed("cpu", meta[2:4], _CPUS)),
        )

    def _edges(self, package: _Package, kind: EntryKind, base: str) -> Iterator[Edge]:
        tables, row = self._tables, package.row
        overrides = self._overrides if kind is EntryKind.PACKAGE else {}
        asked = _sliced(tables.dependencies, *row.dependencies)
        answers = _sliced(tables.resolutions, *row.resolutions)
        tables.spend(8 * len(asked))
        for at, one in enumerate(asked):
            answer = answers[at] if at < len(answers) else len(self._packages)
            target = self._answer(base, one.name, answer)
            wanted = overrides.get(one.name) or one.wanted
            edge_kind, optional = _edge_kind(one)
            yield Edge(one.name, wanted, edge_kind, optional, target)

    def _answer(self, base: str, name: str, package: int) -> str:
        """Where the package that answers is found from `base` upwards; else where it is at all."""
        while True:
            location = f"{base}/{name}" if base else name
            self._tables.spend(len(location))
            if self._places.get(location) == package:
                return location
            if not base:
                return self._first.get(package, "")
            base = parent(base)

    def _bins(self, package: _Package) -> tuple[str, ...] | None:
        cell, text = package.row.bin, self._tables.text
        kind = cell[0]
        if kind == 1:
            return (package.name.rpartition("/")[2],)
        if kind == 2:
            return (text(cell[4:12]),)
        if kind == 4:
            offset, length = int.from_bytes(cell[4:8], "little"), int.from_bytes(cell[8:12], "little")
            return tuple(self._tables.file_names(offset, length))
        return None if kind else ()


def _sliced(items: Sequence[T], offset: int, length: int) -> Sequence[T]:
    return items[offset : offset + length]


def _edge_kind(asked: Dependency) -> tuple[EdgeKind, bool]:
    bits = asked.behavior
    if bits & _PEER:
        return EdgeKind.PEER, bool(bits & _OPTIONAL)
    if bits & _DEV:
        return EdgeKind.DEV, False
    return (EdgeKind.OPTIONAL, True) if bits & _OPTIONAL else (EdgeKind.PROD, False)


def _version(resolution: bytes, text: Callable[[bytes], str]) -> str:
    """Three numbers, then the texts of the pre-release and the build, each with its hash."""
    numbers = ".".join(str(int.from_bytes(resolution[at : at + 4], "little")) for at in (16, 20, 24))
    before, build = text(resolution[32:40]), text(resolution[48:56])
    return numbers + (f"-{before}" if before else "") + (f"+{build}" if build else "")


def _integrity(meta: bytes) -> str:
    if meta[20] not in _HASHES:
        return ""
    algorithm, length = _HASHES[meta[20]]
    return f"{algorithm}-{b64encode(meta[21 : 21 + length]).decode()}"


def _listed(field: str, mask: bytes, names: Sequence[str]) -> Iterator[str]:
    """The conditions in a set of bits, of which the lowest is not used; all of them together are none."""
    bits = int.from_bytes(mask, "little")
    every = (1 << len(names) + 1) - 2
    if bits & every != every:
        yield from (f"{field}={name}" for at, name in enumerate(names) if bits >> at + 1 & 1)
