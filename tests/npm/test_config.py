from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.npm.config import ConfigFile, NpmConfig, environment_key, load
from forecheck.npm.layers import LayerKind, Place, Reason, Refusal, Setting
from forecheck.npm.secret import Secret
from forecheck.npm.values import as_boolean, as_number, expand
from tests.npm.layered import PLACE, config


def value(found: NpmConfig, key: str) -> Any:
    entry = found.lookup(key)
    assert isinstance(entry, Setting)
    return entry.value.reveal() if isinstance(entry.value, Secret) else entry.value


class TestPrecedence:
    LAYERS = ("cli", "env", "project", "user", "global", "builtin")

    @pytest.mark.parametrize("strongest", range(len(LAYERS)))
    def test_the_strongest_layer_wins(self, strongest: int) -> None:
        def text(name: str) -> str | None:
            return f"tag={name}" if self.LAYERS.index(name) >= strongest else None

        found = config(
            builtin=text("builtin"),
            global_=text("global"),
            user=text("user"),
            project=text("project"),
            env={"npm_config_tag": "env"} if strongest <= 1 else {},
            cli=(("tag", "cli"),) if strongest == 0 else (),
        )
        entry = found.lookup("tag")
        assert isinstance(entry, Setting)
        assert (entry.value, entry.at.layer) == (self.LAYERS[strongest], LayerKind(self.LAYERS[strongest]))

    def test_says_where_a_setting_is(self) -> None:
        entry = config(user="; first\ntag=a\ntag=b").lookup("tag")
        assert isinstance(entry, Setting)
        assert str(entry.at) == "/home/u/.npmrc:3"
        assert entry.at.location is not None
        assert (entry.at.location.path, entry.at.location.line) == ("/home/u/.npmrc", 3)

    def test_the_environment_has_no_place(self) -> None:
        entry = config(env={"NPM_CONFIG_TAG": "x"}).lookup("tag")
        assert isinstance(entry, Setting)
        assert (str(entry.at), entry.at.location) == ("the environment", None)

    def test_what_nobody_sets_is_nothing(self) -> None:
        assert config(user="a=1").lookup("registry") is None

    def test_a_section_sets_nothing(self) -> None:
        assert config(user="[x]\nregistry=https://r.example/").lookup("registry") is None

    def test_a_broken_file_is_named(self) -> None:
        with pytest.raises(Malformed) as caught:
            load(PLACE, project=ConfigFile("/work/.npmrc", "a=1\n'null'=1"))
        assert (caught.value.where, caught.value.place) == ("/work/.npmrc", "line 2")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("npm_config_registry", "registry"),
        ("NPM_CONFIG_foo_bar", "foo-bar"),
        ("Npm_Config_SAVE_EXACT", "save-exact"),
        ("npm_config__auth", "_auth"),
        ("npm_config__authToken", "_authtoken"),
        ("npm_config_@S:registry", "@s:registry"),
        ("npm_config_//R.example/A_b/:_authToken", "//R.example/A_b/:_authToken"),
        ("npm_config_", ""),
        ("npm_conf", ""),
        ("xnpm_config_registry", ""),
    ],
)
def test_environment_names(name: str, key: str) -> None:
    assert environment_key(name) == key


def test_an_empty_environment_variable_sets_nothing() -> None:
    assert config(user="tag=a", env={"npm_config_tag": ""}).lookup("tag") == config(user="tag=a").lookup(
        "tag"
    )


class TestExpansion:
    PLACE = Place(home="/h", cwd="/c", env={"A": "1", "EMPTY": "", "A-b": "dash", "X": "${A}"})

    @pytest.mark.parametrize(
        ("text", "expected", "unset"),
        [
            ("x${A}y${A}", "x1y1", ""),
            ("${EMPTY}|", "|", ""),
            ("${NO}", "${NO}", "NO"),
            ("${NO?}|${A?}", "|1", ""),
            ("${A-b}", "dash", ""),
            ("${NO-x}", "${NO-x}", "NO-x"),
            ("${NO:-x}", "${NO:-x}", "NO:-x"),
            (r"\${A}", "${A}", ""),
            (r"\\${A}", r"\1", ""),
            (r"\\\${A}", r"\${A}", ""),
            ("${X}", "${A}", ""),
            ("$A ${} ${{A}} $${A}", "$A ${} ${{A}} $1", ""),
        ],
    )
    def test_as_npm_expands(self, text: str, expected: str, unset: str) -> None:
        result = expand(text, self.PLACE)
        assert (result.text, result.unset) == (expected, unset)

    def test_windows_variables_have_no_case(self) -> None:
        place = Place(home="C:\\u", cwd="C:\\c", env={"AppData": "x"}, windows=True)
        assert expand("${APPDATA}", place).text == "x"

    def test_own_layers_are_expanded_in_keys_too(self) -> None:
        found = config(user="//${H}/:_authToken=${T}", env={"H": "r.example", "T": "tok"})
        assert value(found, "//r.example/:_authToken") == "tok"

    def test_an_unset_variable_is_named(self) -> None:
        found = config(user="registry=https://${HOST}/", global_="registry=https://g.example/").lookup(
            "registry"
        )
        assert isinstance(found, Refusal)
        assert (found.reason, found.variable, found.at.line) == (Reason.UNSET_VARIABLE, "HOST", 1)


