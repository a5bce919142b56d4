"""The parser against the npm that is installed: same command, same words, same values."""

import os.path
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecheck.npm.actions import dereference
from forecheck.npm.argv import MAJORS, parse, types_of
from forecheck.npm.command_names import ALIASES, COMMANDS
from forecheck.npm.invocation import Invocation
from forecheck.npm.npx import as_npm_exec
from forecheck.npm.options import NEWEST_KNOWN, OPTIONS, SHORTHANDS
from tests.npm.oracle.cases import CASES, ENVIRONMENTS, NPX
from tests.npm.oracle.client import Oracle, roots

NOT_READ = {"Number", "Date", "url", "semver", "Umask", "address"}  # left as text: npm's business
ELSEWHERE = {
    "globalconfig",
    "global-ignore-file",
}  # npm writes them to its `default` layer, wherever they come from
FEWER_WORDS = {
    "access",
    "packages-and-scopes-permission",
}  # an older npm knows fewer of the words they may have
HOME = {"HOME": "/home/oracle"}
MISSING = Path("no-npm")


@pytest.fixture(scope="module", params=[*roots()] or [MISSING], ids=str)
def oracle(request: pytest.FixtureRequest) -> Iterator[Oracle]:
    node, root = shutil.which("node"), request.param
    if node is None or root is MISSING:
        pytest.skip("node and npm are not on PATH")
    with Oracle(node, root) as found:
        if found.version[0] not in MAJORS:
            pytest.skip(f"npm {found.version} is not one of the majors the tables are made from")
        yield found


def comparable(oracle: Oracle, argv: list[str]) -> bool:
    """The tables are those of the newest npm of each major; an older one is only asked what none of them changed."""
    if oracle.version == NEWEST_KNOWN[oracle.version[0]]:
        return True
    readings = [(bit, parse(argv, bit)) for bit in MAJORS.values()]
    commands = {dereference(parsed.words[0].text if parsed.words else "", bit) for bit, parsed in readings}
    return all(parsed.settled for _, parsed in readings) and len(commands) == 1


def expected_value(name: str, value: Any, bit: int) -> Any:
    """Our value as npm holds it: npm makes paths absolute (the oracle runs in `/`)."""
    if "path" not in types_of(name, bit).split("|") or not isinstance(value, str):
        return value
    return os.path.normpath(os.path.join("/", value))


def compared(values: dict[str, Any]) -> dict[str, Any]:
    kinds = {name: set(OPTIONS.get(name, (0, ""))[1].split("|")) for name in values}
    ignored = {name for name in values if kinds[name] & NOT_READ} | ELSEWHERE | FEWER_WORDS
    return {name: value for name, value in values.items() if name not in ignored}


def check(oracle: Oracle, argv: list[str], env: dict[str, str]) -> None:
    if not comparable(oracle, argv):
        return
    answer = oracle.ask("npm", argv, env)
    bit = MAJORS[oracle.version[0]]
    parsed = parse(argv, bit)
    call = Invocation(argv, parsed, bit, HOME | env)
    if answer["remain"] is None:
        # npm gives up while it reads: abbreviations in npm 12, `--constructor` in all
        assert answer["error"]
        return
    assert [word.text for word in parsed.words] == answer["remain"]
    assert dereference(parsed.words[0].text if parsed.words else "", bit) == answer["command"]
    if answer["error"] is not None:
        return
    ours = {name: expected_value(name, value, bit) for name, value in call.cli.items()}
    assert compared(ours) == compared(answer["cli"])
    for name, value in compared(answer["env"]).items():
        if name not in call.cli:
            assert expected_value(name, call.get(name), bit) == value, name


def test_the_tables_are_complete(oracle: Oracle) -> None:
    if oracle.version != NEWEST_KNOWN[oracle.version[0]]:
        pytest.skip(f"npm {oracle.version} is not the one the tables are made from")
    answer, bit = oracle.ask("tables"), MAJORS[oracle.version[0]]
    assert {name for name, entry in OPTIONS.items() if entry[0] & bit} == set(answer["options"])
    assert {name: [*entry[1]] for name, entry in SHORTHANDS.items() if entry[0] & bit} == answer["shorthands"]
    assert {name for name, mask in COMMANDS.items() if mask & bit} == set(answer["commands"])
    assert {name for name, entry in ALIASES.items() if entry[0] & bit} == set(answer["aliases"])


@pytest.mark.parametrize("argv", CASES, ids=" ".join)
def test_table(oracle: Oracle, argv: list[str]) -> None:
    check(oracle, argv, {"TAG": "beta", "FLAG": "global"})


@pytest.mark.parametrize("env", ENVIRONMENTS, ids=str)
def test_environment(oracle: Oracle, env: dict[str, str]) -> None:
    check(oracle, ["install"], env)


def starts(names: set[str]) -> list[str]:
    return sorted({name[:length] for name in names for length in range(1, len(name) + 1)})


def test_every_command_word(oracle: Oracle) -> None:
    for word in starts({*COMMANDS, *ALIASES}):
        check(oracle, [word, "x"], {})


def test_every_option_and_every_start_of_one(oracle: Oracle) -> None:
    names = {*OPTIONS, *SHORTHANDS}
    for name in starts(names):
        check(oracle, [f"--{name}", "install", "foo"], {})
    for name in sorted(names):
        for value in ("true", "false", "null", "x", "-x", "--", ""):
            check(oracle, [f"--{name}={value}", "install", "foo"], {})
            check(oracle, [f"--no-{name}", value, "install", "foo"], {})


@pytest.mark.parametrize("argv", NPX, ids=" ".join)
def test_npx_table(oracle: Oracle, argv: list[str]) -> None:
    answer = oracle.ask("npx", argv)
    assert as_npm_exec(argv, MAJORS[oracle.version[0]]) == answer["argv"]


FLAGS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["-", "--", "---", "--no-", "-no-"]),
        st.one_of(
            st.sampled_from([*OPTIONS, *SHORTHANDS]),
            st.text("gDwsdCpyfhvLqSE", min_size=1, max_size=4),
            st.sampled_from(["foo", "", "pref", "loc", "no", "save-d"]),
        ),
        st.sampled_from(
            ["", "", "", "=", "=true", "=false", "=null", "=x", "=-g", "=--", "=install", "=global"]
        ),
    ),
)
ARGUMENTS = st.one_of(
    FLAGS,
    FLAGS,
    st.sampled_from(
        ["install", "i", "ci", "exec", "foo", "true", "false", "null", "always", "global", "--", "-", ""]
    ),
    st.sampled_from([*COMMANDS, *ALIASES]),
)
HASH_FREE = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@HASH_FREE
@given(argv=st.lists(ARGUMENTS, max_size=7))
def test_any_combination(oracle: Oracle, argv: list[str]) -> None:
    check(oracle, argv, {})


@HASH_FREE
@given(argv=st.lists(ARGUMENTS, max_size=6))
def test_any_npx_combination(oracle: Oracle, argv: list[str]) -> None:
    if comparable(oracle, argv):
        assert as_npm_exec(argv, MAJORS[oracle.version[0]]) == oracle.ask("npx", argv)["argv"]
