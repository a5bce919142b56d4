"""What can go wrong between us and a host, in words a developer understands and without secrets."""

from enum import Enum

from forecheck.model import Unavailable, UnavailableKind
from forecheck.npm.url import Address, parse_address


class Retry(Enum):
    """What a failure says about the next attempt."""

    NEVER = "never"  # asking again gives the same answer
    REACHED = "reached"  # worth another attempt: the host is there
    UNREACHED = "unreached"  # worth another attempt, but nobody is there at all


class Broken(Exception):  # noqa: N818  (an outcome of one attempt, not a fault)
    """One attempt failed. `wait` is what the host asked for, in seconds, None where it did not say.

    `final` marks failures that no other request to this host can escape either: an unknown name, a
    certificate that is not trusted.
    """

    def __init__(
        self,
        reason: str,
        kind: UnavailableKind,
        retry: Retry,
        *,
        final: bool = False,
        wait: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind
        self.retry = retry
        self.final = final
        self.wait = wait

    def unavailable(self) -> Unavailable:
        return Unavailable(self.kind, self.reason)


def address_of(url: str) -> Address:
    """The address to fetch from; anything but a plain http or https URL is `Unavailable`."""
    address = parse_address(url)
    if address is None:
        raise Unavailable(UnavailableKind.UNSUPPORTED, f"{_shown(url)} is not something forecheck fetches")
    return address


def _shown(url: str) -> str:
    """Enough of an unreadable URL to find it again, without the parts that can hold a secret."""
    scheme, colon, _ = url.partition("://")
    return f"an address that starts with {scheme[:20]!r}" if colon else "an address without a scheme"
