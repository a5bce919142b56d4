import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.npm import ini
from forecheck.npm.definitions import DEFINITIONS, FORMER, Role
from forecheck.npm.ini import Value
from forecheck.npm.layers import Place
from forecheck.npm.sanitise import (
    Removed,
    Sanitised,
    Why,
    sanitised_environment,
    sanitised_own_npmrc,
    sanitised_project_npmrc,
)
from tests.npm.real_npm import ask

PLACE = Place(home="/home/u", cwd="/work", env={"HOME": "/home/u", "TOKEN": "sss", "CERTS": "/certs"})

ORDINARY = """registry=https://r.example/npm/
@s:registry = https://s.example/
//p.example/:_authToken=literal
save-exact=true
save-prefix="~"
omit[]=dev
omit[]=peer
include=optional
legacy-peer-deps=true
install-strategy=nested
engine-strict=true
before=2024-01-01
min-release-age=7
min-release-age-exclude[]=a
lockfile-version=3
package-lock=true
tag=next
workspaces=true
fetch-retries=3
strict-ssl=true
"""


def values(text: str) -> dict[str, Value]:
    return {entry.key: entry.value for entry in ini.parse(text)}


def project(text: str, owned: frozenset[str] = frozenset()) -> Sanitised:
    return sanitised_project_npmrc(text, owned_hosts=owned)


def own(text: str, place: Place = PLACE) -> Sanitised:
    return sanitised_own_npmrc(text, where="/home/u/.npmrc", place=place)


def test_an_ordinary_project_file_is_kept_whole() -> None:
    kept = project(ORDINARY)
    assert kept.removed == ()
    assert values(kept.text) == values(ORDINARY)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("git=./evil.sh", Why.CODE),
        ("script-shell=./evil.sh", Why.CODE),
        ("shell=./evil.sh", Why.CODE),
        ("node-options=--require ./x.js", Why.CODE),
        ("node-gyp=./evil.js", Why.CODE),
        ("editor=./evil.sh", Why.CODE),
        ("viewer=./evil.sh", Why.CODE),
        ("browser=./evil.sh", Why.CODE),
        ("init-module=./evil.js", Why.CODE),
        ("init.module=./evil.js", Why.CODE),
        ("extension-file=./evil.mjs", Why.CODE),
        ("onload-script=./evil.js", Why.CODE),
        ("ignore-scripts=false", Why.CODE),
        ("ignore-extension=false", Why.CODE),
        ("dangerously-allow-all-scripts=true", Why.CODE),
        ("allow-scripts[]=evil", Why.CODE),
        ("prefix=/tmp/x", Why.LOCATION),
        ("globalconfig=./x", Why.LOCATION),
        ("userconfig=./x", Why.LOCATION),
        ("cache=./x", Why.LOCATION),
        ("tmp=./x", Why.LOCATION),
        ("logs-dir=./x", Why.LOCATION),
        ("global=true", Why.LOCATION),
        ("location=global", Why.LOCATION),
        ("proxy=http://evil.example", Why.NETWORK),
        ("https-proxy=http://evil.example", Why.NETWORK),
        ("noproxy=registry.npmjs.org", Why.NETWORK),
        ("cafile=./ca.pem", Why.NETWORK),
        ("ca[]=x", Why.NETWORK),
        ("strict-ssl=false", Why.NETWORK),
        ("//p.example/:keyfile=/home/u/.ssh/id", Why.NETWORK),
        ("//p.example/:_authToken=${TOKEN}", Why.VARIABLE),
        ("registry=https://p.example/${TOKEN}/", Why.VARIABLE),
        ('registry="https://p.example/\\u0024{TOKEN}/"', Why.VARIABLE),
        ("//${TOKEN}.example/:_authToken=x", Why.VARIABLE),
        ("save-prefix=\\${TOKEN}", Why.VARIABLE),
        ("omit[]=${TOKEN}", Why.VARIABLE),
        ("//owned.example/team/:_authToken=x", Why.OWNED_HOST),
        ("_authToken=x", Why.CREDENTIAL),
        ("_auth=eDp5", Why.CREDENTIAL),
        ("registry=file:///etc", Why.INVALID),
        ("registry=r.example", Why.INVALID),
        ("@s:registry=https://good.example\\@evil.example/", Why.INVALID),
        ("usage=true", Why.UNUSED),
        ("dry-run=true", Why.UNUSED),
        ("[section]\nregistry=https://r.example/", Why.UNUSED),
        ("run-this=1", Why.UNKNOWN),
        ("//p.example/:run-this=1", Why.UNKNOWN),
        ("@s;x:registry=https://r.example/", Why.UNKNOWN),
    ],
)
def test_a_projects_file_keeps_none_of_these(line: str, why: Why) -> None:
    result = project(line, frozenset({"owned.example"}))
    assert result.text == ""
    assert [each.why for each in result.removed] == [why]
    assert why.text


