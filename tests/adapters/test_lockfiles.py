"""Finding and reading lockfiles: bounded walks, odd files, what stands beside."""

import os
from pathlib import Path

import pytest

from evals.lockfile.clean import CLEAN, MANIFEST
from forecheck import discover
from forecheck.adapters import lockfiles
from forecheck.adapters.lockfiles import (
    Found,
    NoLockfile,
    dossiers,
    expand,
    find,
    lockfile_names,
    project_lockfile,
    read,
)
from forecheck.adapters.registries import registries_at
from forecheck.lint import Dossier
from forecheck.model import EntryKind

FORMATS = discover.formats()
NAMES = lockfile_names(FORMATS)
PUBLIC = "https://registry.npmjs.org/"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir()
    return {"HOME": str(home), "USERPROFILE": str(home), "npm_config_userconfig": str(home / ".npmrc")}


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def one(path: Path, env: dict[str, str]) -> Dossier:
    return next(dossiers([Found(str(path), path.name)], FORMATS, env))


def test_links_are_not_followed_and_large_trees_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a/yarn.lock", CLEAN["yarn 1"][1])
    os.symlink(tmp_path, tmp_path / "a" / "loop")
    assert [found.shown for found in find(str(tmp_path), ".", NAMES)] == ["a/yarn.lock"]
    monkeypatch.setattr(lockfiles, "MAX_FOLDERS", 1)
    for at in range(4):
        (tmp_path / f"d{at}").mkdir()
    with pytest.raises(NoLockfile, match="more than 1 folders"):
        list(find(str(tmp_path), ".", NAMES))


def test_a_file_named_twice_is_looked_at_once(tmp_path: Path) -> None:
    put(tmp_path, "yarn.lock", CLEAN["yarn 1"][1])
    assert len(expand(["yarn.lock", ".", "./yarn.lock", "*.lock"], str(tmp_path), NAMES)) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_what_is_no_regular_file_is_a_problem_and_nothing_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "yarn.lock")
    made = read(Found(str(tmp_path / "yarn.lock"), "yarn.lock"), FORMATS, lambda _: PUBLIC)
    assert "not a regular file" in made.problem


@pytest.mark.parametrize(
    ("data", "problem"), [(b"", "empty"), (b"hello", "no lockfile that forecheck knows")]
)
def test_what_is_no_lockfile_is_said(tmp_path: Path, data: bytes, problem: str) -> None:
    (tmp_path / "x.lock").write_bytes(data)
    made = read(Found(str(tmp_path / "x.lock"), "x.lock"), FORMATS, lambda _: PUBLIC)
    assert made.lockfile is None
    assert problem in made.problem


def test_what_stands_beside_is_taken_along(tmp_path: Path, env: dict[str, str]) -> None:
    put(tmp_path, "package.json", MANIFEST)
    put(tmp_path, "yarn.lock", CLEAN["yarn 1"][1])
    put(tmp_path, "node_modules/.package-lock.json", CLEAN["npm v3"][1])
    dossier = one(put(tmp_path, "package-lock.json", CLEAN["npm v3"][1]), env)
    assert [other.path for other in dossier.neighbours.files] == ["yarn.lock"]
    assert dossier.neighbours.installed is not None
    assert dossier.manifests.root is not None


def test_manifests_of_workspaces_are_read_but_none_outside(tmp_path: Path, env: dict[str, str]) -> None:
    put(tmp_path, "out/package.json", '{"name": "out"}')
    root = tmp_path / "root"
    put(root, "package.json", '{"workspaces": ["packages/*"]}')
    put(root, "packages/w/package.json", '{"name": "w"}')
    text = (
        '{"lockfileVersion": 3, "packages": {"": {}, "packages/w": {}, "../out": {},'
        ' "node_modules/w": {"resolved": "packages/w", "link": true}}}'
    )
    dossier = one(put(root, "package-lock.json", text), env)
    assert set(dossier.manifests.by_folder) == {"", "packages/w"}
    yarn = one(put(root, "yarn.lock", CLEAN["yarn 1"][1]), env)
    assert set(yarn.manifests.by_folder) == {"", "packages/w"}


def test_a_broken_manifest_is_as_good_as_none(tmp_path: Path, env: dict[str, str]) -> None:
    put(tmp_path, "package.json", "{")
    assert one(put(tmp_path, "package-lock.json", CLEAN["npm v3"][1]), env).manifests.root is None


@pytest.mark.parametrize(
    ("manager", "expected"),
    [("", "npm-shrinkwrap.json"), ("pnpm@9.0.0", "pnpm-lock.yaml"), ("yarn@4.0.0", "npm-shrinkwrap.json")],
)
def test_which_of_several_lockfiles_is_the_project_s(
    tmp_path: Path, env: dict[str, str], manager: str, expected: str
) -> None:
    put(tmp_path, "package.json", f'{{"packageManager": "{manager}"}}')
    put(tmp_path, "pnpm-lock.yaml", CLEAN["pnpm 9"][1])
    put(tmp_path, "package-lock.json", CLEAN["npm v3"][1])
    put(tmp_path, "npm-shrinkwrap.json", CLEAN["npm v3"][1])
    found = project_lockfile(str(tmp_path), FORMATS, env, lambda _: PUBLIC)
    assert found is not None
    assert found.subject.path == expected


@pytest.mark.parametrize("format_", CLEAN)
def test_a_project_of_any_package_manager_has_its_lockfile(
    tmp_path: Path, env: dict[str, str], format_: str
) -> None:
    put(tmp_path, *CLEAN[format_])
    found = project_lockfile(str(tmp_path), FORMATS, env, lambda _: PUBLIC)
    assert found is not None
    assert found.lockfile is not None
    assert sum(entry.kind is EntryKind.PACKAGE for entry in found.lockfile.entries) == 2


def test_registries_by_who_names_them(tmp_path: Path, env: dict[str, str]) -> None:
    put(tmp_path, "home/.npmrc", "@own:registry=https://own.example/\n")
    put(tmp_path, "p/.npmrc", "registry=https://project.example/npm\n@own:registry=https://taken.example/\n")
    found = registries_at(str(tmp_path / "p"), env)
    assert found.registry_for("x") == "https://project.example/npm/"
    assert "https://own.example/" in found.own
    assert set(found.project) == {"https://project.example/npm/", "https://taken.example/"}
