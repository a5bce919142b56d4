import pytest

from forecheck import discover
from forecheck.check import Check
from forecheck.model import Crashed, Finding, Passed, Skipped
from tests.checks.examples import Example, examples, messages, run

CASES = [
    pytest.param(check, example, id=str(example))
    for check in discover.checks()
    for example in examples(check)
]


@pytest.mark.parametrize(("check", "example"), CASES)
def test_the_example_says_what_the_check_does(check: Check, example: Example) -> None:
    outcomes = run(check, example)
    assert outcomes
    assert [outcome for outcome in outcomes if isinstance(outcome, Crashed)] == []
    expected = {"bad": Finding, "good": Passed, "unknown": Skipped}[example.kind]
    if example.kind == "good":
        assert [outcome for outcome in outcomes if not isinstance(outcome, Passed)] == []
    assert any(isinstance(outcome, expected) for outcome in outcomes), outcomes
    shown = [block.text for block in example.blocks if block.title == "finding"]
    if shown:
        assert messages(outcomes) == shown[0].splitlines()
