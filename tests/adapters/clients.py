"""Building an `HttpClient` for a test: no proxy, no credentials, a clock that sleeping moves."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Lock, Thread
from typing import Any

from forecheck.adapters.deadline import Timing
from forecheck.adapters.http import Credentials, HttpClient
from forecheck.npm.layers import Refusal
from forecheck.npm.proxies import Proxy
from forecheck.npm.registries import TlsSettings
from forecheck.ports import Request, SourceLimits

MINUTE = SourceLimits(deadline=timedelta(minutes=1), attempts=3)
ONCE = SourceLimits(deadline=timedelta(minutes=1), attempts=1)


class FakeTime:
    """Time that only sleeping moves, and `step` seconds each time somebody looks at the clock."""

    def __init__(self, step: float = 0) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.step = step
        self._lock = Lock()

    def monotonic(self) -> float:
        with self._lock:
            self.now += self.step
            return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds

    @property
    def timing(self) -> Timing:
        return Timing(self.monotonic, self.sleep, lambda: 0.5)


class Bearer:
    """A token for every URL that starts with `prefix`."""

    def __init__(self, prefix: str, token: str) -> None:
        self._prefix, self._token = prefix, token

    def header_for(self, url: str) -> str | None:
        return f"Bearer {self._token}" if url.startswith(self._prefix) else None


def keys(*bound: Bearer) -> Callable[[str], Credentials | None]:
    return lambda url: next((each for each in bound if each.header_for(url)), None)


NO_KEYS = keys()
STRICT = TlsSettings(strict_ssl=True)


@contextmanager
def client(
    *,
    limits: SourceLimits = MINUTE,
    time: FakeTime | None = None,
    credentials_for: Callable[[str], Credentials | None] = NO_KEYS,
    tls: TlsSettings = STRICT,
    proxy: Proxy | Refusal | None = None,
    offline: bool = False,
    lookup: Callable[[str], Sequence[str]] | None = None,
) -> Iterator[HttpClient]:
    made = HttpClient(
        credentials_for=credentials_for,
        tls_for=lambda _: tls,
        proxy_for=lambda _: proxy,
        limits={},
        default_limits=limits,
        offline=offline,
        concurrency=8,
        timing=(time or FakeTime()).timing,
        lookup=lookup,
    )
    try:
        yield made
    finally:
        made.close()


def ask(url: str, **fields: Any) -> Request:
    return Request(url, fields.pop("source", "packuments"), **fields)


@contextmanager
def raw_server(talk: Callable[[socket.socket], object]) -> Iterator[str]:
    """A host that does `talk` with every connection, in a thread each, and hangs up after it; yields its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[Thread] = []
    stopping = Event()

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                talk(connection)
            except OSError:  # the client has gone
                return

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            if stopping.is_set():
                connection.close()
                return
            threads.append(Thread(target=serve, args=(connection,), daemon=True))
            threads[-1].start()

    acceptor = Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        stopping.set()
        socket.create_connection(listener.getsockname()).close()  # wakes the acceptor on every system
        acceptor.join(5)
        listener.close()
        for thread in threads:
            thread.join(5)


def closed_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
