import json
from pathlib import Path

import pytest

from forecheck.api import (
    ConfigError,
    Decision,
    InvalidSpec,
    Malformed,
    NothingThere,
    NpmError,
    Skipped,
    audit_project,
    check,
)
from tests.fakes.registry import Registry


@pytest.fixture
def project(tmp_path: Path, npm_home: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Path:
    registry.publish("leaf", "1.0.0")
    registry.publish("tree", "1.0.0", dependencies={"leaf": "^1.0.0"})
    for name, value in {
        "npm_config_registry": registry.url,
        "npm_config_cache": str(npm_home / "cache"),
        "FORECHECK_CACHE": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def lockfile(folder: Path, registry: Registry) -> None:
    entry = {
        "version": "1.0.0",
        "resolved": f"{registry.url}leaf/-/leaf-1.0.0.tgz",
        "integrity": registry.release("leaf", "1.0.0").integrity,
    }
    packages = {"": {"dependencies": {"leaf": "1.0.0"}}, "node_modules/leaf": entry}
    text = json.dumps({"lockfileVersion": 3, "packages": packages})
    (folder / "package-lock.json").write_text(text, encoding="utf-8")


@pytest.mark.e2e
def test_check_examines_the_whole_tree_and_installs_nothing(project: Path) -> None:
    report = check(["tree"], cwd=str(project))
    assert {step.entry.release.spec for step in report.plan.installs()} == {"tree@1.0.0", "leaf@1.0.0"}
    assert report.verdict.examined
    assert not list(project.iterdir())


@pytest.mark.e2e
def test_a_name_that_does_not_exist_blocks(project: Path) -> None:
    report = check(["no-such-name-here"], cwd=str(project))
    assert report.verdict.decision is Decision.BLOCK
    assert [finding.check for finding in report.findings()] == ["unknown-package"]


def test_a_project_is_audited_as_its_lockfile_says(project: Path, registry: Registry) -> None:
    lockfile(project, registry)
    report = audit_project(str(project))
    assert [step.entry.release.spec for step in report.plan.installs()] == ["leaf@1.0.0"]


def test_offline_evidence_is_missing_and_not_clean(project: Path, registry: Registry) -> None:
    lockfile(project, registry)
    report = audit_project(str(project), offline=True)
    assert any(isinstance(outcome, Skipped) for outcome in report.outcomes)
    assert report.verdict.decision is not Decision.ALLOW
    assert not registry.requests


def test_the_named_configuration_is_followed(project: Path, registry: Registry, tmp_path: Path) -> None:
    lockfile(project, registry)
    mine = tmp_path / "mine.toml"
    mine.write_text('[policy]\nunknown = "note"\n', encoding="utf-8")
    report = audit_project(str(project), config=str(mine), offline=True)
    assert report.verdict.decision is Decision.ALLOW


def test_a_mistake_in_the_configuration_is_an_error(project: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text("[polcy]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="polcy"):
        audit_project(str(project), config=str(mine))


def test_what_npm_would_not_take_is_an_error(project: Path) -> None:
    with pytest.raises(InvalidSpec):
        check(["@@"], cwd=str(project))


def test_a_folder_with_nothing_in_it_is_an_error(project: Path) -> None:
    with pytest.raises(NothingThere):
        audit_project(str(project))


def test_a_broken_lockfile_is_an_error(project: Path) -> None:
    (project / "package-lock.json").write_text("{", encoding="utf-8")
    with pytest.raises(Malformed, match=r"package-lock\.json"):
        audit_project(str(project))


def test_no_npm_is_an_error(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NpmError, match="not found on PATH"):
        check(["leaf"], cwd=str(project))
