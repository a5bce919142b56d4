"""A forward proxy on loopback: absolute URLs and CONNECT, each request's head kept in ``heads``."""

import socket
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class ForwardProxy:
    """``login`` is the Proxy-Authorization it insists on ("" for none). Use as a context manager."""

    def __init__(self, login: str = "") -> None:
        self.heads: list[str] = []
        self._login = login
        self._stopping = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping = True
        socket.create_connection(("127.0.0.1", self.port)).close()  # wakes the acceptor on every system
        for each in self._open:
            _shut(each)
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._stopping:
                connection.close()
                return
            self._open.append(connection)
            self._threads.append(Thread(target=self._serve, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as stream:
            try:
                self._converse(client, b"".join(iter(stream.readline, b"\r\n")).decode("latin-1"))
            except OSError:  # either end has gone
                return

    def _converse(self, client: socket.socket, head: str) -> None:
        self.heads.append(head)
        if self._login and f"\r\nproxy-authorization: {self._login}\r\n".lower() not in head.lower():
            client.sendall(
                b"HTTP/1.1 407 Login\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            return
        method, target, _ = head.split(" ", 2)
        parts = urlsplit(target if "//" in target else f"//{target}")
        with socket.create_connection((parts.hostname, parts.port or 80)) as host:
            self._open.append(host)
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                kept = [
                    line for line in head.split("\r\n")[1:] if line and not line.lower().startswith("proxy-")
                ]
                path = f"{parts.path}?{parts.query}" if parts.query else parts.path
                host.sendall("\r\n".join([f"{method} {path} HTTP/1.1", *kept, "", ""]).encode("latin-1"))
            back = Thread(target=_pump, args=(host, client), daemon=True)
            back.start()
            _pump(client, host)
            back.join(5)


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    _shut(target)


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
