"""Options and configuration together, and the paths they name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.lockfile_lint.arguments import read_arguments
from forecheck.lockfile_lint.configuration import (
    SEARCHED,
    is_program,
    merged,
    no_programs,
    read_configuration,
)
from forecheck.lockfile_lint.patterns import MAX_ALTERNATIVES, alternatives, left_out
from forecheck.lockfile_lint.refusal import NotAsMeant
from forecheck.lockfile_lint.request import Request, allowed_host, request_of


def requested(line: str) -> Request:
    return request_of(read_arguments(line.split()))


def test_without_a_validator_nothing_is_asked_for() -> None:
    assert not requested("-p x -f plain").validates
    assert not requested("-p x -s false").validates
    assert requested("-p x -i").validates
    assert requested("-p x -a").validates


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("npm", "registry.npmjs.org"),
        ("yarn", "registry.yarnpkg.com"),
        ("verdaccio", "registry.verdaccio.org"),
        ("nexus.example:8089", "nexus.example:8089"),
        ("https://nexus.example/repository/npm/", "nexus.example"),
        ("https://nexus.example:443/", "nexus.example"),
        ("localhost:4873", "localhost:4873"),
        ("REGISTRY.npmjs.org", "registry.npmjs.org"),
        ("[::1]:4873", "[::1]:4873"),
    ],
)
def test_hosts_and_their_short_names(value: str, host: str) -> None:
    assert allowed_host(value) == host


@pytest.mark.parametrize("value", ["npm,yarn", "*.example", "", " ", "nexus.example/npm", "me@evil", "a b"])
def test_what_is_no_host(value: str) -> None:
    with pytest.raises(NotAsMeant):
        allowed_host(value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("-s", "--path is missing"),
        ("-p x -s -o https:", "exclude one another"),
        ("-p x -s false -o https:", "exclude one another"),
        ("-p x -n", "does nothing without --allowed-hosts"),
        ("-p x -n false", "does nothing without --allowed-hosts"),
        ("-p x -s -l a:b", "does nothing without --validate-package-names"),
        ("-p x -s --integrity-exclude a", "does nothing without --validate-integrity"),
        ("-p x -s -e false", "does nothing without --allowed-hosts"),
        ("-p x -s -t cargo", '"cargo" is not known'),
        ("-p x -s -f json", '"json" is not known'),
        ("-p x -o https", 'write "https:"'),
        ("-p x -o https://", 'write "https:"'),
        ("-a npm package-lock.json -p x", '"package-lock.json" too'),
    ],
)
def test_what_makes_no_sense(line: str, message: str) -> None:
    with pytest.raises(NotAsMeant) as refused:
        requested(line)
    assert message in str(refused.value)


def test_aliases_keep_their_targets() -> None:
    aliases = requested("-p x -a npm -n -l a:b a:c @s/d:@s/e f").aliases
    assert aliases == {"a": {"b", "c"}, "@s/d": {"@s/e"}, "f": {""}}


def test_a_configuration_takes_every_spelling_and_the_command_line_wins() -> None:
    file = read_configuration(
        {"path": ["a", "b"], "allowedHosts": "npm", "validate-https": "true", "i": True}, "x.json"
    )
    assert file.values == {
        "path": ("a", "b"),
        "allowed-hosts": ("npm",),
        "validate-https": True,
        "validate-integrity": True,
    }
    both = merged(read_arguments(["-a", "yarn", "-i", "false"]), file)
    request = request_of(both)
    assert request.hosts == frozenset({"registry.yarnpkg.com"})
    assert (request.paths, request.https, request.integrity) == (("a", "b"), True, False)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"validateHttp": True}, "did you mean validate-https?"),
        ({"help": True}, "'help' is no option"),
        ({5: True}, "'5' is no option"),
        ({"allowedHosts": {"npm": True}}, "must be a list of texts"),
        ({"allowedHosts": None}, "must be a list of texts"),
        ({"allowedHosts": ["npm", 5]}, "must be a list of texts"),
        ({"validateHttps": "yes"}, "must be true or false"),
        ({"validateHttps": 1}, "must be true or false"),
        ({"path": []}, "must be a text"),
        ({"path": ""}, "must be a text"),
        ({"path": "a", "p": "b"}, "under two names"),
        (["-s"], "holds no object"),
        ("-s", "holds no object"),
    ],
)
def test_what_a_configuration_may_not_hold(document: object, message: str) -> None:
    with pytest.raises(NotAsMeant) as refused:
        read_configuration(document, "x.json")
    assert message in str(refused.value)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)
    | st.dictionaries(
        st.sampled_from(["path", "p", "allowedHosts", "s", "validate-https", "type", "x"]),
        st.none() | st.booleans() | st.text(max_size=5) | st.lists(st.text(max_size=5), max_size=3),
    )
)
def test_any_configuration_is_read_or_refused(document: object) -> None:
    try:
        request_of(read_configuration(document, "x.json"))
    except NotAsMeant:
        return


def test_programs_are_never_run() -> None:
    programs = [name for name in SEARCHED if is_program(name)]
    assert len(programs) == 6
    assert all("runs none" in str(no_programs(name)) for name in programs)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a/b", ["a/b"]),
        ("{a,b}/x", ["a/x", "b/x"]),
        ("{a,{b,c}}", ["a", "b", "c"]),
        ("p{1..3}", ["p1", "p2", "p3"]),
        ("{a}", ["{a}"]),
        ("{a,b", ["{a,b"]),
        ("{a}{b,c}", ["{a}b", "{a}c"]),
    ],
)
def test_braces(pattern: str, expected: list[str]) -> None:
    assert alternatives(pattern) == expected


def test_too_many_braces_are_refused() -> None:
    with pytest.raises(NotAsMeant):
        alternatives("{a,b}" * 30)
    with pytest.raises(NotAsMeant):
        alternatives("{1..999999}")


@given(st.text(alphabet="ab{},.1*", max_size=20))
def test_any_pattern_has_alternatives(pattern: str) -> None:
    try:
        assert 1 <= len(alternatives(pattern)) <= MAX_ALTERNATIVES
    except NotAsMeant:
        return
    assert isinstance(left_out(f"!{pattern}"), re.Pattern)


@pytest.mark.parametrize(
    ("pattern", "path", "left"),
    [
        ("!**/node_modules/**", "a/node_modules/b/package-lock.json", True),
        ("!**/node_modules/**", "node_modules/b/package-lock.json", True),
        ("!**/node_modules/**", "a/package-lock.json", False),
        ("!examples/*/yarn.lock", "examples/a/yarn.lock", True),
        ("!examples/*/yarn.lock", "examples/a/b/yarn.lock", False),
        ("!{a,b}/x", "b/x", True),
    ],
)
def test_what_is_left_out(pattern: str, path: str, left: bool) -> None:
    assert bool(left_out(pattern).fullmatch(path)) is left
