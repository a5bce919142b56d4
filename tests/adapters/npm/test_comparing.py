import json
from pathlib import Path

import pytest

from forecheck.adapters.npm.comparing import installed_at, names_in, packages_below, strangers_below
from forecheck.lockfiles.npm import parse
from forecheck.model import Lockfile


def put(modules: Path, **packages: str) -> None:
    """Paths below node_modules, `__` for a slash, and versions."""
    for where, version in packages.items():
        folder = modules / where.replace("__", "/")
        folder.mkdir(parents=True)
        name = folder.relative_to(modules).as_posix().rpartition("node_modules/")[2]
        (folder / "package.json").write_text(json.dumps({"name": name, "version": version}))


def audited(**packages: str) -> Lockfile:
    entries = {f"node_modules/{name}": {"version": version} for name, version in packages.items()}
    data = json.dumps({"lockfileVersion": 3, "packages": entries}).encode()
    return parse(data, "lock", lambda _: "https://registry.npmjs.org/")


def test_another_layout_of_the_same_releases_is_no_stranger(tmp_path: Path) -> None:
    put(tmp_path, tool="1.0.0", tool__node_modules__deep="v2.0.0", untouched="9.9.9")
    assert strangers_below(str(tmp_path), ["tool"], audited(tool="1.0.0", deep="2.0.0")) == ()


def test_strangers_at_any_depth(tmp_path: Path) -> None:
    put(
        tmp_path,
        tool="1.0.1",
        tool__node_modules__deep="2.0.0",
        tool__node_modules__deep__node_modules__x="1.0.0",
    )
    assert strangers_below(str(tmp_path), ["tool"], audited(tool="1.0.0", deep="2.0.0")) == (
        "tool@1.0.1 at tool",
        "x@1.0.0 at tool/node_modules/deep/node_modules/x",
    )


def test_links_are_nobodys_copy(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", mine="1.0.0", mine__node_modules__x="1.0.0")
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/mine").symlink_to(tmp_path / "elsewhere/mine")
    assert strangers_below(str(tmp_path / "modules"), ["mine", "missing"], audited()) == ()
    assert names_in(str(tmp_path / "modules")) == ()


def test_names_are_those_of_packages(tmp_path: Path) -> None:
    put(tmp_path, a="1.0.0")
    put(tmp_path / "@s", b="1.0.0")
    (tmp_path / ".bin").mkdir()
    (tmp_path / "file").write_text("")
    assert names_in(str(tmp_path)) == ("@s/b", "a")
    assert names_in(str(tmp_path / "nowhere")) == ()


def test_the_locations_are_those_of_npm(tmp_path: Path) -> None:
    put(tmp_path / "node_modules", a="1.0.0", a__node_modules__b="1.0.0")
    assert list(packages_below(str(tmp_path), "")) == ["node_modules/a", "node_modules/a/node_modules/b"]


@pytest.mark.parametrize("text", ["", "[]", "{", "\xff"])
def test_a_package_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "package.json").write_text(text)
    assert installed_at(str(tmp_path)) is None
    assert installed_at(str(tmp_path / "nowhere")) is None
