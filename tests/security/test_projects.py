"""A project somebody else wrote: its files must not have npm bring in what the audit did not see."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.harness import Lab
from tests.fakes.registry import Registry
from tests.security.conftest import Trap

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("command", ["ci", "install"])
@pytest.mark.parametrize("dependencies", [{}, {"bad": "*"}])
def test_a_shrinkwrap_inside_a_package_does_not_replace_the_audited_tree(
    lab: Lab,
    registry: Registry,
    trap: Trap,
    forge: Callable[..., Path],
    command: str,
    dependencies: dict[str, str],
) -> None:
    inner = {"name": "outer", "lockfileVersion": 3, "packages": {"": {"dependencies": {"bad": "*"}}}}
    inner["packages"]["node_modules/bad"] = trap.entry(hasInstallScript=True)  # type: ignore[index]
    registry.set_downloads({"outer": 5_000_000})
    registry.publish(
        "outer",
        "1.0.0",
        dependencies={"bad": "*"},
        manifest={"license": "MIT", "_hasShrinkwrap": True},
        files={"npm-shrinkwrap.json": json.dumps(inner)},
    )
    entry = trap.entry("outer", hasShrinkwrap=True, dependencies=dependencies)
    forge({"outer": "*"}, **{"node_modules/outer": entry})
    run = lab.run("npm", command)
    assert not trap.sprung, run
    assert "outer/node_modules/bad" not in lab.installed()
    assert run.code != 70, run


@pytest.mark.parametrize("command", ["install", "install plain", "update", "prune"])
@pytest.mark.parametrize("pattern", ["packages/*", "packages/{a,b}", "**", "pack*/[a]", "./packages/a"])
@pytest.mark.parametrize("at", ["packages", "packages/a"])
def test_a_workspace_behind_a_symbolic_link(
    lab: Lab, trap: Trap, command: str, pattern: str, at: str
) -> None:
    lab.project(workspaces=[pattern])
    outside = lab.place / "outside"
    lab.project(outside / "a", dependencies={"bad": "*"})
    link = lab.folder / at
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(outside if at == "packages" else outside / "a")
    run = lab.run("npm", *command.split())
    assert run.code == 2, run
    assert run.says("symbolic link")
    assert not trap.sprung


def test_a_symbolic_link_that_is_no_workspace_is_no_matter(lab: Lab) -> None:
    lab.project(workspaces=["packages/*"])
    lab.project(lab.folder / "packages" / "a", dependencies={"plain": "*"})
    (lab.folder / "examples").mkdir()
    (lab.folder / "examples" / "a").symlink_to(lab.folder / "packages" / "a")
    run = lab.run("npm", "install")
    assert run.code == 0, run
    assert lab.installed()["plain"] == "1.0.0"


@pytest.mark.parametrize("folder", [".git", ".hg", ".svn"])
def test_a_workspace_in_a_hidden_folder(lab: Lab, trap: Trap, folder: str) -> None:
    lab.project(workspaces=[f"{folder}/a"])
    lab.project(lab.folder / folder / "a", dependencies={"bad": "*"})
    run = lab.run("npm", "install")
    assert run.code == 1, run
    assert not trap.sprung


@pytest.mark.parametrize("command", ["ci", "install"])
def test_a_forged_record_of_what_is_installed_quietens_nothing(
    lab: Lab, trap: Trap, forge: Callable[..., Path], command: str
) -> None:
    forge({"old": "*"}, **{"node_modules/old": trap.entry("old", bin={"old": "index.js"})})
    modules = lab.folder / "node_modules"
    (modules / "old").mkdir(parents=True)
    (modules / "old" / "package.json").write_text('{"name": "old", "version": "1.0.0"}')
    record = {"lockfileVersion": 3, "packages": {"node_modules/old": trap.entry("old")}}
    (modules / ".package-lock.json").write_text(json.dumps(record))
    run = lab.run("--strict", "npm", command)
    assert run.code == 1, run
    assert run.says("deprecated")


def test_what_npm_keeps_warns_once(lab: Lab) -> None:
    lab.project(dependencies={"old": "*"})
    assert lab.run("npm", "install").code == 0
    run = lab.run("--strict", "npm", "install")
    assert run.code == 0, run
