"""The network behind the `Http` port: retries, deadlines, redirects, credentials by host.

Nothing here imports urllib3 or ssl until the first request really goes out: runs that are offline, or answered
from the cache, do not pay for them.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from forecheck import __version__
from forecheck.adapters.answers import Answer, passing_trouble, response_to
from forecheck.adapters.deadline import Budget, Lane, Timing
from forecheck.adapters.failures import Broken, Retry, address_of
from forecheck.adapters.patience import about_to_wait
from forecheck.model import Unavailable, UnavailableKind
from forecheck.npm.layers import Refusal
from forecheck.npm.proxies import Proxy
from forecheck.npm.registries import TlsSettings
from forecheck.npm.url import Address
from forecheck.ports import Request, Response, SourceLimits

if TYPE_CHECKING:
    from forecheck.adapters.transport import Transport

DEFAULT_LIMITS = SourceLimits(deadline=timedelta(seconds=60), attempts=3)
CONCURRENCY = 32


class Credentials(Protocol):
    """What the user's configuration binds to a host and path."""

    def header_for(self, url: str) -> str | None:
        """The Authorization header's value for this URL, None if they do not belong to it."""
        ...


class HttpClient:
    """An `Http`. Safe for threads; `close` ends its connections.

    `credentials_for`, `tls_for` and `proxy_for` are asked for every URL, redirects included. `limits` are by
    `Request.source`; they hold for all requests of the source together, for the life of the client. `lookup`
    turns a host's name into IP addresses (None: the system's way).
    """

    def __init__(
        self,
        *,
        credentials_for: Callable[[str], Credentials | None],
        tls_for: Callable[[str], TlsSettings],
        proxy_for: Callable[[str], Proxy | Refusal | None],
        limits: Mapping[str, SourceLimits],
        default_limits: SourceLimits = DEFAULT_LIMITS,
        offline: bool = False,
        concurrency: int = CONCURRENCY,
        timing: Timing | None = None,
        lookup: Callable[[str], Sequence[str]] | None = None,
    ) -> None:
        self._credentials_for = credentials_for
        self._tls_for = tls_for
        self._proxy_for = proxy_for
        self._limits = limits
        self._default_limits = default_limits
        self._offline = offline
        self._concurrency = concurrency
        self._timing = timing or Timing()
        self._lookup = lookup
        self._lock = threading.Lock()
        self._budgets: dict[str, Budget] = {}
        self._transport: Transport | None = None

    def get(self, request: Request) -> Response:
        host = address_of(request.url).host
        if self._offline:
            raise Unavailable(UnavailableKind.OFFLINE, f"{host} was not asked: this run is offline")
        about_to_wait()
        budget = self._budget(request.source)
        with budget:
            return response_to(request, self._ask_patiently(request, budget, budget.lane(host)))

    def close(self) -> None:
        with self._lock:
            transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def _budget(self, source: str) -> Budget:
        with self._lock:
            if source not in self._budgets:
                limits = self._limits.get(source, self._default_limits)
                self._budgets[source] = Budget(source, limits, self._timing)
            return self._budgets[source]

    def _ask_patiently(self, request: Request, budget: Budget, lane: Lane) -> Answer:
        answers_before = lane.answers
        attempt = 0
        while True:
            lane.wait_for_turn()
            try:
                answer = self._ask(request, budget)
                failure = passing_trouble(answer)
            except Broken as broken:
                failure = broken
            else:
                if failure is None:
                    lane.answered()
                    return answer
            if budget.remaining() <= 0:
                raise budget.used_up(lane.host)
            if failure.retry is Retry.NEVER or attempt + 1 >= budget.limits.attempts:
                lane.gave_up(failure, answers_before)
                raise failure.unavailable()
            lane.pause_after(failure, attempt)
            attempt += 1

    def _ask(self, request: Request, budget: Budget) -> Answer:
        """One attempt, redirects followed; raises `Broken` or `Unavailable`."""
        from forecheck.adapters.redirects import (
            MAX_REDIRECTS,
            REDIRECTS,
            next_question,
            next_url,
            stay_at_home,
            too_many,
        )

        transport = self._open()
        url = request.url
        for _ in range(MAX_REDIRECTS + 1):
            headers, tls, proxy = self._headers(url, request), self._tls_for(url), self._proxy(url)
            answer = transport.exchange(
                url, headers, request.max_bytes, tls, proxy, budget.remaining, request.body
            )
            if answer.status not in REDIRECTS:
                return answer
            location = answer.headers.get("location", "")

            def is_public(where: Address) -> bool:
                return transport.is_public(where, self._proxy(where.text), budget.remaining)

            if request.body:
                url = next_question(url, location, answer.status, is_public)
            else:
                url = next_url(url, location, is_public)
            if request.same_host:
                stay_at_home(request.url, url)
        raise too_many(request.url)

    def _proxy(self, url: str) -> Proxy | None:
        proxy = self._proxy_for(url)
        if isinstance(proxy, Refusal):
            raise Unavailable(UnavailableKind.REFUSED, proxy.text)
        return proxy

    def _headers(self, url: str, request: Request) -> dict[str, str]:
        """Made anew for each hop, so that nothing meant for one host reaches the next."""
        credentials = self._credentials_for(url)
        authorization = credentials.header_for(url) if credentials else None
        headers = {
            "User-Agent": f"forecheck/{__version__}",
            "Accept": request.accept,
            # Tarballs are compressed already, and their integrity is that of the bytes as they are stored.
            "Accept-Encoding": "gzip, deflate" if "json" in request.accept else "identity",
            "Authorization": authorization or "",
            "If-None-Match": "" if request.body else request.etag,
            "If-Modified-Since": "" if request.body else request.last_modified,
            "Content-Type": request.content_type if request.body else "",
        }
        return {name: value for name, value in headers.items() if value}

    def _open(self) -> "Transport":
        with self._lock:
            if self._transport is None:
                from forecheck.adapters.names import Names
                from forecheck.adapters.transport import Transport

                self._transport = Transport(self._concurrency, Names(self._lookup))
            return self._transport
