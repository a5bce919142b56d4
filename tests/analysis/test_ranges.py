"""The short way of comparing versions with ranges says the same as npm's grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.analysis.ranges import Ranges
from forecheck.npm.semver import satisfies

NUMBERS = st.integers(0, 12)
VERSIONS = st.builds("{}.{}.{}".format, NUMBERS, NUMBERS, NUMBERS)


@given(st.sampled_from(["^", "~", "", ">=", "<"]), VERSIONS, VERSIONS)
def test_plain_ranges_are_npm_s(operator: str, floor: str, version: str) -> None:
    wanted = operator + floor
    assert Ranges().holds(wanted, version) is satisfies(version, wanted, loose=True)


@pytest.mark.parametrize(
    ("wanted", "version", "holds"),
    [
        ("npm:^1.0.0", "1.2.0", True),
        ("npm:other@^1.0.0", "2.0.0", False),
        ("npm:@s/other@^1.0.0", "1.9.9", True),
        ("*", "1.0.0-rc.1", True),
        ("latest", "1.0.0", True),
        ("next", "0.0.1", True),
        ("workspace:^", "1.0.0", True),
        ("file:x", "", True),
        ("^2.1.1", "0.7.0", False),
        ("^0.1.0", "0.2.0", False),
    ],
)
def test_what_lockfiles_hold(wanted: str, version: str, holds: bool) -> None:
    assert Ranges().holds(wanted, version) is holds


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_texts_have_an_answer(wanted: str, version: str) -> None:
    assert Ranges().holds(wanted, version) in (True, False)
