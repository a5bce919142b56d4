"""docs/npm-commands.md against the code."""

from pathlib import Path

import pytest

from forecheck.npm.command_names import ALIASES, COMMANDS
from forecheck.npm.commandline import classify

DOCUMENTED_WORDS = (
    "", "x", "fix", "add x", "ls user/x", "publish x", "view user/x", "user/x", "--diff=x"
)  # fmt: skip


def documented() -> dict[str, tuple[set[str], set[str]]]:
    """Command → its other names and its actions, from the table in the documentation."""
    page = (Path(__file__).parents[2] / "docs" / "npm-commands.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in page.splitlines()
        if line.startswith("| `")
    ]
    return {
        row[0].strip("`"): (set(row[1].split()), set(row[3].replace(" or ", ", ").split(", ")))
        for row in rows
    }


def test_the_documented_names_are_those_of_the_tables() -> None:
    names: dict[str, set[str]] = {command: set() for command in COMMANDS}
    for alias, (_, command) in ALIASES.items():
        names[command].add(alias)
    assert {command: aliases for command, (aliases, _) in documented().items()} == names


@pytest.mark.parametrize("command", COMMANDS)
def test_the_documented_actions_are_those_that_can_happen(command: str) -> None:
    lines = [[command, *words.split()] for words in DOCUMENTED_WORDS]
    calls = [classify(line, {}, in_workspace=lambda: True) for line in lines]
    calls += [classify(line, {}, in_workspace=lambda: False) for line in lines]
    assert {call.action.upper().replace("-", "_") for call in calls} == documented()[command][1]
