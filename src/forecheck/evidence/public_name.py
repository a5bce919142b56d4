"""Whether a name that a private registry serves exists on the public one, too, or the other way round."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from forecheck import __version__
from forecheck.decode import Malformed, read_json
from forecheck.evidence.name_routes import NameRoutes
from forecheck.evidence.once import Once
from forecheck.evidence.packument import MAX_BYTES, escaped
from forecheck.model import Now, Package, Unavailable, UnavailableKind
from forecheck.ports import Cache, Http, Request, Stored
from forecheck.source import source

FRESH_FOR: Final = timedelta(days=1)
_MAX_TAGS: Final = 1024 * 1024


class PublicName(msgspec.Struct, frozen=True):
    """`internal`: it comes from another registry than npm's. `latest` is what npm's has of it; None: nothing.

    For one that comes from npm's, `also_at` is a private registry that has a package of that name, too; only names
    that the user called internal are looked for there.
    """

    internal: bool
    latest: str | None = None
    also_at: str = ""


@source(fetches=True)
def public_name(
    package: Package, routes: NameRoutes, http: Http, cache: Cache, now: Now, once: Once
) -> PublicName:
    """The other side's word, for names that the user called safe to ask about; UNSUPPORTED for others."""
    if routes.is_internal(package):
        return PublicName(internal=True, latest=latest_public(package.name, routes, http, cache, now, once))
    if not routes.may_ask(package.name):
        return PublicName(internal=False)
    others = (
        registry
        for registry in routes.others
        if _answer(
            Request(f"{registry}{escaped(package.name)}", "packument", max_bytes=MAX_BYTES), http, cache, now
        )
    )
    return PublicName(internal=False, also_at=next(others, ""))


def latest_public(
    name: str, routes: NameRoutes, http: Http, cache: Cache, now: Now, once: Once
) -> str | None:
    """What npm's registry has of a name, None for nothing; UNSUPPORTED where it is not to be asked."""
    if not routes.may_ask(name):
        reason = "nobody said that the public registry may be asked about it (registries.ask)"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    if not routes.public:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "asking the public registry about names is turned off")
    url = f"{routes.public.removesuffix('/')}/-/package/{escaped(name)}/dist-tags"
    request = Request(url, "namesakes", max_bytes=_MAX_TAGS)
    return once.get(url, lambda: _answer(request, http, cache, now)) or None


def _answer(request: Request, http: Http, cache: Cache, now: Now) -> str:
    """The version tagged latest, empty for a name that is not there; asked once a day."""
    key = f"{__version__}:public-name:{request.url}"
    known = cache.get_many((key,)).get(key)
    if known is not None and timedelta(0) <= now.at - known.fetched_at < FRESH_FOR:
        return known.payload.decode("utf-8", "replace")
    try:
        body = http.get(request).body
        found = _latest(read_json(body, dict[str, Any], "the registry's answer", max_bytes=request.max_bytes))
    except Malformed as wrong:
        raise Unavailable(UnavailableKind.MALFORMED, str(wrong)) from wrong
    except Unavailable as missing:
        if missing.kind is not UnavailableKind.NOT_FOUND:
            raise
        found = ""
    cache.put(key, Stored(found.encode(), now.at))
    return found


def _latest(answer: Mapping[str, Any]) -> str:
    """Of the tags alone, or of a whole document."""
    tags = answer.get("dist-tags", answer)
    latest = tags.get("latest") if isinstance(tags, dict) else None
    return latest if isinstance(latest, str) and latest else "some version"
