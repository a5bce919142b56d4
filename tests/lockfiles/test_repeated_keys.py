import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.lockfiles.repeated_keys import MAX_REMARKS, repeated_keys
from forecheck.model import Location, RemarkKind

Pairs = list[tuple[str, Any]]


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        ('{"a": 1, "b": {"a": 1}}', []),
        ('{"a": 1, "a": 2}', ["/a"]),
        ('{"a": 1, "\\u0061": 2}', ["/a"]),
        ('{"a" : 1, "a" : 2}', ["/a"]),
        ('{"a" : 1, "a": 2}', ["/a"]),
        ('{"a"  \t : 1, "a": 2}', ["/a"]),
        ('{"a"\n: 1, "a"\t: ":", "b": "\\":"}', ["/a"]),
        ('{"x": {"a/b": 1, "c": [1, {"d": 1, "d": 1}], "a/b": 2}}', ["/x/c/1/d", "/x/a~1b"]),
        ('{"a": ":", "b": "\\":", ":": ":"}', []),
        ('{"a": {"b": 1}, "a": {"c": 1}}', ["/a"]),
        ('{"a": "\\ud800", "a": 1}', ["/a"]),
    ],
)
def test_what_is_said_twice_in_one_object_is_found(text: str, pointers: list[str]) -> None:
    found = repeated_keys(text.encode(), "x")
    assert [one.at.pointer for one in found] == pointers
    assert {one.kind for one in found} <= {RemarkKind.DUPLICATE_KEY}


def test_a_remark_points_to_the_one_that_counts() -> None:
    (found,) = repeated_keys(b'{\n  "a": 1,\n  "a": 2\n}', "x.json")
    assert (found.about, found.at) == ("a", Location("x.json", 3, 3, "/a"))


def test_there_are_not_more_remarks_than_anybody_reads() -> None:
    text = (
        "{"
        + ",".join(
            ['"a": 1'] * 2,
        )
        + ',"b": ['
        + ",".join(['{"c": 1, "c": 1}'] * 99)
        + "]}"
    )
    assert len(repeated_keys(text.encode(), "x")) == MAX_REMARKS


KEY = st.sampled_from(["a", "b", ":", '"', "a:", "\\", "é"])
VALUE = st.recursive(
    st.none() | st.integers() | KEY,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(st.tuples(KEY, inner), max_size=3).map(lambda pairs: ("object", pairs))
    ),
    max_leaves=12,
)


def write(value: Any, gap: str) -> tuple[str, int]:
    """The JSON of a value, and how many keys stand in it again."""
    if isinstance(value, tuple):
        parts = [(json.dumps(key), *write(inside, gap)) for key, inside in value[1]]
        again = len(parts) - len({key for key, _, _ in parts}) + sum(count for _, _, count in parts)
        return "{" + ",".join(f"{key}{gap}:{gap}{text}" for key, text, _ in parts) + "}", again
    if isinstance(value, list):
        inside = [write(one, gap) for one in value]
        return "[" + ",".join(text for text, _ in inside) + "]", sum(count for _, count in inside)
    return json.dumps(value), 0


@given(VALUE, st.sampled_from(["", " ", "\n", " \t"]))
def test_as_many_are_found_as_there_are(value: Any, gap: str) -> None:
    text, again = write(value, gap)
    assert len({one.at.pointer for one in repeated_keys(text.encode(), "x")}) <= again
    assert bool(repeated_keys(text.encode(), "x")) == bool(again)


@given(st.binary(max_size=100))
def test_any_bytes_give_remarks_or_none(data: bytes) -> None:
    assert len(repeated_keys(data, "x")) <= MAX_REMARKS
