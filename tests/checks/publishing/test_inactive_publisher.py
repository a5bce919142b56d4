"""Who counts as inactive, and who only looks so."""

from datetime import timedelta
from typing import Any

import pytest

from tests.checks.running import CI, by, history, only

CHECK = "inactive-publisher"


def team(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "email": f"{name}@example.com"} for name in names]


@pytest.mark.parametrize(
    ("owners", "versions", "message"),
    [
        (["anna"], [("1.0.0", 4000, by("anna"))], None),
        (
            ["anna", "ben"],
            [("1.0.0", 4000, by("anna"))],
            "of 2 accounts that may publish, ben never has",
        ),
        (["anna", "ben"], [("1.0.0", 729, by("ben")), ("1.1.0", 1, by("anna"))], None),
        (
            ["anna", "ben"],
            [("1.0.0", 731, by("ben")), ("1.1.0", 1, by("anna"))],
            "of 2 accounts that may publish, ben has not for 2 years",
        ),
        (["anna"], [("1.0.0", 1500, by("anna")), ("1.1.0", 1400, CI), ("1.2.0", 1, CI)], None),
        (
            ["anna", "ben"],
            [("1.0.0", 4000, by("ben")), ("1.1.0", 1500, by("anna")), ("1.2.0", 1, CI)],
            "of 2 accounts that may publish, ben has not for 10 years",
        ),
        (["anna"], [("1.0.0", 1500, CI), ("1.2.0", 1, CI)], None),
        (
            ["Anna"],
            [("1.0.0", 1500, by("gone")), ("1.1.0", 5, by("ben"))],
            "of 1 account that may publish, Anna never has",
        ),
    ],
)
def test_who_is_inactive(
    owners: list[str], versions: list[tuple[str, float, Any]], message: str | None
) -> None:
    found = only(CHECK, history(*versions, maintainers=team(*owners)))
    assert (found.message if found else None) == message


def test_the_silence_is_an_option() -> None:
    versions = history(("1.0.0", 400, by("ben")), ("1.1.0", 1, by("anna")), maintainers=team("anna", "ben"))
    assert only(CHECK, versions) is None
    assert only(CHECK, versions, options={"silence": timedelta(days=365)}) is not None
