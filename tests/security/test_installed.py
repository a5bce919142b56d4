"""What is on disk or inside a tarball, and no registry vouches for, does not run unseen."""

import json

import pytest

from tests.e2e.harness import Lab
from tests.fakes.registry import Registry
from tests.security.conftest import MARK, Trap

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("place", ["stranger", "@s/stranger", "plain/node_modules/stranger"])
def test_rebuild_runs_nothing_that_npm_has_no_record_of(lab: Lab, trap: Trap, place: str) -> None:
    lab.project(dependencies={"plain": "*"})
    assert lab.run("npm", "install").code == 0
    folder = lab.folder / "node_modules" / place
    folder.mkdir(parents=True)
    manifest = {"name": "stranger", "version": "1.0.0", "scripts": {"postinstall": MARK}}
    (folder / "package.json").write_text(json.dumps(manifest))
    run = lab.run("npm", "rebuild")
    assert not trap.sprung
    assert run.code == 6, run
    assert run.says(f"node_modules/{place}")


def test_rebuild_of_what_npm_installed(lab: Lab) -> None:
    lab.project(dependencies={"plain": "*"})
    assert lab.run("npm", "install").code == 0
    assert lab.run("npm", "rebuild").code == 0


def test_the_script_of_a_bundled_package_is_seen(lab: Lab, registry: Registry, trap: Trap) -> None:
    inner = {"name": "inner", "version": "1.0.0", "scripts": {"postinstall": MARK}}
    registry.set_downloads({"outer": 5_000_000})
    registry.publish(
        "outer",
        "1.0.0",
        dependencies={"inner": "*"},
        manifest={"license": "MIT", "bundleDependencies": ["inner"]},
        files={"node_modules/inner/package.json": json.dumps(inner)},
    )
    lab.project()
    run = lab.run("--strict", "npm", "install", "outer")
    assert run.code == 1, run
    assert run.says("bundled-install-script")
    assert not trap.sprung
