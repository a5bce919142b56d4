"""The evaluation of the lockfile rules, as a test: every attack is caught, clean files are left alone."""

import pytest

from evals.lockfile.attacks import Attack, attacks
from evals.lockfile.clean import CLEAN
from evals.lockfile.run import Linter, Result


@pytest.fixture(scope="module")
def linter() -> Linter:
    return Linter()


@pytest.mark.parametrize("attack", list(attacks()), ids=lambda one: f"{one.format}: {one.name}")
def test_an_attack_is_caught_by_default(attack: Attack, linter: Linter) -> None:
    result = Result(attack, linter.project(attack.file, attack.text, attack.beside))
    assert result.caught, [one.message for one in result.findings]


@pytest.mark.parametrize("format_", CLEAN)
def test_the_clean_files_they_are_made_from_have_no_finding(format_: str, linter: Linter) -> None:
    file, text = CLEAN[format_]
    assert linter.project(file, text, {}) == ()
