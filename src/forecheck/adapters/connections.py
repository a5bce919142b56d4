"""urllib3's connections, with two things added: exact deadlines, and our own name lookups.

A socket's timeout starts anew with every byte that arrives, so a host that sends one now and then could hold a
request for ever. Here each read gets what is left of the source's time.
"""

import http.client
import io
import socket
from collections.abc import Callable
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

from forecheck.adapters.names import Names, NoAddress

IDLE_SECONDS = 20.0  # a host that sends nothing for so long is not going to

Left = Callable[[], float]


class Unreached(Exception):  # noqa: N818  (an outcome of one attempt, not a fault)
    """No connection. `final` where no later attempt can do better; `proxied` where it is the proxy that failed."""

    def __init__(self, reason: str, *, final: bool, proxied: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
        self.proxied = proxied


def pool_classes(names: Names, left: Left) -> dict[str, type[HTTPConnectionPool]]:
    """Pools by scheme. `left` gives the seconds that the calling thread's request still has."""

    class Answer(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp = io.BufferedReader(_TimedReads(self.fp.detach(), sock, left))

    class Plain(HTTPConnection):
        response_class = Answer

        def _new_conn(self) -> socket.socket:
            return _connect(self, self._dns_host, names)

    class Secure(HTTPSConnection):
        response_class = Answer

        def _new_conn(self) -> socket.socket:
            return _connect(self, self._dns_host, names)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _TimedReads(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, sock: socket.socket, left: Left) -> None:
        self._raw = raw
        self._sock = sock
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._left()
        if left <= 0:
            raise TimeoutError("the source's time is used up")
        self._sock.settimeout(min(left, IDLE_SECONDS))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _connect(connection: HTTPConnection, host: str, names: Names) -> socket.socket:
    proxied = connection.proxy is not None
    seconds = connection.timeout or IDLE_SECONDS
    try:
        addresses = names.addresses(host, seconds)
    except NoAddress as unknown:
        raise Unreached(unknown.reason, final=not unknown.temporary, proxied=proxied) from None
    except TimeoutError:
        raise Unreached("looking its name up takes too long", final=False, proxied=proxied) from None
    failure = OSError()
    for address in addresses:
        try:
            connected = create_connection(
                (address, connection.port),
                seconds / len(addresses),
                source_address=connection.source_address,
                socket_options=connection.socket_options,
            )
        except OSError as error:
            failure = error
        else:
            names.prefer(host, address)
            return connected
    raise Unreached(_why(failure), final=False, proxied=proxied)


def _why(failure: OSError) -> str:
    if isinstance(failure, TimeoutError):
        return "it does not answer"
    if isinstance(failure, ConnectionRefusedError):
        return "it refuses the connection"
    return failure.strerror or "the connection fails"
