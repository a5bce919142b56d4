"""`forecheck lockfile lint`: which files are looked at, what comes out, and with which code."""

import io
import json
from pathlib import Path

import pytest

from evals.lockfile.clean import CLEAN, MANIFEST, MS, MS_URL
from forecheck.cli import lockfile
from forecheck.cli.ports import Ports
from forecheck.cli.refusal import NothingThere, UsageRefused
from tests.cli.commands import NOW, Desk

LOCK = CLEAN["npm v3"][1]
FOREIGN = LOCK.replace(MS_URL, "https://npm.example/ms/-/ms-2.1.3.tgz")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, lockfile.add_parser)
    (made.project / "package.json").write_text(MANIFEST)
    return made


def lint(desk: Desk, *arguments: str) -> int:
    return desk.run("lockfile", "lint", *arguments)


@pytest.mark.parametrize("format_", CLEAN)
def test_a_clean_lockfile_of_every_format_is_found_and_passes(desk: Desk, format_: str) -> None:
    name, text = CLEAN[format_]
    (desk.project / name).write_text(text)
    assert lint(desk) == 0
    assert "2 packages examined, nothing against them" in desk.says


def test_a_finding_tells_file_line_and_column(desk: Desk) -> None:
    (desk.project / "package-lock.json").write_text(FOREIGN)
    assert lint(desk) == 1
    line = next(at for at, text in enumerate(FOREIGN.splitlines(), 1) if '"node_modules/ms": {' in text)
    assert "lock-host" in desk.says
    assert f"(package-lock.json:{line}:5)" in desk.says


def test_every_lockfile_of_the_project_is_found_but_not_what_is_installed(desk: Desk) -> None:
    for folder in ("a", "a/b", "node_modules/x", ".git/x", "a/node_modules/y"):
        (desk.project / folder).mkdir(parents=True, exist_ok=True)
        (desk.project / folder / "package-lock.json").write_text(FOREIGN)
    assert lint(desk) == 1
    assert "a/package-lock.json (npm, 2 packages)" in desk.says
    assert "a/b/package-lock.json (npm, 2 packages)" in desk.says
    assert "node_modules" not in desk.says
    assert "examined 4" in desk.says


def test_a_file_that_cannot_be_read_does_not_hide_the_others(desk: Desk) -> None:
    for folder, text in (("a", "{"), ("b", FOREIGN), ("c", "")):
        (desk.project / folder).mkdir()
        (desk.project / folder / "package-lock.json").write_text(text)
    assert lint(desk) == 1
    assert "cannot be read" in desk.says
    assert "lock-host" in desk.says
    assert desk.says.count("the file itself") == 2


@pytest.mark.parametrize("path", ["nowhere.json", "none/*.lock", "empty", "*.nothing"])
def test_a_path_that_leads_to_no_lockfile_is_said(desk: Desk, path: str) -> None:
    (desk.project / "empty").mkdir()
    (desk.project / "package-lock.json").write_text(LOCK)
    with pytest.raises(NothingThere):
        lint(desk, "package-lock.json", path)


def test_no_lockfile_at_all_is_not_success(desk: Desk) -> None:
    with pytest.raises(NothingThere):
        lint(desk)


@pytest.mark.parametrize("text", ["{}", '{"lockfileVersion": 3, "packages": {"": {}}}'])
def test_a_lockfile_without_packages_is_not_success(desk: Desk, text: str) -> None:
    (desk.project / "package.json").unlink()
    (desk.project / "package-lock.json").write_text(text)
    assert lint(desk) in (1, 4)
    assert "nothing against" not in desk.says


@pytest.mark.parametrize(
    "pattern", ["*/package-lock.json", "**/package-lock.json", "(g)/package-lock.json", "(g)"]
)
def test_patterns_are_expanded_and_odd_folders_are_taken_as_they_are(desk: Desk, pattern: str) -> None:
    (desk.project / "(g)").mkdir()
    (desk.project / "(g)" / "package-lock.json").write_text(FOREIGN)
    assert lint(desk, pattern) == 1
    assert "examined 2" in desk.says


