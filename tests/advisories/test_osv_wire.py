"""Records as JSON: what is kept of them, and what is no record."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.advisories.osv_wire import MAX_RECORD, decode, is_id
from forecheck.advisories.record import Advisory, affects, describe_range, fixed_versions, hold
from forecheck.decode import Malformed
from tests.advisories.records import lines, read, record, recorded, written


def test_every_recorded_record_is_read() -> None:
    raw = [json.loads(line) for name in ("shapes.jsonl", "newer.jsonl") for line in lines(name)]
    known = recorded()
    assert len(known) == len(raw) == 50
    for each in raw:
        advisory = known[each["id"]]
        assert advisory.summary == each["summary"]
        assert advisory.modified.isoformat()[:19] == each["modified"][:19]
        assert (advisory.withdrawn is not None) == ("withdrawn" in each)
        assert list(advisory.vectors) == [rating["score"] for rating in each.get("severity", [])]
        ours = [entry for entry in each["affected"] if entry["package"]["ecosystem"] == "npm"]
        assert [entry.package for entry in advisory.affected] == [entry["package"]["name"] for entry in ours]
        assert len(ours) + advisory.elsewhere == len(each["affected"])


def test_what_a_vulnerability_is_read_as() -> None:
    advisory = recorded()["GHSA-89w7-5q45-r53w"]
    assert advisory.aliases
    assert not advisory.malware
    assert advisory.vectors[0].startswith("CVSS:3.1/")
    assert advisory.word in {"low", "moderate", "high", "critical"}
    assert advisory.published is not None
    assert all(url.startswith("https://") for url in advisory.urls)
    assert (len(advisory.affected), advisory.elsewhere) == (1, 1)


def test_recorded_malware() -> None:
    malware = {name for name, advisory in recorded().items() if advisory.malware}
    assert {name for name in recorded() if name.startswith("MAL-")} <= malware
    assert {"GHSA-33qr-m49q-rxfx", "GHSA-mh6f-8j2x-4483", "GHSA-3f97-rj68-2pjf"} <= malware
    assert "GHSA-cpj6-fhp6-mr6j" not in malware
    assert "GSD-2022-1000008" not in malware


@pytest.mark.parametrize(
    ("fields", "malware"),
    [
        ({}, False),
        ({"id": "MAL-2026-1"}, True),
        ({"aliases": ["MAL-2026-1"]}, True),
        ({"aliases": ["CVE-2026-1"]}, False),
        ({"database_specific": {"cwe_ids": ["CWE-79", "CWE-506"]}}, True),
        ({"database_specific": {"cwe_ids": ["CWE-509"]}}, True),
        ({"database_specific": {"cwe_ids": ["CWE-5060", "CWE-912"]}}, False),
        ({"database_specific": {"cwe_ids": "CWE-506"}}, False),
        ({"summary": "Malicious Package in left-padd"}, True),
        ({"summary": "cofee-script is malware"}, True),
        ({"summary": "Embedded malware in ua-parser-js"}, True),
        ({"summary": "DoS via malicious record IDs"}, False),
        ({"summary": "Detects whether a file is malware or not"}, False),
    ],
)
def test_malware(fields: dict[str, Any], malware: bool) -> None:
    assert read(record(**fields)).malware is malware if "id" not in fields else True
    assert read({**record(), **fields}).malware is malware


def test_weakness_of_one_package_counts() -> None:
    document = record()
    document["affected"][0]["database_specific"] = {"cwes": [{"cweId": "CWE-506"}, 7]}
    assert read(document).malware


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": None}, "$.id"),
        ({"id": ""}, "$.id"),
        ({"id": "../../etc/passwd"}, "$.id"),
        ({"id": "x" * 129}, "$.id"),
        ({"modified": "yesterday"}, "$.modified"),
        ({"modified": "2026-05-01T00:00:00"}, "$.modified"),
        ({"modified": 7}, "$.modified"),
        ({"withdrawn": "2026-05-01"}, "$.withdrawn"),
        ({"withdrawn": True}, "$.withdrawn"),
        ({"affected": {}}, "$.affected"),
        ({"affected": [7]}, "$.affected[0]"),
        ({"affected": [{"package": "left-pad"}]}, "$.affected[0].package"),
        ({"affected": [{"versions": [1]}]}, "$.affected[0].versions[0]"),
        (
            {"affected": [{"ranges": [{"events": [{"introduced": 0}]}]}]},
            "$.affected[0].ranges[0].events[0]",
        ),
        ({"aliases": "CVE-2026-1"}, "$.aliases"),
        ({"severity": "HIGH"}, "$.severity"),
    ],
)
def test_what_breaks_the_schema_is_an_error_with_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(Malformed) as caught:
        read({**record(), **change})
    assert caught.value.place.startswith(place)
    assert caught.value.where == "a test"


@pytest.mark.parametrize("missing", ["id", "modified"])
def test_what_must_be_there(missing: str) -> None:
    document = record()
    del document[missing]
    with pytest.raises(Malformed, match=missing):
        read(document)


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"{", b"\xff\xfe", b'{"id": "X-1"', b"[" * 100_000])
def test_no_record_at_all(data: bytes) -> None:
    with pytest.raises(Malformed):
        decode(data, "a test")


def test_too_large() -> None:
    with pytest.raises(Malformed, match="larger than"):
        decode(b" " * (MAX_RECORD + 1), "a test")


def test_what_may_be_missing_or_null() -> None:
    bare = read({"id": "X-1", "modified": "2026-05-01T00:00:00Z"})
    names = ("aliases", "summary", "severity", "affected", "references", "withdrawn", "published")
    assert read({**dict.fromkeys(names), "id": "X-1", "modified": "2026-05-01T00:00:00Z"}) == bare
    assert bare == Advisory("X-1", (), "", malware=False, modified=datetime(2026, 5, 1, tzinfo=UTC))


def test_nanoseconds_and_offsets() -> None:
    read_ = read(record(modified="2023-07-30T21:58:17.514622758+02:00")).modified
    assert read_.astimezone(UTC) == datetime(2023, 7, 30, 19, 58, 17, 514623, tzinfo=UTC)


def test_other_ecosystems_are_counted() -> None:
    document = record()
    document["affected"] += [
        {"package": {"name": "left-pad", "ecosystem": "PyPI"}, "versions": ["1.0.0"]},
        {"package": {"name": "left-pad", "ecosystem": "NPM"}},
        {"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]},
    ]
    advisory = read(document)
    assert (len(advisory.affected), advisory.elsewhere) == (1, 3)


@pytest.mark.parametrize(
    ("ranges", "versions", "said"),
    [
        ([{"type": "GIT", "events": [{"introduced": "0"}]}], [], "unclear (commits only)"),
        ([{"type": "GIT", "events": [{"introduced": "0"}]}], ["1.0.0"], "1.0.0"),
        ([{"type": "SEMVER", "events": []}], [], "unclear (a range without events)"),
        ([{"type": "SEMVER"}], ["1.0.0"], "1.0.0, unclear (a range without events)"),
        ([], [], "unclear (no versions given)"),
        (None, None, "unclear (no versions given)"),
        ([{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}], [], "<2.0.0"),
        ([{"type": "SEMVER", "events": [{"introduced": "1.0.0", "fixed": "2.0.0"}]}], [], ">=1.0.0 <2.0.0"),
    ],
)
def test_entries_that_select_nothing_are_unclear(ranges: Any, versions: Any, said: str) -> None:
    package = {"name": "left-pad", "ecosystem": "npm"}
    advisory = read(record(affected=[{"package": package, "ranges": ranges, "versions": versions}]))
    assert describe_range(advisory, "left-pad") == said
    assert affects(advisory, "left-pad", "1.0.0")


def test_links_are_links_advisories_first() -> None:
    references = [
        {"type": "WEB", "url": "https://blog.example/"},
        {"type": "ADVISORY", "url": "javascript:alert(1)"},
        {"type": "ADVISORY", "url": "https://advisories.example/1"},
        {"type": "WEB", "url": "https://blog.example/"},
        {"type": "WEB", "url": "https://long.example/" + "x" * 3000},
        {"url": "http://plain.example/"},
    ]
    advisory = read(record(references=references))
    assert advisory.urls == ("https://advisories.example/1", "https://blog.example/", "http://plain.example/")


@pytest.mark.parametrize(
    ("fields", "summary"),
    [
        ({"summary": "  two\n words "}, "two words"),
        ({"summary": "", "details": "\n---\n# What   happened\nmore"}, "What happened"),
        ({"summary": None, "details": None}, ""),
        ({"summary": "x" * 500}, "x" * 399 + "…"),
    ],
)
def test_a_summary_is_one_short_line(fields: dict[str, Any], summary: str) -> None:
    assert read(record(**fields)).summary == summary


def test_only_cvss_vectors_are_vectors() -> None:
    severity = [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N"}, {"type": "Ubuntu", "score": "high"}]
    document = record(severity=severity)
    document["affected"][0]["severity"] = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L"}]
    document["affected"][0]["database_specific"] = {"severity": "LOW"}
    advisory = read(document)
    assert advisory.vectors == ("CVSS:4.0/AV:N",)
    assert (advisory.affected[0].vectors, advisory.affected[0].word) == (("CVSS:3.1/AV:L",), "low")


@pytest.mark.parametrize("name", ["", ".", "-x", "a/b", "a\\b", "a b", "é", "x" * 129, "a\n", "\x00", "a%2e"])
def test_no_id(name: str) -> None:
    assert not is_id(name)


@pytest.mark.parametrize("name", ["GHSA-aaaa-bbbb-cccc", "MAL-2025-1", "CVE-2021-1", "PYSEC_1.2:3"])
def test_ids(name: str) -> None:
    assert is_id(name)


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["0", "1.2.3", "npm", "CWE-506"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_bound = st.sampled_from(["0", "1.2.3", "1.0.0-rc.1", "4.0", "*", "x", ""]) | st.text(max_size=6)
_events = st.lists(
    st.dictionaries(
        st.sampled_from(["introduced", "fixed", "last_affected", "limit", "odd"]), _bound, max_size=3
    ),
    max_size=4,
)
_entries = st.fixed_dictionaries(
    {},
    optional={
        "package": st.fixed_dictionaries({"name": st.text(max_size=5), "ecosystem": st.just("npm")}) | _json,
        "ranges": st.lists(
            st.fixed_dictionaries({"type": st.just("SEMVER"), "events": _events | _json}), max_size=3
        )
        | _json,
        "versions": st.lists(_bound, max_size=3) | _json,
        "severity": _json,
        "database_specific": _json,
    },
)
_records = st.fixed_dictionaries(
    {"id": st.just("X-1") | _json, "modified": st.just("2026-05-01T00:00:00Z") | _json},
    optional={
        "affected": st.lists(_entries | _json, max_size=3) | _json,
        **dict.fromkeys(
            ("aliases", "summary", "details", "severity", "references", "database_specific"), _json
        ),
        **dict.fromkeys(("withdrawn", "published"), _json | st.just("2026-05-01T00:00:00Z")),
    },
)


@given(_records, _bound)
def test_any_record_is_read_or_malformed(document: dict[str, Any], version: str) -> None:
    try:
        advisory = read(document)
    except Malformed:
        return
    assert is_id(advisory.id)
    for name in advisory.packages():
        assert affects(advisory, name, version) == (hold(advisory, name, version).value != "no")
        assert describe_range(advisory, name)
        fixed_versions(advisory, name)


@given(st.binary(max_size=200) | st.integers(0, 400).map(lambda at: written(record())[:at]))
def test_any_bytes_are_read_or_malformed(data: bytes) -> None:
    try:
        decode(data, "a test")
    except Malformed:
        return
