from typing import Any

import pytest

from forecheck.model import Severity, Skipped, UnavailableKind
from tests.checks.running import before, findings, history, only, outcomes

SECOND = 1 / 86400
MIRROR = {"1.0.0": "2026-05-31T09:30:00.123456+00:00"}


def severity(check: str, *blocks: Any, options: dict[str, Any] | None = None) -> Severity | None:
    found = only(check, *blocks, options=options)
    return found.severity if found else None


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        pytest.param(-1, Severity.MEDIUM, id="by the registry's clock in the future"),
        pytest.param(0, Severity.MEDIUM, id="this instant"),
        pytest.param(3 - SECOND, Severity.MEDIUM, id="just under three days"),
        pytest.param(3, Severity.LOW, id="three days"),
        pytest.param(7 - SECOND, Severity.LOW, id="just under a week"),
        pytest.param(7, None, id="a week"),
    ],
)
def test_fresh_release(age: float, expected: Severity | None) -> None:
    assert severity("fresh-release", history(("1.0.0", 900, {}), ("1.0.1", age, {}))) == expected


def test_what_the_user_sets_decides() -> None:
    from datetime import timedelta

    block = history(("1.0.0", 900, {}), ("1.0.1", 10, {}))
    assert severity("fresh-release", block, options={"min_age": timedelta(days=11)}) is Severity.LOW
    assert severity("fresh-release", block, options={"min_age": timedelta(days=10)}) is None


def test_the_remedy_is_a_command_only_where_the_project_asks_itself() -> None:
    package = history(("1.0.0", 900, {}), ("1.0.1", 1, {}))
    direct = only("fresh-release", package)
    assert direct is not None
    assert direct.fix is not None
    assert direct.fix.command == "npm install thing@1.0.0"
    parent = history(("1.0.0", 900, {}))
    lock = {
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {"parent": "*"}},
            "node_modules/parent": {"version": "1.0.0", "dependencies": {"thing": "^1.0.0"}},
            "node_modules/thing": {"version": "1.0.1"},
        },
    }
    blocks = (package, (parent[0], {**parent[1], "name": "parent"}), ("package-lock.json", lock))
    [transitive] = findings("fresh-release", *blocks)
    assert transitive.fix is not None
    assert transitive.fix.command == ""
    assert "1.0.0 is 2 years old and satisfies every range" in transitive.message


def test_a_name_that_would_need_quoting_makes_no_command() -> None:
    from forecheck.checks.wording import command

    assert command("npm", "install", "x@1.0.0; curl evil") == ""
    assert command("npm", "install", "") == ""


@pytest.mark.parametrize("check", ["fresh-release", "new-package", "stale-package"])
@pytest.mark.parametrize(
    "time",
    [
        pytest.param(MIRROR, id="a mirror's own clock"),
        pytest.param(None, id="no times"),
        pytest.param({"created": "2020-01-01T00:00:00.000Z", "1.0.0": "soon"}, id="garbage"),
    ],
)
def test_times_that_say_nothing_are_neither_a_finding_nor_a_pass(check: str, time: Any) -> None:
    document = {"name": "thing", "versions": {"1.0.0": {}}, "time": time}
    [outcome] = outcomes(check, ("packument.json", document))
    assert isinstance(outcome, Skipped)
    assert outcome.kind is UnavailableKind.UNSUPPORTED


@pytest.mark.parametrize(
    ("age", "expected"), [(0, Severity.MEDIUM), (30 - SECOND, Severity.MEDIUM), (30, None), (3000, None)]
)
def test_new_package(age: float, expected: Severity | None) -> None:
    assert severity("new-package", history(("1.0.0", age, {}), ("1.0.1", 0, {}))) == expected


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ("@s/parent", Severity.LOW),
        ("s", Severity.LOW),
        ("parent", Severity.MEDIUM),
        ("@other/parent", Severity.MEDIUM),
    ],
)
def test_a_new_package_of_the_family_is_noted(parent: str, expected: Severity) -> None:
    title, child = history(("1.0.0", 1, {}))
    _, old = history(("1.0.0", 900, {}))
    lock = {
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {parent: "*"}},
            f"node_modules/{parent}": {"version": "1.0.0", "dependencies": {"@s/child": "*"}},
            "node_modules/@s/child": {"version": "1.0.0"},
        },
    }
    blocks = (
        (title, {**child, "name": "@s/child"}),
        (title, {**old, "name": parent}),
        ("package-lock.json", lock),
    )
    assert severity("new-package", *blocks) is expected


@pytest.mark.parametrize(("age", "expected"), [(3 * 365, None), (3 * 365 + SECOND, Severity.INFO)])
def test_stale_package(age: float, expected: Severity | None) -> None:
    assert severity("stale-package", history(("1.0.0", age, {}))) == expected


def test_a_pre_release_of_yesterday_is_life_too() -> None:
    block = history(("1.0.0", 4000, {}), ("2.0.0-rc.1", 1, {}), **{"dist-tags": {"latest": "1.0.0"}})
    assert severity("stale-package", block) is None


def test_the_age_of_a_package_is_that_of_its_oldest_listed_version() -> None:
    title, document = history(("9.0.0", 1, {}))
    document["time"]["created"] = before(days=4000)
    found = only("new-package", (title, document))
    assert found is not None
    assert found.message == "first published 24 hours ago; the name was taken 10 years ago"
