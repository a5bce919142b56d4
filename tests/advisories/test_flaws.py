"""Records of the same thing are told once, rated as they say, with a version that is really rid of it."""

import json
from typing import Any

import pytest

from forecheck.advisories.bulk import read_bulk
from forecheck.advisories.flaws import Remedy, flaws_of, remedy
from forecheck.advisories.osv_wire import decode
from forecheck.advisories.rating import rating
from forecheck.advisories.record import Advisory
from forecheck.model import Severity

V2 = "AV:N/AC:L/Au:N/C:N/I:N/A:C"
V3_CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V3_LOW = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:L/A:N"
V3_NONE = "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"
V4_HIGH = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N"


def record(ident: str, *events: dict[str, str], aliases: tuple[str, ...] = (), **more: Any) -> Advisory:
    package = {"ecosystem": "npm", "name": "a"}
    affected = [{"package": package, "ranges": [{"type": "SEMVER", "events": list(events)}]}]
    whole = {
        "id": ident,
        "aliases": aliases,
        "modified": "2026-01-01T00:00:00Z",
        "affected": affected,
        **more,
    }
    return decode(json.dumps(whole).encode(), "record")


@pytest.mark.parametrize(
    ("vectors", "word", "severity"),
    [
        ((V3_CRITICAL,), "low", Severity.CRITICAL),
        ((V4_HIGH, V3_LOW), "", Severity.HIGH),
        ((V3_LOW, V2), "", Severity.LOW),
        ((V2,), "", Severity.HIGH),
        ((V3_NONE,), "high", Severity.INFO),
        (("CVSS:3.1/AV:N",), "moderate", Severity.MEDIUM),
        (("nonsense", "CVSS:9.9/A:B"), "HIGH", Severity.HIGH),
        ((), "critical", Severity.CRITICAL),
        ((), "", None),
        ((), "terrible", None),
    ],
)
def test_rating(vectors: tuple[str, ...], word: str, severity: Severity | None) -> None:
    assert rating(vectors, word) is severity


def test_a_registry_cannot_make_light_of_what_a_database_calls_malware() -> None:
    start = {"introduced": "0"}
    database = record("GHSA-1111-1111-1111", start, database_specific={"cwe_ids": ["CWE-506"]})
    answer = [
        {
            "id": 1,
            "url": "https://github.com/advisories/GHSA-1111-1111-1111",
            "title": "A trifle",
            "severity": "low",
            "vulnerable_versions": "*",
        }
    ]
    pair = ("a", "1.0.0")
    own = read_bulk(json.dumps({"a": answer}).encode(), "registry", [pair])[pair]
    for records in ((database, *own), (*own, database)):
        (flaw,) = flaws_of(records, *pair)
        assert flaw.malware
        assert flaw.severity is Severity.LOW


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_copies_of_a_record_the_newer_counts(newest_first: bool) -> None:
    start = {"introduced": "0"}
    old = record("GHSA-1111-1111-1111", start)
    new = record("GHSA-1111-1111-1111", start, {"fixed": "2.0.0"}, modified="2026-02-01T00:00:00Z")
    copies = (new, old) if newest_first else (old, new)
    assert flaws_of(copies, "a", "3.0.0") == ()
    assert len(flaws_of(copies, "a", "1.0.0")) == 1


def test_records_with_a_common_name_are_one_flaw_also_by_way_of_a_third() -> None:
    start, end = {"introduced": "0"}, {"fixed": "2.0.0"}
    records = [
        record("GHSA-1111-1111-1111", start, end, aliases=("CVE-2026-1",), summary="Flaw"),
        record("OTHER-1", start, end, aliases=("SNYK-1",)),
        record("OTHER-2", start, end, aliases=("SNYK-1", "CVE-2026-1")),
        record("GHSA-2222-2222-2222", start, {"fixed": "3.0.0"}, summary="Another"),
    ]
    for order in (records, records[::-1]):
        flaws = flaws_of(order, "a", "1.0.0")
        assert [flaw.id for flaw in flaws] == ["GHSA-1111-1111-1111", "GHSA-2222-2222-2222"]
        assert set(flaws[0].ids) == {"GHSA-1111-1111-1111", "CVE-2026-1", "OTHER-1", "OTHER-2", "SNYK-1"}
        assert flaws[0].summary == "Flaw"


def test_withdrawn_records_and_those_about_other_versions_are_no_flaws() -> None:
    start = {"introduced": "0"}
    gone = record("GHSA-1111-1111-1111", start, withdrawn="2026-02-01T00:00:00Z")
    past = record("GHSA-2222-2222-2222", start, {"fixed": "0.9.0"})
    assert flaws_of([gone, past], "a", "1.0.0") == ()


def test_the_same_record_from_two_sources_is_one() -> None:
    one = record("GHSA-1111-1111-1111", {"introduced": "0"})
    assert len(flaws_of([one, one], "a", "1.0.0")) == 1


def test_malware_goes_first_then_the_worst() -> None:
    start = {"introduced": "0"}
    critical = record("GHSA-1111-1111-1111", start, severity=[{"type": "CVSS_V3", "score": V3_CRITICAL}])
    mild = record("GHSA-0000-0000-0000", start, severity=[{"type": "CVSS_V3", "score": V3_LOW}])
    malware = record("MAL-2026-1", start)
    flaws = flaws_of([mild, critical, malware], "a", "1.0.0")
    assert [flaw.id for flaw in flaws] == ["MAL-2026-1", "GHSA-1111-1111-1111", "GHSA-0000-0000-0000"]
    assert [flaw.malware for flaw in flaws] == [True, False, False]


def test_a_remedy_is_rid_of_every_flaw() -> None:
    start = {"introduced": "0"}
    first = record(
        "GHSA-1111-1111-1111", start, {"fixed": "1.2.0"}, {"introduced": "2.0.0"}, {"fixed": "2.1.0"}
    )
    second = record("GHSA-2222-2222-2222", start, {"fixed": "2.0.5"})
    flaws = flaws_of([first, second], "a", "1.0.0")
    # 1.2.0 has the second flaw still, and 2.0.5 the first one again.
    assert remedy(flaws, "a", "1.0.0", lambda _: True) == Remedy("2.1.0", "2.1.0")
    assert remedy(flaws, "a", "1.0.0", lambda version: version.startswith("1.")) == Remedy("", "2.1.0")


def test_a_fix_below_the_present_version_is_no_remedy() -> None:
    ranges = ({"introduced": "0"}, {"fixed": "1.0.5"}, {"introduced": "2.0.0"})
    flaws = flaws_of([record("GHSA-1111-1111-1111", *ranges)], "a", "2.3.0")
    assert remedy(flaws, "a", "2.3.0", lambda _: True) == Remedy("", "")
