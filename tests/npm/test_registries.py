import copy
import pickle

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.npm.credentials import AuthKind
from forecheck.npm.layers import Reason, Refusal
from forecheck.npm.proxies import Proxy
from forecheck.npm.registries import PUBLIC_URL, Registries, RegistryRef
from forecheck.npm.secret import Secret
from tests.npm.layered import registries


def url_for(found: Registries, name: str) -> str:
    registry = found.registry_for(name)
    assert isinstance(registry, RegistryRef), registry
    return registry.url


def header(found: Registries, url: str) -> str | None:
    credentials = found.credentials_for(url)
    return credentials.header_for(url) if credentials is not None else None


class TestRoutes:
    def test_the_public_registry_unless_told(self) -> None:
        found = registries().registry_for("left-pad")
        assert found == RegistryRef(PUBLIC_URL, is_public=True, shown=PUBLIC_URL)

    def test_scopes_go_their_own_way(self) -> None:
        found = registries(user="registry=https://m.example/npm\n@s:registry=https://s.example")
        assert url_for(found, "plain") == "https://m.example/npm/"
        assert url_for(found, "@s/a") == "https://s.example/"
        assert url_for(found, "@t/a") == "https://m.example/npm/"

    def test_a_project_may_route(self) -> None:
        found = registries(user="registry=https://m.example/", project="registry=https://p.example/")
        registry = found.registry_for("plain")
        assert isinstance(registry, RegistryRef)
        assert (registry.url, str(registry.at)) == ("https://p.example/", "/work/.npmrc:1")

    def test_yarns_name_is_public_too(self) -> None:
        found = registries(project="registry=https://registry.yarnpkg.com").registry_for("a")
        assert isinstance(found, RegistryRef)
        assert found.is_public

    @pytest.mark.parametrize("scope", ["@s", "s"])
    def test_with_scope_set_its_registry_serves_all_else(self, scope: str) -> None:
        found = registries(
            user=f"scope={scope}\n@s:registry=https://s.example/\n@t:registry=https://t.example/"
        )
        assert [url_for(found, name) for name in ("plain", "@x/a", "@t/a")] == [
            "https://s.example/",
            "https://s.example/",
            "https://t.example/",
        ]

    def test_a_scope_without_a_route_changes_nothing(self) -> None:
        assert url_for(registries(user="scope=@s"), "plain") == PUBLIC_URL

    @pytest.mark.parametrize(
        "line",
        [
            "@s:registry=https://${X}/",
            "@s:registry=npm.corp",
            "@s:registry[]=https://s.example/",
            "@${X}:registry=x",
        ],
    )
    def test_an_unusable_scope_route_never_falls_back_to_the_public(self, line: str) -> None:
        found = registries(project=line, env={"X": "s"})
        assert isinstance(found.registry_for("@s/a"), Refusal)
        assert len(found.refused_routes()) == 1
        assert not found.may_tell_public("@s/a", PUBLIC_URL)
        assert found.problems

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("registry=https://r.example/${X}", Reason.VARIABLE),
            ("registry=r.example", Reason.INVALID),
            ("registry=", Reason.INVALID),
        ],
    )
    def test_an_unusable_default_never_falls_back_to_the_public(self, text: str, reason: Reason) -> None:
        found = registries(project=text).registry_for("plain")
        assert isinstance(found, Refusal)
        assert found.reason is reason

    def test_a_stronger_layer_makes_a_refused_route_irrelevant(self) -> None:
        found = registries(project="registry=https://${X}/", cli=(("registry", "https://r.example/"),))
        assert found.refused_routes() == ()
        assert url_for(found, "plain") == "https://r.example/"

    def test_a_registry_shows_the_variable_not_its_value(self) -> None:
        found = registries(user="registry=https://r.example/${TOKEN}/npm", env={"TOKEN": "sss"}).registry_for(
            "a"
        )
        assert isinstance(found, RegistryRef)
        assert (found.url, found.shown) == ("https://r.example/sss/npm/", "https://r.example/${TOKEN}/npm")
        assert "sss" not in repr(found)

    def test_a_registry_shows_no_user(self) -> None:
        found = registries(user="registry=https://me:sss@r.example/")
        assert "sss" not in repr(found)
        assert url_for(found, "a") == "https://r.example/"
        assert header(found, "https://r.example/a") == "Basic bWU6c3Nz"


