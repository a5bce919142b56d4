import json
from pathlib import Path

import pytest

from forecheck.npm.definitions import DEFINITIONS, FORMER, Role, role
from forecheck.npm.options import OPTIONS

NPM = json.loads((Path(__file__).parents[1] / "fixtures" / "npmrc" / "definitions.json").read_text("utf-8"))


@pytest.mark.parametrize("version", sorted(NPM))
def test_every_setting_of_npm_has_a_place_here(version: str) -> None:
    read_as = {key: "".join(sorted(kinds)) for key, kinds in NPM[version].items()}
    assert {key: "".join(sorted(DEFINITIONS[key].kinds)) for key in read_as} == read_as


def test_nothing_is_listed_that_no_npm_has() -> None:
    assert set(DEFINITIONS) == set().union(*NPM.values())
    assert not set(FORMER) & set(DEFINITIONS)


def test_files_and_command_lines_are_read_by_the_same_table() -> None:
    """`options.py` is made from npm's sources, `definitions.py` says what each setting could do."""
    letters = {
        "Boolean": "b",
        "String": "s",
        "Number": "n",
        "Array": "l",
        "path": "p",
        "url": "u",
        "Date": "d",
        "Umask": "m",
    }
    read_as = {
        key: {letters[word] for word in types.split("|") if word in letters}
        for key, (_, types) in OPTIONS.items()
    }
    assert {key: set(one.kinds) for key, one in DEFINITIONS.items()} == read_as


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
