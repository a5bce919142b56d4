import os
import sys
from pathlib import Path

import pytest

from forecheck.adapters.npm.exchange import Exchange, replace_file

ORIGINAL = {"package.json": b'{"a": 1}\r\n', "w/package.json": b"{}", "package-lock.json": b'{\n\t"x": 1}'}
PLANNED = {**ORIGINAL, "package.json": b'{"a": 2}\n', "package-lock.json": b"{}\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "w").mkdir()
    for path, data in ORIGINAL.items():
        (tmp_path / path).write_bytes(data)
    return tmp_path


def found(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_the_planned_files_are_put_and_the_others_left_untouched(root: Path) -> None:
    os.utime(root / "w/package.json", (1, 1))
    Exchange(str(root), ORIGINAL, PLANNED).put()
    assert found(root) == PLANNED
    assert (root / "w/package.json").stat().st_mtime == 1


def test_everything_comes_back_byte_for_byte(root: Path) -> None:
    exchange = Exchange(str(root), ORIGINAL, PLANNED)
    exchange.put()
    (root / "package-lock.json").write_bytes(b"npm wrote this")
    exchange.restore()
    assert found(root) == ORIGINAL


def test_files_that_were_not_there_go_again(root: Path) -> None:
    (root / "package-lock.json").unlink()
    original = {path: data for path, data in ORIGINAL.items() if path != "package-lock.json"}
    exchange = Exchange(str(root), original, PLANNED)
    exchange.put()
    (root / "npm-shrinkwrap.json").write_bytes(b"{}")
    exchange.restore()
    assert found(root) == original


@pytest.mark.parametrize(("manifests", "lockfiles"), [(True, False), (False, True), (False, False)])
def test_manifests_and_lockfiles_come_back_apart(root: Path, manifests: bool, lockfiles: bool) -> None:
    exchange = Exchange(str(root), ORIGINAL, PLANNED)
    exchange.put()
    exchange.restore(manifests=manifests, lockfiles=lockfiles)
    assert found(root)["package.json"] == (ORIGINAL if manifests else PLANNED)["package.json"]
    assert found(root)["package-lock.json"] == (ORIGINAL if lockfiles else PLANNED)["package-lock.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_permissions_are_kept(root: Path, mode: int) -> None:
    (root / "package.json").chmod(mode)
    exchange = Exchange(str(root), ORIGINAL, PLANNED)
    exchange.put()
    assert (root / "package.json").stat().st_mode & 0o777 == mode
    exchange.restore()
    assert (root / "package.json").stat().st_mode & 0o777 == mode


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_new_file_has_the_permissions_of_any_new_file(root: Path) -> None:
    replace_file(str(root / "new"), b"x")
    (root / "plain").touch()
    assert (root / "new").stat().st_mode == (root / "plain").stat().st_mode


def test_a_write_that_fails_leaves_nothing_behind(root: Path) -> None:
    (root / "folder").mkdir()
    with pytest.raises(OSError):
        replace_file(str(root / "folder"), b"x")
    assert found(root) == ORIGINAL
