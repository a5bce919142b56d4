import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from forecheck.adapters.npm.locked import LockedProject, read_lockfile
from forecheck.adapters.npm.project import manifests, read_file, read_inputs
from forecheck.decode import Malformed
from forecheck.ports import Resolution

PUBLIC = "https://registry.npmjs.org/"


def test_a_lockfile_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert read_lockfile(str(tmp_path), "package-lock.json", lambda _: PUBLIC) is None


def test_only_packages_are_guessed_and_nothing_is_installed(tmp_path: Path) -> None:
    packages = {"": {}, "w": {"version": "1.0.0"}, "node_modules/a": {"version": "1.0.0"}}
    (tmp_path / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    lockfile = read_lockfile(str(tmp_path), "package-lock.json", lambda _: PUBLIC)
    assert lockfile is not None
    guessed: list[str] = []

    def note(subjects: Sequence[object]) -> None:
        guessed.extend(getattr(subject, "spec", "") for subject in subjects)

    project = LockedProject(lockfile)
    assert project.resolve(note) == Resolution(after=lockfile)
    assert guessed == ["a@1.0.0"]
    assert project.apply({}) == 0


def test_a_snapshot_holds_what_decides_an_install(tmp_path: Path) -> None:
    files = {
        "package.json": '{"workspaces": ["w/*"]}',
        "w/a/package.json": "{}",
        "npm-shrinkwrap.json": "{}",
        "package-lock.json": "{}",
        ".npmrc": "a=b",
    }
    for path, text in {**files, "node_modules/x/package.json": "{", "index.js": ""}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    inputs = read_inputs(str(tmp_path))
    assert inputs.files == {path: text.encode() for path, text in files.items()}
    assert inputs.lockfile == "npm-shrinkwrap.json"
    assert [folder for folder, _ in manifests(inputs)] == ["", "w/a"]


@pytest.mark.parametrize("path", ["package.json", "w/a/package.json", "package-lock.json", ".npmrc"])
def test_a_change_in_between_is_seen(tmp_path: Path, path: str) -> None:
    (tmp_path / "w/a").mkdir(parents=True)
    (tmp_path / "package.json").write_text('{"workspaces": ["w/*"]}')
    (tmp_path / "w/a/package.json").write_text("{}")
    before = read_inputs(str(tmp_path)).digest()
    assert read_inputs(str(tmp_path)).digest() == before
    (tmp_path / path).write_text('{"workspaces": ["w/*"], "x": 1}')
    assert read_inputs(str(tmp_path)).digest() != before


def test_other_packages_are_not_read_without_workspaces(tmp_path: Path) -> None:
    (tmp_path / "test").mkdir()
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "test/package.json").write_text("{ not json")
    assert set(read_inputs(str(tmp_path)).files) == {"package.json"}


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "package.json").mkdir()
    with pytest.raises(Malformed) as caught:
        read_inputs(str(tmp_path))
    assert caught.value.where == str(tmp_path / "package.json")
    assert read_file(str(tmp_path / "nothing")) is None