class TestPrivacy:
    def test_public_names_may_be_told(self) -> None:
        found = registries(user="@s:registry=https://s.example/")
        assert found.may_tell_public("left-pad", PUBLIC_URL)
        assert found.may_tell_public("@types/node", "https://registry.yarnpkg.com/")

    @pytest.mark.parametrize("name", ["@s/a", "@s/b/c"])
    def test_names_of_a_private_scope_may_not(self, name: str) -> None:
        assert not registries(user="@s:registry=https://s.example/").may_tell_public(name, PUBLIC_URL)

    def test_nor_if_the_project_routes_the_scope_to_the_public(self) -> None:
        found = registries(user="@s:registry=https://s.example/", project=f"@s:registry={PUBLIC_URL}")
        assert url_for(found, "@s/a") == PUBLIC_URL
        assert not found.may_tell_public("@s/a", PUBLIC_URL)

    def test_nothing_of_a_private_default_may(self) -> None:
        assert not registries(global_="registry=https://m.example/").may_tell_public("left-pad", PUBLIC_URL)

    def test_what_was_found_elsewhere_may_not(self) -> None:
        assert not registries().may_tell_public("left-pad", "https://m.example/")


class TestCredentials:
    USER = (
        "//r.example/team/:_authToken=tok\n//r.example/team/deep:_auth=eDp5\n//h.example:8080/:username=me\n"
    )
    USER += "//h.example:8080/:_password=c2VjcmV0"

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("https://r.example/team/pkg", "Bearer tok"),
            ("https://r.example/team/", "Bearer tok"),
            ("https://R.EXAMPLE:443/team/pkg", "Bearer tok"),
            ("https://r.example/team/deep/x", "Basic eDp5"),
            ("https://r.example/team/deep", "Basic eDp5"),
            ("https://r.example/team/deeper", "Bearer tok"),
            ("https://h.example:8080/a/b", "Basic bWU6c2VjcmV0"),
            ("https://r.example/team", None),
            ("https://r.example/other/", None),
            ("https://r.example/team/../other/", None),
            ("https://r.example/team/%2e%2e/other/", None),
            ("https://r.example:8443/team/pkg", None),
            ("https://r.example.evil.example/team/pkg", None),
            ("https://r.example@evil.example/team/pkg", None),
            ("https://evil.example/r.example/team/pkg", None),
            ("https://evil.example\\@r.example/team/pkg", None),
            ("https://h.example/a", None),
            ("http://r.example/team/pkg", None),
            ("ftp://r.example/team/pkg", None),
            ("not a url", None),
        ],
    )
    def test_go_to_their_host_and_path_only(self, url: str, expected: str | None) -> None:
        assert header(registries(user=self.USER), url) == expected

    @pytest.mark.parametrize(
        "target",
        [
            "https://cdn.example/x",
            "https://r.example/elsewhere",
            "http://r.example/team/x",
            "https://r.example:1/team/",
        ],
    )
    def test_are_dropped_on_a_redirect_elsewhere(self, target: str) -> None:
        credentials = registries(user=self.USER).credentials_for("https://r.example/team/x")
        assert credentials is not None
        assert credentials.header_for(target) is None

    def test_plain_http_where_the_user_chose_it(self) -> None:
        user = "registry=http://r.example/\n//r.example/:_authToken=tok"
        assert header(registries(user=user), "http://r.example/a") == "Bearer tok"

    def test_not_where_the_project_chose_it(self) -> None:
        found = registries(user="//r.example/:_authToken=tok", project="registry=http://r.example/")
        assert header(found, "http://r.example/a") is None

    @pytest.mark.parametrize("host", ["localhost:4873", "127.0.0.1:4873", "[::1]:4873"])
    def test_plain_http_on_this_machine(self, host: str) -> None:
        assert header(registries(user=f"//{host}/:_authToken=tok"), f"http://{host}/a") == "Bearer tok"

    def test_a_projects_registry_gets_no_token_of_another_host(self) -> None:
        found = registries(user=self.USER, project="registry=https://evil.example/")
        assert header(found, "https://evil.example/a") is None

    def test_a_project_cannot_make_the_environment_travel(self) -> None:
        found = registries(project="//evil.example/:_authToken=${TOKEN}", env={"TOKEN": "sss"})
        assert found.credentials_for("https://evil.example/") is None
        assert [no.reason for no in found.problems] == [Reason.VARIABLE]

    def test_a_projects_own_literal_token_is_used(self) -> None:
        found = registries(project="//p.example/:_authToken=lit", user=self.USER)
        credentials = found.credentials_for("https://p.example/a")
        assert credentials is not None
        assert (credentials.header_for("https://p.example/a"), str(credentials.at)) == (
            "Bearer lit",
            "/work/.npmrc:1",
        )

    def test_a_project_cannot_complete_the_users_credentials(self) -> None:
        found = registries(user="//r.example/:_password=c2VjcmV0", project="//r.example/:username=evil")
        assert found.credentials_for("https://r.example/") is None

    def test_an_unset_variable_is_not_sent(self) -> None:
        found = registries(user="//r.example/:_authToken=${NO}")
        assert found.credentials_for("https://r.example/") is None
        assert [no.variable for no in found.problems] == ["NO"]

    def test_unscoped_credentials_go_nowhere(self) -> None:
        found = registries(user="_authToken=tok\n_auth=eDp5", env={"npm_config__auth": "eDp5"})
        assert header(found, PUBLIC_URL) is None

    def test_an_empty_token_takes_back_a_weaker_layers(self) -> None:
        assert (
            header(
                registries(user="//r.example/:_authToken=", global_="//r.example/:_authToken=t"),
                "https://r.example/",
            )
            is None
        )

    def test_the_environment_may_give_them(self) -> None:
        found = registries(env={"npm_config_//r.example/:_authToken": "tok"})
        assert header(found, "https://r.example/a") == "Bearer tok"

    def test_what_a_header_cannot_carry_is_refused(self) -> None:
        found = registries(user='//r.example/:_authToken="a\\r\\nX-Evil: 1"')
        assert found.credentials_for("https://r.example/") is None
        assert [no.reason for no in found.problems] == [Reason.UNSENDABLE]

    def test_client_certificates(self) -> None:
        found = registries(
            user="//r.example/:certfile=/c.pem\n//r.example/:keyfile=/k.pem\ncert=general\nkey=pem"
        )
        credentials = found.credentials_for("https://r.example/a")
        assert credentials is not None
        assert (credentials.kind, credentials.header_for("https://r.example/a")) == (AuthKind.NONE, None)
        tls = found.tls_for("https://r.example/a")
        assert (tls.cert_file, tls.key_file, tls.cert_pem, tls.key_pem) == ("/c.pem", "/k.pem", "", None)
        other = found.tls_for("https://x.example/")
        assert (other.cert_file, other.cert_pem, other.key_pem) == ("", "general", Secret("pem"))


