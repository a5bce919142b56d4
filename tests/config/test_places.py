"""Every key has a line, and nothing in a document makes the reader slow or deep."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.config.places import MAX_DEPTH, TooMuch, locate
from tests.config.documents import ALMOST_TOML, DOCUMENTS

DOCUMENT = """\
# a comment with [brackets] and "quotes"
top = 1
[policy]
block-at = "high"   # [not.a.table]
"quoted key" = '''
[inside]
fake = 1
'''
unknown.offline = "block"
unknown . "time\\u006fut" = "note"

[[ignore]]
check = "a"

[[ignore]]
check = "b"
[ignore.more]
why = \"""
\\\"""
check = "no"
\"""
[registries]
private = [ # first
  "one", 'two',
  # between
  ["three",
   "four"],
]
inline = { a = 1, b = { c = "x, }", d = [1] } }
[checks.'young.release']
min-age = "7d"
"""

LINES = {
    ("top",): 2,
    ("policy",): 3,
    ("policy", "block-at"): 4,
    ("policy", "quoted key"): 5,
    ("policy", "unknown", "offline"): 9,
    ("policy", "unknown", "timeout"): 10,
    ("ignore",): 12,
    ("ignore", 0): 12,
    ("ignore", 0, "check"): 13,
    ("ignore", 1): 15,
    ("ignore", 1, "check"): 16,
    ("ignore", 1, "more"): 17,
    ("ignore", 1, "more", "why"): 18,
    ("registries", "private"): 23,
    ("registries", "private", 0): 24,
    ("registries", "private", 1): 24,
    ("registries", "private", 2): 26,
    ("registries", "private", 2, 1): 27,
    ("registries", "inline", "b", "d", 0): 29,
    ("checks", "young.release", "min-age"): 31,
}


@pytest.mark.parametrize(("place", "line"), LINES.items())
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_of_each_key(place: tuple[str | int, ...], line: int, newline: str) -> None:
    tomllib.loads(DOCUMENT)
    assert locate(DOCUMENT.replace("\n", newline))[place] == line


def test_nothing_inside_strings_is_taken_for_a_key() -> None:
    places = locate(DOCUMENT)
    assert ("inside",) not in places
    assert ("policy", "fake") not in places


def _paths(value: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    children: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    for key, child in children:
        yield (*place, key)
        yield from _paths(child, (*place, key))


@given(ALMOST_TOML | DOCUMENTS | st.text())
def test_knows_every_place_that_tomllib_knows(text: str) -> None:
    places = locate(text)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(_paths(document)) <= set(places)
    assert all(1 <= line <= text.count("\n") + 1 for line in places.values())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\na = " + "[" * 5000, 2),
        ("\n\na = " + "{a=" * 5000, 3),
        ("a." * 100_000 + "a = 1", 1),
        ("[" + "a." * 100_000 + "a]", 1),
        ("x = 1\nn = " + "1" * 5000, 2),
    ],
)
def test_refuses_what_tomllib_would_choke_on(text: str, line: int) -> None:
    with pytest.raises(TooMuch) as refused:
        locate(text)
    assert refused.value.line == line


def test_depth_up_to_the_limit_is_fine() -> None:
    deep = "a = " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert locate(deep)[("a", *[0] * (MAX_DEPTH - 2))] == 1
