"""The domain name system behind the `Resolver` port. Nothing imports dnspython until the first question."""

import threading
from typing import TYPE_CHECKING

from forecheck.adapters.deadline import Budget, Timing
from forecheck.adapters.patience import about_to_wait
from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import Delegation, SourceLimits

if TYPE_CHECKING:
    from dns.resolver import Resolver

PORT = 53
_ONE_QUESTION = 3.0  # seconds, repetitions included; a domain whose own servers are dead takes all of them


class DnsResolver:
    """A `Resolver`. Safe for threads.

    `server` is `IP` or `IP:port` (`[IPv6]:port`), empty for the system's resolvers. The limits' deadline is for all
    questions together. Where the first one gets no answer, no other is asked.
    """

    def __init__(
        self, *, server: str, limits: SourceLimits, offline: bool, timing: Timing | None = None
    ) -> None:
        self._server = server
        self._budget = Budget("dns", limits, timing or Timing())
        self._offline = offline
        self._lock = threading.Lock()
        self._made: Resolver | None = None
        self._answered = False
        self._silent: Unavailable | None = None

    def delegation(self, domain: str) -> Delegation:
        if self._offline:
            raise Unavailable(UnavailableKind.OFFLINE, "no name servers were asked: this run is offline")
        if self._silent is not None:
            raise self._silent
        about_to_wait()
        with self._budget:
            left = self._budget.remaining()
            if left <= 0:
                raise self._budget.used_up("the name server")
            found = self._ask(domain, min(left, _ONE_QUESTION))
        self._answered = True
        return found

    def _ask(self, domain: str, seconds: float) -> Delegation:
        resolver = self._resolver()
        from dns.exception import DNSException, Timeout
        from dns.rdatatype import NS
        from dns.resolver import NXDOMAIN

        try:
            answer = resolver.resolve(
                f"{domain}.", NS, raise_on_no_answer=False, search=False, lifetime=seconds
            )
        except NXDOMAIN:
            return Delegation.UNKNOWN
        except Timeout:
            missing = Unavailable(UnavailableKind.TIMEOUT, "the name servers did not answer in time")
            if not self._answered:
                self._silent = missing
            raise missing from None
        except (DNSException, OSError) as failed:
            reason = f"the name servers could not say whether {domain} exists"
            raise Unavailable(UnavailableKind.REFUSED, reason) from failed
        return Delegation.BARE if answer.rrset is None else Delegation.SERVED

    def _resolver(self) -> "Resolver":
        with self._lock:
            if self._made is None:
                self._made = _resolver(self._server)
            return self._made


def _resolver(server: str) -> "Resolver":
    from dns.resolver import NoResolverConfiguration, Resolver

    try:
        made = Resolver(configure=not server)
    except NoResolverConfiguration:
        raise Unavailable(UnavailableKind.OFFLINE, "this machine has no name servers configured") from None
    if server:
        address, made.port = _parted(server)
        try:
            made.nameservers = [address]
        except ValueError:
            raise Unavailable(UnavailableKind.UNSUPPORTED, f"{server} is no name server's address") from None
    return made


def _parted(server: str) -> tuple[str, int]:
    """`192.0.2.1:5353`, `[2001:db8::1]:53`, or an address alone."""
    host, colon, port = server.rpartition(":")
    if colon and (host.startswith("[") or ":" not in host):
        return host.strip("[]"), int(port)
    return server.strip("[]"), PORT
