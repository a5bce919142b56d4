import json
import os
import sys
from pathlib import Path

import pytest

from forecheck.adapters.npm.program import NpmError, NpmProgram, find_npm

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the fake programs are POSIX scripts")


def package(folder: Path, version: object = "11.1.0") -> Path:
    """An npm package under `folder`/node_modules/npm."""
    made = folder / "node_modules" / "npm"
    (made / "bin").mkdir(parents=True)
    (made / "package.json").write_text(json.dumps({"name": "npm", "version": version}))
    for name in ("npm", "npx"):
        program(made / "bin" / f"{name}-cli.js", "exit 1")
    return made


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def look(folder: Path, name: str = "npm") -> NpmProgram:
    return find_npm({"PATH": str(folder)}, name)


@pytest.mark.parametrize("name", ["npm", "npx"])
def test_the_usual_layout_is_read_without_running_npm(tmp_path: Path, name: str) -> None:
    made = package(tmp_path / "lib", "11.1.0-pre.1")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / name).symlink_to(made / "bin" / f"{name}-cli.js")
    found = look(tmp_path / "bin", name)
    assert found == NpmProgram((str(tmp_path / "bin" / name),), str(made), (11, 1, 0))
    assert found.version_text == "11.1.0"


def test_a_shim_is_asked_for_its_version(tmp_path: Path) -> None:
    shim = program(tmp_path / "npm", '[ "$1" = --version ] && echo 10.2.3')
    assert look(tmp_path) == NpmProgram((str(shim),), "", (10, 2, 3))


@pytest.mark.parametrize("ending", ["cmd", "ps1", "bat"])
def test_a_windows_wrapper_is_passed_over_for_its_script(tmp_path: Path, ending: str) -> None:
    made = package(tmp_path)
    node = program(tmp_path / "node.exe", "exit 1")
    program(tmp_path / f"npm.{ending}", "exit 1")
    found = look(tmp_path, f"npm.{ending}")
    assert found.argv[0] == str(node)
    assert found.folder == str(made)


def test_none_at_all(tmp_path: Path) -> None:
    with pytest.raises(NpmError, match="npm was not found on PATH") as caught:
        look(tmp_path)
    assert "nodejs.org" in caught.value.hint


@pytest.mark.parametrize("version", ["9.9.9", "6.14.18"])
def test_too_old(tmp_path: Path, version: str) -> None:
    made = package(tmp_path, version)
    os.symlink(made / "bin" / "npm-cli.js", tmp_path / "npm")
    with pytest.raises(NpmError, match=f"npm {version} is too old") as caught:
        look(tmp_path)
    assert caught.value.hint == "npm install -g npm@latest"


@pytest.mark.parametrize("version", ["", "x.y.z", "11", 11, None, ["11.0.0"]])
def test_a_version_that_cannot_be_read(tmp_path: Path, version: object) -> None:
    made = package(tmp_path, version)
    os.symlink(made / "bin" / "npm-cli.js", tmp_path / "npm")
    with pytest.raises(NpmError, match="cannot tell npm's version"):
        look(tmp_path)


@pytest.mark.parametrize("script", ["exit 3", "echo hello", "echo 11", "printf '\\377\\376'"])
def test_a_shim_that_does_not_answer(tmp_path: Path, script: str) -> None:
    program(tmp_path / "npm", script)
    with pytest.raises(NpmError, match="did not answer"):
        look(tmp_path)
