"""However the command is written: a package that must be blocked does not land, and the exit code is 1."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.harness import Lab
from tests.fakes.registry import Kind, Registry, Request

pytestmark = pytest.mark.e2e


def nothing_landed(lab: Lab, registry: Registry) -> None:
    assert not list(lab.place.rglob("node_modules/evil*"))
    assert not list(lab.place.rglob("node_modules/create-evil*"))
    assert not [request for request in npm_asked(registry) if "evil" in request.package]


def npm_asked(registry: Registry) -> list[Request]:
    """The tarballs npm asked for; forecheck itself reads every one of them first."""
    asked = registry.asked(kind=Kind.TARBALL)
    return [request for request in asked if not request.headers["user-agent"].startswith("forecheck/")]


DIRECT = [
    "install evil",
    "i evil",
    "add evil",
    "isntall evil",
    "insta evil",
    "install-test evil",
    "installTest evil",
    "--prefix D install evil",
    "--prefix=D install evil",
    "-C D install evil",
    "-CD install evil",
    "--loglevel silent install evil",
    "-s install evil",
    "--no-save install evil",
    "install --tag latest evil",
    "install --tag beta foo",
    "install --save-dev evil",
    "install --saved evil",
    "install -DE evil",
    "install -- evil",
    "install alias@npm:evil",
    "install evil --ignore-scripts",
    "install plain evil",
    "install -g evil --prefix=D",
    "--location global install evil --prefix=D",
    "exec evil",
    "exec -y -- evil run",
    "x evil",
    "exec --package evil -- evil",
    "exec --package=plain --package=evil -- thing",
    "init evil",
    "create evil",
    "init evil@latest -y",
]


@pytest.mark.parametrize("command", DIRECT)
def test_direct(lab: Lab, registry: Registry, command: str) -> None:
    registry.publish("foo", "1.0.0")
    registry.publish("foo", "0.0.1-security", tags=["beta"])
    registry.publish("create-evil", "0.0.1-security", bin="./index.js")
    registry.publish("evil", "0.0.1-security", bin="./index.js")
    lab.project()
    lab.project(lab.folder / "D")
    before = lab.snapshot()
    run = lab.run("npm", *command.split())
    assert run.code == 1, run
    assert run.says("security-placeholder")
    assert lab.snapshot() == before
    nothing_landed(lab, registry)
    assert not [request for request in npm_asked(registry) if request.package == "foo"]


@pytest.mark.parametrize(
    "command", ["--prefix D install", "-C D install", "--prefix=D update", "install --prefix D", "-C D ci"]
)
def test_a_project_elsewhere(lab: Lab, registry: Registry, command: str) -> None:
    lab.project()
    locked(lab, registry, lab.folder / "D")
    if "ci" not in command:
        (lab.folder / "D" / "package-lock.json").unlink()
    before = lab.snapshot()
    run = lab.run("npm", *command.split())
    assert run.code == 1, run
    assert run.says("security-placeholder")
    assert lab.snapshot() == before
    nothing_landed(lab, registry)


def test_a_folder_that_is_not_there_yet(lab: Lab) -> None:
    lab.project()
    run = lab.run("npm", "--prefix", "new", "install", "plain")
    assert run.code == 0, run
    assert lab.installed(lab.folder / "new") == {"plain": "1.0.0"}
    assert not (lab.folder / "node_modules").exists()


@pytest.mark.parametrize(
    "command", ["evil", "-y evil", "--yes evil run", "-p evil evil", "--package=evil -c evil"]
)
def test_npx(lab: Lab, registry: Registry, command: str) -> None:
    registry.publish("evil", "0.0.1-security", bin="./index.js")
    lab.project()
    run = lab.run("npx", *command.split())
    assert run.code == 1, run
    assert run.says("security-placeholder")
    nothing_landed(lab, registry)


ENVIRONMENTS: list[tuple[str, Mapping[str, str]]] = [
    ("install", {"npm_config_prefix": "D"}),
    ("install evil", {"npm_config_loglevel": "silent"}),
    ("install evil", {"npm_config_dry_run": "false", "NPM_CONFIG_YES": "true"}),
    ("install evil", {"npm_config_global": "true", "npm_config_prefix": "D"}),
    ("install foo", {"npm_config_tag": "beta"}),
    ("exec evil", {"npm_config_yes": "true"}),
    ("exec", {"npm_config_package": "evil", "npm_config_call": "evil"}),
    ("exec -- thing", {"npm_config_package": "evil"}),
    ("install evil", {"FORECHECK_CONFIG": ""}),
]


@pytest.mark.parametrize(("command", "environment"), ENVIRONMENTS)
def test_environment(lab: Lab, registry: Registry, command: str, environment: Mapping[str, str]) -> None:
    registry.publish("foo", "1.0.0")
    registry.publish("foo", "0.0.1-security", tags=["beta"])
    registry.publish("evil", "0.0.1-security", bin="./index.js")
    lab.project(dependencies={"evil": "*"} if command == "install" else {})
    run = lab.run("npm", *command.split(), env=environment)
    assert run.code == 1, run
    assert run.says("security-placeholder")
    nothing_landed(lab, registry)


def locked(lab: Lab, registry: Registry, folder: Path) -> None:
    """A lockfile that names evil, as a colleague's commit would."""
    evil = registry.release("evil", "0.0.1-security")
    root = {"name": "project", "version": "1.0.0", "dependencies": {"evil": "0.0.1-security"}}
    entry = {
        "version": evil.version,
        "resolved": registry.tarball_url("evil", evil.version),
        "integrity": evil.integrity,
    }
    lock = {
        "name": "project",
        "version": "1.0.0",
        "lockfileVersion": 3,
        "requires": True,
        "packages": {"": root, "node_modules/evil": entry},
    }
    lab.project(folder, dependencies={"evil": "0.0.1-security"})
    (folder / "package-lock.json").write_text(json.dumps(lock, indent=2))


TREES = [
    "ci",
    "ic",
    "cit",
    "install-ci-test",
    "install",
    "install plain",
    "update",
    "up",
    "dedupe",
    "install-test",
    "prune",
    "audit fix",
    "uninstall plain",
]


@pytest.mark.parametrize("command", TREES)
def test_what_the_lockfile_holds_already(lab: Lab, registry: Registry, command: str) -> None:
    locked(lab, registry, lab.folder)
    before = lab.snapshot()
    run = lab.run("npm", *command.split())
    assert run.code == 1, run
    assert run.says("security-placeholder")
    assert lab.snapshot() == before
    nothing_landed(lab, registry)


@pytest.mark.parametrize(
    "command", ["-w inner install evil", "install evil --workspace=inner", "install evil -ws"]
)
def test_workspaces(lab: Lab, registry: Registry, command: str) -> None:
    lab.project(workspaces=["inner"])
    lab.project(lab.folder / "inner")
    before = lab.snapshot()
    run = lab.run("npm", *command.split())
    assert run.code == 1, run
    assert lab.snapshot() == before
    nothing_landed(lab, registry)


@pytest.mark.parametrize("command", ["link evil", "pack evil", "patch evil", "version 2.0.0 -w inner"])
def test_what_cannot_be_audited_is_refused(lab: Lab, registry: Registry, command: str) -> None:
    lab.project(workspaces=["inner"])
    lab.project(lab.folder / "inner", dependencies={"evil": "*"})
    run = lab.run("npm", *command.split())
    assert run.code == 2, run
    assert run.says("refused")
    nothing_landed(lab, registry)
