"""An audit runs nothing: not of the packages, not of the project, not what its .npmrc names."""

import json

import pytest

from tests.e2e.harness import Lab
from tests.fakes.canary import Canary
from tests.fakes.registry import Registry

pytestmark = pytest.mark.e2e

AUDITS = [
    "--dry-run npm install",
    "--dry-run npm install canary",
    "--dry-run npm ci",
    "--dry-run npm update",
    "--dry-run npm install -g canary",
    "--dry-run npm exec canary",
    "--dry-run npm init canary",
    "check canary canary-native",
    "audit",
]


@pytest.mark.parametrize("command", AUDITS)
def test_an_audit_runs_nothing(lab: Lab, registry: Registry, canary: Canary, command: str) -> None:
    canary.publish(registry)
    canary.publish(registry, "create-canary")
    canary.publish_native(registry)
    canary.arm_project(lab.folder, dependencies={"canary": "*", "canary-native": "*"})
    if " ci" in command:
        write_lock(lab, registry)
    before = lab.snapshot()
    run = lab.run(*command.split())
    assert canary.tripped() == frozenset()
    assert run.code in (0, 1, 3), run
    assert run.says()
    assert lab.snapshot() == before
    assert not (lab.folder / "node_modules").exists()


def write_lock(lab: Lab, registry: Registry) -> None:
    names = ("canary", "canary-native")
    packages: dict[str, object] = {
        f"node_modules/{name}": {
            "version": "1.0.0",
            "resolved": registry.tarball_url(name, "1.0.0"),
            "integrity": registry.release(name, "1.0.0").integrity,
            "hasInstallScript": True,
        }
        for name in names
    }
    root = {"name": "project", "version": "1.0.0", "dependencies": dict.fromkeys(names, "*")}
    lock = {"name": "project", "lockfileVersion": 3, "requires": True, "packages": {"": root, **packages}}
    (lab.folder / "package-lock.json").write_text(json.dumps(lock))


def test_a_declined_prompt_ran_nothing(lab: Lab, registry: Registry, canary: Canary) -> None:
    canary.publish(registry)
    canary.arm_project(lab.folder, dependencies={"canary": "*", "old": "*"})
    lab.settings('[policy]\nblock-at = "critical"\n')
    run = lab.ask("npm", "install", answer="n\n")
    assert run.code == 5, run
    assert canary.tripped() == frozenset()
