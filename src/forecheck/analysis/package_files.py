"""What is kept of a package's tarball: what decides about installing and running, and nothing else of it."""

from collections.abc import Iterable

import msgspec

from forecheck.analysis.install_scripts import run_on_install
from forecheck.analysis.package_json import NATIVE_BUILD, PackageJson


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
        return what_runs(self.declared or PackageJson(), binding=self.binding)

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


def what_runs(declared: PackageJson, *, binding: bool) -> dict[str, str]:
    """A binding.gyp is built, unless a script does that or `gypfile` says no (Arborist 9, rebuild.js)."""
    found = run_on_install(declared)
    if binding and declared.gypfile is not False and not found.keys() & {"install", "preinstall"}:
        found["install"] = NATIVE_BUILD
    return found


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