TOKENS = st.text(st.characters(min_codepoint=48, max_codepoint=122, categories=["L", "N"]), min_size=6)


@given(TOKENS, st.sampled_from(["_authToken", "_auth"]))
def test_credentials_never_show_the_secret(token: str, name: str) -> None:
    marked = f"qZ9{token}"
    found = registries(user=f"//r.example/:{name}={marked}\n@s:registry=https://u:{marked}@s.example/")
    credentials = found.credentials_for("https://r.example/")
    assert credentials is not None
    assert marked in (credentials.header_for("https://r.example/") or "")
    for text in (
        repr(credentials),
        str(credentials),
        f"{credentials}",
        repr(found),
        f"{credentials.secret:>40}",
    ):
        assert marked not in text
    for encode in (
        msgspec.json.encode,
        msgspec.to_builtins,
        msgspec.msgpack.encode,
        pickle.dumps,
        copy.deepcopy,
    ):
        with pytest.raises(TypeError):
            encode(credentials)
    assert marked not in repr(msgspec.structs.asdict(credentials))


class TestTls:
    @pytest.mark.parametrize(
        ("user", "ca_file", "ca_pem"),
        [
            ("cafile=/a.pem", "/a.pem", ()),
            ("ca=x", "", ("x",)),
            ("ca[]=x\nca[]=y", "", ("x", "y")),
            ("cafile=/a.pem\nca=x", "", ("x",)),
            ("ca=x\ncafile=/a.pem", "/a.pem", ()),
            ("ca=null", "", ()),
        ],
    )
    def test_authorities(self, user: str, ca_file: str, ca_pem: tuple[str, ...]) -> None:
        tls = registries(user=user, project="ca=evil\ncafile=evil.pem").tls_for("https://r.example/")
        assert (tls.ca_file, tls.ca_pem) == (ca_file, ca_pem)

    def test_a_stronger_layer_replaces_either(self) -> None:
        tls = registries(user="ca=null", global_="cafile=/a.pem").tls
        assert (tls.ca_file, tls.ca_pem) == ("", ())

    @pytest.mark.parametrize(
        ("layers", "strict"),
        [
            ({}, True),
            ({"user": "strict-ssl=false"}, False),
            ({"user": "strict-ssl=0"}, False),
            ({"project": "strict-ssl=false"}, True),
            ({"project": "strict-ssl=${X}"}, True),
            ({"project": "strict-ssl=true", "user": "strict-ssl=false"}, True),
            ({"project": "strict-ssl=false", "user": "strict-ssl=true"}, True),
        ],
    )
    def test_only_the_user_may_weaken_it(self, layers: dict[str, str], strict: bool) -> None:
        assert registries(user=layers.get("user"), project=layers.get("project")).tls.strict_ssl is strict


