"""A registry for tests: npm's protocol on loopback, crafted packages and clocks, and faults on demand.

    with Registry() as registry:
        registry.publish("left-pad", "1.3.0", time=datetime(2018, 4, 9, tzinfo=UTC))
        registry.publish("app", "1.0.0", dependencies={"left-pad": "^1.0.0"}, scripts={"postinstall": "node x"})
        registry.fail("left-pad", Fault.status(503, times=2), kind=Kind.TARBALL)
        registry.on("app", lambda _: registry.publish("app", "1.0.1"), kind=Kind.PACKUMENT, nth=1)
        ...                                    # drive a client at registry.url (it ends with a slash)
        assert not registry.mentions("authorization")
        assert [request.path for request in registry.asked("left-pad", kind=Kind.TARBALL)]

The registry may change at any time, from any thread, and the next request sees it: `publish`, `unpublish`,
`republish` (bytes and metadata), `swap_tarball` (bytes only), `confuse_manifest` (metadata only), `deprecate`,
`set_tag`, `set_time`, `set_maintainers`, `remove_field`, `edit_packument` (any shape at all), `reduced`,
`load_packument` (a recorded one), `serve` (any other file); `advise`, `set_downloads`, `set_keys`, `attest`.

Served: packuments (full, or abbreviated by Accept), ``/pkg/version``, ``/pkg/tag``, tarballs, ``/-/ping``,
``/-/whoami``, ``/-/package/pkg/dist-tags``, ``/-/v1/search``, ``/-/npm/v1/keys``, ``/-/npm/v1/attestations/…``,
``/-/npm/v1/security/advisories/bulk``, ``/downloads/point/…``; ETag and 304, gzip, HEAD, every encoding of a
scope. What a client does not get from npm's registry it does not get here: publishing by PUT is refused.

Everything is deterministic: the same calls give the same bytes. Releases without ``time`` appear on
2024-01-01, and each next one of the package a day later. An exception in a hook, or a bug here, is raised
when the ``with`` block ends.
"""

import base64
import time as clock
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from tests.fakes import wire
from tests.fakes.answers import error
from tests.fakes.catalogue import Catalogue
from tests.fakes.faults import Armed, Fault, Hook, Match
from tests.fakes.kinds import Kind, Target, target
from tests.fakes.packages import ALICE, GITHUB_ACTIONS, Publisher, Release
from tests.fakes.server import Server
from tests.fakes.wire import Reply, Request

__all__ = ["ALICE", "GITHUB_ACTIONS", "Fault", "Kind", "Publisher", "Registry", "Release", "Request"]


class Registry(Catalogue):
    """See the module. ``prefix`` is the path it lives under, e.g. ``/npm/``; ``token`` or ``basic`` (user,
    password) is then required of every request; ``latency`` delays each answer (seconds); ``max_age`` is that
    of packuments (npm's own: 300); ``date`` fixes the Date header; ``public_url`` replaces the registry's own
    URL in ``dist.tarball`` (npm maps ``https://registry.npmjs.org/`` back to the registry it is set to)."""

    def __init__(
        self,
        *,
        prefix: str = "/",
        tls: bool = False,
        token: str | None = None,
        basic: tuple[str, str] | None = None,
        latency: float = 0,
        max_age: int = 300,
        date: datetime | None = None,
        public_url: str | None = None,
    ) -> None:
        self._prefix = "/" + f"{prefix.strip('/')}/".lstrip("/")
        self._credential = _credential(token, basic)
        self._latency, self._date = latency, date
        self._tls = tls
        self._server: Server | None = None
        super().__init__(lambda: public_url or self.url, max_age)
        self._armed: list[Armed] = []
        self._hooks: list[Hook] = []
        self.requests: list[Request] = []
        """Every request, in the order of arrival; logged before it is answered."""

    def __enter__(self) -> Self:
        context = None
        if self._tls:
            from tests.fakes.tls import server_context

            context = server_context()
        self._server = Server(self._answer, tls=context, date=self._date)
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        server = self._running()
        server.stop()
        self._server = None
        if server.errors and failure is None:
            raise server.errors[0]

    def _running(self) -> Server:
        if self._server is None:
            raise RuntimeError("the registry is not running: use it in a with block")
        return self._server

    @property
    def url(self) -> str:
        """With a trailing slash, e.g. ``http://127.0.0.1:41234/npm/``."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._running().port}{self._prefix}"

    @property
    def ca_file(self) -> Path:
        """The certificate (PEM) to trust when ``tls``."""
        from tests.fakes.tls import authority

        return authority().certificate

    def warm(self) -> None:
        """Render every body before the first request: for benchmarks. Changes made later render as usual."""
        self._shelf.warm()

    # -- what goes wrong, and what happens meanwhile

    def fail(self, what: str | None, fault: Fault, *, kind: Kind | None = None) -> None:
        """Apply ``fault`` to requests for a package (its name), to raw paths (a glob starting with ``/``) or to
        all (None), of one kind or of every kind that the fault suits."""
        self._armed.append(Armed(Match(what, kind or fault.kind), fault))

    def heal(self) -> None:
        """Drop every fault."""
        self._armed.clear()

    def on(
        self,
        what: str | None,
        callback: Callable[[Request], object],
        *,
        kind: Kind | None = None,
        nth: int | None = None,
    ) -> None:
        """Call back once the answer to the ``nth`` matching request (None: to each) is fixed, and before it is
        sent: whatever the callback changes, the next request sees and this one does not."""
        self._hooks.append(Hook(Match(what, kind), callback, nth))

    # -- what was asked

    def asked(self, package: str | None = None, *, kind: Kind | None = None) -> list[Request]:
        """The logged requests for a package and of a kind."""
        match = Match(package, kind)
        return [request for request in self.requests if match(request)]

    def mentions(self, text: str) -> list[Request]:
        """The logged requests that hold ``text`` anywhere: in path, headers or (decompressed) body."""
        return [request for request in self.requests if text.lower() in wire.transcript(request).lower()]

    def forget_requests(self) -> None:
        self.requests.clear()

    # -- one request

    def _answer(self, request: Request) -> Reply:
        path = request.path.removeprefix(self._prefix)
        inside = request.path.startswith(self._prefix)
        aim = Target(Kind.OTHER) if path in self._shelf.files else target(path)
        request = msgspec.structs.replace(request, kind=aim.kind, package=aim.package, rest=aim.rest)
        self.requests.append(request)
        if self._latency:
            clock.sleep(self._latency)
        if not inside:
            reply = error(404, "Not found")
        elif self._credential not in (None, request.headers.get("authorization")):
            reply = error(401, "Unauthorized")
            reply.headers["www-authenticate"] = "Bearer, Basic"
        else:
            reply = self._shelf.answer(aim, request, path)
        for armed in tuple(self._armed):
            reply = armed.strike(request, reply)
        reply = wire.negotiated(request, reply)
        for hook in tuple(self._hooks):
            hook.call(request)
        return reply


def _credential(token: str | None, basic: tuple[str, str] | None) -> str | None:
    if token is not None:
        return f"Bearer {token}"
    return None if basic is None else "Basic " + base64.b64encode(":".join(basic).encode()).decode()
