"""Whether a name that a private registry serves exists on the public one, too."""

from datetime import timedelta
from typing import Any, Final

import msgspec

from forecheck import __version__
from forecheck.decode import Malformed, read_json
from forecheck.evidence.name_routes import NameRoutes
from forecheck.evidence.once import Once
from forecheck.evidence.packument import escaped
from forecheck.model import Now, Package, Unavailable, UnavailableKind
from forecheck.ports import Cache, Http, Request, Stored
from forecheck.source import source

FRESH_FOR: Final = timedelta(days=1)
_MAX_BYTES: Final = 1024 * 1024


class PublicName(msgspec.Struct, frozen=True):
    """`internal`: it comes from another registry than npm's. `latest` is what npm's has of it; None: nothing."""

    internal: bool
    latest: str | None = None


@source(fetches=True)
def public_name(
    package: Package, routes: NameRoutes, http: Http, cache: Cache, now: Now, once: Once
) -> PublicName:
    """The public registry's word, for names that the user called safe to ask about; UNSUPPORTED for others."""
    if not routes.is_internal(package):
        return PublicName(internal=False)
    if not routes.may_ask(package.name):
        reason = "nobody said that the public registry may be asked about it (registries.ask)"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    if not routes.public:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "asking the public registry about names is turned off")
    url = f"{routes.public.removesuffix('/')}/-/package/{escaped(package.name)}/dist-tags"
    latest = once.get(url, lambda: _latest(url, http, cache, now))
    return PublicName(internal=True, latest=latest or None)


def _latest(url: str, http: Http, cache: Cache, now: Now) -> str:
    """The version tagged latest, empty for a name that is not there; asked once a day."""
    key = f"{__version__}:public-name:{url}"
    known = cache.get_many((key,)).get(key)
    if known is not None and timedelta(0) <= now.at - known.fetched_at < FRESH_FOR:
        return known.payload.decode("utf-8", "replace")
    try:
        body = http.get(Request(url, "namesakes", max_bytes=_MAX_BYTES)).body
        tags = read_json(body, dict[str, Any], "the public registry's answer", max_bytes=_MAX_BYTES)
        latest = tags.get("latest")
        found = latest if isinstance(latest, str) and latest else "some version"
    except Malformed as wrong:
        raise Unavailable(UnavailableKind.MALFORMED, str(wrong)) from wrong
    except Unavailable as missing:
        if missing.kind is not UnavailableKind.NOT_FOUND:
            raise
        found = ""
    cache.put(key, Stored(found.encode(), now.at))
    return found
