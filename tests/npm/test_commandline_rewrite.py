"""Command lines derived from the user's."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.npm.actions import dereference
from forecheck.npm.argv import MAJORS, parse
from forecheck.npm.commandline import Invocation, classify, classify_npx
from forecheck.npm.options import NEWEST_KNOWN, OPTIONS, SHORTHANDS


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("i foo", "i -- a@1"),
        ("--prefix D install foo --save-dev bar", "install --prefix D --save-dev -- a@1"),
        ("-gD i foo", "i -gD -- a@1"),
        ("i foo -- bar --baz", "i -- a@1"),
        ("-- i foo", "i -- a@1"),
        ("i --json=foo --no-save", "i --json --no-save -- a@1"),
        ("i foo -w ws --omit=dev -d", "i -w ws --omit=dev -d -- a@1"),
        ("i foo --tag", "i --tag= -- a@1"),
        ("i --tag -- foo", "i --tag=true -- a@1"),
        ("i foo --no-otp", "i --no-otp=true -- a@1"),
        ("i --tag --save foo", "i --tag= --save -- a@1"),
        ("i foo --browser", "i --browser=true -- a@1"),
        ("i --foo bar", "i --foo -- a@1"),
        ("i --foo=bar --foo true", "i --foo=bar --foo=true -- a@1"),
    ],
)
def test_other_words(line: str, expected: str) -> None:
    call = classify(shlex.split(line), {}, npm_version=NEWEST_KNOWN[11])
    assert shlex.join(call.rewrite(words=["a@1"])) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("i foo --dry-run", "i -- foo"),
        ("i --no-dry-run foo", "i -- foo"),
        ("i --dry-r foo", "i -- foo"),
        ("i --dry-run=false --json foo", "i --json -- foo"),
        ("i --dry-run=foo", "i -- foo"),
        ("i -gD foo", "i --global -- foo"),
        ("i -Dw ws foo", "i --workspace ws -- foo"),
        ("i -sD foo", "i --loglevel=silent -- foo"),
        ("i -D --prefix p foo", "i --prefix p -- foo"),
        ("i --no-yes -nD foo", "i --no-yes --no-yes -- foo"),
        ("i foo", "i -- foo"),
        ("ci --dry-run", "ci"),
    ],
)
def test_without(line: str, expected: str) -> None:
    call = classify(shlex.split(line), {}, npm_version=NEWEST_KNOWN[11])
    assert shlex.join(call.rewrite(without={"dry-run", "save-dev"})) == expected


def test_options_are_put_first_and_replace_the_users() -> None:
    call = classify(shlex.split("-C D i foo --no-dry-run --otp"), {})
    rewritten = call.rewrite(
        command="install",
        words=[],
        options={"dry-run": False, "prefix": "/x y", "omit": ["dev", "peer"], "package-lock-only": True},
    )
    assert rewritten == [
        "install", "--dry-run=false", "--prefix=/x y", "--omit=dev", "--omit=peer", "--package-lock-only=true", "--otp",
    ]  # fmt: skip


def test_a_value_npm_would_take_for_an_option_is_refused() -> None:
    with pytest.raises(ValueError, match="--tag"):
        classify(["i"], {}).rewrite(options={"tag": "-g"})


def test_an_unknown_command_stays_where_it_can_only_be_a_word() -> None:
    assert classify(["--", "-g", "x"], {}).rewrite() == ["--", "-g", "x"]
    assert classify([], {}).rewrite() == []


def test_of_npx() -> None:
    call = classify_npx(["-y", "--no-install", "-p", "a", "cmd", "--flag"], {})
    assert call.rewrite(options={"package": ["a@1"]}) == [
        "exec", "--package=a@1", "--yes", "--yes=false", "--", "cmd", "--flag",
    ]  # fmt: skip


NAMES = sorted([*OPTIONS, *SHORTHANDS, "foo", "no", "pref"])
PIECES = st.one_of(
    st.builds("{}{}{}".format, st.sampled_from(["--", "-", "--no-"]), st.sampled_from(NAMES), st.sampled_from(["", "", "=", "=x", "=false", "=-g", "=--"])),
    st.builds("-{}".format, st.text("gDwsCpcyf", min_size=1, max_size=4)),
    st.sampled_from(["install", "ci", "foo", "true", "false", "null", "always", "--", "-", "", "--=x", "--=--json"]),
)  # fmt: skip


def reading(argv: list[str], bit: int) -> Invocation:
    parsed = parse(argv, bit)
    call = Invocation(argv, parsed, bit, {})
    call.command = dereference(parsed.words[0].text, bit) if parsed.words else None
    return call


@given(argv=st.lists(PIECES, max_size=8), bit=st.sampled_from([*MAJORS.values()]))
def test_rewritten_as_it_is_it_means_the_same(argv: list[str], bit: int) -> None:
    call = reading(argv, bit)
    again = reading(call.rewrite(), bit)
    assert again.command == call.command
    assert again.arguments == call.arguments
    assert again.cli == call.cli


@given(
    argv=st.lists(PIECES, max_size=8),
    bit=st.sampled_from([*MAJORS.values()]),
    gone=st.sets(st.sampled_from([*OPTIONS]), max_size=3),
    words=st.lists(st.text(max_size=5), max_size=3),
    data=st.data(),
)
def test_the_rest_keeps_its_meaning(
    argv: list[str], bit: int, gone: set[str], words: list[str], data: st.DataObject
) -> None:
    call = reading(["install", *argv], bit)
    present = sorted({option.name for option in call.options})
    if present:
        gone |= data.draw(st.sets(st.sampled_from(present)))
    again = reading(call.rewrite(words=words, without=gone, options={"dry-run": True}), bit)
    assert again.command == call.command
    assert again.arguments == tuple(words)
    assert again.cli == {name: value for name, value in call.cli.items() if name not in gone} | {
        "dry-run": True
    }
