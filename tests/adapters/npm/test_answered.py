"""Where the proof says that a lockfile answers everything, the real npm looks nothing up and changes nothing."""

import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from forecheck.adapters.npm.answered import lockfile_answers
from forecheck.adapters.npm.installing import NpmProject, NpmSettings
from forecheck.adapters.npm.program import NpmProgram
from forecheck.adapters.npm.project import read_inputs
from forecheck.npm.commandline import classify
from forecheck.resolve.npm_commands import project_command
from tests.adapters.npm.satisfied_projects import MUTATIONS, manifest_of, publish, write
from tests.fakes.npm import npm_version, run_npm
from tests.fakes.registry import Registry

pytestmark = pytest.mark.e2e

PROJECTS = int(os.environ.get("FORECHECK_LOCKED_PROJECTS", "6"))
MUTANTS = 40
LOCK_ONLY = ("install", "--package-lock-only", "--ignore-scripts", "--loglevel=error")


def answers(folder: Path, version: tuple[int, int, int] | None = None) -> bool:
    found = npm_version()
    return lockfile_answers(
        NpmProgram(("npm",), "", version or (found[0], found[1], found[2])), read_inputs(str(folder))
    )


def packages(folder: Path) -> dict[str, Any]:
    """What the lockfile says of each place; npm leaves out empty sections, and names that the place tells."""
    found: dict[str, Any] = json.loads((folder / "package-lock.json").read_text())["packages"]
    return {
        location: {
            key: value
            for key, value in entry.items()
            if value != {} and not (key == "name" and location.endswith(f"node_modules/{value}"))
        }
        for location, entry in found.items()
        if location
    }


def keeps(folder: Path, registry: Registry, home: Path) -> None:
    before = packages(folder)
    registry.forget_requests()
    run = run_npm(LOCK_ONLY, cwd=folder, registry=registry.url, home=home)
    assert run.returncode == 0, run.stderr
    after = packages(folder)
    differences = {
        location: (before.get(location), after.get(location))
        for location in {*before, *after}
        if before.get(location) != after.get(location)
    }
    assert not differences, json.dumps(differences, indent=1)
    assert [request.path for request in registry.requests] == []


@pytest.mark.parametrize("seed", range(PROJECTS))
def test_npm_keeps_what_is_proved(seed: int, tmp_path: Path, npm_home: Path, registry: Registry) -> None:
    publish(registry)
    dice = Random(seed)
    manifest = manifest_of(dice)
    write(tmp_path / "app", manifest, {"lockfileVersion": 3, "packages": {"": {}}})
    (tmp_path / "app" / "package-lock.json").unlink()
    run = run_npm(LOCK_ONLY, cwd=tmp_path / "app", registry=registry.url, home=npm_home)
    if run.returncode != 0:
        pytest.skip("npm cannot resolve this one")
    lock = json.loads((tmp_path / "app" / "package-lock.json").read_text())
    if answers(tmp_path / "app"):
        keeps(tmp_path / "app", registry, npm_home)
    for number in range(MUTANTS):
        mutant = json.loads(json.dumps([manifest, lock]))
        for _ in range(dice.choice((1, 1, 2, 3))):
            dice.choice(MUTATIONS)(mutant[0], mutant[1], dice)
        folder = tmp_path / f"mutant-{number}"
        write(folder, *mutant)
        if mutant != [manifest, lock] and answers(folder):
            keeps(folder, registry, npm_home)


def test_workspaces(tmp_path: Path, npm_home: Path, registry: Registry) -> None:
    publish(registry)
    manifests = {
        "": {"name": "app", "workspaces": ["packages/*", "./tools"], "dependencies": {"c": "^1.0.0"}},
        "packages/one": {
            "name": "@app/one",
            "version": "1.2.3",
            "dependencies": {"c": "^2.0.0", "tools": "*"},
            "devDependencies": {"b": "^1.0.0"},
        },
        "packages/two": {
            "version": "2.0.0",
            "peerDependencies": {"host": "1.x"},
            "dependencies": {"@app/one": "^1.2.0"},
        },
        "tools": {"name": "tools", "version": "0.0.1", "optionalDependencies": {"nat": "*"}},
    }
    for folder, manifest in manifests.items():
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "package.json").write_text(json.dumps(manifest))
    assert not answers(tmp_path)
    run = run_npm(LOCK_ONLY, cwd=tmp_path, registry=registry.url, home=npm_home)
    assert run.returncode == 0, run.stderr
    assert answers(tmp_path)
    keeps(tmp_path, registry, npm_home)
    (tmp_path / "packages" / "three").mkdir()
    (tmp_path / "packages" / "three" / "package.json").write_text("{}")
    assert not answers(tmp_path)


def test_only_versions_of_npm_that_were_looked_at(tmp_path: Path, npm_home: Path, registry: Registry) -> None:
    publish(registry)
    (tmp_path / "package.json").write_text('{"dependencies": {"a": "^1.0.0"}}')
    assert run_npm(LOCK_ONLY, cwd=tmp_path, registry=registry.url, home=npm_home).returncode == 0
    assert answers(tmp_path, (10, 9, 9))
    assert not answers(tmp_path, (9, 9, 4))
    assert not answers(tmp_path, (12, 2, 0))


@pytest.mark.parametrize(
    "data", ["", "{", "[]", '{"packages": 1}', "\ud800".encode("utf-8", "surrogatepass"), "[" * 100_000]
)
def test_what_cannot_be_read_proves_nothing(data: str | bytes, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    raw = data if isinstance(data, bytes) else data.encode()
    (tmp_path / "package-lock.json").write_bytes(raw)
    assert not answers(tmp_path, (11, 0, 0))


def asked(folder: Path, registry: Registry, home: Path) -> bool:
    """Whether resolving `npm install` starts npm; here that is a program that is not there."""
    nowhere = NpmProgram((str(folder / "no-npm"),), "", (11, 19, 1))
    command = project_command(classify(["install"], {}, npm_version=nowhere.version))
    settings = NpmSettings("", "", "", {}, str(home / "npm-cache"), offline=True)
    project = NpmProject(nowhere, command, str(folder), str(folder), {}, settings, lambda _: registry.url)
    guesses: list[object] = []
    try:
        resolution = project.resolve(guesses.extend)
    except FileNotFoundError:
        return True
    finally:
        project.close()
    assert [entry.release.name for entry in resolution.after.entries if entry.location] == ["c"]
    assert len(guesses) == 1
    return False


def test_npm_is_started_only_where_something_is_left_to_resolve(
    tmp_path: Path, npm_home: Path, registry: Registry
) -> None:
    publish(registry)
    manifest = tmp_path / "package.json"
    manifest.write_text('{"name": "x", "dependencies": {"c": "^1.0.0"}}')
    assert run_npm(LOCK_ONLY, cwd=tmp_path, registry=registry.url, home=npm_home).returncode == 0
    assert not asked(tmp_path, registry, npm_home)
    manifest.write_text('{"name": "x", "dependencies": {"c": "^2.0.0"}}')
    assert asked(tmp_path, registry, npm_home)
