"""The list of changes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.advisories.listing import read_listing
from forecheck.advisories.osv_wire import is_id
from forecheck.decode import Malformed


def test_newest_first() -> None:
    data = b"2026-05-02T01:02:03.123456Z,GHSA-a\r\n2026-05-01T00:00:00+00:00,MAL-2026-1\n\n"
    found = read_listing(data, "list")
    assert list(found) == ["GHSA-a", "MAL-2026-1"]
    assert found["GHSA-a"] == datetime(2026, 5, 2, 1, 2, 3, 123456, tzinfo=UTC)


def test_a_second_line_for_an_id_counts_if_it_is_newer() -> None:
    data = b"2026-05-01T00:00:00Z,A\n2026-05-03T00:00:00Z,A\n2026-05-02T00:00:00Z,A"
    assert read_listing(data, "list") == {"A": datetime(2026, 5, 3, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (b"2026-05-01T00:00:00Z", "line 2"),
        (b"2026-05-01T00:00:00,A", "line 2"),
        (b"soon,A", "line 2"),
        (b"2026-05-01T00:00:00Z,../A", "line 2"),
        (b"2026-05-01T00:00:00Z,", "line 2"),
        (b"2026-05-01T00:00:00Z,\xff", "line 2"),
        (b"<html>", "line 2"),
    ],
)
def test_a_line_that_is_none_is_named(line: bytes, place: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_listing(b"2026-05-01T00:00:00Z,A\n" + line, "list")
    assert caught.value.place == place


def test_an_empty_list_is_not_believed() -> None:
    with pytest.raises(Malformed, match="names no record"):
        read_listing(b"\n\n", "list")


_LINE = st.binary(max_size=30) | st.builds(
    b"2026-05-01T00:00:0%dZ,%b".__mod__, st.tuples(st.integers(0, 9), st.binary(max_size=5))
)


@given(st.lists(_LINE, max_size=4).map(b"\n".join))
def test_any_bytes_are_read_or_malformed(data: bytes) -> None:
    try:
        found = read_listing(data, "list")
    except Malformed:
        return
    assert all(is_id(name) and at.tzinfo for name, at in found.items())
