"""A release that is known as malware is found under every name and from every source that it can come by."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Lab, Run
from tests.e2e.test_trees import repository
from tests.fakes.advisory_export import advisory
from tests.fakes.canary import Canary
from tests.fakes.registry import Registry
from tests.fakes.tarball import build

pytestmark = pytest.mark.e2e

MALWARE = advisory("MAL-2026-1", "bad-thing", {"introduced": "0"})
MANIFEST = json.dumps({"name": "bad-thing", "version": "1.0.0"})


@pytest.fixture
def bad(lab: Lab, registry: Registry) -> Lab:
    """`bad-thing` is known as malware; `carrier` asks for it under another name, `bundler` brings it along."""
    registry.set_downloads(dict.fromkeys(("bad-thing", "carrier", "bundler", "plain"), 5_000_000))
    registry.publish("bad-thing", "1.0.0", bin={"bad": "index.js"})
    registry.publish("carrier", "1.0.0", dependencies={"good": "npm:bad-thing@^1.0.0"})
    registry.publish("optional", "1.0.0", optional_dependencies={"bad-thing": "1.0.0"})
    registry.publish(
        "bundler",
        "1.0.0",
        dependencies={"bad-thing": "1.0.0"},
        bundle_dependencies=["bad-thing"],
        files={"node_modules/bad-thing/package.json": MANIFEST, "node_modules/bad-thing/index.js": ""},
    )
    lab.project()
    lab.advisories(MALWARE)
    return lab


def blocked(lab: Lab, run: Run) -> None:
    assert run.code == 1, run
    assert "MAL-2026-1" in run.out + run.err
    assert "Traceback" not in run.err
    assert not any("bad-thing" in path or "good" in path for path in lab.installed())


@pytest.mark.parametrize(
    "command",
    [
        "npm install good@npm:bad-thing",
        "npm install good@npm:bad-thing@^1.0.0",
        "npm install carrier",
        "npm install optional",
        "npm install bundler",
        "npm install {url}",
        "npm install -g bad-thing",
        "npm install -D bad-thing",
        "npm install -O bad-thing",
        "npm exec bad-thing",
        "npm exec -p good@npm:bad-thing bad",
        "npx bad-thing",
        "check bad-thing",
        "check good@npm:bad-thing",
        "check {url}",
    ],
)
def test_by_command(bad: Lab, registry: Registry, command: str) -> None:
    url = registry.tarball_url("bad-thing", "1.0.0")
    blocked(bad, bad.run("--yes", *command.format(url=url).split()))


def test_as_an_archive(bad: Lab) -> None:
    (bad.folder / "fine.tgz").write_bytes(build({"package.json": MANIFEST.encode()}).data)
    blocked(bad, bad.run("--yes", "npm", "install", "./fine.tgz"))


def test_from_git(bad: Lab, canary: Canary) -> None:
    bad.advisories(advisory("MAL-2026-1", "from-git", {"introduced": "0"}))
    bad.project(dependencies={"other-name": repository(bad.place / "repository", canary)})
    run = bad.run("--yes", "npm", "install")
    assert run.code in (1, 6), run
    assert bad.installed() == {}
    assert canary.tripped() == frozenset()


def locked(lab: Lab, name: str, entry: dict[str, Any]) -> None:
    wanted = {name: "*"}
    lab.project(dependencies=wanted)
    root = {"name": "project", "version": "1.0.0", "dependencies": wanted}
    packages = {"": root, f"node_modules/{name}": entry}
    whole = {"name": "project", "version": "1.0.0", "lockfileVersion": 3, "requires": True}
    (lab.folder / "package-lock.json").write_text(json.dumps({**whole, "packages": packages}))


Entry = Callable[[str, str], dict[str, Any]]
ENTRIES: dict[str, Entry] = {
    "as it is": lambda url, sri: {"version": "1.0.0", "resolved": url, "integrity": sri, "name": "bad-thing"},
    "the name left out": lambda url, sri: {"version": "1.0.0", "resolved": url, "integrity": sri},
    "another name": lambda url, sri: {"name": "plain", "version": "1.0.0", "resolved": url, "integrity": sri},
    "another version": lambda url, sri: {"version": "2.0.0", "resolved": url, "integrity": sri},
    "no integrity": lambda url, _: {"version": "1.0.0", "resolved": url},
    "version with v": lambda url, sri: {
        "name": "bad-thing",
        "version": "v1.0.0",
        "resolved": url,
        "integrity": sri,
    },
    "version with build": lambda url, sri: {
        "name": "bad-thing",
        "version": "1.0.0+fine",
        "resolved": url,
        "integrity": sri,
    },
    "no version": lambda url, sri: {"name": "bad-thing", "resolved": url, "integrity": sri},
}


@pytest.mark.parametrize("command", ["npm ci", "npm install", "audit"])
@pytest.mark.parametrize("how", ENTRIES)
def test_by_lockfile(bad: Lab, registry: Registry, how: str, command: str) -> None:
    url, release = registry.tarball_url("bad-thing", "1.0.0"), registry.release("bad-thing", "1.0.0")
    locked(bad, "good", ENTRIES[how](url, release.integrity))
    run = bad.run("--yes", *command.split())
    assert run.code == 1, run
    assert not any("bad" in Path(path).name or "good" in path for path in bad.installed())


@pytest.mark.parametrize(
    "settings",
    [
        "[advisories]\nsources = []",
        '[advisories]\nsources = ["registry"]',
        '[registries]\nprivate = ["{registry}"]',
        "[checks.known-malware]\nenabled = false",
        '[checks.known-malware]\nseverity = "info"',
        '[network]\ncache-dir = "elsewhere"',
        '[[ignore]]\ncheck = "known-malware"\npackage = "bad-thing"\nreason = "trust me"\nuntil = 2099-01-01',
        '[policy]\nblock-at = "critical"\nblock-confidence = "high"',
    ],
)
def test_a_cloned_project_cannot_look_away(bad: Lab, registry: Registry, settings: str) -> None:
    (bad.folder / ".git").mkdir()
    (bad.folder / "forecheck.toml").write_text(settings.format(registry=registry.url))
    run = bad.run("--yes", "npm", "install", "bad-thing")
    assert run.code in (1, 2), run
    assert bad.installed() == {}
