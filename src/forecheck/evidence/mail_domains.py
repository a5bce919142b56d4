"""Whether the mail domains of those who can publish a package still belong to somebody."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

from forecheck import __version__
from forecheck.analysis.mail_domain import is_established, mail_domain, registrable, suffix
from forecheck.evidence.once import Once
from forecheck.evidence.owners import owners_of
from forecheck.evidence.packument import Packument
from forecheck.evidence.public_registries import PublicRegistries
from forecheck.evidence.rdap import RdapSettings, is_registered
from forecheck.model import Now, Package, Unavailable, UnavailableKind
from forecheck.ports import Cache, Delegation, Http, Resolver, Stored
from forecheck.source import source

FRESH_FOR: Final = timedelta(days=1)


class Holding(StrEnum):
    """What is known of a domain: it is somebody's; its registry says it is nobody's (and so does DNS, or DNS at
    least has no servers for it); DNS does not know it, but its registry could not be asked.
    """

    HELD = "held"
    FREE = "free"
    FREE_BUT_NAMED = "free-but-named"
    UNHEARD_OF = "unheard-of"


class MailDomain(msgspec.Struct, frozen=True):
    """A registrable domain, whose addresses end in it, and what is known (`missing` where nothing is)."""

    domain: str
    people: tuple[str, ...]
    holding: Holding = Holding.HELD
    missing: Unavailable | None = None


class MailDomains(msgspec.Struct, frozen=True):
    """One for each domain of the package's owners that is not known to everybody; in the order of the owners."""

    domains: tuple[MailDomain, ...]


class MailSettings(msgspec.Struct, frozen=True):
    """Given to every run as context: whether the domain name system may be asked."""

    enabled: bool = True


@source(fetches=True)
def mail_domains(
    package: Package,
    packument: Packument,
    public: PublicRegistries,
    settings: MailSettings,
    rdap: RdapSettings,
    resolver: Resolver,
    http: Http,
    cache: Cache,
    now: Now,
    once: Once,
) -> MailDomains:
    """The domains' standing, from DNS and where that knows nothing from the registry; asked once a day at most."""
    people = _by_domain(packument)
    if people and not public.may_tell(package):
        reason = "the mail domains of a private package's people are nobody else's business"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    if people and not settings.enabled:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "asking about mail domains is turned off")

    def standing(domain: str) -> Holding:
        known = _remembered(cache, domain, now)
        if known is not None:
            return known
        holding = _ask(domain, resolver, lambda: is_registered(domain, http, cache, now, rdap, once))
        if holding is not Holding.UNHEARD_OF:  # next time the registry may be there
            cache.put(_key(domain), Stored(msgspec.msgpack.encode(holding), now.at))
        return holding

    found = []
    for domain, labels in people.items():
        try:
            holding = once.get(("mail", domain), lambda domain=domain: standing(domain))  # type: ignore[misc]
            found.append(MailDomain(domain, tuple(labels), holding))
        except Unavailable as missing:
            found.append(MailDomain(domain, tuple(labels), missing=missing))
    return MailDomains(tuple(found))


def _by_domain(packument: Packument) -> dict[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for person in owners_of(packument):
        domain = registrable(mail_domain(person.email) or "")
        if domain is not None and not is_established(domain):
            found.setdefault(domain, []).append(person.label)
    return {domain: list(dict.fromkeys(labels)) for domain, labels in found.items()}


def _ask(domain: str, resolver: Resolver, ask_registry: Callable[[], bool]) -> Holding:
    seen = resolver.delegation(domain)
    if seen is Delegation.SERVED:
        return Holding.HELD
    if resolver.delegation(suffix(domain)) is Delegation.UNKNOWN:
        reason = f"the name servers do not know .{suffix(domain)} either: they cannot see the internet"
        raise Unavailable(UnavailableKind.OFFLINE, reason)
    try:
        registered = ask_registry()
    except Unavailable:
        if seen is Delegation.UNKNOWN:
            return Holding.UNHEARD_OF
        raise
    if registered:
        return Holding.HELD
    return Holding.FREE if seen is Delegation.UNKNOWN else Holding.FREE_BUT_NAMED


def _key(domain: str) -> str:
    return f"{__version__}:mail-domain:{domain}"


def _remembered(cache: Cache, domain: str, now: Now) -> Holding | None:
    entry = cache.get_many((_key(domain),)).get(_key(domain))
    if entry is None or not timedelta(0) <= now.at - entry.fetched_at < FRESH_FOR:
        return None
    try:
        return msgspec.msgpack.decode(entry.payload, type=Holding)
    except msgspec.DecodeError:  # a damaged entry counts as none
        return None
