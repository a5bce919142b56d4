"""Whether a domain is registered, asked of its registry (RDAP: RFC 7480 to 9083; RFC 9224 for whom to ask)."""

from datetime import timedelta
from typing import Any, Final

import msgspec

from forecheck.decode import Malformed, read_json
from forecheck.evidence.fetching import fetch_cached
from forecheck.evidence.once import Once
from forecheck.model import Now, Unavailable, UnavailableKind
from forecheck.ports import Cache, Http, Request

_RDAP: Final = "application/rdap+json, application/json"
_MAX_BYTES: Final = 2 * 1024 * 1024
_MAX_ANSWER: Final = 1024 * 1024
_BOOTSTRAP_FRESH_FOR: Final = timedelta(days=7)


class RdapSettings(msgspec.Struct, frozen=True):
    """Given to every run as context: where IANA's list of registries is, and whether they may be asked."""

    url: str = "https://data.iana.org/rdap/dns.json"
    enabled: bool = True


class _Bootstrap(msgspec.Struct, frozen=True):
    services: list[list[list[str]]]


class _Domain(msgspec.Struct, frozen=True):
    kind: str = msgspec.field(name="objectClassName")
    name: Any = msgspec.field(name="ldhName", default=None)


def is_registered(
    domain: str, http: Http, cache: Cache, now: Now, settings: RdapSettings, once: Once
) -> bool:
    """What the registry says; raises `Unavailable` where none can be asked or its answer is not about the domain."""
    if not settings.enabled:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "asking registries about domains is turned off")
    registries = once.get("registries of domains", lambda: _registries(http, cache, now, settings))
    base = registries.get(domain.rpartition(".")[2])
    if base is None:
        reason = f"the registry of .{domain.rpartition('.')[2]} has no public service to ask about domains"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    url = f"{base.removesuffix('/')}/domain/{domain}"
    try:
        response = http.get(Request(url=url, source="rdap", accept=_RDAP, max_bytes=_MAX_ANSWER))
        found = read_json(response.body, _Domain, "the registry's answer", max_bytes=_MAX_ANSWER)
    except Malformed as wrong:
        raise Unavailable(UnavailableKind.MALFORMED, str(wrong)) from wrong
    except Unavailable as missing:
        if missing.kind is UnavailableKind.NOT_FOUND:
            return False
        raise
    if found.kind != "domain" or (isinstance(found.name, str) and found.name.rstrip(".").lower() != domain):
        raise Unavailable(UnavailableKind.MALFORMED, f"the registry's answer is not about {domain}")
    return True


def _registries(http: Http, cache: Cache, now: Now, settings: RdapSettings) -> dict[str, str]:
    """The base URL by top-level domain. One that is itself on https is not let go down to http."""
    secure = settings.url.startswith("https:")

    def decode(body: bytes) -> dict[str, str]:
        wire = read_json(body, _Bootstrap, "IANA's list of registries", max_bytes=_MAX_BYTES)
        found: dict[str, str] = {}
        for names, urls in (service for service in wire.services if len(service) == 2):
            usable = [url for url in urls if url.startswith("https://") or not secure]
            found.update(dict.fromkeys(map(str.lower, names), usable[0]) if usable else {})
        return found

    request = Request(url=settings.url, source="rdap", max_bytes=_MAX_BYTES)
    return fetch_cached(http, cache, now, request, decode, dict[str, str], _BOOTSTRAP_FRESH_FOR).value
