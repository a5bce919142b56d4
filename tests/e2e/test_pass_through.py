"""Commands that bring nothing in are npm's own affair: its output, its exit code, and nothing asked anywhere."""

import json
import subprocess

import pytest

from tests.e2e.harness import Lab, Run
from tests.fakes.npm import npm_command
from tests.fakes.registry import Registry

pytestmark = pytest.mark.e2e


def by_npm_itself(lab: Lab, *arguments: str) -> Run:
    done = subprocess.run(
        [*npm_command(), *arguments],
        cwd=lab.folder,
        env=lab.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    "command",
    [
        "--version",
        "-v",
        "config get registry",
        "run speak",
        "run --silent fail",
        "test",
        "ls",
        "pkg get name",
        "prefix",
        "root",
        "help",
        "nosuchcommand",
    ],
)
def test_npm_as_it_is(lab: Lab, registry: Registry, command: str) -> None:
    lab.project(
        scripts={"speak": "echo out; echo err >&2", "fail": "exit 7", "test": "node -e process.exit(3)"}
    )
    before = lab.snapshot()
    ours, theirs = lab.run("npm", *command.split()), by_npm_itself(lab, *command.split())
    assert (ours.code, ours.out) == (theirs.code, theirs.out)
    assert _without_log(ours.err) == _without_log(theirs.err)
    assert registry.requests == []
    assert lab.snapshot() == before


def _without_log(text: str) -> list[str]:
    return [line for line in text.splitlines() if "complete log" not in line]


def test_arguments_reach_the_script_unchanged(lab: Lab) -> None:
    lab.project(scripts={"show": "node -p 'JSON.stringify(process.argv.slice(1))'"})
    words = ["a b", "", "$HOME", "'", '"', "install", "--prefix", "-x"]
    run = lab.run("npm", "run", "--silent", "show", "--", *words)
    assert run.code == 0, run
    assert json.loads(run.out) == words


def test_a_death_by_signal_is_no_success(lab: Lab) -> None:
    lab.project(scripts={"die": "kill -9 $$", "preinstall": "kill -9 $$"})
    assert lab.run("npm", "run", "die").code not in (0, 70)
    run = lab.run("npm", "install", "--foreground-scripts")
    assert run.code not in (0, 70)


def test_npm_s_own_exit_code_after_an_audit(lab: Lab) -> None:
    lab.project(dependencies={"plain": "*"}, scripts={"postinstall": "exit 9"})
    run = lab.run("npm", "install")
    assert run.code == 9, run
    assert not (lab.folder / "package-lock.json").exists()


def test_standard_output_stays_npm_s(lab: Lab) -> None:
    lab.project()
    run = lab.run("npm", "install", "--json", "plain")
    assert run.code == 0, run
    assert json.loads(run.out)["added"] == 1
    assert run.says("1 package examined")


def test_npx_version(lab: Lab, registry: Registry) -> None:
    assert lab.run("npx", "--version").out == by_npm_itself(lab, "--version").out
    assert registry.requests == []


def test_help_of_a_command_installs_nothing(lab: Lab, registry: Registry) -> None:
    lab.project()
    run = lab.run("npm", "install", "--help")
    assert run.code == 0, run
    assert "npm install" in run.out
    assert registry.requests == []
