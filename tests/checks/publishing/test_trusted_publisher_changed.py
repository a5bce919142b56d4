"""Which change of a trusted publisher is worth a word."""

from typing import Any

import pytest

from forecheck.model import Severity
from tests.checks.running import by, history, only

PROVENANCE: dict[str, Any] = {
    "dist": {"attestations": {"provenance": {"predicateType": "https://slsa.dev/provenance/v1"}}}
}


def ci(provider: str = "github", setup: str = "oidc:1", **more: Any) -> dict[str, Any]:
    publisher = {"id": provider, **({"oidcConfigId": setup} if setup else {})}
    return {
        "_npmUser": {"name": provider, "email": f"{provider}@example.com", "trustedPublisher": publisher},
        **more,
    }


EARLY = {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com"}}
"""Before the registry named the setup."""

LOW, MEDIUM = Severity.LOW, Severity.MEDIUM
Row = tuple[str, float, dict[str, Any]]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("1.0.0", 90, ci()), ("1.0.1", 1, ci())], None),
        ([("1.0.0", 90, ci()), ("1.0.1", 1, ci(setup="oidc:2"))], LOW),
        ([("1.0.0", 90, ci(**PROVENANCE)), ("1.0.1", 1, ci(setup="oidc:2"))], MEDIUM),
        ([("1.0.0", 90, ci(**PROVENANCE)), ("1.0.1", 1, ci(setup="oidc:2", **PROVENANCE))], LOW),
        ([("1.0.0", 90, ci()), ("1.0.1", 1, ci("gitlab"))], MEDIUM),
        ([("1.0.0", 90, ci()), ("1.0.1", 40, ci("gitlab")), ("1.0.2", 1, ci("gitlab"))], None),
        ([("1.0.0", 90, ci()), ("1.0.1", 10, ci("gitlab")), ("1.0.2", 1, ci("gitlab"))], MEDIUM),
        ([("1.0.0", 90, ci()), ("1.0.1", 40, ci("gitlab"))], None),
        ([("1.0.0", 90, EARLY), ("1.0.1", 1, ci())], None),
        ([("1.0.0", 90, ci()), ("1.0.1", 1, EARLY)], None),
        ([("1.0.0", 90, by("anna")), ("1.0.1", 1, ci())], None),
        ([("1.0.0", 90, ci()), ("1.0.1", 1, by("anna"))], None),
        ([("1.0.0", 1, ci())], None),
    ],
)
def test_changes(rows: list[Row], expected: Severity | None) -> None:
    found = only("trusted-publisher-changed", history(*rows))
    assert (None if found is None else found.severity) is expected


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("github:anna/thing", "https://github.com/anna/thing", None),
        ("github:anna/thing", "git+ssh://git@github.com/Anna/Thing.git", None),
        ("github:anna/thing", "github:mallory/thing", MEDIUM),
        ("github:anna/thing", "", None),
        ("", "github:anna/thing", None),
        ("https://git.example.com/thing", "github:anna/thing", None),
    ],
)
def test_the_move_to_trusted_publishing_is_measured_by_the_repository(
    was: str, now: str, expected: Severity | None
) -> None:
    rows = [("1.0.0", 90, by("anna") | {"repository": was}), ("1.0.1", 1, ci(repository=now))]
    found = only("trusted-publisher-changed", history(*rows))
    assert (None if found is None else found.severity) is expected
