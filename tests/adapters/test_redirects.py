"""Redirects: where they may lead and what travels along."""

from collections.abc import Sequence

import pytest

from forecheck.adapters.names import Names
from forecheck.adapters.redirects import next_url
from forecheck.adapters.transport import Transport
from forecheck.model import Unavailable, UnavailableKind
from forecheck.npm.proxies import Proxy
from forecheck.npm.registries import TlsSettings
from forecheck.npm.url import Address, parse_address
from tests.adapters.clients import Bearer, ask, client, keys
from tests.fakes import tls
from tests.fakes.registry import Fault, Registry

K = UnavailableKind
PUBLIC = {
    "registry.example": "93.184.216.34",
    "cdn.example": "2606:2800:220:1::1",
    "inside.example": "10.1.2.3",
}


@pytest.fixture
def app(registry: Registry) -> Registry:
    registry.publish("app", "1.0.0")
    return registry


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_followed(app: Registry, code: int) -> None:
    app.fail("old", Fault.redirect("/app?x=1", code=code))
    with client() as http:
        assert http.get(ask(app.url + "old")).status == 200
    assert [request.path for request in app.requests] == ["/old", "/app?x=1"]


def test_five_are_followed_and_no_more(app: Registry) -> None:
    for number in range(9):
        app.fail(f"hop{number}", Fault.redirect(f"{app.url}hop{number + 1}"))
    app.fail("hop9", Fault.redirect(app.url + "app"))
    with client() as http:
        assert http.get(ask(app.url + "hop5")).status == 200
        with pytest.raises(Unavailable) as caught:
            http.get(ask(app.url + "hop4"))
    assert caught.value.kind is K.REFUSED
    assert "more than 5 times" in caught.value.reason


def test_a_token_stays_with_its_host(app: Registry) -> None:
    with Registry() as other:
        other.publish("app", "1.0.0")
        app.fail("app", Fault.redirect(other.url + "app"))
        with client(credentials_for=keys(Bearer(app.url, "s3cret"))) as http:
            assert http.get(ask(app.url + "app")).status == 200
        assert app.mentions("Bearer s3cret")
        assert other.requests
        assert not other.mentions("authorization")
        assert not other.mentions("s3cret")


def test_each_host_gets_its_own_token(app: Registry) -> None:
    with Registry(token="theirs") as other:
        other.publish("app", "1.0.0")
        app.fail("app", Fault.redirect(other.url + "app"))
        with client(credentials_for=keys(Bearer(app.url, "mine"), Bearer(other.url, "theirs"))) as http:
            assert http.get(ask(app.url + "app")).status == 200
        assert not other.mentions("mine")
        assert not app.mentions("theirs")


def test_a_token_bound_to_a_path_stays_below_it(app: Registry) -> None:
    app.fail("/private/app", Fault.redirect(app.url + "app"))
    with client(credentials_for=keys(Bearer(app.url + "private/", "s3cret"))) as http:
        http.get(ask(app.url + "private/app"))
    assert ["authorization" in request.headers for request in app.requests] == [True, False]


def test_the_refusal_of_the_second_host_names_it(app: Registry) -> None:
    with Registry(token="x") as other:
        app.fail("app", Fault.redirect(other.url + "app?signature=s3cret"))
        with client() as http, pytest.raises(Unavailable) as caught:
            http.get(ask(app.url + "app"))
        assert other.url[7:-1] in caught.value.reason
        assert "s3cret" not in caught.value.reason


@pytest.mark.skipif(not tls.available(), reason="there is no openssl")
def test_encryption_is_not_given_up_on_the_way(app: Registry) -> None:
    with Registry(tls=True) as secure:
        secure.fail("app", Fault.redirect(app.url + "app"))
        trusting = TlsSettings(strict_ssl=True, ca_file=str(secure.ca_file))
        with client(tls=trusting) as http, pytest.raises(Unavailable) as caught:
            http.get(ask(secure.url + "app"))
    assert caught.value.kind is K.REFUSED
    assert "unencrypted" in caught.value.reason
    assert not app.requests


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("", K.MALFORMED),
        ("file:///etc/passwd", K.UNSUPPORTED),
        ("gopher://127.0.0.1/", K.UNSUPPORTED),
        ("http://[::1", K.UNSUPPORTED),
        ("http://a b/", K.UNSUPPORTED),
        ("http://0x7f.1/", K.UNSUPPORTED),
    ],
)
def test_nonsense_is_not_followed(app: Registry, location: str, kind: UnavailableKind) -> None:
    app.fail("app", Fault.redirect(location))
    with client() as http, pytest.raises(Unavailable) as caught:
        http.get(ask(app.url + "app"))
    assert caught.value.kind is kind
    assert len(app.requests) == 1


def public(address: Address, proxy: Proxy | None = None) -> bool:
    def lookup(host: str) -> Sequence[str]:
        return [PUBLIC[host]] if host in PUBLIC else []

    return Transport(1, Names(lookup)).is_public(address, proxy, lambda: 5.0)


@pytest.mark.parametrize(
    ("here", "there", "followed"),
    [
        ("https://registry.example/a", "https://cdn.example/a", True),
        ("https://registry.example/a", "https://inside.example/a", False),
        ("https://registry.example/a", "https://127.0.0.1/a", False),
        ("https://registry.example/a", "https://[::1]/a", False),
        ("https://registry.example/a", "https://localhost/a", False),
        ("https://registry.example/a", "https://deep.localhost:8080/a", False),
        ("http://registry.example/a", "http://169.254.169.254/latest/meta-data/", False),
        ("https://registry.example/a", "https://100.64.0.1/a", False),
        ("https://inside.example/a", "https://10.9.9.9/a", True),
        ("https://inside.example/a", "https://cdn.example/a", True),
        ("https://127.0.0.1/a", "https://127.0.0.1:8443/a", True),
        ("http://registry.example/a", "https://registry.example/a", True),
    ],
)
def test_a_public_host_does_not_lead_into_private_networks(here: str, there: str, followed: bool) -> None:
    if followed:
        assert next_url(here, there, public) == there
        return
    with pytest.raises(Unavailable) as caught:
        next_url(here, there, public)
    assert caught.value.kind is K.REFUSED
    assert "private network" in caught.value.reason


def test_what_only_a_proxy_can_look_up_counts_as_public() -> None:
    address = parse_address("https://inside.example/")
    literal = parse_address("https://10.1.2.3/")
    assert address is not None
    assert literal is not None
    proxy = Proxy("http://proxy:1", "http", "proxy", 1)
    assert public(address, proxy)
    assert not public(literal, proxy)


@pytest.mark.parametrize("same_host", [True, False])
def test_some_questions_stay_with_their_host(same_host: bool) -> None:
    with Registry() as here, Registry() as there:
        there.serve("answer", b"{}")
        here.fail("/question", Fault.status(302, headers={"location": f"{there.url}answer"}))
        with client() as http:
            if same_host:
                with pytest.raises(Unavailable, match="which nobody asked") as caught:
                    http.get(ask(f"{here.url}question", same_host=True))
                assert caught.value.kind is UnavailableKind.REFUSED
            else:
                assert http.get(ask(f"{here.url}question")).body == b"{}"
        assert bool(there.requests) is not same_host
