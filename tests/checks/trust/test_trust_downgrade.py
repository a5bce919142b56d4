"""A downgrade is what led up to a release having more; backports, pre-releases and habits are not."""

from typing import Any

import pytest

from forecheck.analysis.name_pattern import names
from forecheck.model import Severity, Skipped, UnavailableKind
from tests.checks.running import CI, by, findings, history, only, outcomes

SIGNED = {"signatures": [{"keyid": "k", "sig": "s"}]}
ATTESTED = {
    **SIGNED,
    "attestations": {
        "url": "https://example.com/a",
        "provenance": {"predicateType": "https://slsa.dev/provenance/v1"},
    },
}
TRUSTED = {**CI, "dist": ATTESTED}
BUILT = {**by("anna"), "dist": ATTESTED}
BY_HAND = {**by("anna"), "dist": SIGNED}
BARE = by("anna")

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
Row = tuple[str, float, dict[str, Any]]


def severity(*rows: Row, of: str = "", **options: Any) -> Severity | None:
    """What the check says of the last row (or `of`); versions with their age in days, None: nothing."""
    title, document = history(*rows)
    document["dist-tags"] = {"latest": of or rows[-1][0]}
    found = only("trust-downgrade", (title, document), options=options or None)
    return None if found is None else found.severity


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (TRUSTED, TRUSTED, None),
        (TRUSTED, BUILT, MEDIUM),
        (TRUSTED, BY_HAND, HIGH),
        (TRUSTED, BARE, HIGH),
        (BUILT, TRUSTED, None),
        (BUILT, BUILT, None),
        (BUILT, BY_HAND, HIGH),
        (BUILT, BARE, HIGH),
        (BY_HAND, BY_HAND, None),
        (BY_HAND, BARE, HIGH),
        (BARE, BARE, None),
        (BARE, TRUSTED, None),
    ],
)
def test_the_ladder(before: dict[str, Any], after: dict[str, Any], expected: Severity | None) -> None:
    assert severity(("1.0.0", 90, before), ("1.0.1", 1, after)) is expected


def axios(*more: Row) -> tuple[Row, ...]:
    """axios on 31 March 2026: 1.x from a trusted publisher, 0.30.x by hand, then both by hand within the hour."""
    return (
        ("0.30.2", 100, BY_HAND),
        ("1.13.5", 60, TRUSTED),
        ("0.30.3", 50, BY_HAND),
        ("1.13.6", 35, TRUSTED),
        ("1.14.0", 5, TRUSTED),
        *more,
    )


HIJACK = (("1.14.1", 0.5, BY_HAND), ("0.30.4", 0.473, BY_HAND))


@pytest.mark.parametrize("version", ["1.14.1", "0.30.4"])
def test_axios_of_march_2026(version: str) -> None:
    assert severity(*axios(*HIJACK), of=version) is HIGH


def test_axios_before_and_after_is_fine() -> None:
    for version in ("0.30.3", "1.14.0"):
        assert severity(*axios(*HIJACK), of=version) is None
    assert severity(*axios(("1.14.2", 0.1, TRUSTED))) is None
    assert severity(*axios(("0.30.4", 0.4, BY_HAND))) is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # the old line went on by hand after the new one had more: that is how it is done there
        (
            [("1.9.0", 99, BY_HAND), ("2.0.0", 80, TRUSTED), ("1.9.1", 60, BY_HAND), ("1.9.2", 1, BY_HAND)],
            None,
        ),
        # its first release since then is noted
        ([("1.9.0", 99, BY_HAND), ("2.0.0", 80, TRUSTED), ("1.9.1", 1, BY_HAND)], LOW),
        # the same between minors of one major: what is higher does not count
        ([("1.6.8", 99, BY_HAND), ("1.7.0", 80, TRUSTED), ("1.6.9", 1, BY_HAND)], LOW),
        # an old line that had more lost it
        ([("1.9.0", 99, TRUSTED), ("2.0.0", 80, TRUSTED), ("1.9.1", 1, BY_HAND)], HIGH),
        # below 1.0.0 the minor is the line
        ([("0.3.0", 99, TRUSTED), ("0.4.0", 80, BY_HAND), ("0.4.1", 1, BY_HAND)], None),
        # a new major is measured by the one before
        ([("1.9.0", 99, TRUSTED), ("2.0.0", 1, BY_HAND)], HIGH),
        # what came later is no measure
        ([("1.0.0", 9, BY_HAND), ("1.0.1", 1, TRUSTED), ("1.0.2", 0.5, TRUSTED)], None),
    ],
)
def test_lines_of_development(rows: list[Row], expected: Severity | None) -> None:
    assert severity(*rows) is expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # stable releases by hand, nightlies from CI
        ([("1.0.0", 99, BY_HAND), ("1.1.0-canary.1", 50, TRUSTED), ("1.1.0", 1, BY_HAND)], None),
        # nightlies without, stable releases with provenance
        ([("1.1.0-canary.1", 99, BY_HAND), ("1.0.0", 50, TRUSTED), ("1.1.0-canary.2", 1, BY_HAND)], None),
        # nightlies that had it
        ([("1.1.0-canary.1", 99, TRUSTED), ("1.1.0-canary.2", 1, BY_HAND)], MEDIUM),
        # the first beta of a package that has it
        ([("1.0.0", 99, TRUSTED), ("2.0.0-beta.1", 1, BY_HAND)], MEDIUM),
        # the stable release after betas with provenance
        ([("1.0.0", 99, TRUSTED), ("2.0.0-beta.1", 50, TRUSTED), ("2.0.0", 1, BY_HAND)], HIGH),
    ],
)
def test_pre_releases(rows: list[Row], expected: Severity | None) -> None:
    assert severity(*rows) is expected


