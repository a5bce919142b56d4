"""npm's settings, from files and the environment, mean for the audited install what they mean for npm."""

import json
import shutil
from collections.abc import Mapping

import pytest

from tests.e2e.harness import Lab
from tests.fakes.registry import Registry

pytestmark = pytest.mark.e2e

LOCKLESS: list[tuple[str, Mapping[str, str]]] = [
    ("", {"npm_config_package_lock": "false"}),
    ("", {"NPM_CONFIG_SHRINKWRAP": "false"}),
    ("shrinkwrap=false\n", {}),
    ("save=false\n", {}),
]


@pytest.mark.parametrize(("npmrc", "environment"), LOCKLESS)
def test_no_lockfile_by_configuration(
    lab: Lab, registry: Registry, npmrc: str, environment: Mapping[str, str]
) -> None:
    registry.publish("deep", "1.0.0", manifest={"license": "MIT"})
    registry.publish("app", "1.0.0", dependencies={"deep": "^1.0.0"}, deprecated="use plain")
    lab.project()
    (lab.folder / ".npmrc").write_text(npmrc)

    def publish() -> str:
        registry.publish("deep", "1.0.1", files={"index.js": "evil"})
        return "y\n"

    environment = {**environment, "npm_config_prefer_online": "true"}
    run = lab.ask("npm", "install", "app", answer=publish, env=environment)
    assert run.code == 0, run
    assert lab.installed() == {"app": "1.0.0", "deep": "1.0.0"}
    assert not (lab.folder / "package-lock.json").exists()


def test_a_configured_dry_run_installs_nothing(lab: Lab) -> None:
    lab.project()
    (lab.folder / ".npmrc").write_text("dry-run=true\n")
    before = lab.snapshot()
    run = lab.run("npm", "install", "plain")
    assert run.code == 0, run
    assert lab.snapshot() == before


@pytest.mark.parametrize("setting", ["global=true", "location=global"])
def test_a_configured_global_install_is_audited(lab: Lab, setting: str) -> None:
    lab.npmrc(**dict([setting.split("=")]), prefix=str(lab.place / "prefix"))
    lab.project()
    before = lab.snapshot()
    run = lab.run("npm", "install", "evil")
    assert run.code == 1, run
    assert not list((lab.place / "prefix").rglob("evil"))
    run = lab.run("npm", "install", "plain")
    assert run.code == 0, run
    assert list((lab.place / "prefix").rglob("plain/package.json"))
    assert lab.snapshot() == before


def test_omitted_dependencies_are_not_installed(lab: Lab) -> None:
    lab.project(dependencies={"plain": "*"}, devDependencies={"other": "*"})
    run = lab.run("npm", "install", "--omit=dev")
    assert run.code == 0, run
    assert lab.installed() == {"plain": "1.0.0"}


@pytest.mark.parametrize("strategy", ["nested", "shallow"])
def test_install_strategies(lab: Lab, registry: Registry, strategy: str) -> None:
    registry.publish("app", "1.0.0", dependencies={"plain": "*"}, manifest={"license": "MIT"})
    lab.project()
    run = lab.run("npm", "install", f"--install-strategy={strategy}", "app")
    assert run.code == 0, run
    assert set(lab.installed().values()) == {"1.0.0"}
    assert lab.run("npm", "install", f"--install-strategy={strategy}", "evil").code == 1
    assert "evil" not in "".join(lab.installed())


@pytest.mark.parametrize("command", ["install plain", "ci", "install plain --install-strategy linked"])
def test_a_strategy_that_checks_no_integrity_is_refused(lab: Lab, command: str) -> None:
    lab.project(dependencies={"plain": "*"})
    assert lab.run("npm", "install", "--package-lock-only").code == 0
    if "linked" not in command:
        (lab.folder / ".npmrc").write_text("install-strategy=linked\n")
    run = lab.run("npm", *command.split())
    assert run.code == 2, run
    assert run.says("linked is refused")
    assert lab.installed() == {}


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_lockfile_versions(lab: Lab, version: str) -> None:
    lab.project(dependencies={"plain": "*"})
    run = lab.run("npm", "install", f"--lockfile-version={version}")
    assert run.code == 0, run
    before = (lab.folder / "package-lock.json").read_bytes()
    assert f'"lockfileVersion": {version}'.encode() in before
    run = lab.run("npm", "ci")
    assert run.code == 0, run
    assert lab.installed() == {"plain": "1.0.0"}
    assert (lab.folder / "package-lock.json").read_bytes() == before


@pytest.mark.parametrize("options", [["--before", "2020-01-01"], ["--min-release-age", "100000"]])
def test_a_package_that_is_too_young_is_not_called_unknown(lab: Lab, options: list[str]) -> None:
    lab.project()
    run = lab.run("npm", "install", "plain", *options)
    assert run.code == 6, run
    assert run.says("old enough") or run.says("with a date before"), run
    assert not run.says("unknown-package")


def test_a_variable_in_the_projects_npmrc_cannot_switch_the_lockfile_off(
    lab: Lab, registry: Registry
) -> None:
    registry.publish("plain", "1.1.0", manifest={"license": "MIT"})
    lab.project(dependencies={"plain": "1.0.0"})
    assert lab.run("npm", "install").code == 0
    shutil.rmtree(lab.folder / "node_modules")
    lab.project(dependencies={"plain": "^1.0.0"})
    lock = json.loads((lab.folder / "package-lock.json").read_text())
    lock["packages"][""]["dependencies"]["plain"] = "^1.0.0"
    (lab.folder / "package-lock.json").write_text(json.dumps(lock))
    (lab.folder / ".npmrc").write_text("package-lock=${NO_LOCK}\n")
    run = lab.run("npm", "install", env={"NO_LOCK": "false"})
    assert run.code == 0, run
    assert lab.installed() == {"plain": "1.0.0"}
