"""Whose disposable address counts how much."""

from typing import Any

import pytest

from forecheck.model import Severity
from tests.checks.running import CI, findings

THROWAWAY = "x83@mailinator.com"
ORDINARY = "x83@example.com"


def person(email: str, name: str = "x83") -> dict[str, str]:
    return {"name": name, "email": email}


@pytest.mark.parametrize(
    ("publisher", "owners", "severities"),
    [
        (person(THROWAWAY), [person(THROWAWAY)], [Severity.MEDIUM]),
        (person(THROWAWAY), [person(ORDINARY, "anna")], [Severity.MEDIUM]),
        (person(ORDINARY, "anna"), [person(THROWAWAY)], [Severity.LOW]),
        (person(THROWAWAY), [person(THROWAWAY), person(THROWAWAY, "x84")], [Severity.MEDIUM, Severity.LOW]),
        (CI["_npmUser"], [person(THROWAWAY)], [Severity.LOW]),
        (None, [person(THROWAWAY)], [Severity.LOW]),
        (person("mailinator.com"), [person("x83 at mailinator.com")], []),
        (person("x83@mailinator.com.example.com"), [person(ORDINARY)], []),
    ],
)
def test_grades(
    publisher: dict[str, Any] | None, owners: list[dict[str, str]], severities: list[Severity]
) -> None:
    document = {"_npmUser": publisher} if publisher else {}
    packument = {"name": "thing", "versions": {"1.0.0": document}, "maintainers": owners}
    found = findings("disposable-email", ("packument.json", packument))
    assert [one.severity for one in found] == severities
