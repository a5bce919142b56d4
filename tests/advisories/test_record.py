"""Which versions an advisory holds for: every shape of record there is."""

from datetime import UTC, datetime, timedelta

import pytest

from forecheck.advisories.record import (
    Advisory,
    AdvisoryStatus,
    Hold,
    affects,
    describe_range,
    fixed_versions,
    hold,
)
from tests.advisories.records import advisory, read, record, recorded

NO, MAYBE, YES = Hold.NO, Hold.MAYBE, Hold.YES

SHAPES = {
    # two branches as two entries of one package, one of them with its versions listed as well
    "GHSA-33qr-m49q-rxfx xrpl": {
        "4.2.1": YES, "4.2.4": YES, "2.14.2": YES, "4.2.0": NO, "4.2.5": NO, "2.14.1": NO, "2.14.3": NO, "3.0.0": NO,
    },
    # several stretches in one range
    "GHSA-wh77-3x4m-4q9g bootstrap": {
        "2.9.9": NO, "3.0.0": YES, "3.4.0": YES, "3.4.1": NO, "4.0.0-beta": NO, "4.0.0": YES, "4.3.0": YES, "4.3.1": NO,
    },
    # several packages
    "GHSA-wh77-3x4m-4q9g bootstrap-sass": {"3.4.0": YES, "4.0.0": NO},
    "GHSA-grvm-gcqf-gh8q xo-web": {"5.80.0": YES, "5.80.1": NO, "5.81.0": NO},
    "GHSA-grvm-gcqf-gh8q xo-server": {"5.84.0": YES, "5.84.1": NO, "5.81.0": YES},
    # other ecosystems in the same record
    "GHSA-89w7-5q45-r53w lite-server": {"2.6.1": YES, "2.6.2": NO},
    "GHSA-89w7-5q45-r53w org.webjars.npm:lite-server": {"2.2.0": NO, "1.3.4": NO},
    # last_affected, also at a pre-release
    "GHSA-5hxw-r847-qfwp opencv.js": {"0.0.1": YES, "1.2.1": YES, "1.2.2-0": NO, "1.2.2": NO},
    "GHSA-8pww-pp5r-rff8 marscode": {"1.0.0": YES, "1.0.1-0": YES, "1.0.1-1": NO, "1.0.1": NO, "0.0.0-0": YES},
    # a pre-release as the fixed version
    "GHSA-fvq6-55gv-jx9f mysql": {"0.9.6": YES, "2.0.0-alpha7": YES, "2.0.0-alpha8": NO, "2.0.0-alpha9": NO, "2.0.0": NO},
    # a list of versions and no range
    "MAL-2024-8728 hwieiur": {"11.37.2": YES, "v11.37.2": YES, "11.37.2+x": YES, "11.37.1": NO, "11.37.3": NO},
    "GHSA-7jfh-2xc9-ccv7 public": {"0.1.3": YES, "0.1.4": NO, "0.1.5": YES, "0.1.6": NO},
    # a list and a range
    "GHSA-wwg2-2crq-6grr @strikeentco/set": {"1.0.0": YES, "0.9.0": NO, "1.0.1": NO},
    "GHSA-mh6f-8j2x-4483 event-stream": {"3.3.5": NO, "3.3.6": YES, "4.0.0": NO},
    # never fixed
    "GHSA-mh6f-8j2x-4483 flatmap-stream": {"0.0.0-0": YES, "0.1.1": YES, "99.0.0": YES},
    "GHSA-3f97-rj68-2pjf buffe2-xor": {"1.0.0": YES},
    # two ranges, one inside the other
    "MAL-2025-3611 arena-plm": {"0.0.1": YES, "9.9.92": YES},
    # bounds that are not versions
    "GHSA-8m45-2rjm-j347 @solana/web3.js": {"1.90.0": YES, "1.90.1": YES, "1.90.2": NO, "1.89.1": YES, "1.88.0": YES},
    "GHSA-9g4f-5rpg-4948 nodebb": {"0.69.9": YES, "0.70.0": NO},
    "GHSA-pchf-755w-jj6v qooxdoo": {"1.2.9": YES, "1.3.0": YES, "1.3.5": MAYBE, "1.4.0-0": NO, "1.4.0": NO},
    "GHSA-cpj6-fhp6-mr6j react-router": {"6.9.0": NO, "7.0.0-pre.0": NO, "7.0.0": YES, "7.5.1": YES, "7.5.2": NO},
    # a record that says nothing about versions
    "GSD-2022-1000008 faker.js": {"6.6.6": MAYBE, "1.0.0": MAYBE},
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "package", "version", "expected"),
    [
        (*key.split(" "), version, expected)
        for key, verdicts in SHAPES.items()
        for version, expected in verdicts.items()
    ],
)
def test_recorded_shapes(name: str, package: str, version: str, expected: Hold) -> None:
    known = recorded()[name]
    assert hold(known, package, version) is expected
    assert affects(known, package, version) is (expected is not NO)


