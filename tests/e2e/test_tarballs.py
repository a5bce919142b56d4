"""What only the tarball tells: nothing of it runs before somebody has been told, with the real npm."""

import json
from typing import Any

import pytest

from tests.e2e.harness import Lab, Run
from tests.fakes.canary import Canary
from tests.fakes.registry import Fault, Kind, Registry

pytestmark = pytest.mark.e2e

INNER = "node_modules/outer/node_modules/inner"


def publish_bundle(registry: Registry, canary: Canary) -> None:
    """`outer` brings `inner` along, which runs a script."""
    inner = {
        "name": "inner",
        "version": "1.0.0",
        "scripts": {"postinstall": canary.command("inner:postinstall")},
    }
    registry.set_downloads({"outer": 5_000_000})
    registry.publish(
        "outer",
        "1.0.0",
        manifest={"license": "MIT"},
        dependencies={"inner": "1.0.0"},
        bundle_dependencies=["inner"],
        files={
            "node_modules/inner/package.json": json.dumps(inner),
            "node_modules/inner/index.js": "",
        },
    )


def write_lock(
    lab: Lab, registry: Registry, name: str, *others: tuple[str, dict[str, Any]], **fields: Any
) -> None:
    """A lockfile with one release and other entries; `fields` go into the release's."""
    lab.project(dependencies={name: "1.0.0"})
    entry = {
        "version": "1.0.0",
        "resolved": registry.tarball_url(name, "1.0.0"),
        "integrity": registry.release(name, "1.0.0").integrity,
        **fields,
    }
    root = {"name": "project", "version": "1.0.0", "dependencies": {name: "1.0.0"}}
    packages = {"": root, f"node_modules/{name}": entry, **dict(others)}
    lock = {
        "name": "project",
        "version": "1.0.0",
        "lockfileVersion": 3,
        "requires": True,
        "packages": packages,
    }
    (lab.folder / "package-lock.json").write_text(json.dumps(lock, indent=2))


def is_blocked(lab: Lab, run: Run, canary: Canary, *words: str) -> None:
    assert run.code == 1, run
    assert run.says(*words), run
    assert canary.tripped() == frozenset()
    assert not (lab.folder / "node_modules").exists()


BUNDLE = {"dependencies": {"inner": "1.0.0"}, "bundleDependencies": ["inner"]}


def test_a_bundled_package_whose_script_the_lockfile_hides(
    lab: Lab, registry: Registry, canary: Canary
) -> None:
    publish_bundle(registry, canary)
    write_lock(lab, registry, "outer", (INNER, {"version": "1.0.0", "inBundle": True}), **BUNDLE)
    run = lab.run("npm", "ci")
    is_blocked(lab, run, canary, "bundled-install-script", "postinstall of inner@1.0.0")


def test_a_bundled_package_that_the_lockfile_leaves_out(lab: Lab, registry: Registry, canary: Canary) -> None:
    publish_bundle(registry, canary)
    write_lock(lab, registry, "outer", **BUNDLE)
    run = lab.run("npm", "ci")
    is_blocked(lab, run, canary, "bundled-install-script", "postinstall of inner@1.0.0")


def test_a_bundled_package_left_out_that_runs_nothing(lab: Lab, registry: Registry, canary: Canary) -> None:
    registry.publish(
        "outer",
        dependencies={"inner": "1.0.0"},
        bundle_dependencies=["inner"],
        files={"node_modules/inner/package.json": '{"name": "inner", "version": "1.0.0"}'},
    )
    write_lock(lab, registry, "outer", **BUNDLE)
    is_blocked(lab, lab.run("npm", "ci"), canary, "brings inner@1.0.0 along")


def test_an_honest_lockfile_with_a_bundle_is_not_blocked(
    lab: Lab, registry: Registry, canary: Canary
) -> None:
    publish_bundle(registry, canary)
    lab.project()
    run = lab.run("npm", "install", "outer")
    assert run.code == 0, run
    assert run.says("bundled-install-script")
    assert canary.tripped() == {"inner:postinstall"}


@pytest.mark.parametrize("command", ["install", "install native", "ci"])
def test_a_binding_only_in_the_tarball(lab: Lab, registry: Registry, canary: Canary, command: str) -> None:
    canary.publish_native(registry, "native")
    registry.confuse_manifest("native", "1.0.0", {"gypfile": None, "scripts": None, "hasInstallScript": None})
    write_lock(lab, registry, "native")
    if "install" in command:
        (lab.folder / "package-lock.json").unlink()
    run = lab.run("npm", *command.split())
    is_blocked(lab, run, canary, "manifest-confusion", "binding.gyp")


@pytest.mark.parametrize(
    "command", ["install", "install hidden", "ci", "install -g hidden --prefix=D", "exec hidden"]
)
def test_scripts_the_registry_hides(lab: Lab, registry: Registry, canary: Canary, command: str) -> None:
    canary.publish(registry, "hidden")
    registry.confuse_manifest("hidden", "1.0.0", {"scripts": None, "hasInstallScript": None})
    write_lock(lab, registry, "hidden")
    if "install" in command:
        (lab.folder / "package-lock.json").unlink()
    run = lab.run("npm", *command.split())
    is_blocked(lab, run, canary, "manifest-confusion", "postinstall runs")


def test_a_dependency_the_registry_adds(lab: Lab, registry: Registry, canary: Canary) -> None:
    registry.publish("carrier")
    registry.confuse_manifest("carrier", "1.0.0", {"dependencies": {"plain": "1.0.0"}})
    lab.project()
    run = lab.run("npm", "install", "carrier")
    is_blocked(lab, run, canary, "manifest-confusion", "dependencies: plain")


def test_a_tarball_that_was_swapped(lab: Lab, registry: Registry, canary: Canary) -> None:
    registry.swap_tarball("plain", "1.0.0", {"index.js": "changed"})
    lab.project()
    run = lab.run("npm", "install", "plain")
    is_blocked(lab, run, canary, "swapped-tarball", "other bytes")


def test_an_archive_nobody_can_look_into(lab: Lab, registry: Registry, canary: Canary) -> None:
    registry.publish("opaque", tarball=b"\x1f\x8bnot an archive")
    lab.project()
    is_blocked(lab, lab.run("npm", "install", "opaque"), canary, "manifest-confusion", "gzip")


def test_a_tarball_that_cannot_be_had_is_told(lab: Lab, registry: Registry) -> None:
    registry.fail("plain", Fault.status(404), kind=Kind.TARBALL)
    lab.project()
    run = lab.run("--dry-run", "--strict", "npm", "install", "plain")
    assert run.code == 3, run
    assert run.says("404")


def test_the_second_run_asks_for_no_tarball(lab: Lab, registry: Registry) -> None:
    lab.project(dependencies={"plain": "*"})
    assert lab.run("--dry-run", "npm", "install").code == 0
    assert registry.asked("plain", kind=Kind.TARBALL)
    registry.forget_requests()
    assert lab.run("--dry-run", "npm", "install").code == 0
    assert lab.run("--offline", "audit").code == 0
    assert not registry.asked("plain", kind=Kind.TARBALL)


def test_what_npm_has_downloaded_is_not_downloaded_again(lab: Lab, registry: Registry) -> None:
    lab.project(dependencies={"plain": "*"})
    assert lab.run("npm", "install").code == 0
    registry.forget_requests()
    run = lab.run("audit", env={"FORECHECK_CACHE": str(lab.place / "another")})
    assert run.code == 0, run
    assert not registry.asked("plain", kind=Kind.TARBALL)
