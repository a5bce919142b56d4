"""Certificates as npm's settings ask for them."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from forecheck.adapters.tls import context_for
from forecheck.model import Unavailable, UnavailableKind
from forecheck.npm.registries import TlsSettings
from forecheck.npm.secret import Secret
from tests.adapters.clients import ask, client, raw_server
from tests.fakes import tls
from tests.fakes.registry import Registry

pytestmark = pytest.mark.skipif(not tls.available(), reason="there is no openssl")

K = UnavailableKind


@pytest.fixture
def secure() -> Iterator[Registry]:
    with Registry(tls=True) as registry:
        registry.publish("app", "1.0.0")
        yield registry


def refused(registry: Registry, settings: TlsSettings, host: str = "127.0.0.1") -> Unavailable:
    with client(tls=settings, lookup=lambda _: ["127.0.0.1"]) as http, pytest.raises(Unavailable) as caught:
        http.get(ask(registry.url.replace("127.0.0.1", host) + "app"))
    assert not registry.requests
    return caught.value


def served(registry: Registry, settings: TlsSettings) -> bool:
    with client(tls=settings) as http:
        return http.get(ask(registry.url + "app")).status == 200


def test_an_unknown_authority_is_not_trusted(secure: Registry) -> None:
    wrong = refused(secure, TlsSettings(strict_ssl=True))
    assert wrong.kind is K.OFFLINE
    assert "a certificate that is not trusted" in wrong.reason
    assert "cafile" in wrong.reason


def test_it_is_with_its_cafile(secure: Registry) -> None:
    assert served(secure, TlsSettings(strict_ssl=True, ca_file=str(secure.ca_file)))


def test_or_with_its_certificate_in_the_settings(secure: Registry) -> None:
    assert served(secure, TlsSettings(strict_ssl=True, ca_pem=(secure.ca_file.read_text(),)))


def test_but_not_for_another_host(secure: Registry) -> None:
    wrong = refused(secure, TlsSettings(strict_ssl=True, ca_file=str(secure.ca_file)), host="other.example")
    assert "not valid for 'other.example'" in wrong.reason


def test_strict_ssl_off_asks_no_questions(secure: Registry) -> None:
    assert served(secure, TlsSettings(strict_ssl=False))


def test_a_cafile_that_does_not_exist_is_ignored_as_npm_does(secure: Registry, tmp_path: Path) -> None:
    assert (
        "not trusted"
        in refused(secure, TlsSettings(strict_ssl=True, ca_file=str(tmp_path / "no.pem"))).reason
    )


def test_one_that_is_none_stops_everything(secure: Registry, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    wrong = refused(secure, TlsSettings(strict_ssl=True, ca_file=str(tmp_path / "ca.pem")))
    assert wrong.kind is K.REFUSED
    assert "ca.pem cannot be read as PEM certificates" in wrong.reason


def test_a_host_that_answers_in_plain_http_makes_no_secure_connection() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with raw_server(talk) as url, client() as http, pytest.raises(Unavailable) as caught:
        http.get(ask(url.replace("http:", "https:")))
    assert caught.value.kind is K.OFFLINE
    assert "makes no secure connection" in caught.value.reason


def test_client_certificates_are_taken_from_files_and_from_settings() -> None:
    made = tls.authority()
    context_for(TlsSettings(strict_ssl=True, cert_file=str(made.chain), key_file=str(made.key)))
    texts = TlsSettings(
        strict_ssl=True, cert_pem=made.chain.read_text(), key_pem=Secret(made.key.read_text())
    )
    context_for(texts)


def test_a_key_with_a_pass_phrase_fails_without_asking(tmp_path: Path) -> None:
    made = tls.authority()
    locked = tmp_path / "locked.key"
    command = [
        "openssl",
        "ec",
        "-in",
        str(made.key),
        "-aes256",
        "-passout",
        "pass:x1234",
        "-out",
        str(locked),
    ]
    subprocess.run(command, check=True, capture_output=True)
    with pytest.raises(Unavailable) as caught:
        context_for(TlsSettings(strict_ssl=True, cert_file=str(made.chain), key_file=str(locked)))
    assert caught.value.kind is K.REFUSED
    assert "client certificate" in caught.value.reason


def test_a_client_certificate_that_is_missing_is_not_left_out(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        context_for(
            TlsSettings(strict_ssl=True, cert_file=str(tmp_path / "none"), key_file=str(tmp_path / "none"))
        )
