import contextlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed, read_json


class Inner(msgspec.Struct, frozen=True):
    name: str = ""


class Document(msgspec.Struct, frozen=True):
    name: str = ""
    count: int = 0
    parts: dict[str, Inner] = {}
    rest: Any = None


def read(data: bytes, max_bytes: int = 10_000_000) -> Document:
    return read_json(data, Document, "package.json", max_bytes=max_bytes)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"{}", Document()),
        (b'{"name": "a", "unknown": [1]}', Document("a")),
        (b'\xef\xbb\xbf{"name": "a"}', Document("a")),
        ('{"name": "é🚀"}'.encode(), Document("é🚀")),
        (b'{"name": "\\ud83d\\ude80"}', Document("🚀")),
        (b'{"name": "cut \\ud83d"}', Document("cut \ufffd")),
        (b'{"name": "\\udc00\\ud800 x"}', Document("\ufffd\ufffd x")),
        (b'{"parts": {"\\ud800": {"name": "\\ud800"}}, "rest": ["\\ud800", {"a": 1}]}',
         Document(parts={"\ufffd": Inner("\ufffd")}, rest=["\ufffd", {"a": 1}])),
    ],
)  # fmt: skip
def test_a_document_is_read(data: bytes, expected: Document) -> None:
    assert read(data) == expected


@pytest.mark.parametrize(
    ("data", "why", "place"),
    [
        (b"", "not valid JSON", ""),
        (b"{", "not valid JSON", ""),
        (b"{} {}", "not valid JSON", ""),
        (b'{"name": "\xff"}', "not valid JSON", ""),
        (b'{"name": "\\ud800", "rest": "\xff"}', "not valid JSON", ""),
        (b'{"name": "\\ud800"', "not valid JSON", ""),
        (b'{"rest": "\\ud800", "count": NaN}', "not valid JSON", ""),
        (b'{"name": 1}', "Expected str, got int", "$.name"),
        (b'{"count": "1"}', "Expected int, got str", "$.count"),
        (b'{"parts": {"a": {"name": null}}}', "Expected str, got null", "$.parts[...].name"),
        (b'{"rest": "\\ud800", "name": 1}', "Expected str, got int", "$.name"),
        (b"[]", "Expected object, got array", ""),
        (b'{"rest": ' + b"[" * 100_000, "nested too deeply", ""),
        (b'{"name": "\\ud800", "rest": ' + b"[" * 100_000, "nested too deeply", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(data: bytes, why: str, place: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(data)
    assert why in caught.value.why
    assert caught.value.place == place
    assert str(caught.value).startswith("package.json")
    assert place in str(caught.value)


def test_size_is_limited_before_anything_is_read() -> None:
    assert read(b'{"name":"abcdef"}', 17).name == "abcdef"
    with pytest.raises(Malformed, match="is larger than 16 bytes"):
        read(b'{"name":"abcdef"}', 16)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_document_or_malformed(data: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert isinstance(read(data), Document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "count", "parts", "rest", "\ud800"]), inner, max_size=4)
    ),
)


@given(JSON, st.booleans())
def test_any_json_is_a_document_or_malformed(value: object, ascii_only: bool) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    with contextlib.suppress(Malformed):
        assert isinstance(read(data), Document)
