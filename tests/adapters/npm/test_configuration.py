import os
from pathlib import Path

import pytest

from forecheck.adapters.npm.configuration import Configuration, read_configuration

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX paths")


@pytest.fixture
def project(tmp_path: Path, empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    (home / ".npmrc").write_text("registry=https://corp.example/npm/\nsave-exact=true\nsave=false\n")
    folder = tmp_path / "project"
    (folder / "packages" / "a").mkdir(parents=True)
    (folder / "package.json").write_text('{"name": "mine", "workspaces": ["packages/*"]}')
    (folder / "packages" / "a" / "package.json").write_text('{"name": "a"}')
    return folder


def read(folder: Path, **env: str) -> Configuration:
    return read_configuration({"HOME": os.environ["HOME"], **env}, str(folder), "")


def test_the_users_registry_and_settings_are_followed(project: Path) -> None:
    found = read(project)
    assert found.registry_for("anything") == "https://corp.example/npm/"
    assert (found.text_of("save-exact"), found.text_of("save"), found.text_of("nothing")) == (
        "true",
        "false",
        None,
    )
    assert (found.root.path, found.in_workspace()) == (str(project), False)


def test_the_environment_is_no_file(project: Path) -> None:
    found = read(project, npm_config_registry="https://env.example/", npm_config_save_exact="false")
    assert found.registry_for("anything") == "https://env.example/"
    assert found.text_of("save-exact") == "true"


def test_a_workspaces_project_is_the_one_above_it(project: Path) -> None:
    found = read(project / "packages" / "a")
    assert (found.root.path, found.in_workspace()) == (str(project), True)


def test_the_command_line_goes_first(project: Path) -> None:
    env = {"HOME": os.environ["HOME"]}
    found = read_configuration(env, str(project), "", [("registry", "https://cli.example/")], offline=True)
    assert found.registry_for("x") == "https://cli.example/"
    assert found.settings.offline


def test_what_npm_resolves_by_holds_no_script_shell_of_the_projects(project: Path) -> None:
    (project / ".npmrc").write_text("script-shell=/tmp/evil\nlegacy-peer-deps=true\n")
    found = read(project)
    assert "evil" not in found.settings.project_npmrc
    assert "legacy-peer-deps" in found.settings.project_npmrc
