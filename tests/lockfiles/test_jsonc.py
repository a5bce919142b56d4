import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.lockfiles.jsonc import plain

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('a"\\/*,]} \né', max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('a",/*}', max_size=3), inner, max_size=3)
    ),
    max_leaves=15,
)
GAPS = ["", " ", "\n", "/**/", "/* } , */", "/*/*/", '// ] "\n', "/* a\n* b */ // c\n"]


def write(value: Any, dice: random.Random) -> str:
    def gap() -> str:
        return dice.choice(GAPS)

    if isinstance(value, dict):
        inside = [f"{gap()}{json.dumps(key)}{gap()}:{write(one, dice)}" for key, one in value.items()]
        opening, closing = "{}"
    elif isinstance(value, list):
        inside = [write(one, dice) for one in value]
        opening, closing = "[]"
    else:
        return gap() + json.dumps(value, ensure_ascii=dice.random() < 0.5) + gap()
    trailing = "," + gap() if inside and dice.random() < 0.5 else ""
    return gap() + opening + ",".join(inside) + trailing + gap() + closing + gap()


@given(JSON, st.randoms())
def test_what_is_no_json_becomes_blanks(value: Any, dice: random.Random) -> None:
    text = write(value, dice).encode(errors="surrogatepass")
    found = plain(text)
    assert json.loads(found) == value
    assert len(found) == len(text)
    assert [at for at, byte in enumerate(found) if byte == 10] == [
        at for at, byte in enumerate(text) if byte == 10
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[,]",
        "{,}",
        "[1,,]",
        "[1,,2]",
        "{'a': 1}",
        "{a: 1}",
        "[1 2]",
        "[0x10]",
        "[/]",
        "[1/**",
        '["a',
        "[+1]",
        "[NaN]",
    ],
)
def test_what_bun_does_not_read_stays_no_json(text: str) -> None:
    with pytest.raises(ValueError):
        json.loads(plain(text.encode()), parse_constant=int)


@given(st.binary(max_size=200))
def test_any_bytes_keep_their_length(data: bytes) -> None:
    assert len(plain(data)) == len(data)