def test_other_packages_are_not_meant() -> None:
    assert hold(advisory("introduced 0"), "Left-Pad", "1.0.0") is NO
    assert hold(advisory("introduced 0"), "left-pad2", "1.0.0") is NO


@pytest.mark.parametrize(
    ("events", "verdicts"),
    [
        ("introduced 0", {"0.0.0-0": YES, "0.0.0": YES, "99.9.9-rc.1": YES}),
        ("introduced 0.0.0", {"0.0.0-0": NO, "0.0.0": YES}),
        ("introduced 1.0.0", {"1.0.0-rc.1": NO, "1.0.0": YES, "1.0.0+build": YES}),
        ("introduced 1.0.0-0, fixed 2.0.0-0", {"1.0.0-0": YES, "2.0.0-rc.1": NO, "1.9.9": YES}),
        # the order in the record does not matter, except between events at one version
        ("fixed 2.0.0, introduced 1.0.0", {"0.9.0": NO, "1.5.0": YES, "2.0.0": NO}),
        ("introduced 1.0.0, fixed 2.0.0, introduced 2.0.0, fixed 3.0.0", {"2.0.0": YES, "3.0.0": NO}),
        ("introduced 1.0.0, last_affected 1.0.0", {"0.9.9": NO, "1.0.0": YES, "1.0.1": NO}),
        ("introduced 2.0.0, introduced 1.0.0, fixed 3.0.0", {"0.9.0": NO, "1.0.0": YES, "3.0.0": NO}),
        # without a beginning it begins at the beginning
        ("fixed 2.0.0", {"0.0.1": YES, "2.0.0": NO}),
        ("last_affected 2.0.0", {"2.0.0": YES, "2.0.1": NO}),
        # limits: whatever lies at or above the highest is not spoken of
        ("introduced 0, limit 2.0.0", {"1.9.9": YES, "2.0.0": NO, "3.0.0": NO}),
        ("introduced 0, limit *", {"99.0.0": YES}),
        ("introduced 0, limit 2.0.0, limit 4.0.0", {"3.0.0": YES, "4.0.0": NO}),
        # texts that are not versions: what is certain, what is not, and nothing is passed over
        ("introduced 4.0, fixed 4.2", {"3.9.9": NO, "4.0.0": YES, "4.1.9": YES, "4.2.0": NO, "4.2.1": NO}),
        ("introduced 0, last_affected 1.3", {"1.3.0": YES, "1.3.1": MAYBE, "1.4.0": NO}),
        ("introduced 0, last_affected 2", {"2.0.0": YES, "2.7.0": MAYBE, "3.0.0": NO}),
        ("introduced 1.2.3.4, fixed 1.3.0", {"1.2.2": NO, "1.2.3": MAYBE, "1.2.4": YES, "1.3.0": NO}),
        ("introduced 0, fixed 1.2.3.4", {"1.2.2": YES, "1.2.3": MAYBE, "1.2.4": NO}),
        ("introduced 0, fixed tomorrow", {"0.0.1": MAYBE, "99.0.0": MAYBE}),
        ("introduced last-week, fixed 2.0.0", {"1.0.0": MAYBE, "2.0.0": NO}),
        ("introduced 0, last_affected unknown", {"1.0.0": MAYBE}),
        ("introduced 0, limit soon", {"1.0.0": MAYBE}),
        ("introduced v1.0.0, fixed v2.0.0", {"1.0.0": YES, "2.0.0": NO}),
    ],
)
def test_ranges(events: str, verdicts: dict[str, Hold]) -> None:
    known = advisory(*events.split(", "))
    assert {version: hold(known, "left-pad", version) for version in verdicts} == verdicts


def test_a_version_that_npm_cannot_read_is_never_silently_clean() -> None:
    for version in ("", "latest", "1.2", "1.2.3.4.5", "x" * 10_000):
        assert hold(advisory("introduced 5.0.0", "fixed 5.0.1"), "left-pad", version) is MAYBE
    listed = read(
        record(affected=[{"package": {"name": "left-pad", "ecosystem": "npm"}, "versions": ["odd"]}])
    )
    assert hold(listed, "left-pad", "odd") is YES
    assert hold(listed, "left-pad", "other") is NO


def test_loose_versions_are_read_as_npm_reads_the_registry() -> None:
    assert hold(advisory("introduced 1.0.0", "fixed 1.2.3"), "left-pad", "1.2.3beta") is YES
    assert hold(advisory("introduced 1.0.0", "fixed 1.2.3"), "left-pad", "=1.2.3") is NO


