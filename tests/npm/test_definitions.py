import json
from pathlib import Path

import pytest

from forecheck.npm.definitions import DEFINITIONS, FORMER, Role, role

NPM = json.loads((Path(__file__).parents[1] / "fixtures" / "npmrc" / "definitions.json").read_text("utf-8"))


@pytest.mark.parametrize("version", sorted(NPM))
def test_every_setting_of_npm_has_a_place_here(version: str) -> None:
    read_as = {key: "".join(sorted(kinds)) for key, kinds in NPM[version].items()}
    assert {key: "".join(sorted(DEFINITIONS[key].kinds)) for key in read_as} == read_as


def test_nothing_is_listed_that_no_npm_has() -> None:
    assert set(DEFINITIONS) == set().union(*NPM.values())
    assert not set(FORMER) & set(DEFINITIONS)


def test_an_unknown_setting_has_no_role() -> None:
    assert role("run-this-file") is None


@pytest.mark.parametrize(
    "key",
    [
        "git",
        "script-shell",
        "shell",
        "node-options",
        "node-gyp",
        "editor",
        "viewer",
        "browser",
        "init-module",
        "init.module",
        "extension-file",
        "ignore-extension",
        "onload-script",
        "ignore-scripts",
        "dangerously-allow-all-scripts",
        "allow-scripts",
        "rebuild-bundle",
    ],
)
def test_what_runs_code_is_known_to(key: str) -> None:
    assert role(key) is Role.CODE
