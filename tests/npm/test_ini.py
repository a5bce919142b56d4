import contextlib
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.npm import ini
from forecheck.npm.ini import Entry, Value
from tests.npm.real_npm import ask

READS: list[tuple[str, dict[str, Value]]] = [
    ("", {}),
    ("a=1", {"a": "1"}),
    ("  a  =  1  ", {"a": "1"}),
    ("a = b = c", {"a": "b = c"}),
    ("a=1\r\nb=2\rc=3\n\n\nd=4", {"a": "1", "b": "2", "c": "3", "d": "4"}),
    ("\ufeffregistry=https://r.example/", {"registry": "https://r.example/"}),
    ("\ufeff; comment\na=1", {"a": "1"}),
    ("; c\n # c\na=1;c\nb=2 # c", {"a": "1", "b": "2"}),
    (r"a=1\;2\#3\\4\5", {"a": r"1;2#3\4\5"}),
    ("a=1\\", {"a": "1\\"}),
    ("flag\nother =", {"flag": True, "other": ""}),
    ("a=true\nb=false\nc=null\nd=TRUE", {"a": True, "b": False, "c": None, "d": "TRUE"}),
    ('a="true"', {"a": True}),
    ("a.b=null\nc=null", {"c": None}),
    ("a=\"x ; y\"\nb=' x # y '", {"a": "x ; y", "b": " x # y "}),
    (r'a="-----BEGIN\nXX\n-----END"', {"a": "-----BEGIN\nXX\n-----END"}),
    (r'a="\q"', {"a": r'"\q"'}),
    ("a=\"x' ; y", {"a": "\"x'"}),
    ("a=\"\nb='", {"a": '"', "b": ""}),
    ("a='12'\nb='1.5'\nc='1e3'\nd=12", {"a": 12, "b": 1.5, "c": 1000, "d": "12"}),
    ("a='\"12\"'", {"a": "12"}),
    ('"a"=1', {"a": "1"}),
    ("a[]=1\na[]=2\nb[] = 3", {"a": ("1", "2"), "b": ("3",)}),
    ("a[]=1\na=2", {"a": ("1", "2")}),
    ("a=1\na[]=2", {"a": ("1", "2")}),
    ("a=1\na=2", {"a": "2"}),
    ("[]=1\na[]", {"[]": "1", "a": (True,)}),
    ("=1\na=1", {"a": "1"}),
    ("__proto__=1\n__proto__[]=2\na=1", {"a": "1"}),
    ("a=1\n[s]\nb=2", {"a": "1"}),
    ("a=1\n[__proto__]\nb=2", {"a": "1"}),
    ("[x]y=1", {"[x]y": "1"}),
    (" [x]\ny=1", {"[x]": True, "y": "1"}),
    ("a=1\u2028b=2\nc=3", {"c": "3"}),
    ("//r.example/:_authToken=${T}", {"//r.example/:_authToken": "${T}"}),
    ("@s:registry=https://r.example/a?b#c", {"@s:registry": "https://r.example/a?b"}),
]

REFUSED: list[tuple[str, int]] = [
    ("a=1\na\0=2", 2),
    ("\n'null'=1", 2),
    ("'5'=1", 1),
    ("['5']\nregistry=x", 1),
    ("a='{}'", 1),
    ("a='[1]'", 1),
    ("a='1e400'", 1),
    ("a='" + "9" * 5000 + "'", 1),
    ("a='9007199254740993'", 1),
    (r'a="\ud800"', 1),
    ("a='" + "[" * 200_000 + "]" * 200_000 + "'", 1),
    ("registry=https://r.example/\n[registry]\nx=1", 2),
    ("registry=https://r.example/\n[registry.x]", 2),
    ("init.module=x\n[init\\.module]", 2),
    ("[__proto__.registry]", 1),
    ("registry=https://r.example/\nregistry.x=null", 2),
    ("__proto__.registry=null", 1),
]


def top(entries: tuple[Entry, ...]) -> dict[str, Value]:
    return {entry.key: entry.value for entry in entries if entry.section is None}


@pytest.mark.parametrize(("text", "expected"), READS)
def test_reads_what_npm_reads(text: str, expected: dict[str, Value]) -> None:
    assert top(ini.parse(text)) == expected


@pytest.mark.parametrize(("text", "line"), REFUSED)
def test_names_the_line_it_cannot_read(text: str, line: int) -> None:
    with pytest.raises(Malformed) as caught:
        ini.parse(text, "some/.npmrc")
    assert (caught.value.where, caught.value.place) == ("some/.npmrc", f"line {line}")


def test_utf16_is_named_as_the_likely_cause() -> None:
    text = "registry=https://r.example/".encode("utf-16").decode("utf-8", "replace")
    with pytest.raises(Malformed, match="UTF-16"):
        ini.parse(text)


def test_an_overlong_file_is_refused() -> None:
    with pytest.raises(Malformed, match="longer than"):
        ini.parse("a=1\n" * ini.MAX_CHARS)


