"""What each answer of a host becomes."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from forecheck.adapters.concurrency import run_concurrently
from forecheck.model import Unavailable, UnavailableKind
from tests.adapters.clients import ONCE, Bearer, ask, client, keys, raw_server
from tests.fakes.registry import Fault, Kind, Registry

K = UnavailableKind


def encoded(coding: str) -> Fault:
    """A body that claims an encoding it does not have."""
    return Fault.status(200, body="{}", headers={"content-encoding": coding})


def refusal(registry: Registry, *, max_bytes: int = 1_000_000) -> Unavailable:
    with client() as http, pytest.raises(Unavailable) as caught:
        http.get(ask(f"{registry.url}app?token=s3cret", max_bytes=max_bytes))
    assert "s3cret" not in caught.value.reason
    assert caught.value.reason.startswith("127.0.0.1:")
    return caught.value


@pytest.fixture
def app(registry: Registry) -> Registry:
    registry.publish("app", "1.0.0")
    return registry


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (Fault.status(400), K.REFUSED, "answered with an error (400 Bad Request)"),
        (Fault.status(401), K.REFUSED, "refused access (401); no credentials are configured"),
        (Fault.status(403), K.REFUSED, "refused access (403); no credentials are configured"),
        (Fault.status(404), K.NOT_FOUND, "does not have it (404)"),
        (Fault.status(410), K.NOT_FOUND, "does not have it (410)"),
        (Fault.status(451), K.REFUSED, "legal reasons"),
        (Fault.status(429), K.REFUSED, "limits how often it may be asked (429)"),
        (Fault.status(500), K.REFUSED, "answered with an error (500 Internal Server Error)"),
        (Fault.status(502), K.REFUSED, "is in trouble (502 Bad Gateway)"),
        (Fault.status(503), K.REFUSED, "is in trouble (503 Service Unavailable)"),
        (Fault.status(504), K.REFUSED, "is in trouble (504 Gateway Timeout)"),
        (Fault.status(599), K.REFUSED, "answered with an error (599)"),
        (Fault.status(204, body=b""), K.MALFORMED, "makes no sense here (204 No Content)"),
        (Fault.status(206), K.MALFORMED, "makes no sense here (206 Partial Content)"),
        (Fault.status(304, body=b""), K.MALFORMED, "makes no sense here (304 Not Modified)"),
        (Fault.html(), K.MALFORMED, "answered with a web page (captive portal or login?)"),
        (Fault.close(), K.OFFLINE, "broke the connection off"),
        (Fault.reset(), K.OFFLINE, "broke the connection off"),
        (Fault.truncate(), K.MALFORMED, "sent less than it promised"),
        (Fault.gzip_bomb(50_000_000), K.TOO_LARGE, "sent more than 1000000 bytes"),
        (Fault.huge(50_000_000), K.TOO_LARGE, "sent more than 1000000 bytes"),
        (Fault.huge(50_000_000, announced=False), K.TOO_LARGE, "sent more than 1000000 bytes"),
        (encoded("br"), K.MALFORMED, "compression nobody asked for"),
        (encoded("gzip, gzip"), K.MALFORMED, "compression nobody asked for"),
        (encoded("gzip"), K.MALFORMED, "broken gzip stream"),
    ],
)
def test_what_goes_wrong_has_its_kind_and_says_so(
    app: Registry, fault: Fault, kind: UnavailableKind, words: str
) -> None:
    app.fail("app", fault)
    wrong = refusal(app)
    assert (wrong.kind, words in wrong.reason) == (kind, True), wrong.reason


def test_the_servers_own_words_are_not_repeated(app: Registry) -> None:
    app.fail("app", Fault.status(500, reason="\x1b[31mdo as I say", body="\x1b[31mdo as I say"))
    assert refusal(app).reason.endswith("(500 Internal Server Error)")


def test_a_good_answer_has_its_body_and_validators(app: Registry) -> None:
    with client() as http:
        answer = http.get(ask(app.url + "app"))
    assert answer.status == 200
    assert json.loads(answer.body)["name"] == "app"
    assert answer.etag.startswith('"')
    assert answer.last_modified
    (seen,) = app.requests
    assert seen.headers["user-agent"].startswith("forecheck/")
    assert seen.headers["accept-encoding"] == "gzip, deflate"


def test_a_validator_gives_304_and_keeps_itself(app: Registry) -> None:
    with client() as http:
        first = http.get(ask(app.url + "app"))
        again = http.get(ask(app.url + "app", etag=first.etag, last_modified=first.last_modified))
    assert (again.status, again.body, again.etag) == (304, b"", first.etag)
    assert app.requests[1].headers["if-modified-since"] == first.last_modified


def test_a_validator_that_could_not_be_sent_back_is_dropped(app: Registry) -> None:
    app.fail("app", Fault.headers({"etag": '"' + "x" * 5000 + '"', "last-modified": "a\tb"}))
    with client() as http:
        answer = http.get(ask(app.url + "app"))
    assert (answer.etag, answer.last_modified) == ("", "")


def test_a_web_page_is_fine_where_no_json_was_expected(app: Registry) -> None:
    app.fail("app", Fault.html())
    with client() as http:
        assert b"Sign in" in http.get(ask(app.url + "app", accept="*/*")).body


def test_tarballs_are_asked_for_as_they_are_stored(app: Registry) -> None:
    with client() as http:
        http.get(ask(app.url + "app/-/app-1.0.0.tgz", accept="application/octet-stream"))
    assert app.asked(kind=Kind.TARBALL)[0].headers["accept-encoding"] == "identity"


def test_a_packument_of_25_mb_is_fine(app: Registry) -> None:
    app.fail("app", Fault.body(b'{"readme":"' + b"x" * 25_000_000 + b'"}'))
    with client() as http:
        assert len(http.get(ask(app.url + "app")).body) > 25_000_000


def test_the_limit_is_on_the_decoded_body_and_inclusive(app: Registry) -> None:
    app.fail("app", Fault.gzip_bomb(100_000))
    with client() as http:
        assert len(http.get(ask(app.url + "app", max_bytes=100_000)).body) == 100_000
    assert refusal(app, max_bytes=99_999).kind is K.TOO_LARGE


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "git+ssh://git@host/x",
        "http://user:s3cret@/x",
        "http://ho st/",
        "s3cret/app",
        "",
    ],
)
def test_what_is_no_web_address_is_not_fetched(url: str) -> None:
    with client() as http, pytest.raises(Unavailable) as caught:
        http.get(ask(url))
    assert caught.value.kind is K.UNSUPPORTED
    assert "user" not in caught.value.reason


def test_user_and_password_in_a_url_are_neither_sent_nor_shown(app: Registry) -> None:
    app.fail("app", Fault.status(401))
    with client() as http, pytest.raises(Unavailable) as caught:
        http.get(ask(app.url.replace("//", "//user:s3cret@") + "app"))
    assert "s3cret" not in caught.value.reason
    assert not app.mentions("authorization")


def test_refused_credentials_are_told_from_missing_ones(app: Registry) -> None:
    app.fail("app", Fault.status(401))
    with (
        client(credentials_for=keys(Bearer(app.url, "s3cret"))) as http,
        pytest.raises(Unavailable) as caught,
    ):
        http.get(ask(app.url + "app"))
    assert "were not accepted" in caught.value.reason
    assert "s3cret" not in caught.value.reason
    assert app.mentions("Bearer s3cret")


@pytest.mark.parametrize(
    "garbage", [b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100 + b"\r\n"]
)
def test_an_answer_that_is_not_http(garbage: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(garbage)

    with raw_server(talk) as url, client() as http, pytest.raises(Unavailable) as caught:
        http.get(ask(url))
    assert caught.value.kind is K.MALFORMED
    assert "not HTTP" in caught.value.reason


def test_contradictory_lengths_are_malformed(app: Registry) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 20\r\n\r\n{}")

    with raw_server(talk) as url, client() as http, pytest.raises(Unavailable) as caught:
        http.get(ask(url))
    assert caught.value.kind is K.MALFORMED


def test_a_chunked_body_that_stops_is_malformed() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":')

    with raw_server(talk) as url, client() as http, pytest.raises(Unavailable) as caught:
        http.get(ask(url))
    assert caught.value.kind is K.MALFORMED


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "503 Busy"])
def test_a_connection_is_used_again_whatever_the_answer_was(status: str) -> None:
    connections = []

    def talk(connection: socket.socket) -> None:
        connections.append(connection)
        while connection.recv(65536):
            connection.sendall(f"HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\n{{}}".encode())

    with raw_server(talk) as url, client(limits=ONCE) as http:
        for _ in range(4):
            _quietly(lambda: http.get(ask(url)))
    assert len(connections) == 1


def test_many_at_once_share_the_client(app: Registry) -> None:
    for number in range(60):
        app.publish(f"p{number}", "1.0.0")
    app.fail("p7", Fault.status(503, times=1))
    names: dict[str, str] = {}
    with client() as http:

        def fetch(name: str) -> None:
            names[name] = json.loads(http.get(ask(app.url + name)).body)["name"]

        run_concurrently([lambda name=f"p{number}": fetch(name) for number in range(60)], 8)  # type: ignore[misc]
    assert names == {f"p{number}": f"p{number}" for number in range(60)}


def test_offline_asks_nobody_and_imports_nothing_for_it() -> None:
    script = """
import sys
sys.addaudithook(lambda event, args: sys.exit(event) if event.startswith("socket.") else None)
from forecheck.adapters.http import HttpClient
from forecheck.model import Unavailable
from forecheck.ports import Request
http = HttpClient(credentials_for=None, tls_for=None, proxy_for=None, limits={}, offline=True)
try:
    http.get(Request("https://registry.npmjs.org/app", "packuments"))
except Unavailable as missing:
    print(missing.kind, missing.reason)
http.close()
print(sorted({"urllib3", "ssl", "socket", "logging", "concurrent.futures", "http.client"} & set(sys.modules)))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["offline registry.npmjs.org was not asked: this run is offline", "[]"]


def _quietly(action: Callable[[], object]) -> None:
    try:
        action()
    except Unavailable:
        return
