"""Host names to addresses: one lookup at a time per host, shared by everyone who waits for it.

The system's resolver takes no time limit and can sit for half a minute, so it runs in a thread of its own
that is left behind when the time is up.
"""

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence

Lookup = Callable[[str], Sequence[str]]

_TRIED = 4  # addresses per host; big registries publish two dozen and a dead network would try them all


class NoAddress(Exception):  # noqa: N818  (an outcome of looking, not a fault)
    """`temporary` is False only where the name servers say that there is no such host."""

    def __init__(self, reason: str, *, temporary: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.temporary = temporary


class Names:
    def __init__(self, lookup: Lookup | None = None) -> None:
        self._lookup = lookup or system_lookup
        self._lock = threading.Lock()
        self._questions: dict[str, _Question] = {}

    def addresses(self, host: str, seconds: float) -> tuple[str, ...]:
        """The host's addresses, best first; raises `NoAddress`, and `TimeoutError` after `seconds`.

        An answer holds for the whole run: what was judged is what is connected to.
        """
        with self._lock:
            question = self._questions.get(host)
            if question is None:
                question = self._questions[host] = _Question(host, self._lookup)
        if not question.answered.wait(max(0.0, seconds)):
            raise TimeoutError
        if question.failure is not None:
            with self._lock:
                if self._questions.get(host) is question:
                    del self._questions[host]
            raise question.failure
        return question.addresses

    def prefer(self, host: str, address: str) -> None:
        """Try this address first from now on: it was reached."""
        question = self._questions[host]
        if question.addresses[0] != address:
            others = tuple(other for other in question.addresses if other != address)
            question.addresses = (address, *others)


class _Question:
    def __init__(self, host: str, lookup: Lookup) -> None:
        self.answered = threading.Event()
        self.addresses: tuple[str, ...] = ()
        self.failure: NoAddress | None = None
        threading.Thread(target=self._ask, args=(host, lookup), daemon=True).start()

    def _ask(self, host: str, lookup: Lookup) -> None:
        try:
            self.addresses = _alternating(lookup(host))
            if not self.addresses:
                self.failure = NoAddress("no such host", temporary=False)
        except socket.gaierror as error:
            unknown = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
            reason = "no such host" if unknown else "its name could not be looked up (no network?)"
            self.failure = NoAddress(reason, temporary=not unknown)
        except UnicodeError:  # a label that is empty or too long for IDNA
            self.failure = NoAddress("no such host", temporary=False)
        finally:
            self.answered.set()


def system_lookup(host: str) -> Sequence[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(where[0]) for *_, where in found]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's, not of this machine or its networks."""
    return ipaddress.ip_address(address.partition("%")[0]).is_global


def is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _alternating(addresses: Sequence[str]) -> tuple[str, ...]:
    """The first few, IPv6 and IPv4 by turns, so that one broken protocol costs one attempt (RFC 8305)."""
    unique = list(dict.fromkeys(addresses))
    first = ":" in unique[0] if unique else False
    mine = [address for address in unique if (":" in address) is first]
    others = [address for address in unique if (":" in address) is not first]
    mixed = [
        address for pair in zip(mine, others + [""] * len(mine), strict=False) for address in pair if address
    ]
    return tuple(dict.fromkeys([*mixed, *unique]))[:_TRIED]
