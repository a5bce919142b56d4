"""The GitHub action's own script, run as a runner runs it."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from tests.e2e.harness import SECONDS, Lab
from tests.fakes.git import PROGRAM, Repository
from tests.fakes.locks import write_npm_lock
from tests.fakes.registry import Fault, Kind, Registry

ROOT = Path(__file__).parents[2]
ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
[STEP] = ACTION["runs"]["steps"]
BASH = shutil.which("bash") or ""

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not BASH, reason="there is no bash")]

OTHER = f"sha512-{'A' * 86}=="
HOSTILE = {
    "substitution": "$(touch pwned)",
    "backticks": "`touch pwned`",
    "semicolon": "; touch pwned",
    "quotes": "\"'; touch pwned; echo '\"",
    "newlines": "\ntouch pwned\n",
    "and": "&& touch pwned",
    "redirection": "> pwned",
    "glob": "*",
    "expression": "${{ github.token }}",
    "option": "--nosuch=$(touch pwned)",
}


class Ran(msgspec.Struct, frozen=True):
    """A step: its exit code, what it printed, its job summary and its outputs."""

    code: int
    out: str
    summary: str
    outputs: dict[str, str]


def act(lab: Lab, **inputs: str) -> Ran:
    """Run the step with these inputs (dashes as underscores) as GitHub documents `shell: bash`, which is with -e."""
    values = {name: str(said.get("default", "")) for name, said in ACTION["inputs"].items()}
    values |= {"advisories": "services", **{name.replace("_", "-"): text for name, text in inputs.items()}}
    program = lab.place / "action"
    program.mkdir(exist_ok=True)
    (program / "forecheck").write_text(f'#!/bin/sh\nexec {sys.executable} -m forecheck "$@"\n')
    (program / "forecheck").chmod(0o755)
    env = {"FORECHECK_ACTION_PATH": str(program), "CI": "true"}
    for variable, text in STEP["env"].items():
        if "inputs." in text:
            env[variable] = values[text.removeprefix("${{ inputs.").removesuffix(" }}")]
    files = {name: lab.place / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    for name, path in files.items():
        path.write_text("")
        env[name] = str(path)
    script = lab.place / "step.sh"
    script.write_text(STEP["run"])
    done = subprocess.run(
        [BASH, "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=lab.folder,
        env={**lab.environment, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    lines = files["GITHUB_OUTPUT"].read_text().splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    return Ran(done.returncode, done.stdout + done.stderr, files["GITHUB_STEP_SUMMARY"].read_text(), outputs)


@pytest.fixture
def project(lab: Lab, registry: Registry) -> Lab:
    lab.project(dependencies={"plain": "^1.0.0"})
    write_npm_lock(lab.folder, registry, "plain")
    if PROGRAM:
        Repository(lab.folder).commit()
    return lab


def test_it_is_one_step_whose_script_holds_no_input() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert STEP["shell"] == "bash"
    assert "${{" not in STEP["run"]
    used = {text.split("inputs.")[1].split(" ")[0] for text in STEP["env"].values() if "inputs." in text}
    assert used | {"working-directory"} == set(ACTION["inputs"])
    assert ACTION["outputs"]["exit-code"]["value"] == "${{ steps.forecheck.outputs.exit-code }}"


def test_every_input_is_documented() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    for name, said in ACTION["inputs"].items():
        default = f"`{said['default']}`" if said["default"] else ""
        assert f"| `{name}` | {default} |".replace("|  |", "| |") in page, name


@pytest.mark.parametrize("command", ["audit", "lockfile lint", "lockfile verify", "lockfile diff"])
def test_every_command(project: Lab, command: str) -> None:
    if command == "lockfile diff" and not PROGRAM:
        pytest.skip("there is no git")
    ran = act(project, command=command)
    assert ran.code == 0, ran
    assert ran.outputs == {"exit-code": "0"}
    assert ran.summary.startswith("### ")
    assert ran.out.rstrip().splitlines()[-1].startswith("forecheck: BLOCK 0, ")


@pytest.mark.parametrize("command", ["audit", "lockfile verify", "lockfile diff"])
def test_findings_fail_the_step_and_are_shown(project: Lab, registry: Registry, command: str) -> None:
    write_npm_lock(project.folder, registry, "plain", plain={"integrity": OTHER})
    ran = act(project, command=command, sarif="out dir.sarif")
    assert ran.code == 1, ran
    assert ran.outputs == {"exit-code": "1"}
    assert "::error file=package-lock.json,line=" in ran.out
    assert "plain" in ran.summary
    assert (project.folder / "out dir.sarif").exists()


def test_exit_codes_pass_through(project: Lab, registry: Registry) -> None:
    registry.fail(None, Fault.close(), kind=Kind.PACKUMENT)
    assert act(project, command="lockfile verify").outputs == {"exit-code": "6"}
    (project.folder / "package-lock.json").write_text("{")
    assert act(project, command="lockfile verify").outputs == {"exit-code": "2"}
    (project.folder / "package-lock.json").unlink()
    assert act(project, command="lockfile lint").outputs == {"exit-code": "4"}


def test_strict_and_summary(project: Lab, registry: Registry) -> None:
    project.project(dependencies={"plain": "^1.0.0", "old": "^1.0.0"})
    write_npm_lock(project.folder, registry, "plain", "old")
    assert act(project).code == 0
    ran = act(project, strict="true", summary="false")
    assert (ran.code, ran.summary) == (1, "")


def test_arguments_are_words(project: Lab, registry: Registry) -> None:
    inner = project.project(project.folder / "inner")
    write_npm_lock(inner, registry, "plain", "other")
    ran = act(project, command="lockfile verify", arguments="inner/package-lock.json\n  package-lock.json ")
    assert ran.code == 0, ran
    assert "examined 2" in ran.out


def test_an_advisory_database_that_cannot_be_fetched_is_a_warning(project: Lab) -> None:
    ran = act(project, advisories="update")
    assert "::warning title=forecheck::the advisory database could not be fetched" in ran.out
    assert ran.code == 0, ran


@pytest.mark.parametrize("said", HOSTILE.values(), ids=list(HOSTILE))
@pytest.mark.parametrize("field", ["command", "arguments", "strict", "advisories", "sarif", "summary"])
def test_hostile_inputs_stay_text(project: Lab, field: str, said: str) -> None:
    before = {path.name for path in project.folder.iterdir()}
    ran = act(project, **{"command": "lockfile lint", field: said})
    assert not any(project.place.rglob("pwned"))
    after = {path.name for path in project.folder.iterdir()}
    assert len(after - before) <= (field == "sarif"), "a report under that very name, at most"
    assert set(ran.outputs) == {"exit-code"}
    if field == "command":
        assert ran.code == 2, ran
        assert "touch" not in ran.out