class TestTypes:
    @pytest.mark.parametrize(
        ("key", "written", "expected"),
        [
            ("save-exact", "", True),
            ("save-exact", "false", False),
            ("save-exact", "yes", "yes"),
            ("fetch-retries", "007", 7),
            ("fetch-retries", "x", "x"),
            ("min-release-age", "1.5", 1.5),
            ("tag", "true", True),
            ("omit", "dev", ("dev",)),
            ("unknown-thing", "null", None),
            ("cafile", "~/ca.pem", "/home/u/ca.pem"),
            ("cafile", "ca/../x.pem", "/work/x.pem"),
            ("cafile", "/abs/ca.pem", "/abs/ca.pem"),
            ("scope", " @s ", "@s"),
        ],
    )
    def test_in_a_file(self, key: str, written: str, expected: object) -> None:
        assert value(config(user=f"{key}={written}"), key) == expected

    def test_lists_in_the_environment(self) -> None:
        assert value(config(env={"npm_config_omit": "dev\n\npeer"}), "omit") == ("dev", "peer")

    def test_text_settings_keep_words_from_the_environment(self) -> None:
        found = config(env={"npm_config_tag": "true", "npm_config_save_exact": "true"})
        assert (value(found, "tag"), value(found, "save-exact")) == ("true", True)

    def test_windows_paths(self) -> None:
        place = Place(home="C:\\Users\\u", cwd="D:\\w", env={}, windows=True)
        found = config(user=r'cafile="~\\ca.pem"', place=place)
        assert value(found, "cafile") == "C:\\Users\\u\\ca.pem"

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("", 0),
            (" 5 ", 5),
            ("0x10", 16),
            ("0b11", 3),
            ("1e2", 100),
            (".5", 0.5),
            ("1_0", None),
            ("0x", None),
            ("x", None),
            ("Infinity", None),
            ("nan", None),
            ("\u0663", None),
            ("0x-1", None),
        ],
    )
    def test_numbers(self, text: str, number: float | None) -> None:
        assert as_number(text) == number

    @pytest.mark.parametrize(
        ("read", "expected"),
        [
            (True, True),
            (False, False),
            (None, False),
            ("0", False),
            ("1", True),
            ("no", True),
            ("null", False),
            ("", False),
        ],
    )
    def test_booleans(self, read: str | bool | None, expected: bool) -> None:
        assert as_boolean(read) is expected


def refusals(**layers: Any) -> dict[str, Reason]:
    return {refusal.key: refusal.reason for refusal in config(**layers).refusals}