@pytest.mark.parametrize("known", [*DEFINITIONS.values(), *FORMER.values()], ids=lambda known: str(known.key))
def test_only_choices_of_releases_and_patience_pass(known: object) -> None:
    key, role = known.key, known.role  # type: ignore[attr-defined]
    passes = bool(project(f"{key}=https://r.example/").text)
    assert passes is (role in {Role.RESOLVE, Role.FETCH} or key == "strict-ssl")


def test_says_where() -> None:
    assert project("; x\n\ngit=x").removed == (Removed("git", 3, Why.CODE),)


def test_a_bare_word_may_be_a_token_and_is_not_repeated() -> None:
    assert project("npm_abcdef").removed == (Removed("", 1, Why.UNKNOWN),)


def test_a_broken_file_is_malformed() -> None:
    with pytest.raises(Malformed, match="line 2"):
        project("a=1\n'null'=1")


class TestOwn:
    def test_credentials_proxies_and_certificates_stay(self) -> None:
        text = "//r.example/:_authToken=${TOKEN}\nproxy=http://p.example:80\nstrict-ssl=false\nca[]=x\nnoproxy=a\nkey=k"
        result = own(text)
        assert values(result.text) == values(text)
        assert result.variables == ("TOKEN",)

    def test_a_secret_of_the_environment_is_not_written_out(self) -> None:
        assert "sss" not in own("//r.example/:_authToken=${TOKEN}\nregistry=https://r.example/${TOKEN}/").text

    @pytest.mark.parametrize(
        "line", ["git=x", "script-shell=x", "prefix=/x", "cache=/x", "userconfig=/x", "_auth=x"]
    )
    def test_programs_places_and_unscoped_credentials_go(self, line: str) -> None:
        assert own(line).text == ""

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("cafile=~/ca.pem", {"cafile": "/home/u/ca.pem"}),
            ("cafile=${HOME}/ca.pem", {"cafile": "/home/u/ca.pem"}),
            ("cafile=ca.pem", {"cafile": "/work/ca.pem"}),
            ("//h/:certfile=${CERTS}/c.pem", {"//h/:certfile": "/certs/c.pem"}),
            ("//h/:keyfile=k.pem", {"//h/:keyfile": "/work/k.pem"}),
        ],
    )
    def test_paths_still_lead_to_the_same_files(self, line: str, expected: dict[str, str]) -> None:
        assert values(own(line).text) == expected

    def test_the_text_is_not_shown(self) -> None:
        assert "topsecret" not in repr(own("//r.example/:_authToken=topsecret"))


def test_the_environment_loses_programs_and_places_only() -> None:
    env = {
        "PATH": "/bin",
        "npm_config_registry": "https://r.example/",
        "npm_config_//r.example/:_authToken": "tok",
        "NPM_CONFIG_SCRIPT_SHELL": "./evil.sh",
        "npm_config_node_gyp": "/x",
        "npm_config_userconfig": "/x",
        "npm_config_cafile": "~/ca.pem",
        "npm_config_global_prefix": "/x",
        "npm_config__auth": "eDp5",
    }
    kept, removed = sanitised_environment(Place(home="/home/u", cwd="/work", env=env))
    assert kept == {
        "PATH": "/bin",
        "npm_config_registry": "https://r.example/",
        "npm_config_//r.example/:_authToken": "tok",
        "npm_config_cafile": "/home/u/ca.pem",
    }
    assert {(each.key, each.why) for each in removed} == {
        ("script-shell", Why.CODE),
        ("node-gyp", Why.CODE),
        ("userconfig", Why.LOCATION),
        ("global-prefix", Why.LOCATION),
        ("_auth", Why.CREDENTIAL),
    }


PIECES = [
    "git",
    "script-shell",
    "registry",
    "@s:registry",
    "//h/:_authToken",
    "omit[]",
    "tag",
    "proxy",
    "=",
    "\n",
]
PIECES += [
    "=",
    "\r",
    ";",
    "#",
    "\\",
    '"',
    "'",
    "${TOKEN}",
    "https://r.example/",
    "[x]",
    " ",
    "\u2028",
    "\ufeff",
    '"git"',
]
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)


@given(HOSTILE)
def test_what_is_written_holds_nothing_that_was_to_go(text: str) -> None:
    try:
        written = project(text, frozenset({"h"})).text
    except Malformed:
        return
    assert "${" not in written
    again = project(written, frozenset({"h"}))
    assert (again.text, again.removed) == (written, ())
    assert set(values(written)) <= {"registry", "@s:registry", "omit", "tag"}


def test_npms_reader_finds_the_same_in_what_is_written() -> None:
    hostile = 'tag="x\\ngit=./evil.sh"\nsave-prefix=";#"\nomit[]="a]\\n[s]"\nregistry=https://r.example/\n'
    result = project(hostile)
    read = ask("answer = require(npm + '/node_modules/ini').parse(question)", result.text)
    assert read == {
        "tag": "x\ngit=./evil.sh",
        "save-prefix": ";#",
        "omit": ["a]\n[s]"],
        "registry": "https://r.example/",
    }