@pytest.mark.parametrize(
    "piece", ["a[]=x\n", "a=b\n", "[a.b]\n", "[", "a.b", "\\", "'", "[[", "a=${b", "//h/:a=b\n"]
)
def test_a_large_file_takes_no_more_than_its_share(piece: str) -> None:
    text = (piece * ini.MAX_CHARS)[: ini.MAX_CHARS]
    for hostile in (text, f"[{text[:-2]}]", f"a='{text[:-4]}'"):
        with contextlib.suppress(Malformed):
            ini.parse(hostile)


def test_lines_are_those_of_the_effective_assignment() -> None:
    text = "\ufeff; head\r\na=1\r\n\r\nl[]=x\rb=2\na=3\nl[]=y\n[s]\nc=4"
    lines = [(entry.key, entry.line, entry.section) for entry in ini.parse(text)]
    assert lines == [("a", 6, None), ("l", 4, None), ("b", 5, None), ("c", 9, "s")]


def test_an_entry_does_not_show_its_value() -> None:
    (entry,) = ini.parse("//r.example/:_authToken=npm_topsecret")
    assert "topsecret" not in f"{entry!r} {entry}"


def test_a_message_does_not_quote_the_line() -> None:
    with pytest.raises(Malformed) as caught:
        ini.parse("//r.example/:_authToken='{\"npm_topsecret\": 1}'")
    assert "topsecret" not in str(caught.value)


CHARS = st.text(alphabet="ab=[]\"';#\\ \n\r.\ufeff\u2028{}1-e:/@$_", max_size=60)


@given(CHARS | st.text(max_size=80))
def test_any_text_gives_entries_or_malformed(text: str) -> None:
    try:
        entries = ini.parse(text)
    except Malformed:
        return
    assert all(0 < entry.line <= text.count("\n") + text.count("\r") + 1 for entry in entries)


@given(
    st.dictionaries(
        st.sampled_from(["registry", "@s:registry", "//h/:_authToken", "ca", "omit"]),
        st.text() | st.booleans() | st.none() | st.integers(-(2**53) + 1, 2**53 - 1),
    )
)
def test_what_is_written_is_read_back(values: dict[str, Value]) -> None:
    values = {
        key: {"true": True, "false": False, "null": None}.get(str(value), value)
        for key, value in values.items()
    }
    values |= {"list": ("a", "b; c", True)}
    entries = [Entry(key, value, number) for number, (key, value) in enumerate(values.items(), start=1)]
    assert top(ini.parse(ini.dump(entries))) == values


def generated(count: int) -> list[str]:
    """Texts from the pieces where readers part ways; the seed makes them the same ones every time."""
    chance = random.Random(20240)
    pieces = [
        "a",
        "b",
        "a[]",
        "registry",
        "=",
        "=",
        " = ",
        "\n",
        "\n",
        "\r\n",
        "\r",
        ";",
        "#",
        "\\",
        '"',
        "'",
        "[s]",
    ]
    pieces += [
        "[a.b]",
        "]",
        "[",
        " ",
        "\t",
        "\ufeff",
        "\u00a0",
        "\u0085",
        "\u001f",
        "\u2028",
        "true",
        "null",
        "'5'",
    ]
    pieces += [
        '"x y"',
        "${V}",
        "\\;",
        "\\\\",
        "__proto__",
        "@s:registry",
        "//h/:_auth",
        "'null'",
        "{}",
        "1.5",
        "é",
    ]
    return ["".join(chance.choices(pieces, k=chance.randint(1, 14))) for _ in range(count)]


def nested(entries: tuple[Entry, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in entries:
        owner = found if entry.section is None else found.setdefault(f"[{entry.section}]", {})
        owner[entry.key] = list(entry.value) if isinstance(entry.value, tuple) else entry.value
    return found


def test_agrees_with_the_ini_package() -> None:
    texts = (
        [text for text, _ in READS]
        + [text for text, _ in REFUSED if len(text) < 99 and "ud800" not in text]
        + generated(3000)
    )
    answers = ask(
        """
        const { parse } = require(npm + '/node_modules/ini');
        answer = question.map(text => { try { return { read: parse(text) } } catch { return null } });
        """,
        texts,
    )
    compared = 0
    for text, answer in zip(texts, answers, strict=True):
        try:
            ours = nested(ini.parse(text))
        except Malformed:
            continue
        assert answer is not None, text
        theirs = {key: value for key, value in answer["read"].items() if not isinstance(value, dict)}
        assert theirs == {key: value for key, value in ours.items() if not isinstance(value, dict)}, text
        for key, value in ours.items():
            if isinstance(value, dict) and "." not in key:
                assert answer["read"][key[1:-1]] == value, text
        compared += 1
    assert compared > 0.8 * len(texts)


def test_the_ini_package_reads_back_what_is_written() -> None:
    values: dict[str, Value] = {
        "registry": "https://r.example/a b;c#d\\e",
        "//[::1]:4873/:_authToken": "'\"${T}=\u2028é",
        "ca": ("-----BEGIN\nX\n-----END", "y"),
        "a": True,
        "b": None,
        "c": 1.5,
        "d": 12,
        "e": "12",
        "f": "[s]",
        "g": "",
    }
    text = ini.dump(Entry(key, value, 1) for key, value in values.items())
    read = ask("answer = require(npm + '/node_modules/ini').parse(question)", text)
    assert read == {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
