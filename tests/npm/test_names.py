import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.npm.names import NameProblem, errors_of, escape, scope_of, validate
from tests.npm.recorded import HOSTILE, recorded

OURS = {
    "name length must be greater than zero": NameProblem.EMPTY,
    "name cannot start with a period": NameProblem.STARTS_WITH_PERIOD,
    "name cannot start with a hyphen": NameProblem.STARTS_WITH_HYPHEN,
    "name cannot start with an underscore": NameProblem.STARTS_WITH_UNDERSCORE,
    "name cannot contain leading or trailing spaces": NameProblem.PADDED,
    "node_modules is not a valid package name": NameProblem.RESERVED,
    "favicon.ico is not a valid package name": NameProblem.RESERVED,
    "name can only contain URL-friendly characters": NameProblem.NOT_URL_SAFE,
    "http is a core module name": NameProblem.NODE_BUILTIN,
    "fs is a core module name": NameProblem.NODE_BUILTIN,
    "crypto is a core module name": NameProblem.NODE_BUILTIN,
    "name can no longer contain more than 214 characters": NameProblem.TOO_LONG,
    "name can no longer contain capital letters": NameProblem.CAPITALS,
    'name can no longer contain special characters ("~\'!()*")': NameProblem.SPECIAL_CHARACTERS,
}


def test_every_recorded_name() -> None:
    wrong = []
    cases = recorded("validate-name-cases")["cases"]
    for case in cases:
        found = validate(case["name"])
        expected = (
            case["validForNewPackages"],
            case["validForOldPackages"],
            tuple(OURS[message] for message in case.get("errors", [])),
            tuple(OURS[message] for message in case.get("warnings", [])),
        )
        if (found.valid_for_new, found.valid_for_old, found.errors, found.warnings) != expected:
            wrong.append((case, found))
    assert len(cases) == 257
    assert wrong == []


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_hostile_text(text: str) -> None:
    validate(text)
    validate(f"@{text}/x")


def test_lone_surrogates_and_other_planes() -> None:
    assert errors_of("a\ud800") == (NameProblem.NOT_URL_SAFE,)
    assert NameProblem.TOO_LONG in validate("\U0001f600" * 108).warnings
    assert NameProblem.TOO_LONG not in validate("\U0001f600" * 107).warnings


@given(st.text())
def test_any_text(text: str) -> None:
    found = validate(text)
    assert found.errors == errors_of(text)
    assert all(problem.text for problem in (*found.errors, *found.warnings))
    assert not found.valid_for_new or found.valid_for_old


@pytest.mark.parametrize(
    ("name", "scope", "escaped"),
    [("foo", None, "foo"), ("@s/foo", "@s", "@s%2ffoo"), ("@s", None, "@s"), ("a/b", None, "a%2fb")],
)
def test_scope_and_escape(name: str, scope: str | None, escaped: str) -> None:
    assert scope_of(name) == scope
    assert escape(name) == escaped