@pytest.mark.parametrize(
    ("last_known", "verdicts"),
    [
        ("<= 1.2.3", {"1.2.3": YES, "1.2.4": MAYBE, "2.0.0": NO}),
        ("< 1.2.3", {"1.2.2": YES, "1.2.3": MAYBE}),
        ("up to some", {"1.9.0": YES}),
    ],
)
def test_beyond_what_was_looked_at(last_known: str, verdicts: dict[str, Hold]) -> None:
    document = record("X-1", "left-pad", "introduced 0", "fixed 2.0.0")
    document["affected"][0]["database_specific"] = {"last_known_affected_version_range": last_known}
    known = read(document)
    assert {version: hold(known, "left-pad", version) for version in verdicts} == verdicts


def test_one_clear_entry_outweighs_an_unclear_one() -> None:
    unclear = {"package": {"name": "left-pad", "ecosystem": "npm"}}
    document = record("X-1", "left-pad", "introduced 0", "fixed 1.0.0")
    document["affected"] = [unclear, *document["affected"]]
    assert hold(read(document), "left-pad", "0.5.0") is YES
    assert hold(read(document), "left-pad", "1.5.0") is MAYBE


@pytest.mark.parametrize(
    ("events", "text", "fixed"),
    [
        ("introduced 0, fixed 1.2.3", "<1.2.3", ("1.2.3",)),
        ("introduced 0", "all versions", ()),
        ("introduced 1.0.0, last_affected 1.2.3", ">=1.0.0 <=1.2.3", ()),
        (
            "introduced 1.0.0, fixed 1.2.0, introduced 2.0.0, fixed 2.1.0",
            ">=1.0.0 <1.2.0, >=2.0.0 <2.1.0",
            ("1.2.0", "2.1.0"),
        ),
        (
            "introduced 2.0.0, fixed 2.1.0, introduced 0, fixed 1.2.0",
            "<1.2.0, >=2.0.0 <2.1.0",
            ("1.2.0", "2.1.0"),
        ),
        ("introduced 1.90, fixed 1.90.2", ">=1.90 <1.90.2", ("1.90.2",)),
        ("introduced 1.0.0, limit 3.0.0", ">=1.0.0 <3.0.0", ()),
        ("introduced 0, fixed 10.0.0, introduced 11.0.0, fixed 9.9", "<9.9, >=11.0.0", ("10.0.0", "9.9")),
    ],
)
def test_ranges_in_words(events: str, text: str, fixed: tuple[str, ...]) -> None:
    known = advisory(*events.split(", "))
    assert describe_range(known, "left-pad") == text
    assert fixed_versions(known, "left-pad") == fixed


def test_long_lists_are_cut_and_counted() -> None:
    entry = {"package": {"name": "a", "ecosystem": "npm"}, "versions": [f"1.0.{patch}" for patch in range(9)]}
    known = read(record(affected=[entry]))
    assert describe_range(known, "a", at_most=2) == "1.0.0, 1.0.1, and 7 more"


def test_a_record_without_versions_says_so() -> None:
    faker = recorded()["GSD-2022-1000008"]
    assert describe_range(faker, "faker.js") == "unclear (no versions given)"


class TestAge:
    made = datetime(2026, 5, 1, tzinfo=UTC)
    status = AdvisoryStatus(1, 0, 0, as_of=made - timedelta(days=2), updated_at=made, source="x")

    def test_counts_from_the_newest_change(self) -> None:
        assert self.status.age(self.made + timedelta(days=1)) == timedelta(days=3)
        assert self.status.fresh(self.made, timedelta(days=2))
        assert not self.status.fresh(self.made + timedelta(seconds=1), timedelta(days=2))

    def test_a_clock_before_the_update_makes_nothing_fresh(self) -> None:
        before = self.made - timedelta(seconds=1)
        assert self.status.age(before) is None
        assert not self.status.fresh(before, timedelta(days=9999))


def test_every_recorded_advisory_holds_for_something() -> None:
    def holds(known: Advisory) -> bool:
        bounds = [bound for entry in known.affected for bound in _starts(entry.ranges, entry.versions)]
        return any(affects(known, name, bound) for name in known.packages() for bound in bounds or ["1.0.0"])

    assert [known.id for known in recorded().values() if not holds(known)] == []


def _starts(ranges: object, versions: tuple[str, ...]) -> list[str]:
    assert isinstance(ranges, tuple)
    starts = [event.bound for events in ranges for event in events if event.kind == "introduced"]
    return [*("0.0.0" if start == "0" else start for start in starts), *versions]
