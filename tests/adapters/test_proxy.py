"""Proxies: which one, what it sees and what it never sees."""

import pytest

from forecheck.adapters.http import HttpClient
from forecheck.model import Unavailable, UnavailableKind
from forecheck.npm.config import ConfigFile, load
from forecheck.npm.layers import LayerKind, Place, Provenance, Reason, Refusal
from forecheck.npm.proxies import Proxy
from forecheck.npm.registries import Registries, TlsSettings
from forecheck.npm.secret import Secret
from tests.adapters.clients import Bearer, ask, client, closed_port, keys
from tests.fakes import tls
from tests.fakes.proxy import ForwardProxy
from tests.fakes.registry import Registry

K = UnavailableKind
LOGIN = "Basic dTpwdw=="


def at(port: int, *, login: str = "", scheme: str = "http") -> Proxy:
    return Proxy(f"{scheme}://127.0.0.1:{port}", scheme, "127.0.0.1", port, Secret(login) if login else None)


def refused(proxy: Proxy | Refusal, url: str) -> Unavailable:
    with client(proxy=proxy) as http, pytest.raises(Unavailable) as caught:
        http.get(ask(url))
    assert "dTpwdw" not in caught.value.reason
    return caught.value


@pytest.fixture
def app(registry: Registry) -> Registry:
    registry.publish("app", "1.0.0")
    return registry


def test_plain_http_goes_through_it_in_the_open(app: Registry) -> None:
    with ForwardProxy() as proxy, client(proxy=at(proxy.port)) as http:
        assert http.get(ask(app.url + "app")).status == 200
    assert proxy.heads[0].startswith(f"GET {app.url}app HTTP/1.1")


@pytest.mark.skipif(not tls.available(), reason="there is no openssl")
def test_https_goes_through_a_tunnel_it_cannot_look_into() -> None:
    with Registry(tls=True, token="s3cret") as secure, ForwardProxy(LOGIN) as proxy:
        secure.publish("app", "1.0.0")
        trusting = TlsSettings(strict_ssl=True, ca_file=str(secure.ca_file))
        token = keys(Bearer(secure.url, "s3cret"))
        with client(proxy=at(proxy.port, login=LOGIN), tls=trusting, credentials_for=token) as http:
            assert http.get(ask(secure.url + "app")).status == 200
        assert [head.split()[0] for head in proxy.heads] == ["CONNECT"]
        assert "s3cret" not in "".join(proxy.heads)
        assert not secure.mentions("proxy-authorization")


@pytest.mark.parametrize("secured", [False, True])
def test_a_proxy_that_wants_a_login(app: Registry, secured: bool) -> None:
    url = app.url.replace("http:", "https:") if secured else app.url
    with ForwardProxy(LOGIN) as proxy:
        wrong = refused(at(proxy.port, login="Basic d3Jvbmc="), url + "app")
    assert wrong.kind is K.REFUSED
    assert "wants a user name and password" in wrong.reason
    assert f"the proxy 127.0.0.1:{proxy.port}" in wrong.reason
    assert not app.requests


def test_a_dead_proxy_is_named(app: Registry) -> None:
    port = closed_port()
    wrong = refused(at(port, login=LOGIN), app.url + "app")
    assert (wrong.kind, wrong.reason) == (
        K.OFFLINE,
        f"the proxy 127.0.0.1:{port} cannot be reached: it refuses the connection",
    )
    assert not app.requests


def test_other_kinds_of_proxies_are_not_passed_by(app: Registry) -> None:
    wrong = refused(at(1080, scheme="socks5"), app.url + "app")
    assert wrong.kind is K.UNSUPPORTED
    assert not app.requests


def test_nor_is_one_that_is_no_address(app: Registry) -> None:
    wrong = refused(Refusal("https_proxy", Provenance(LayerKind.ENV), Reason.INVALID), app.url + "app")
    assert wrong.kind is K.REFUSED
    assert "https_proxy" in wrong.reason
    assert not app.requests


@pytest.mark.parametrize(
    ("noproxy", "seen"), [("", 1), ("noproxy=127.0.0.1", 0), ("noproxy=0.0.1", 0), ("noproxy=.example", 1)]
)
def test_npms_own_settings_decide(app: Registry, noproxy: str, seen: int) -> None:
    with ForwardProxy() as proxy:
        text = f"proxy=http://127.0.0.1:{proxy.port}\n{app.url[5:]}:_authToken=s3cret\nregistry={app.url}\n{noproxy}\n"
        place = Place(home="/home/u", cwd="/home/u/p", env={})
        from_npm = Registries.from_config(load(place, user=ConfigFile("/home/u/.npmrc", text)))
        http = HttpClient(
            credentials_for=from_npm.credentials_for,
            tls_for=from_npm.tls_for,
            proxy_for=from_npm.proxy_for,
            limits={},
        )
        assert http.get(ask(app.url + "app")).status == 200
        http.close()
    assert len(proxy.heads) == seen
    assert app.mentions("Bearer s3cret")
