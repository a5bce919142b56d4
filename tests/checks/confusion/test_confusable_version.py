"""Which high versions came from nowhere, and which grew."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.checks.running import only

GREW = [f"{major}.0.0" for major in range(60, 105)]


@pytest.mark.parametrize(
    ("versions", "found"),
    [
        (["99.99.99"], "99.99.99, and no version of thing below 99"),
        (["999.0.0"], "999.0.0, and no version of thing below 999"),
        (["9.9.9"], "9.9.9, and no version of thing below 9"),
        (["0.0.1", "99.0.0"], "99.0.0, and no version of thing between 0 and 99"),
        (["1.0.0", "99.0.0", "99.0.1", "100.0.0"], "100.0.0, and no version of thing between 1 and 99"),
        (["4.0.0", "9.9.9"], "9.9.9, and no version of thing between 4 and 9"),
        (["8.0.0", "9.9.9"], None),
        (["1.9.9"], None),
        (["9.9.8"], None),
        (["2026.1.0"], None),
        (["20260531.0.0"], None),
        (["1.0.0", "2.0.0", "89.0.0"], None),
        (GREW, None),
        (["2.46.0", *[f"{major}.0.0" for major in range(73, 141)]], None),
        (["1.0.0-99.9.9"], None),
    ],
)
def test_from_nowhere(versions: list[str], found: str | None) -> None:
    packument: dict[str, Any] = {"name": "thing", "versions": {version: {} for version in versions}}
    hit = only("confusable-version", ("packument.json", packument))
    assert (hit.message if hit else None) == found


def test_a_popular_package_may_count_as_it_likes() -> None:
    packument = {"name": "thing", "versions": {"99.0.0": {}}}
    popular = ("popular.json", {"thing": 9_000_000})
    assert only("confusable-version", ("packument.json", packument), popular) is None


@pytest.mark.parametrize(
    ("days", "found"), [((1, 1, 2), True), ((1, 10, 28), True), ((1, 10, 60), False), ((1, 2, None), False)]
)
def test_many_high_majors_within_a_month_are_no_history(days: tuple[int | None, ...], found: bool) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    versions = [f"{97 + at}.0.0" for at in range(len(days))]
    times = {
        version: (start + timedelta(days=day)).isoformat()
        for version, day in zip(versions, days, strict=True)
        if day is not None
    }
    packument: dict[str, Any] = {
        "name": "thing",
        "versions": {version: {} for version in versions},
        "time": {"created": start.isoformat(), **times},
    }
    hit = only("confusable-version", ("packument.json", packument))
    assert (hit is not None) is found
