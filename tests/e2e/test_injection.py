"""A lockfile that somebody has changed by hand brings in nothing, whichever command goes by it."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.harness import Lab, Run
from tests.e2e.test_trees import repository
from tests.fakes.canary import Canary
from tests.fakes.npm import npm_command
from tests.fakes.registry import Registry

pytestmark = pytest.mark.e2e

INNER = "node_modules/inner"
OUTER = "node_modules/outer"
COMMANDS = [
    "ci",
    "install",
    "install other",
    "update other",
    "dedupe",
    "uninstall plain",
    "prune",
    "--prefix . install",
]


@pytest.fixture
def foreign(lab: Lab, canary: Canary) -> Iterator[Registry]:
    """A server that npm is ready to fetch from, with an `inner` that runs a script."""
    with Registry(tls=True) as server:
        script = {"postinstall": canary.command("inner:postinstall")}
        server.publish("inner", "1.0.0", scripts=script, manifest={"license": "MIT"})
        lab.npmrc(cafile=str(server.ca_file))
        yield server


@pytest.fixture
def outer(lab: Lab, registry: Registry) -> Lab:
    """The project asks for `plain` and `outer`, and `outer` for `inner@^1`."""
    registry.set_downloads({"outer": 5_000_000, "inner": 5_000_000, "plain": 5_000_000, "other": 5_000_000})
    registry.publish("inner", "1.0.0", manifest={"license": "MIT"})
    registry.publish("outer", "1.0.0", dependencies={"inner": "^1.0.0"}, manifest={"license": "MIT"})
    lab.project(dependencies={"outer": "^1.0.0", "plain": "^1.0.0"})
    made = lab.run("npm", "install")
    assert made.code == 0, made
    return lab


def forge(lab: Lab, entries: dict[str, dict[str, Any]]) -> None:
    """Change entries of the lockfile and take node_modules away, as in a clone of what somebody pushed."""
    path = lab.folder / "package-lock.json"
    lock = json.loads(path.read_text())
    for location, fields in entries.items():
        lock["packages"].setdefault(location, {}).update(fields)
    path.write_text(json.dumps(lock, indent=2))
    shutil.rmtree(lab.folder / "node_modules")


def from_elsewhere(foreign: Registry) -> dict[str, str]:
    release = foreign.release("inner", "1.0.0")
    return {"resolved": foreign.tarball_url("inner", "1.0.0"), "integrity": release.integrity}


def is_blocked(lab: Lab, run: Run, canary: Canary, *words: str) -> None:
    assert run.code == 1, run
    assert run.says(*words), run
    assert canary.tripped() == frozenset()
    assert lab.installed() == {}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_transitive_tarball_that_nobody_asks_for(
    outer: Lab, foreign: Registry, canary: Canary, command: str
) -> None:
    forge(outer, {INNER: from_elsewhere(foreign)})
    run = outer.run("npm", *command.split())
    is_blocked(outer, run, canary, "lock-host", "comes from 127.0.0.1")
    assert "comes from https://" not in run.err


@pytest.mark.parametrize("command", ["ci", "install"])
def test_a_direct_dependency_with_another_source(
    outer: Lab, foreign: Registry, registry: Registry, canary: Canary, command: str
) -> None:
    foreign.publish("outer", "1.0.0", scripts={"postinstall": canary.command("outer:postinstall")})
    url, integrity = foreign.tarball_url("outer", "1.0.0"), foreign.release("outer", "1.0.0").integrity
    forge(outer, {OUTER: {"resolved": url, "integrity": integrity}})
    is_blocked(outer, outer.run("npm", command), canary, "lock-host")


@pytest.mark.parametrize("command", ["ci", "install"])
@pytest.mark.parametrize("section", ["dependencies", "optionalDependencies", "peerDependencies"])
def test_a_parent_that_is_made_to_ask_for_it(
    outer: Lab, foreign: Registry, canary: Canary, command: str, section: str
) -> None:
    source = from_elsewhere(foreign)
    asking = {"dependencies": {}, section: {"inner": source["resolved"]}}
    forge(outer, {INNER: source, OUTER: asking})
    is_blocked(outer, outer.run("npm", command), canary, "forged-dependency", "by the lockfile")


@pytest.mark.parametrize("command", ["ci", "install"])
def test_a_parent_that_is_made_to_be_ready_for_it(
    outer: Lab, foreign: Registry, canary: Canary, command: str
) -> None:
    source = from_elsewhere(foreign)
    ready = {
        "dependencies": {},
        "peerDependencies": {"inner": source["resolved"]},
        "peerDependenciesMeta": {"inner": {"optional": True}},
    }
    forge(outer, {INNER: source, OUTER: ready})
    run = outer.run("npm", command)
    if command == "ci":
        is_blocked(outer, run, canary, "non-registry-dependency")
    else:
        assert run.code == 0, run
        assert outer.installed() == {"outer": "1.0.0", "plain": "1.0.0"}


@pytest.mark.parametrize("command", ["ci", "install"])
def test_a_dependency_of_the_registry_that_the_parent_does_not_have(
    outer: Lab, registry: Registry, canary: Canary, command: str
) -> None:
    script = {"postinstall": canary.command("extra:postinstall")}
    registry.publish("extra", "1.0.0", scripts=script, manifest={"license": "MIT"})
    registry.set_downloads({"extra": 5_000_000})
    integrity = registry.release("extra", "1.0.0").integrity
    entry = {
        "version": "1.0.0",
        "resolved": registry.tarball_url("extra", "1.0.0"),
        "integrity": integrity,
        "hasInstallScript": True,
    }
    forge(outer, {"node_modules/extra": entry, INNER: {"dependencies": {"extra": "^1.0.0"}}})
    run = outer.run("npm", command)
    is_blocked(outer, run, canary, "forged-dependency", 'depends on extra "^1.0.0" by the lockfile')


@pytest.mark.parametrize("command", ["ci", "install"])
def test_a_commit_in_the_place_of_a_release(outer: Lab, canary: Canary, command: str) -> None:
    folder = outer.place / "repository"
    url = repository(folder, canary)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True
    )
    forge(outer, {INNER: {"resolved": f"{url}#{head.stdout.strip()}", "integrity": ""}})
    is_blocked(outer, outer.run("npm", command), canary, "lock-swapped", "from the git repository")


@pytest.mark.parametrize("command", ["ci", "install", "install other"])
def test_what_the_project_asks_for_is_only_noted(
    lab: Lab, registry: Registry, foreign: Registry, canary: Canary, command: str
) -> None:
    foreign.publish("own", "1.0.0", manifest={"license": "MIT"})
    lab.project(dependencies={"own": foreign.tarball_url("own", "1.0.0")})
    assert lab.run("npm", "install").code == 0
    run = lab.run("npm", *command.split())
    assert run.code == 0, run
    assert "lock-" not in run.err
    assert lab.installed()["own"] == "1.0.0"


def test_a_command_that_takes_it_out_is_not_blocked(outer: Lab, foreign: Registry, canary: Canary) -> None:
    forge(outer, {INNER: from_elsewhere(foreign)})
    run = outer.run("npm", "uninstall", "outer")
    assert run.code == 0, run
    assert outer.installed() == {"plain": "1.0.0"}


def test_the_form_of_a_file_that_npm_writes_anew_does_not_count(outer: Lab) -> None:
    outer.project(dependencies={"outer": "^1.0.0", "plain": "^1.0.0", "other": "^1.0.0"})
    run = outer.run("npm", "install")
    assert run.code == 0, run
    assert "lock-" not in run.err
    assert outer.run("npm", "ci").code == 0


@pytest.mark.parametrize("command", ["install ancient", "install", "ci"])
def test_a_sha1_gives_way_to_the_hash_of_the_bytes_that_were_looked_into(
    lab: Lab, registry: Registry, command: str
) -> None:
    registry.set_downloads({"ancient": 5_000_000})
    release = registry.publish("ancient", "1.0.0", manifest={"license": "MIT"})
    registry.remove_field("ancient", "versions", "*", "dist", "integrity")
    lab.project(dependencies={} if command == "install ancient" else {"ancient": "^1.0.0"})
    if command == "ci":
        own = [*npm_command(), "install", "--package-lock-only"]
        subprocess.run(own, cwd=lab.folder, env=lab.environment, check=True, capture_output=True)
        assert lab.lock()["node_modules/ancient"]["integrity"].startswith("sha1-")
    run = lab.run("npm", *command.split())
    assert run.code == 0, run
    assert (
        lab.lock("node_modules/.package-lock.json")["node_modules/ancient"]["integrity"] == release.integrity
    )
    written = lab.lock()["node_modules/ancient"]["integrity"]
    assert written.startswith("sha1-") if command == "ci" else written == release.integrity
