"""Where a redirect may lead: never to a place the first host could only reach through us."""

from collections.abc import Callable
from urllib.parse import urljoin

from forecheck.adapters.failures import address_of
from forecheck.model import Unavailable, UnavailableKind
from forecheck.npm.url import Address

REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEEPING = frozenset({307, 308})
MAX_REDIRECTS = 5


def next_url(current: str, location: str, is_public: Callable[[Address], bool]) -> str:
    """The URL a redirect from `current` leads to; raises `Unavailable` (REFUSED) if it must not be followed.

    A public host has no business on this machine or in its networks (cloud metadata services, routers).
    """
    here = address_of(current)
    if not location:
        raise Unavailable(UnavailableKind.MALFORMED, f"{here.host} redirects to nowhere")
    try:
        target = urljoin(current, location)
    except ValueError:
        target = location
    there = address_of(target)
    if here.scheme == "https" and there.scheme != "https":
        raise _refusal(here, f"to unencrypted http on {there.host}")
    if here.host != there.host and is_public(here) and not is_public(there):
        raise _refusal(here, f"into a private network, to {there.host}")
    return target


def next_question(current: str, location: str, status: int, is_public: Callable[[Address], bool]) -> str:
    """As `next_url` for a POST: its body was meant for one host, and only 307 and 308 leave it a POST (RFC 9110
    15.4). Everything else is `Unavailable` (REFUSED).
    """
    here, target = address_of(current), next_url(current, location, is_public)
    if address_of(target).host != here.host:
        raise _refusal(here, f"a question to {address_of(target).host}")
    if status not in KEEPING:
        raise _refusal(here, f"a question so that it would be lost ({status})")
    return target


def stay_at_home(first: str, target: str) -> None:
    """Raise `Unavailable` (REFUSED) where a redirect has left the host that was asked."""
    here, there = address_of(first), address_of(target)
    if (here.scheme, here.host) != (there.scheme, there.host):
        raise _refusal(here, f"to {there.host}, which nobody asked")


def too_many(url: str) -> Unavailable:
    return Unavailable(
        UnavailableKind.REFUSED, f"{address_of(url).host} redirects more than {MAX_REDIRECTS} times"
    )


def _refusal(here: Address, where: str) -> Unavailable:
    return Unavailable(UnavailableKind.REFUSED, f"{here.host} redirects {where}; not followed")