def test_a_file_of_any_name_is_read_as_what_it_is(desk: Desk) -> None:
    (desk.project / "old.txt").write_text(CLEAN["yarn 1"][1])
    assert lint(desk, "old.txt") == 0
    assert "2 packages examined" in desk.says


def test_standard_input(desk: Desk, tmp_path: Path) -> None:
    out = io.StringIO()
    ports = Ports(io.StringIO(FOREIGN), out, out, desk.env, str(desk.project), lambda: NOW)
    parsed = desk._parser.parse_args(["lockfile", "lint", "-"])
    assert parsed.run(parsed, ports) == 1
    assert "stdin (npm, 2 packages)" in out.getvalue()
    with pytest.raises(UsageRefused):
        lint(desk, "-", "package-lock.json")


def test_a_host_can_be_allowed(desk: Desk) -> None:
    (desk.project / "package-lock.json").write_text(FOREIGN)
    assert lint(desk, "--allow-host", "npm.example") == 0


def test_the_user_s_registry_is_trusted_and_the_repository_s_is_told(desk: Desk) -> None:
    (desk.project / "package-lock.json").write_text(FOREIGN)
    (desk.project / ".npmrc").write_text("registry=https://npm.example/\n")
    assert lint(desk) == 0
    assert "lock-project-registry" in desk.says
    assert lint(desk, "--strict") == 1
    (desk.home / ".npmrc").write_text("registry=https://npm.example/\n")
    desk.env["npm_config_userconfig"] = str(desk.home / ".npmrc")
    assert lint(desk, "--strict") == 0


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".yarnrc.yml", "npmRegistryServer: https://npm.example/\n"),
        (".yarnrc", 'registry "https://npm.example"\n'),
        ("bunfig.toml", '[install]\nregistry = "https://npm.example/"\n'),
    ],
)
def test_registries_of_other_package_managers_files(desk: Desk, file: str, text: str) -> None:
    (desk.project / "package-lock.json").write_text(FOREIGN)
    (desk.project / file).write_text(text)
    assert lint(desk) == 0
    assert f"only {file} of the repository itself names the registry npm.example" in " ".join(
        desk.says.split()
    )


def test_settings_and_an_untrusted_project_that_would_loosen_them(desk: Desk) -> None:
    (desk.project / "package-lock.json").write_text(FOREIGN)
    desk.file.write_text('[checks.lock-host]\nallow-hosts = ["npm.example"]\n')
    assert lint(desk) == 1
    own = desk.home / "c" / "forecheck"
    own.mkdir(parents=True)
    (own / "forecheck.toml").write_text('[checks.lock-host]\nallow-hosts = ["npm.example"]\n')
    desk.file.unlink()
    assert lint(desk) == 0


def test_json_names_the_files_and_the_lockfile_subject(desk: Desk) -> None:
    (desk.project / "package-lock.json").write_text("{")
    assert lint(desk, "--format", "json") == 1
    report = json.loads(desk.says)
    found = [one for one in report["outcomes"] if one["status"] == "finding"]
    assert [one["check"] for one in found] == ["lock-unreadable"]
    assert found[0]["subject"]["path"] == "package-lock.json"


def test_a_fix_is_shown_and_only_made_when_asked_for(desk: Desk) -> None:
    plain = LOCK.replace(MS_URL, MS_URL.replace("https:", "http:"))
    file = desk.project / "package-lock.json"
    file.write_text(plain)
    lint(desk, "--fix")
    assert file.read_text() == plain
    assert f'-      "resolved": "{MS_URL.replace("https:", "http:")}"' in desk.says
    assert lint(desk, "--fix", "--yes") == 0
    assert file.read_text() == LOCK
    assert [one.name for one in desk.project.iterdir() if "forecheck-" in one.name] == []


def test_a_fix_leaves_other_hosts_and_unpinned_files_alone(desk: Desk) -> None:
    plain = LOCK.replace(MS_URL, "http://npm.example/ms/-/ms-2.1.3.tgz").replace(MS, "")
    file = desk.project / "package-lock.json"
    file.write_text(plain)
    assert lint(desk, "--fix", "--yes") == 1
    assert file.read_text() == plain
