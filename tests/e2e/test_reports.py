"""Reports for machines, and the commands that only look."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.e2e.harness import Lab
from tests.fakes.registry import Kind, Registry

pytestmark = pytest.mark.e2e

SCHEMA = Path(__file__).parents[2] / "schemas" / "report-v1.schema.json"


def check_report(text: str) -> dict[str, object]:
    report: dict[str, object] = json.loads(text)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(report)
    return report


@pytest.mark.parametrize(
    "command",
    [
        "check plain",
        "check evil old",
        "check nosuchpackage",
        "audit",
        "--dry-run npm install old",
        "--dry-run npm exec evil",
        "--dry-run npm install -g evil",
        "--dry-run npm uninstall plain",
    ],
)
def test_json(lab: Lab, command: str) -> None:
    lab.project(dependencies={"plain": "*"})
    run = lab.run("--format", "json", *command.split())
    check_report(run.out)
    nothing_left = 4 if "uninstall" in command else 0
    assert run.code == (1 if "evil" in command or "nosuch" in command else nothing_left), run


def test_json_in_a_file_while_npm_runs(lab: Lab) -> None:
    lab.project()
    run = lab.run("--format=json", "--output", "report.json", "npm", "install", "old")
    assert run.code == 0, run
    check_report((lab.folder / "report.json").read_text())
    assert run.says("deprecated")
    assert "added 1 package" in run.out


def test_an_output_file_that_cannot_be_written(lab: Lab) -> None:
    lab.project()
    run = lab.run("--format=json", "--output", "no/such/folder.json", "npm", "install", "plain")
    assert run.code == 2, run
    assert run.says("cannot write")
    assert lab.installed() == {}


def test_check_installs_nothing(lab: Lab, registry: Registry) -> None:
    lab.project()
    before = lab.snapshot()
    run = lab.run("check", "plain@1", "alias@npm:other", "./nowhere", "-v")
    assert run.code == 6, run
    run = lab.run("check", "plain@1", "alias@npm:other")
    assert run.code == 0, run
    assert "2 packages examined" in run.out
    assert lab.snapshot() == before
    assert not (lab.home / ".npmrc.bak").exists()


def test_audit_needs_no_npm_when_there_is_a_lockfile(lab: Lab, registry: Registry) -> None:
    lab.project(dependencies={"old": "*"})
    assert lab.run("npm", "install").code == 0
    registry.forget_requests()
    run = lab.run("audit", env={"PATH": ""})
    assert run.code == 0, run
    assert "deprecated" in run.out
    assert registry.asked(kind=Kind.TARBALL) == []


def test_offline_uses_what_is_there(lab: Lab, registry: Registry) -> None:
    lab.project(dependencies={"old": "*"})
    assert lab.run("npm", "install").code == 0
    registry.forget_requests()
    run = lab.run("--offline", "audit")
    assert run.code in (0, 3), run
    assert registry.requests == []


def test_one_run_can_write_several_formats(lab: Lab, registry: Registry) -> None:
    registry.publish("plain", "1.0.0")
    lab.project()
    run = lab.run("--format=github", "--output=sarif=a.sarif", "--output=markdown=./b=c.md", "check", "plain")
    assert run.code == 0, run
    assert run.out.splitlines()[-1].startswith("forecheck: BLOCK 0")
    assert json.loads((lab.folder / "a.sarif").read_text())["version"] == "2.1.0"
    assert (lab.folder / "b=c.md").read_text().startswith("### ")


def test_an_unknown_format_of_a_file_is_refused_before_anything_is_asked(
    lab: Lab, registry: Registry
) -> None:
    run = lab.run("--output=sorif=a.sarif", "check", "plain")
    assert run.code == 2
    assert run.says("--output sorif is not known", "sarif")
    assert registry.requests == []
