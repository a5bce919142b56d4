import pytest

from forecheck.model import Severity
from tests.checks.running import CI, by, history, only

SECOND = 1 / 86400


@pytest.mark.parametrize(
    ("versions", "severity"),
    [
        pytest.param(
            [("1.0.0", 900, by("a")), ("1.0.1", 14 - SECOND, by("b"))], Severity.MEDIUM, id="two weeks"
        ),
        pytest.param([("1.0.0", 900, by("a")), ("1.0.1", 14, by("b"))], Severity.LOW, id="from two weeks on"),
        pytest.param(
            [("1.0.0", 900, by("a")), ("1.0.1", 30 - SECOND, by("b"))], Severity.LOW, id="within a month"
        ),
        pytest.param(
            [("1.0.0", 900, by("a")), ("1.0.1", 3, by("b")), ("1.0.2", 2, by("a")), ("1.0.3", 1, by("b"))],
            Severity.LOW,
            id="the others carried on",
        ),
        pytest.param([("1.0.0", 900, by("a")), ("1.0.1", 30, by("b"))], None, id="a month ago"),
        pytest.param(
            [("1.0.0", 900, by("a")), ("1.0.1", 2, by("b")), ("1.0.2", 1, by("b"))],
            Severity.MEDIUM,
            id="the second of a series",
        ),
        pytest.param(
            [("1.0.0", 900, by("a")), ("1.0.1", 40, by("b")), ("1.0.2", 1, by("b"))],
            None,
            id="known for a month",
        ),
        pytest.param(
            [("1.0.0", 900, by("a", "a", "b")), ("1.0.1", 1, by("b", "a", "b"))], Severity.LOW, id="team"
        ),
        pytest.param(
            [("1.0.0", 900, by("a", "a")), ("1.0.1", 1, by("b", "a", "b"))],
            Severity.MEDIUM,
            id="joined for this",
        ),
        pytest.param([("1.0.0", 900, CI), ("1.0.1", 1, CI)], None, id="ci all along"),
        pytest.param([("1.0.0", 900, CI), ("1.0.1", 1, by("b"))], Severity.MEDIUM, id="ci, then a stranger"),
        pytest.param(
            [("1.0.0", 900, by("a")), ("1.1.0", 400, CI), ("1.1.1", 1, by("a"))], None, id="to ci and back"
        ),
        pytest.param(
            [("2.0.0", 900, by("a")), ("1.0.1", 1, by("b"))],
            Severity.MEDIUM,
            id="a backport: order in time counts",
        ),
        pytest.param(
            [("1.0.0", 900, {}), ("1.0.1", 1, by("b"))], None, id="nobody is named for what came before"
        ),
        pytest.param(
            [("1.0.0", 900, by("a")), ("1.0.1", 1, by("a", email="new@example.net"))],
            None,
            id="another address",
        ),
    ],
)
def test_new_publisher(
    versions: list[tuple[str, float, dict[str, object]]], severity: Severity | None
) -> None:
    tags = {"dist-tags": {"latest": versions[-1][0]}}
    found = only("new-publisher", history(*versions, **tags))
    assert (found.severity if found else None) == severity


@pytest.mark.parametrize(
    ("versions", "severity"),
    [
        pytest.param(
            [("1.0.0", 1 + 365, by("a")), ("1.1.0", 100, by("b")), ("1.1.1", 1, by("a"))],
            Severity.MEDIUM,
            id="a year, others went on",
        ),
        pytest.param(
            [("1.0.0", 1 + 365 - SECOND, by("a")), ("1.1.0", 100, by("b")), ("1.1.1", 1, by("a"))],
            None,
            id="a second less than a year",
        ),
        pytest.param(
            [("1.0.0", 1000, by("a")), ("1.1.0", 400, by("b")), ("1.1.1", 30, by("a"))],
            None,
            id="a month ago",
        ),
        pytest.param(
            [("1.0.0", 900, by("a")), ("1.1.0", 400, by("b")), ("1.1.1", 2, by("a")), ("1.1.2", 1, by("a"))],
            Severity.MEDIUM,
            id="the second of a series",
        ),
        pytest.param(
            [("1.0.0", 900, by("a")), ("1.1.0", 1, by("a"))], Severity.LOW, id="woke after its only version"
        ),
        pytest.param(
            [("0.9.0", 1301, by("a")), ("1.0.0", 801, by("a")), ("1.1.0", 1, by("a"))], None, id="always slow"
        ),
        pytest.param(
            [("0.9.0", 1201, by("a")), ("1.0.0", 801, by("a")), ("1.1.0", 1, by("a"))],
            Severity.LOW,
            id="twice as slow",
        ),
        pytest.param(
            [("1.0.0", 900, by("a")), ("1.1.0", 400, by("b")), ("1.1.1", 1, CI)], None, id="ci is no person"
        ),
        pytest.param([("1.0.0", 900, by("a")), ("1.1.0", 1, by("b"))], None, id="new is not dormant"),
    ],
)
def test_dormant_publisher(
    versions: list[tuple[str, float, dict[str, object]]], severity: Severity | None
) -> None:
    found = only("dormant-publisher", history(*versions))
    assert (found.severity if found else None) == severity


@pytest.mark.parametrize(
    ("old", "new", "age", "severity"),
    [
        pytest.param(by("a", "a", "b"), by("c", "c"), 1, Severity.MEDIUM, id="all new"),
        pytest.param(by("a", "a", "b"), by("c", "c"), 30, None, id="all new, a month ago"),
        pytest.param(
            by("a", "a"), by("a", "a", "b", "c", "d", "e"), 1, Severity.LOW, id="an organisation joined"
        ),
        pytest.param(by("a", "a", "b"), by("a", "a"), 1, None, id="one left"),
        pytest.param(
            by("a", "a"), by("a", "a", email="a@example.net"), 1, Severity.LOW, id="another address"
        ),
        pytest.param(
            by("a", "a"), by("a", "a", email="a@Proton.me"), 1, Severity.MEDIUM, id="anonymous mail"
        ),
        pytest.param(
            {**CI, "maintainers": [{"name": "a", "email": "a@example.com"}]},
            by("a", "a", email="a@example.net"),
            1,
            Severity.MEDIUM,
            id="another address, and by hand where a machine did it before",
        ),
        pytest.param(by("a", "a"), by("a", "a", email="A@Example.com"), 1, None, id="capitals do not matter"),
        pytest.param(
            by("a", "a"), {**CI, "maintainers": [{"name": "a", "email": "x@y.z"}]}, 1, None, id="ci"
        ),
    ],
)
def test_maintainers_changed(
    old: dict[str, object], new: dict[str, object], age: float, severity: Severity | None
) -> None:
    found = only("maintainers-changed", history(("1.0.0", 900, old), ("1.0.1", age, new)))
    assert (found.severity if found else None) == severity
