"""The registry's own advisories: recorded answers, and what npm's ranges become."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.advisories.bulk import question, read_bulk
from forecheck.advisories.record import Hold, hold
from forecheck.decode import Malformed

RECORDED = Path(__file__).parents[1] / "fixtures" / "advisories" / "audit-nyc-mkdirp__advisory-bulk.json"


def answer(ranged: str, **more: object) -> bytes:
    item = {
        "id": 7,
        "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
        "title": "T",
        "severity": "high",
    }
    return json.dumps({"a": [{**item, "vulnerable_versions": ranged, **more}]}).encode()


def test_a_recorded_answer() -> None:
    found = read_bulk(
        RECORDED.read_bytes(), "recorded", [("minimist", "0.0.8"), ("minimist", "9.0.0"), ("b", "1.0.0")]
    )
    [flaw] = found["minimist", "0.0.8"]
    assert flaw.word in ("low", "moderate", "high", "critical")
    assert flaw.summary
    assert hold(flaw, "minimist", "0.0.8") is Hold.YES
    assert found["minimist", "9.0.0"] == found["b", "1.0.0"] == ()


@pytest.mark.parametrize(
    ("ranged", "affected", "sound"),
    [
        ("<1.3.1", ["0.0.1", "1.3.0", "1.3.1-beta.1"], ["1.3.1", "2.0.0"]),
        ("<1.3.2 || >=2.0.0 <2.0.1", ["1.3.1", "2.0.0"], ["1.3.2", "1.9.0", "2.0.1"]),
        (">= 1.0.0, <= 1.2.0", ["1.0.0", "1.2.0"], ["0.9.0", "1.2.1"]),
        ("*", ["0.0.1", "99.0.0"], []),
        ("= 1.5.0", ["1.5.0"], ["1.4.9", "1.5.1"]),
        (">1.5.0", ["1.5.1"], ["1.5.0"]),
    ],
)
def test_ranges(ranged: str, affected: list[str], sound: list[str]) -> None:
    found = read_bulk(answer(ranged), "x", [("a", version) for version in (*affected, *sound)])
    assert [version for version in affected if not found["a", version]] == []
    assert [version for version in sound if found["a", version]] == []
    assert all(hold(found["a", version][0], "a", version) is Hold.YES for version in affected)


def test_a_range_that_is_none_is_malformed() -> None:
    with pytest.raises(Malformed, match="is no range"):
        read_bulk(answer("whatever/it is"), "x", [("a", "1.0.0")])


def test_malware_is_known_by_its_weakness_or_title() -> None:
    for more in ({"cwe": ["CWE-506"]}, {"title": "Malicious Package in a"}):
        [one] = read_bulk(answer("*", **more), "x", [("a", "1.0.0")])["a", "1.0.0"]
        assert one.malware
        assert one.id == "GHSA-aaaa-bbbb-cccc"


def test_a_version_that_cannot_be_read_gets_everything() -> None:
    assert len(read_bulk(answer("<1.0.0"), "x", [("a", "weird")])["a", "weird"]) == 1


def test_the_question_names_each_package_once() -> None:
    asked = json.loads(question([("a", "1.0.0"), ("b", "2.0.0"), ("a", "1.1.0")]))
    assert asked == {"a": ["1.0.0", "1.1.0"], "b": ["2.0.0"]}


@given(st.binary() | st.text().map(str.encode) | st.text().map(answer))
def test_any_answer_is_read_or_malformed(data: bytes) -> None:
    try:
        read_bulk(data, "x", [("a", "1.0.0")])
    except Malformed:
        return