def test_a_project_that_went_on_by_hand_for_a_month_is_only_noted() -> None:
    rows = [("1.0.0", 200, TRUSTED), ("1.0.1", 40, BY_HAND), ("1.0.2", 1, BY_HAND)]
    assert severity(*rows) is LOW
    rows[1] = ("1.0.1", 10, BY_HAND)
    assert severity(*rows) is HIGH


def test_old_releases_are_not_looked_at() -> None:
    rows: list[Row] = [("1.0.0", 200, TRUSTED), ("1.0.1", 31, BY_HAND)]
    assert severity(*rows) is None
    from datetime import timedelta

    assert severity(*rows, ignore_after=timedelta(days=60)) is HIGH


@pytest.mark.parametrize(
    ("exclude", "expected"),
    [
        ("thing", None),
        ("th*", None),
        ("thing@1.0.1", None),
        ("thing@1.0.0 || 1.0.1", None),
        ("thing@1.0.0", HIGH),
        ("things", HIGH),
        ("@scope/*", HIGH),
        ("", HIGH),
    ],
)
def test_exceptions_as_in_pnpm_s_trust_policy(exclude: str, expected: Severity | None) -> None:
    rows: list[Row] = [("1.0.0", 90, TRUSTED), ("1.0.1", 1, BY_HAND)]
    assert severity(*rows, exclude=(exclude,)) is expected


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("@scope/*", "@scope/a", True),
        ("@scope/*", "@other/a", False),
        ("@scope/a@^1", "@scope/a", True),
        ("@scope/a@^2", "@scope/a", False),
        ("*", "anything", True),
        ("a*c", "abc", True),
        ("a*a", "a", False),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "acb", False),
    ],
)
def test_name_patterns(pattern: str, name: str, fits: bool) -> None:
    assert names(pattern, name, "1.0.0") is fits


@pytest.mark.parametrize(
    "change",
    [
        {"time": {}},
        {"versions": {"1.0.0": {}, "1.0.1": {}}},
    ],
)
def test_a_registry_that_tells_neither_when_nor_how_is_not_judged(change: dict[str, Any]) -> None:
    title, document = history(("1.0.0", 90, TRUSTED), ("1.0.1", 1, BY_HAND))
    (outcome,) = outcomes("trust-downgrade", (title, {**document, **change}))
    assert isinstance(outcome, Skipped)
    assert outcome.kind is UnavailableKind.UNSUPPORTED


def test_the_switch_to_trusted_publishing_raises_no_question_and_the_way_back_is_found() -> None:
    there = history(("1.0.0", 90, BY_HAND), ("1.0.1", 1, TRUSTED))
    checks = ("new-publisher", "dormant-publisher", "maintainers-changed", "trusted-publisher-changed")
    for check in (*checks, "trust-downgrade"):
        assert findings(check, there) == []
    back = history(("0.9.0", 400, BY_HAND), ("1.0.0", 90, TRUSTED), ("1.0.1", 1, BY_HAND))
    assert [found.severity for found in findings("trust-downgrade", back)] == [HIGH]
