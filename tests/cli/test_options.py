import argparse
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.cli.main import WRAPPED
from forecheck.cli.options import VALUED, Options, add_options, interactive, split_wrapped


@pytest.mark.parametrize(
    ("line", "own", "wrapped"),
    [
        ("npm install", "", "npm install"),
        ("npx -y x --offline", "", "npx -y x --offline"),
        ("--dry-run npm ci --dry-run", "--dry-run", "npm ci --dry-run"),
        ("-y --strict npm i -y", "-y --strict", "npm i -y"),
        ("--format json npm i", "--format json", "npm i"),
        ("--format=json npm i", "--format=json", "npm i"),
        ("--output npm npm i", "--output npm", "npm i"),
        ("--color never --output x npm i --color", "--color never --output x", "npm i --color"),
        ("npm npm npx", "", "npm npm npx"),
        ("check npm", "check npm", ""),
        ("explain npx", "explain npx", ""),
        ("--verbose audit npm", "--verbose audit npm", ""),
        ("--format", "--format", ""),
        ("", "", ""),
    ],
)
def test_what_follows_npm_is_npms(line: str, own: str, wrapped: str) -> None:
    assert split_wrapped(line.split(), WRAPPED) == (own.split(), wrapped.split())


@given(st.lists(st.sampled_from(["npm", "npx", "--format", "-y", "check", "x", "--output=y", "--", "-"])))
def test_nothing_is_lost_or_reordered(arguments: list[str]) -> None:
    own, wrapped = split_wrapped(arguments, WRAPPED)
    assert own + wrapped == arguments
    assert not wrapped or wrapped[0] in WRAPPED


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(allow_abbrev=False)
    add_options(made)
    return made


def test_options_with_a_value_are_known_to_the_split() -> None:
    valued = {
        action.option_strings[-1]
        for action in parser()._actions
        if action.option_strings and action.nargs is None
    }
    assert valued == set(VALUED)


def test_options_that_are_not_given_keep_their_defaults() -> None:
    assert Options.of(parser().parse_args([])) == Options()
    given_ = Options.of(parser().parse_args(["-n", "-y", "--color", "never", "--format", "json"]))
    assert given_ == Options(dry_run=True, yes=True, colour="never", format="json")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("streams", "env", "expected"),
    [
        ((Terminal(), Terminal()), {}, True),
        ((Terminal(), Terminal()), {"CI": "false"}, True),
        ((Terminal(), Terminal()), {"CI": "1"}, False),
        ((Terminal(), Terminal()), {"CI": "true"}, False),
        ((Terminal(), io.StringIO()), {}, False),
        ((io.StringIO(), Terminal()), {}, False),
        ((Terminal(), None), {}, False),
    ],
)
def test_somebody_is_there_only_with_two_terminals_and_no_ci(
    streams: tuple[object, ...], env: dict[str, str], expected: bool
) -> None:
    assert interactive(streams, env) is expected
