import json
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from forecheck.lockfiles.pointers import pointer
from forecheck.lockfiles.positions import locate

DOCUMENT = """{
  // a comment with "quotes" and { brackets
  "a": {"b": [1, {"ü": "x", "c": true}, "two"]}, /* "a": 1 */
  "\\u0061/~": null,
  "twice": {"in": 1},
  "twice" /* gap: */ : {
    "in": 2,
  },
}"""


def test_members_are_found_by_key_and_elements_by_their_start() -> None:
    found = locate(DOCUMENT.encode(), ["/a", "/a/b", "/a/b/0", "/a/b/1/c", "/a/b/2", "/a~1~0", "/twice/in"])
    assert found == {
        "/a": (3, 3),
        "/a/b": (3, 9),
        "/a/b/0": (3, 15),
        "/a/b/1/c": (3, 29),
        "/a/b/2": (3, 41),
        "/a~1~0": (4, 3),
        "/twice/in": (7, 5),
    }


def test_what_is_not_there_is_left_out() -> None:
    data = DOCUMENT.encode()
    assert locate(data, ["/b", "/a/b/7", "/a/b/x", "/twice/out", "/a/b/0/0", "nonsense/a"]) == {}
    assert locate(data, []) == {}
    assert locate(b"", ["/a"]) == {}


def test_a_byte_order_mark_takes_no_column() -> None:
    assert locate(b'\xef\xbb\xbf{"a": 1}', ["/a"]) == {"/a": (1, 2)}


def test_windows_line_ends() -> None:
    assert locate(b'{\r\n  "a": 1,\r\n  "b": 2\r\n}', ["/b"]) == {"/b": (3, 3)}


def test_after_a_string_that_nothing_closes_nothing_is_found() -> None:
    assert locate(b'{"a": 1, "b": "\\"\\"\\"\\"', ["/a", "/b", "/c"]) == {"/a": (1, 2), "/b": (1, 10)}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def pointers(value: Any, above: str = "") -> dict[str, str]:
    """Every pointer below a value, and the text that should begin there."""
    found: dict[str, str] = {}
    if isinstance(value, dict):
        for key, inside in value.items():
            at = above + pointer(key)
            found |= {at: json.dumps(key), **pointers(inside, at)}
    if isinstance(value, list):
        for index, inside in enumerate(value):
            at = f"{above}/{index}"
            begins = json.dumps(inside) if not isinstance(inside, (list, dict)) else "[{"
            found |= {at: begins, **pointers(inside, at)}
    return found


@given(JSON, st.sampled_from([None, 0, 2]), st.booleans(), st.randoms())
def test_every_pointer_leads_to_its_text(
    value: Any, indent: int | None, ascii_only: bool, dice: random.Random
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    expected = pointers(value)
    asked = [one for one in expected if dice.random() < 0.7]
    found = locate(text.encode(errors="surrogatepass"), asked)
    assert found.keys() == set(asked)
    rows = text.split("\n")
    for one, (line, column) in found.items():
        rest = rows[line - 1][column - 1 :]
        begins = expected[one]
        if begins == "[{":
            assert rest[0] in begins
        else:
            assert json.JSONDecoder().raw_decode(rest)[0] == json.loads(begins)


@given(st.binary(max_size=200), st.lists(st.text("/ab01~", max_size=6), max_size=3))
def test_any_bytes_give_places_inside_them(data: bytes, asked: list[str]) -> None:
    for line, column in locate(data, asked).values():
        assert 1 <= line <= data.count(b"\n") + 1
        assert column >= 1
