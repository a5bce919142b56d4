"""The canary proves something only if it dies where scripts run."""

from pathlib import Path

import pytest

from tests.fakes.canary import Canary
from tests.fakes.npm import run_npm
from tests.fakes.registry import Registry

pytestmark = pytest.mark.e2e


@pytest.fixture
def project(tmp_path: Path, canary: Canary, registry: Registry) -> Path:
    canary.publish(registry, "evil", dependencies={"evil-deep": "1"})
    canary.publish(registry, "evil-deep")
    folder = tmp_path / "project"
    canary.arm_project(folder, dependencies={"evil": "1.0.0"})
    return folder


def test_every_install_script_marks(
    project: Path, canary: Canary, registry: Registry, npm_home: Path
) -> None:
    (project / ".npmrc").unlink()
    (project / "binding.gyp").unlink()
    run = run_npm(["install"], cwd=project, registry=registry.url, home=npm_home)
    assert run.returncode == 0, run.stderr
    assert canary.tripped() == {
        *(
            f"{name}:{event}"
            for name in ("evil", "evil-deep")
            for event in ("preinstall", "install", "postinstall")
        ),
        *(f"project:{event}" for event in ("preinstall", "install", "postinstall", "preprepare", "prepare")),
        *("project:postprepare", "project:prepublish", "project:dependencies"),
    }
    canary.reset()
    assert not canary.tripped()


def test_ignored_scripts_do_not(project: Path, canary: Canary, registry: Registry, npm_home: Path) -> None:
    run = run_npm(["install", "--ignore-scripts"], cwd=project, registry=registry.url, home=npm_home)
    assert run.returncode == 0, run.stderr
    assert (project / "node_modules" / "evil-deep" / "bin.js").exists()
    assert not canary.tripped()


def test_programs_named_by_the_projects_npmrc_mark(
    project: Path, canary: Canary, registry: Registry, npm_home: Path
) -> None:
    run_npm(["install"], cwd=project, registry=registry.url, home=npm_home)
    assert {"npmrc:script-shell", "npmrc:node-options"} <= canary.tripped()


def test_a_git_named_by_the_project_runs_even_when_scripts_are_ignored(
    project: Path, canary: Canary, registry: Registry, npm_home: Path
) -> None:
    (project / "package.json").write_text('{"dependencies": {"x": "git+https://127.0.0.1:1/x.git"}}')
    arguments = ["install", "--ignore-scripts", "--package-lock-only"]
    run = run_npm(arguments, cwd=project, registry=registry.url, home=npm_home)
    assert run.returncode != 0
    assert "npmrc:git" in canary.tripped()


def test_a_binding_gyp_alone_is_an_install_script(
    project: Path, canary: Canary, registry: Registry, npm_home: Path
) -> None:
    canary.publish_native(registry, "native")
    (project / "package.json").write_text('{"dependencies": {"native": "*"}}')
    (project / "binding.gyp").unlink()
    run_npm(["install"], cwd=project, registry=registry.url, home=npm_home)
    assert canary.tripped() & {"npmrc:node-gyp", "npmrc:script-shell"}
