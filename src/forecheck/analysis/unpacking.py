"""Out of a package's tarball, in one pass: its package.json, binding.gyp, and what it brings along.

Every caller hands in bytes whose integrity it has checked: nothing here says whose they are.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from forecheck.analysis.archive import Limits, Member, walk
from forecheck.analysis.package_files import InnerPackage, PackageFiles, what_runs
from forecheck.analysis.package_json import PackageJson, WirePackageJson, text, tidy
from forecheck.decode import Malformed, read_json

MAX_MANIFEST: Final = 1024 * 1024
MAX_INNER: Final = 10_000
"""How many packages a tarball may bring along; npm itself brings about two hundred."""

_MANIFEST: Final = "package.json"
_BINDING: Final = "binding.gyp"
_SHRINKWRAP: Final = "npm-shrinkwrap.json"


class _WireManifest(WirePackageJson, frozen=True):
    directories: Any = None


class _Kept:
    """What the pass over the archive has seen so far."""

    def __init__(self) -> None:
        self.manifests: list[bytes] = []
        self.manifest: bytes | None = None
        self.inner: dict[str, bytes | None] = {}
        self.inner_bindings: set[str] = set()
        self.binding = self.shrinkwrap = False
        self.files: set[str] = set()
        self.size = 0

    def look(self, member: Member) -> None:
        self.files.add(member.path)
        self.size += member.size
        folder, _, file = member.path.rpartition("/")
        file_as_most_systems_see_it = file.lower()
        if not folder:
            self._look_at_top(member, file, file_as_most_systems_see_it)
        elif file_as_most_systems_see_it in (_MANIFEST, _BINDING) and _is_package_folder(folder):
            if file_as_most_systems_see_it == _BINDING:
                self.inner_bindings.add(folder)
            else:
                self.inner[folder] = member.read()

    def _look_at_top(self, member: Member, file: str, lowered: str) -> None:
        if lowered == _MANIFEST:
            data = member.read()
            self.manifests.append(data)
            self.manifest = data if file == _MANIFEST else self.manifest
        self.binding = self.binding or lowered == _BINDING
        self.shrinkwrap = self.shrinkwrap or lowered == _SHRINKWRAP


def read_package(data: bytes, where: str) -> PackageFiles:
    """Read a tarball in one pass; raises `Malformed` and `TooLarge`."""
    kept = _Kept()
    for member in walk(data, where, Limits(kept=MAX_MANIFEST)):
        kept.look(member)
        if len(kept.inner) + len(kept.inner_bindings) > MAX_INNER:
            raise Malformed(where, f"brings more than {MAX_INNER} packages along")
    wire, damage = _decoded(kept.manifest, f"{where}: {_MANIFEST}")
    directories = wire.directories if wire is not None else None
    return PackageFiles(
        declared=tidy(_clean(wire)) if wire is not None else None,
        damage=damage,
        bin_folder=text(directories.get("bin")) if isinstance(directories, dict) else "",
        binding=kept.binding,
        shrinkwrap=kept.shrinkwrap,
        twins=len(set(kept.manifests)) > 1,
        inner=tuple(_inner(kept, where)),
        files=len(kept.files),
        size=kept.size,
    )


def _inner(kept: _Kept, where: str) -> Iterator[InnerPackage]:
    for path in sorted(kept.inner.keys() | kept.inner_bindings):
        binding = path in kept.inner_bindings
        wire, damage = _decoded(kept.inner.get(path), f"{where}: {path}/{_MANIFEST}")
        declared = tidy(_clean(wire)) if wire is not None else PackageJson()
        needs = (name for _, section in declared.sections() for name in section)
        yield InnerPackage(
            path=path,
            name=declared.name,
            version=declared.version,
            runs=what_runs(declared, binding=binding),
            needs=tuple(dict.fromkeys(needs)),
            damage=damage,
        )


def _decoded(data: bytes | None, where: str) -> tuple[_WireManifest | None, str]:
    """The manifest, or why there is none. Node reads bytes that are no UTF-8 as replacement characters."""
    if data is None:
        return None, f"{where} is missing"
    try:
        readable = data.decode("utf-8", "replace").encode()
        return read_json(readable, _WireManifest, where, max_bytes=3 * MAX_MANIFEST), ""
    except Malformed as wrong:
        return None, str(wrong)


def _clean(wire: _WireManifest) -> _WireManifest:
    """Without what npm drops as it reads (normalize-package-data 8): versions that are no text; lists as `bin`."""
    sections = {field: _texts(getattr(wire, field)) for field in ("dependencies", "optional", "peers")}
    bins = (
        {path.rpartition("/")[2]: path for path in wire.bin if text(path)} if _is_list(wire.bin) else wire.bin
    )
    return msgspec.structs.replace(wire, bin=bins, **sections)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _texts(section: Any) -> Any:
    if not isinstance(section, dict):
        return section
    return {name: wanted for name, wanted in section.items() if isinstance(wanted, str)}


def _is_package_folder(path: str) -> bool:
    """Whether a folder is `node_modules/NAME`, however often, from the root of the package on."""
    parts = iter(path.lower().split("/"))
    for part in parts:
        if part != "node_modules":
            return False
        name = next(parts, "")
        if name.startswith("@"):
            name = next(parts, "")
        if not name or name.startswith("."):
            return False
    return True
