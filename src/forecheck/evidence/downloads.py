"""How often a package is downloaded, from the bundled list or npm's download counter."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

import msgspec

from forecheck.decode import Malformed, read_json
from forecheck.evidence.fetching import cache_key, fetch_cached
from forecheck.evidence.popular import Popular
from forecheck.evidence.public_registries import PublicRegistries
from forecheck.model import Now, Package, Unavailable, UnavailableKind
from forecheck.popularity import Popularity
from forecheck.ports import Cache, Http, Request, Stored
from forecheck.source import source

BULK: Final = 128
"""How many names one request may hold, none of them scoped (npm registry docs, `download-counts.md`)."""

FRESH_FOR: Final = timedelta(days=7)
"""Counts are of the last thirty days: a week makes little difference."""

_MAX_BYTES: Final = 256 * 1024
_PERIOD: Final = "downloads/point/last-month/"
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


class DownloadsSettings(msgspec.Struct, frozen=True):
    """Given to every run as context: the counter's base URL, and whether it may be asked."""

    url: str = "https://api.npmjs.org/"
    enabled: bool = True


class Downloads(msgspec.Struct, frozen=True):
    """Downloads of all versions in a month."""

    monthly: int


class Usage(msgspec.Struct, frozen=True):
    """The same, for whoever can do without: exactly one of the two is None. Never unavailable itself."""

    monthly: int | None
    missing: Unavailable | None = None


class BulkAnswer(msgspec.Struct, frozen=True):
    """What the counter said of a name asked about together with others; both None for one not asked about so."""

    monthly: int | None = None
    missing: Unavailable | None = None


@source(batch=True)
def counted_in_bulk(
    packages: tuple[Package, ...],
    settings: DownloadsSettings,
    public: PublicRegistries,
    popularity: Popularity,
    http: Http,
    cache: Cache,
    now: Now,
) -> Mapping[Package, BulkAnswer | Unavailable]:
    """Counts of unscoped public packages that are not on the bundled list, up to 128 in a request."""
    wanted = [
        package
        for package in packages
        if settings.enabled
        and not package.name.startswith("@")
        and _askable(package.name)
        and popularity.monthly_downloads(package.name) is None
        and public.may_tell(package)
    ]
    answers: dict[Package, BulkAnswer | Unavailable] = dict.fromkeys(packages, BulkAnswer())
    known = _cached(cache, settings, wanted, now)
    answers.update({package: BulkAnswer(monthly) for package, monthly in known.items()})
    questions = [package for package in wanted if package not in known]
    for package, answer in _ask_all(http, settings, questions):
        answers[package] = answer
        if answer.monthly is not None:
            stored = Stored(msgspec.msgpack.encode(answer.monthly), now.at)
            cache.put(cache_key(_request(settings, package.name), int), stored)
    return answers


@source(fetches=True)
def usage(
    package: Package,
    bulk: BulkAnswer,
    settings: DownloadsSettings,
    public: PublicRegistries,
    popular: Popular,
    http: Http,
    cache: Cache,
    now: Now,
) -> Usage:
    """The count from the bundled list, else from the counter; scoped packages have to be asked about one by one."""
    if popular.monthly is not None:
        return Usage(popular.monthly)
    if bulk.monthly is not None or bulk.missing is not None:
        return Usage(bulk.monthly, bulk.missing)
    if not public.may_tell(package):
        return _unsupported("downloads are counted for public packages of npm only")
    if not settings.enabled:
        return _unsupported("asking for download counts is turned off")
    if not _askable(package.name):
        return _unsupported(f"{package.name} is not a name that can be asked about")
    try:
        request = _request(settings, package.name)
        fetched = fetch_cached(http, cache, now, request, _single, int, FRESH_FOR)
    except Unavailable as missing:
        unknown = missing.kind is UnavailableKind.NOT_FOUND
        return Usage(None, _not_counted(package) if unknown else missing)
    return Usage(fetched.value)


@source()
def downloads(package: Package, usage: Usage) -> Downloads:  # noqa: ARG001  (what the fact is about)
    """The count; unavailable for the reason that `Usage` holds."""
    if usage.missing is not None:
        raise usage.missing
    return Downloads(usage.monthly or 0)


class _Count(msgspec.Struct):
    downloads: int


def _cached(
    cache: Cache, settings: DownloadsSettings, packages: list[Package], now: Now
) -> dict[Package, int]:
    keys = {cache_key(_request(settings, package.name), int): package for package in packages}
    found = cache.get_many(tuple(keys)) if keys else {}
    counts: dict[Package, int] = {}
    for key, entry in found.items():
        if timedelta(0) <= now.at - entry.fetched_at < FRESH_FOR:
            with suppress(msgspec.DecodeError):  # a damaged entry counts as none
                counts[keys[key]] = msgspec.msgpack.decode(entry.payload, type=int)
    return counts


def _ask_all(
    http: Http, settings: DownloadsSettings, packages: list[Package]
) -> Iterator[tuple[Package, BulkAnswer]]:
    """An answer for each, in as many requests as it takes; after one that fails no more are made."""
    missing: Unavailable | None = None
    for start in range(0, len(packages), BULK):
        chunk = packages[start : start + BULK]
        counts: Mapping[str, int | None] = {}
        if missing is None:
            try:
                counts = _ask(http, settings, chunk)
            except Unavailable as failed:
                missing = failed
        for package in chunk:
            monthly = counts.get(package.name)
            reason = (missing or _not_counted(package)) if monthly is None else None
            yield package, BulkAnswer(monthly, reason)


def _ask(http: Http, settings: DownloadsSettings, packages: list[Package]) -> Mapping[str, int | None]:
    """What the counter says of each name; names it does not know are None or left out."""
    request = _request(settings, ",".join(package.name for package in packages))
    try:
        body = http.get(request).body
    except Unavailable as missing:
        if missing.kind is UnavailableKind.NOT_FOUND:
            return {}
        raise
    try:
        if len(packages) == 1:
            return {packages[0].name: _single(body)}
        many = read_json(body, dict[str, _Count | None], request.url, max_bytes=_MAX_BYTES)
    except Malformed as wrong:
        raise Unavailable(UnavailableKind.MALFORMED, str(wrong)) from wrong
    return {name: None if found is None else found.downloads for name, found in many.items()}


def _single(body: bytes) -> int:
    return read_json(body, _Count, "the download counter's answer", max_bytes=_MAX_BYTES).downloads


def _request(settings: DownloadsSettings, names: str) -> Request:
    url = f"{settings.url.removesuffix('/')}/{_PERIOD}{names}"
    return Request(url=url, source="downloads", max_bytes=_MAX_BYTES)


def _askable(name: str) -> bool:
    """Whether the name can stand in a URL as it is and lead nowhere else."""
    parts = name.removeprefix("@").split("/")
    plain = all(part not in ("", ".", "..") and _PLAIN.issuperset(part) for part in parts)
    return plain and len(parts) == (2 if name.startswith("@") else 1)


def _not_counted(package: Package) -> Unavailable:
    return Unavailable(UnavailableKind.NOT_FOUND, f"npm has not counted any downloads of {package.name} yet")


def _unsupported(reason: str) -> Usage:
    return Usage(None, Unavailable(UnavailableKind.UNSUPPORTED, reason))
