"""What an Invocation tells about its command line."""

import shlex

import pytest

from forecheck.npm.commandline import Invocation, classify


def read(line: str, **env: str) -> Invocation:
    return classify(shlex.split(line), env)


@pytest.mark.parametrize(
    ("line", "specs"),
    [
        ("install --tag beta foo", ("foo",)),
        ("install foo@1 --save-prefix ~ @s/bar", ("foo@1", "@s/bar")),
        ("i -- foo --bar", ("foo", "--bar")),
        ("install --before 2020-01-01 foo", ("foo",)),
        ("install --omit dev --cpu x64 foo", ("foo",)),
        ("exec --package a -p b -- cmd", ("a",)),
        ("exec --package=a --package=b cmd", ("a", "b")),
        ("exec -c 'a b'", ()),
        ("exec a b", ("a",)),
        ("init vite app", ("vite",)),
        ("cache add a b", ("a", "b")),
        ("diff --diff=a@1 --diff b file", ("a@1", "b")),
        ("pack a b", ("a", "b")),
        ("stage publish user/a", ("user/a",)),
        ("patch add a", ("a",)),
        ("patch a", ("a",)),
        ("patch commit dir", ()),
        ("view user/a field", ("user/a",)),
        ("ci a", ()),
        ("run a", ()),
    ],
)
def test_the_specs_it_names(line: str, specs: tuple[str, ...]) -> None:
    assert read(line).specs == specs


def test_words_know_where_they_were() -> None:
    call = read("-g i --tag beta foo --json=bar -- --baz")
    assert call.typed is not None
    assert (call.typed.text, call.typed.at) == ("i", 1)
    assert [(word.text, word.at) for word in call.words] == [("foo", 4), ("bar", 5), ("--baz", 7)]
    assert call.passthrough_args == ("--baz",)
    assert [(each.name, each.value, each.at, each.value_at) for each in call.options] == [
        ("global", True, 0, None),
        ("tag", "beta", 2, 3),
        ("json", True, 5, None),
    ]


@pytest.mark.parametrize(
    "env",
    [
        {"npm_config_global": "true"},
        {"NPM_CONFIG_GLOBAL": "1"},
        {"Npm_Config_Location": "global"},
        {"npm_config_global": "yes"},
    ],
)
def test_global_from_the_environment(env: dict[str, str]) -> None:
    assert classify(["i", "foo"], env).global_
    assert not classify(["i", "foo", "--no-global", "--location=user"], env).global_


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("i -g", True),
        ("-Dg i", True),
        ("i --global", True),
        ("i --location=global", True),
        ("-L global i", True),
        ("i -g --location=user", True),
        ("i -g --no-global", False),
        ("i -g --local", False),
        ("i -g=false", False),
        ("i --location=user", False),
        ("i -- -g", False),
    ],
)
def test_global(line: str, expected: bool) -> None:
    assert read(line).global_ is expected


def test_properties() -> None:
    call = read(
        "i foo -DE --prefix p -w a -w b --no-package-lock --ignore-scripts --dry-run --json --no-yes --loglevel=silent"
    )
    assert call.save_types == ("dev",)
    assert call.get("save-exact") is True
    assert call.save is None
    assert call.prefix == "p"
    assert call.workspace == ("a", "b")
    assert call.workspaces is None
    assert not call.package_lock
    assert call.ignore_scripts
    assert call.dry_run
    assert call.json
    assert call.yes is False
    assert call.loglevel == "silent"
    assert call.certain


def test_properties_not_given() -> None:
    call = read("i foo")
    assert call.package_lock
    assert call.save is None
    assert call.save_types == ()
    assert call.prefix is None
    assert call.workspace == ()
    assert call.yes is None
    assert call.call is None
    assert call.packages == ()
    assert call.loglevel == "notice"
    assert not any((call.dry_run, call.global_, call.ignore_scripts, call.json, call.package_lock_only))


@pytest.mark.parametrize(
    ("line", "env", "expected"),
    [
        ("i", {"npm_config_shrinkwrap": "false"}, False),
        ("i --no-shrinkwrap", {"npm_config_package_lock": "true"}, False),
        ("i --package-lock", {"npm_config_shrinkwrap": "false"}, True),
        ("i --no-package-lock --package-lock-only", {}, True),
    ],
)
def test_package_lock(line: str, env: dict[str, str], expected: bool) -> None:
    assert read(line, **env).package_lock is expected


def test_the_prefix_of_the_environment_is_not_the_project() -> None:
    call = read("i", npm_config_prefix="/opt")
    assert call.prefix is None
    assert call.get("prefix") == "/opt"


def test_find_dupes_is_a_dry_run() -> None:
    assert read("find-dupes").dry_run
    assert read("find-dupes --no-dry-run").dry_run
    assert not read("dedupe").dry_run


def test_npmrc_comes_after_the_environment() -> None:
    files = {"dry-run": "true", "tag": "beta", "omit": "dev\n\npeer", "json": "${JSON}"}
    call = classify(["i"], {"npm_config_tag": "next", "JSON": "true"}, config_lookup=files.get)
    assert call.dry_run
    assert call.get("tag") == "next"
    assert call.get("omit") == ["dev", "peer"]
    assert call.json
    assert call.get("save") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${A}", "x"),
        ("${B}", "${B}"),
        ("${B?}", ""),
        (r"\${A}", "${A}"),
        (r"\\${A}", r"\x"),
        ("a${A}${A}", "axx"),
    ],
)
def test_variables(text: str, expected: str) -> None:
    assert classify(["i", f"--tag={text}"], {"A": "x"}).get("tag") == expected
