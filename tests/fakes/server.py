"""The sockets of the test registry: one accepting thread, one thread per keep-alive connection."""

import contextlib
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from threading import Event, Lock, Thread

from tests.fakes.wire import Reply, Request, read_request, send

BACKLOG = 256
JOIN_SECONDS = 5


class Server:
    """Serves ``answer`` on 127.0.0.1, port chosen by the system. ``date`` overrides the Date header.

    An exception of ``answer`` (a bug here, or in a test's hook) becomes a 500 and is kept in ``errors``.
    """

    def __init__(
        self, answer: Callable[[Request], Reply], *, tls: ssl.SSLContext | None, date: datetime | None
    ) -> None:
        self._answer, self._tls, self._date = answer, tls, date
        self.errors: list[Exception] = []
        self._open: set[socket.socket] = set()
        self._threads: list[Thread] = []
        self._lock = Lock()
        self._stopping = Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = Thread(target=self._accept, name="registry", daemon=True)

    def start(self) -> None:
        self._acceptor.start()

    def stop(self) -> None:
        """End every connection and wait for their threads. A connection of our own wakes the acceptor."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()
        self._acceptor.join(JOIN_SECONDS)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(JOIN_SECONDS)

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._stopping.is_set():
                connection.close()
                return
            thread = Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads = [known for known in self._threads if known.is_alive()]
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is None:
                self._converse(connection)
            else:
                with self._tls.wrap_socket(connection, server_side=True) as secured:
                    self._converse(secured)
        except OSError:  # the client went away, or did not trust our certificate: its business
            return
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _converse(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            again = True
            while again and not self._stopping.is_set():
                now = datetime.now(UTC)
                request = read_request(stream, now)
                if request is None:
                    return
                reply = self._reply(request)
                date = format_datetime(self._date or now, usegmt=True)
                bodiless = request.method == "HEAD"
                again = send(connection, reply, date=date, bodiless=bodiless, stopping=self._stopping)
                again = again and request.headers.get("connection", "").lower() != "close"

    def _reply(self, request: Request) -> Reply:
        try:
            return self._answer(request)
        except Exception as failure:  # reported by Registry.__exit__: a test must not pass over it
            self.errors.append(failure)
            return Reply(500, {"content-type": "application/json"}, b'{"error":"the test registry failed"}')