class TestProject:
    @pytest.mark.parametrize(
        "line",
        [
            "registry=https://r.example/",
            "@s:registry=https://r.example/",
            "//r.example/:_authToken=literal",
            "save-exact=true",
            "min-release-age=7",
            "strict-ssl=true",
            "ignore-scripts=false",
            "scope=@s",
        ],
    )
    def test_may_set(self, line: str) -> None:
        found = config(project=line)
        assert found.refusals == ()
        assert isinstance(found.lookup(line.partition("=")[0]), Setting)

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("proxy=http://p.example", Reason.NOT_ITS_PLACE),
            ("https-proxy=http://p.example", Reason.NOT_ITS_PLACE),
            ("noproxy=registry.npmjs.org", Reason.NOT_ITS_PLACE),
            ("noproxy[]=registry.npmjs.org", Reason.NOT_ITS_PLACE),
            ("cafile=./ca.pem", Reason.NOT_ITS_PLACE),
            ("ca=x", Reason.NOT_ITS_PLACE),
            ("cert=x", Reason.NOT_ITS_PLACE),
            ("key=x", Reason.NOT_ITS_PLACE),
            ("strict-ssl=false", Reason.NOT_ITS_PLACE),
            ("strict-ssl=0", Reason.NOT_ITS_PLACE),
            ("strict-ssl=null", Reason.NOT_ITS_PLACE),
            ("strict-ssl[]=true", Reason.NOT_ITS_PLACE),
            ("strict-ssl=${X}", Reason.NOT_ITS_PLACE),
            ("userconfig=./x", Reason.NOT_ITS_PLACE),
            ("globalconfig=./x", Reason.NOT_ITS_PLACE),
            ("prefix=./x", Reason.NOT_ITS_PLACE),
            ("cache=./x", Reason.NOT_ITS_PLACE),
            ("//r.example/:certfile=/home/u/cert", Reason.NOT_ITS_PLACE),
            ("//r.example/:keyfile=/home/u/.ssh/id", Reason.NOT_ITS_PLACE),
            ("_auth=eDp5", Reason.UNSCOPED),
            ("_authToken=x", Reason.UNSCOPED),
            ("//r.example/:_authToken=${NPM_TOKEN}", Reason.VARIABLE),
            ("registry=https://r.example/${NPM_TOKEN}/", Reason.VARIABLE),
            ('registry="https://r.example/\\u0024{NPM_TOKEN}/"', Reason.VARIABLE),
            ("//${HOST}/:_authToken=x", Reason.VARIABLE),
            ("tag=\\${X}", Reason.VARIABLE),
            ("omit[]=dev\nomit[]=${X}", Reason.VARIABLE),
        ],
    )
    def test_may_not_set(self, line: str, reason: Reason) -> None:
        assert list(refusals(project=line, env={"NPM_TOKEN": "secret", "X": "x"}).values()) == [reason]

    def test_a_refusal_names_line_and_variable_but_no_value(self) -> None:
        (refusal,) = config(
            project="\n//r.example/:_authToken=${NPM_TOKEN?}", env={"NPM_TOKEN": "sss"}
        ).refusals
        assert (refusal.at.line, refusal.variable) == (2, "NPM_TOKEN")
        assert "/work/.npmrc:2" in refusal.text
        assert "sss" not in refusal.text

    def test_what_it_may_not_set_does_not_hide_the_users(self) -> None:
        assert value(config(user="proxy=http://mine.example", project="proxy=http://p.example"), "proxy") == (
            "http://mine.example"
        )

    def test_an_unreadable_route_hides_the_users(self) -> None:
        found = config(user="@s:registry=https://mine.example/", project="@s:registry=https://${X}/")
        assert isinstance(found.lookup("@s:registry"), Refusal)

    def test_a_stronger_layer_makes_it_irrelevant(self) -> None:
        found = config(project="registry=https://${X}/", cli=(("registry", "https://r.example/"),))
        assert value(found, "registry") == "https://r.example/"

    def test_a_route_with_a_hidden_name_counts(self) -> None:
        assert [no.key for no in config(project="@${X}:registry=https://r.example/").hidden_routes()] == [
            "@${X}:registry"
        ]

    @pytest.mark.parametrize(
        "key", ["//r.example/:_authToken", "//R.EXAMPLE/team:_auth", "//r.example/x/:username"]
    )
    def test_credentials_for_the_users_hosts_are_the_users(self, key: str) -> None:
        assert refusals(user="//r.example/:_authToken=mine", project=f"{key}=theirs") == {
            key: Reason.OWNED_HOST
        }

    def test_another_port_is_another_host(self) -> None:
        assert not refusals(
            user="//r.example/:_authToken=mine", project="//r.example:8443/:_authToken=theirs"
        )

    def test_nothing_is_expanded(self) -> None:
        layer = config(project="tag=${SECRET}", env={"SECRET": "sss"}).layer(LayerKind.PROJECT)
        assert layer is not None
        assert [entry.value for entry in layer.entries] == ["${SECRET}"]


@pytest.mark.parametrize("key", ["_auth", "_authToken", "_password", "username"])
def test_unscoped_credentials_are_refused_as_npm_refuses_them(key: str) -> None:
    assert refusals(user=f"{key}=x") == {key: Reason.UNSCOPED}


SECRETS = st.text(
    alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\"'\\;#${}"), min_size=8
)


@given(SECRETS, st.sampled_from(["user", "project", "global_"]))
def test_no_part_of_a_configuration_shows_a_secret(secret: str, layer: str) -> None:
    marked = f"qZ9{secret}"
    lines = [f"//h.example/:{name}={marked}" for name in ("_authToken", "_auth", "_password", "username")]
    lines += [f"_auth={marked}", f"password={marked}", f"key={marked}", f"my-token={marked}"]
    lines += [
        f"proxy=http://u:qZ9{secret.encode().hex()}@p.example:80",
        f"//h.example/:_authToken[]={marked}",
    ]
    found = config(**{layer: "\n".join(lines)}, env={"npm_config_otp": marked})  # type: ignore[arg-type]
    assert "qZ9" not in f"{found!r}{found}{found.layers!r}{found.refusals!r}"
    for each in found.layers:
        for entry in each.entries:
            with pytest.raises(TypeError):
                msgspec.json.encode(entry)
