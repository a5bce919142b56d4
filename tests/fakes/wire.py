"""Requests and replies as bytes on a loopback socket: HTTP/1.1, keep-alive, one write per reply.

Hand-made rather than http.server: a benchmark must measure the client, and header parsing by the e-mail
package, small writes and Nagle's algorithm each cost more than the rest of the server.
"""

import gzip
import socket
import struct
from datetime import datetime
from http.client import responses
from threading import Event
from typing import IO
from urllib.parse import unquote

import msgspec

from tests.fakes.kinds import Kind

CHUNK = 65536
WAIT_SECONDS = 0.05


class Request(msgspec.Struct, frozen=True):
    """One request as received. ``path`` is raw (still percent-encoded, with the query); header names are
    lower case; ``body`` is as sent (perhaps gzipped); ``kind``, ``package`` and
    ``rest`` say what it asked for (see `kinds.Target`)."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: datetime
    kind: Kind = Kind.OTHER
    package: str = ""
    rest: str = ""


class Reply(msgspec.Struct, frozen=True):
    """An answer, with the ways it can go wrong on its way. Times in seconds, sizes in bytes.

    ``body`` is never content-encoded; ``gzipped`` is the same content, if it may be sent so. ``cut`` sends
    the head for the whole body but only that many bytes of it. ``repeat`` sends ``body`` that many times.
    ``unannounced`` gives no length: the body ends with the connection.
    """

    status: int = 200
    headers: dict[str, str] = {}
    body: bytes = b""
    gzipped: bytes | None = None
    reason: str | None = None
    delay: float = 0
    wait: Event | None = None
    cut: int | None = None
    drip: float = 0
    repeat: int = 1
    unannounced: bool = False
    reset: bool = False
    silent: bool = False


def read_request(stream: IO[bytes], at: datetime) -> Request | None:
    """The next request of a connection; None when the client has gone or does not speak HTTP."""
    parts = stream.readline(CHUNK).decode("latin-1").split()
    if len(parts) != 3:
        return None
    headers: dict[str, str] = {}
    while line := stream.readline(CHUNK).decode("latin-1").rstrip("\r\n"):
        name, _, value = line.partition(":")
        name = name.lower()
        headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = _read_chunks(stream)
    else:
        body = stream.read(int(headers.get("content-length", "0")))
    return Request(parts[0], parts[1], headers, body, at)


def _read_chunks(stream: IO[bytes]) -> bytes:
    chunks = []
    while size := int(stream.readline(CHUNK).split(b";")[0] or b"0", 16):
        chunks.append(stream.read(size))
        stream.readline(CHUNK)
    stream.readline(CHUNK)
    return b"".join(chunks)


def decoded_body(request: Request) -> bytes:
    """The body without its content-encoding; npm and bun gzip theirs.

    :raises OSError, EOFError, zlib.error: what gzip says of bytes that are not gzip
    """
    if request.headers.get("content-encoding", "").lower() == "gzip":
        return gzip.decompress(request.body)
    return request.body


def transcript(request: Request) -> str:
    """All that a request told, as text: to look for what must not have been told."""
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    body = decoded_body(request).decode("utf-8", "replace")
    return f"{request.method} {request.path} {unquote(request.path)}\n{headers}\n\n{body}"


def accepts_gzip(request: Request) -> bool:
    for offer in request.headers.get("accept-encoding", "").split(","):
        coding, _, weight = offer.partition(";")
        if coding.strip().lower() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def negotiated(request: Request, reply: Reply) -> Reply:
    """Turn an answer into 304 if the client has it already, or into its gzipped form if it takes that."""
    tag = reply.headers.get("etag")
    if reply.status == 200 and tag and request.method in ("GET", "HEAD"):
        known = [
            candidate.strip().removeprefix("W/")
            for candidate in request.headers.get("if-none-match", "").split(",")
        ]
        if tag in known or "*" in known:
            kept = ("etag", "vary", "cache-control", "last-modified")
            headers = {name: reply.headers[name] for name in kept if name in reply.headers}
            return msgspec.structs.replace(reply, status=304, headers=headers, body=b"", gzipped=None)
    if reply.gzipped is not None and accepts_gzip(request):
        headers = {**reply.headers, "content-encoding": "gzip"}
        return msgspec.structs.replace(reply, body=reply.gzipped, headers=headers)
    return reply


def head(reply: Reply, date: str) -> bytes:
    reason = reply.reason if reply.reason is not None else responses.get(reply.status, "")
    lines = [f"HTTP/1.1 {reply.status} {reason}", f"date: {date}"]
    if reply.status != 304 and not reply.unannounced and "content-length" not in reply.headers:
        lines.append(f"content-length: {len(reply.body) * reply.repeat}")
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def send(connection: socket.socket, reply: Reply, *, date: str, bodiless: bool, stopping: Event) -> bool:
    """Send a reply with its faults; False when the connection must not be used again. ``stopping`` ends
    every pause: a test that gave up on an answer does not wait for it at its end."""
    while reply.wait and not stopping.is_set() and not reply.wait.wait(WAIT_SECONDS):
        pass
    if reply.delay:
        stopping.wait(reply.delay)
    if reply.silent:
        return _hang_up(connection, reset=reply.reset)
    start = head(reply, date)
    if bodiless or reply.status == 304:
        connection.sendall(start)
    elif reply.cut is not None:
        connection.sendall(start + reply.body[: reply.cut])
        return _hang_up(connection, reset=reply.reset)
    elif reply.drip:
        connection.sendall(start)
        for index in range(len(reply.body)):
            connection.sendall(reply.body[index : index + 1])
            stopping.wait(reply.drip)
    else:
        connection.sendall(start + reply.body)
        for _ in range(reply.repeat - 1):
            connection.sendall(reply.body)
    return not reply.unannounced


def _hang_up(connection: socket.socket, *, reset: bool) -> bool:
    if reset:  # linger of zero seconds: the peer sees ECONNRESET, not an orderly end
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False