class TestProxies:
    def test_a_project_has_no_say(self) -> None:
        found = registries(
            project="https-proxy=http://evil.example:1\nproxy=http://evil.example:1\nnoproxy=r.example",
            env={"HTTPS_PROXY": "http://p.example:3128"},
        )
        proxy = found.proxy_for("https://r.example/")
        assert isinstance(proxy, Proxy)
        assert proxy.url == "http://p.example:3128"

    def test_user_and_password_are_kept_apart(self) -> None:
        proxy = registries(user="proxy=http://me:s%40s@p.example").proxy_for("https://r.example/")
        assert isinstance(proxy, Proxy)
        assert (proxy.url, proxy.host, proxy.port) == ("http://p.example:80", "p.example", 80)
        assert proxy.authorization == Secret("Basic bWU6c0Bz")
        assert "bWU6" not in repr(proxy)

    def test_a_broken_setting_is_reported_and_passed_over(self) -> None:
        found = registries(user="https-proxy=p.example:80", global_="https-proxy=http://g.example")
        proxy = found.proxy_for("https://r.example/")
        assert isinstance(proxy, Proxy)
        assert proxy.host == "g.example"
        assert [(no.key, no.reason) for no in found.problems] == [("https-proxy", Reason.INVALID)]

    def test_a_broken_environment_is_not_passed_over(self) -> None:
        assert isinstance(
            registries(env={"https_proxy": "p.example:80"}).proxy_for("https://r.example/"), Refusal
        )

    def test_direct_without_any(self) -> None:
        assert registries().proxy_for("https://r.example/") is None
