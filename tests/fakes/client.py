"""A plain HTTP client that hides nothing: no redirects, no decompression, no retries, no pool."""

import http.client
import json
import ssl
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """A reply as received; header names in lower case."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One keep-alive connection to a registry's URL; paths are taken below it."""

    def __init__(self, url: str, *, tls: ssl.SSLContext | None = None, seconds: float = 10) -> None:
        parts = urlsplit(url)
        host, port = str(parts.hostname), parts.port
        self._prefix = parts.path
        self._connection = (
            http.client.HTTPSConnection(host, port, timeout=seconds, context=tls)
            if tls
            else http.client.HTTPConnection(host, port, timeout=seconds)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """Header names may be written with ``_`` for ``-``."""
        return self.request(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def request(
        self, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        self._connection.request(method, self._prefix + path, body=body, headers=headers or {})
        reply = self._connection.getresponse()
        found = {name.lower(): value for name, value in reply.getheaders()}
        return Answer(reply.status, reply.reason, found, reply.read())
