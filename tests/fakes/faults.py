"""What goes wrong between a registry and its client, as changes to an otherwise good reply.

Give one to `Registry.fail`. Faults compose: all that match a request are applied in the order they were added.
"""

import gzip
from collections.abc import Callable
from fnmatch import fnmatchcase
from threading import Event, Lock

import msgspec

from tests.fakes.kinds import Kind
from tests.fakes.wire import CHUNK, Reply, Request

Change = Callable[[Reply], Reply]


class Fault(msgspec.Struct, frozen=True):
    """One way to fail, ``times`` times (None: for good). Made by the static methods, which all take ``times``."""

    change: Change
    times: int | None = None
    kind: Kind | None = None  # what it strikes if `Registry.fail` names no kind

    @staticmethod
    def status(
        code: int,
        *,
        body: str | bytes | None = None,
        reason: str | None = None,
        headers: dict[str, str] | None = None,
        times: int | None = None,
    ) -> "Fault":
        """Answer with this status; the body defaults to npm's ``{"error": …}``."""
        if body is None:
            body = b'{"error":"the registry answered %d"}' % code
        content = body if isinstance(body, bytes) else body.encode()
        answer_headers = {"content-type": "application/json", **(headers or {})}
        changes = {
            "status": code,
            "headers": answer_headers,
            "body": content,
            "gzipped": None,
            "reason": reason,
        }
        return Fault(lambda reply: _with(reply, **changes), times)

    @staticmethod
    def redirect(url: str, *, code: int = 302, times: int | None = None) -> "Fault":
        return Fault.status(code, body=b"", headers={"location": url}, times=times)

    @staticmethod
    def html(code: int = 200, *, times: int | None = None) -> "Fault":
        """A captive portal or a proxy's error page."""
        page = "<!doctype html><title>Sign in</title><p>Sign in to continue"
        return Fault.status(code, body=page, headers={"content-type": "text/html"}, times=times)

    @staticmethod
    def body(content: bytes, *, times: int | None = None) -> "Fault":
        """Replace the body and leave the rest, e.g. its status and content type."""
        return Fault(lambda reply: _with_body(reply, content), times)

    @staticmethod
    def malformed_json(*, times: int | None = None) -> "Fault":
        """A complete reply whose JSON stops half way. Strikes packuments unless told otherwise."""
        return Fault(
            lambda reply: _with_body(reply, reply.body[: len(reply.body) // 2]), times, Kind.PACKUMENT
        )

    @staticmethod
    def wrong_hash(*, times: int | None = None) -> "Fault":
        """A tarball of other bytes that still unpacks: gzip ignores zeros after its end."""
        return Fault(lambda reply: _with_body(reply, reply.body + b"\0"), times, Kind.TARBALL)

    @staticmethod
    def huge(size: int, *, announced: bool = True, times: int | None = None) -> "Fault":
        """About ``size`` bytes of white space, never held in memory; ``announced`` by an honest content-length,
        or going on until the connection ends."""
        how = {"repeat": max(1, size // CHUNK), "unannounced": not announced}
        return Fault(lambda reply: _with(_with_body(reply, b" " * CHUNK), **how), times)

    @staticmethod
    def gzip_bomb(size: int, *, times: int | None = None) -> "Fault":
        """A small content-encoded body that inflates to ``size`` bytes."""
        packed = gzip.compress(b" " * size, compresslevel=9, mtime=0)

        def change(reply: Reply) -> Reply:
            bomb = _with_body(reply, packed)
            return _with(bomb, headers={**bomb.headers, "content-encoding": "gzip"})

        return Fault(change, times)

    @staticmethod
    def headers(changes: dict[str, str | None], *, times: int | None = None) -> "Fault":
        """Set headers (lower-case names), or drop those that are None."""

        def change(reply: Reply) -> Reply:
            merged = {**reply.headers, **changes}
            return _with(reply, headers={name: value for name, value in merged.items() if value is not None})

        return Fault(change, times)

    @staticmethod
    def delay(seconds: float, *, times: int | None = None) -> "Fault":
        return Fault(lambda reply: _with(reply, delay=reply.delay + seconds), times)

    @staticmethod
    def wait(event: Event, *, times: int | None = None) -> "Fault":
        """Hold the answer back until the test sets ``event``: a delay without a clock."""
        return Fault(lambda reply: _with(reply, wait=event), times)

    @staticmethod
    def slow_drip(seconds: float, *, times: int | None = None) -> "Fault":
        """Send the body byte by byte with this pause, so that no read ever times out."""
        return Fault(lambda reply: _with(reply, drip=seconds), times)

    @staticmethod
    def truncate(keep: int | None = None, *, times: int | None = None) -> "Fault":
        """Promise the whole body, send ``keep`` bytes of it (None: half) and hang up."""
        return Fault(lambda reply: _with(reply, cut=len(reply.body) // 2 if keep is None else keep), times)

    @staticmethod
    def close(*, times: int | None = None) -> "Fault":
        """Hang up without a byte."""
        return Fault(lambda reply: _with(reply, silent=True), times)

    @staticmethod
    def reset(*, times: int | None = None) -> "Fault":
        """Break the connection with a TCP reset."""
        return Fault(lambda reply: _with(reply, silent=True, reset=True), times)


class Match(msgspec.Struct, frozen=True):
    """Which requests: a package name, or a glob on the raw path if it starts with ``/``; and a kind."""

    what: str | None
    kind: Kind | None

    def __call__(self, request: Request) -> bool:
        if self.kind not in (None, request.kind):
            return False
        if self.what is None or self.what == request.package:
            return True
        return self.what.startswith("/") and fnmatchcase(request.path, self.what)


class Armed:
    """A fault in waiting, and how often it may still strike."""

    def __init__(self, match: Match, fault: Fault) -> None:
        self._match, self._fault = match, fault
        self._left = fault.times
        self._lock = Lock()

    def strike(self, request: Request, reply: Reply) -> Reply:
        if not self._match(request):
            return reply
        with self._lock:
            if self._left == 0:
                return reply
            if self._left is not None:
                self._left -= 1
        return self._fault.change(reply)


class Hook:
    """A callback for the ``nth`` matching request (1 is the first); None means each of them."""

    def __init__(self, match: Match, callback: Callable[[Request], object], nth: int | None) -> None:
        self._match, self._callback, self._nth = match, callback, nth
        self._seen = 0
        self._lock = Lock()

    def call(self, request: Request) -> None:
        if not self._match(request):
            return
        with self._lock:
            self._seen += 1
            due = self._nth in (None, self._seen)
        if due:
            self._callback(request)


def _with(reply: Reply, **changes: object) -> Reply:
    return msgspec.structs.replace(reply, **changes)


def _with_body(reply: Reply, body: bytes) -> Reply:
    headers = {name: value for name, value in reply.headers.items() if name != "etag"}
    return _with(reply, body=body, gzipped=None, headers=headers)
