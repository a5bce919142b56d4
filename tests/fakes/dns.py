"""A name server on loopback, UDP and TCP on one port: a table of domains, and ways to fail.

with DnsServer({"nobody.fr": Dns.NXDOMAIN}) as server:
    ...                                   # ask `server.address`; everything else has name servers
    assert server.asked == ["nobody.fr"]
"""

import contextlib
import socket
from collections.abc import Mapping
from enum import Enum
from threading import Event, Thread
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class Dns(Enum):
    """How a question is answered. TRUNCATED sends the asker from UDP to TCP; GARBAGE is no DNS message."""

    SERVED = "served"
    BARE = "bare"
    NXDOMAIN = "nxdomain"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    GARBAGE = "garbage"
    SILENT = "silent"
    WRONG_ID = "wrong-id"


class DnsServer:
    """See the module. ``default`` is for domains that are not in the table."""

    def __init__(self, domains: Mapping[str, Dns], *, default: Dns = Dns.SERVED) -> None:
        self.domains = dict(domains)
        self.default = default
        self.asked: list[str] = []
        self.by_tcp: list[str] = []
        self._stopping = Event()
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        while True:
            self._tcp = socket.create_server(("127.0.0.1", 0))
            self._port = self._tcp.getsockname()[1]
            self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            with contextlib.suppress(OSError):
                self._udp.bind(("127.0.0.1", self._port))
                break
            self._udp.close()
            self._tcp.close()
        self._threads = [Thread(target=serve, daemon=True) for serve in (self._serve_udp, self._serve_tcp)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self._port)).close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", ("127.0.0.1", self._port))
        for thread in self._threads:
            thread.join(5)
        self._udp.close()
        self._tcp.close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def _serve_udp(self) -> None:
        while True:
            wire, sender = self._udp.recvfrom(4096)
            if self._stopping.is_set():
                return
            answer = self._answer(wire, tcp=False)
            if answer is not None:
                self._udp.sendto(answer, sender)

    def _serve_tcp(self) -> None:
        while True:
            connection, _ = self._tcp.accept()
            with connection:
                if self._stopping.is_set():
                    return
                size = int.from_bytes(connection.recv(2, socket.MSG_WAITALL))
                answer = self._answer(connection.recv(size, socket.MSG_WAITALL), tcp=True)
                if answer is not None:
                    connection.sendall(len(answer).to_bytes(2) + answer)

    def _answer(self, wire: bytes, *, tcp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        domain = question.name.to_text(omit_final_dot=True).lower()
        (self.by_tcp if tcp else self.asked).append(domain)
        how = self.domains.get(domain, self.default)
        reply = dns.message.make_response(query)
        match how:
            case Dns.SILENT:
                return None
            case Dns.GARBAGE:
                return b"HTTP/1.1 200 OK\r\n\r\n"
            case Dns.NXDOMAIN:
                reply.set_rcode(dns.rcode.NXDOMAIN)
            case Dns.SERVFAIL:
                reply.set_rcode(dns.rcode.SERVFAIL)
            case Dns.REFUSED:
                reply.set_rcode(dns.rcode.REFUSED)
            case Dns.TRUNCATED if not tcp:
                reply.flags |= dns.flags.TC
            case Dns.SERVED | Dns.TRUNCATED | Dns.WRONG_ID:
                reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "NS", "ns1.example.net."))
        if how is Dns.WRONG_ID:
            reply.id ^= 1
        return reply.to_wire()
