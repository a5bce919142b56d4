"""What of a package's tarball decides what is installed and run: its package.json, binding.gyp, and what it bundles.

Every caller hands in bytes whose integrity it has checked: nothing here says whose they are.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from forecheck.analysis.archive import Limits, Member, walk
from forecheck.analysis.install_scripts import run_on_install
from forecheck.analysis.package_json import NATIVE_BUILD, PackageJson, WirePackageJson, text, tidy
from forecheck.decode import Malformed, read_json

MAX_MANIFEST: Final = 1024 * 1024
MAX_INNER: Final = 10_000
"""How many packages a tarball may bring along; npm itself brings about two hundred."""

_MANIFEST: Final = "package.json"
_BINDING: Final = "binding.gyp"
_SHRINKWRAP: Final = "npm-shrinkwrap.json"


class InnerPackage(msgspec.Struct, frozen=True, array_like=True):
    """A package in the `node_modules` of a tarball. `path` is its folder (`node_modules/a/node_modules/b`).

    `runs` is what npm runs for it on install, by hook. `needs` are the names of what it depends on. `damage` says
    why its package.json cannot be read, and then the rest is empty.
    """

    path: str
    name: str = ""
    version: str = ""
    runs: dict[str, str] = {}
    needs: tuple[str, ...] = ()
    damage: str = ""


class PackageFiles(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of a tarball.

    `declared` is None where the package.json is missing or cannot be read, and then `damage` says why. `bins` are
    its commands as npm tidies them, without those that only `bin_folder` (`directories.bin`) brings. `binding` and
    `shrinkwrap` tell of a binding.gyp and an npm-shrinkwrap.json beside it. `twins` says that there are several
    package.json, alike but for the case of letters in their names, and not all the same. `files` counts them,
    `size` is theirs in bytes.
    """

    declared: PackageJson | None
    damage: str
    bin_folder: str
    binding: bool
    shrinkwrap: bool
    twins: bool
    inner: tuple[InnerPackage, ...]
    files: int
    size: int

    def runs(self) -> dict[str, str]:
        """What npm runs on install, by hook."""
        return _runs(self.declared or PackageJson(), binding=self.binding)

    def bundled(self) -> tuple[InnerPackage, ...]:
        """The inner packages that the declared bundle reaches, by Node's own way of looking packages up."""
        by_path = {one.path: one for one in self.inner}
        reached: dict[str, InnerPackage] = {}
        names = self.declared.bundled if self.declared else ()
        waiting = [("", name) for name in names]
        while waiting:
            folder, name = waiting.pop()
            found = _look_up(folder, name, by_path)
            if found is not None and found.path not in reached:
                reached[found.path] = found
                waiting += [(found.path, need) for need in found.needs]
        return tuple(one for one in self.inner if one.path in reached)


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
            runs=_runs(declared, binding=binding),
            needs=tuple(dict.fromkeys(needs)),
            damage=damage,
        )


def _runs(declared: PackageJson, *, binding: bool) -> dict[str, str]:
    """A binding.gyp is built, unless a script does that or `gypfile` says no (Arborist 9, rebuild.js)."""
    found = run_on_install(declared)
    if binding and declared.gypfile is not False and not found.keys() & {"install", "preinstall"}:
        found["install"] = NATIVE_BUILD
    return found


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


def _look_up(folder: str, name: str, by_path: dict[str, InnerPackage]) -> InnerPackage | None:
    for above in _folders_up(folder):
        found = by_path.get(f"{above}/node_modules/{name}" if above else f"node_modules/{name}")
        if found is not None:
            return found
    return None


def _folders_up(folder: str) -> Iterable[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/node_modules/")[0] if "/node_modules/" in folder else ""
    yield ""
