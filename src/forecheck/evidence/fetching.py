"""What every source that fetches does around its decoding: the cache, conditional requests, honest ages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, Generic, TypeVar, get_args, get_type_hints
from zlib import crc32

import msgspec

from forecheck import __version__
from forecheck.model import Now, Unavailable, UnavailableKind
from forecheck.ports import Cache, Http, Request, Response, Stored

T = TypeVar("T")


class Fetched(msgspec.Struct, Generic[T], frozen=True):
    """A value and when it was last known to be true at its origin.

    `stale_since` is set where it should have been fetched again but nobody could be reached: the moment it
    stopped being fresh. Whoever uses the value then has to report its age.
    """

    value: T
    fetched_at: datetime
    stale_since: datetime | None = None


def fetch_cached(
    http: Http,
    cached: Cache,
    now: Now,
    request: Request,
    decode: Callable[[bytes], T],
    payload_type: type[T],
    fresh_for: timedelta,
) -> Fetched[T]:
    """The decoded answer to `request`, from the cache if it is younger than `fresh_for`.

    What is kept is the decoded, trimmed value, not the answer. `decode` raises `Malformed` for a body it cannot
    read. Raises `Unavailable` as `http` does, except where it is OFFLINE and the cache has an older answer.
    """
    key = cache_key(request, payload_type)
    known = _read(cached, key, payload_type)
    if known is not None and timedelta(0) <= now.at - known.at < fresh_for:
        return Fetched(known.value, known.at)
    if known is not None:
        request = msgspec.structs.replace(request, etag=known.etag, last_modified=known.last_modified)
    try:
        response = http.get(request)
    except Unavailable as missing:
        if known is None or missing.kind is not UnavailableKind.OFFLINE:
            raise
        return Fetched(known.value, known.at, stale_since=min(known.at + fresh_for, now.at))
    not_modified = response.status == 304
    value = known.value if known is not None and not_modified else _decoded(decode, response.body)
    cached.put(key, _stored(value, response, now))
    return Fetched(value, now.at)


def cache_key(request: Request, payload_type: type) -> str:
    """Where the answer to `request` is kept. Another version of this tool, or another shape of the payload, looks
    elsewhere: a value that was stored without a field must not be read as one where the field is empty.
    """
    return f"{__version__}:{shape(payload_type)}:{request.accept}:{request.url}"


class _Known(msgspec.Struct, Generic[T], frozen=True):
    value: T
    at: datetime
    etag: str
    last_modified: str


def _read(cached: Cache, key: str, payload_type: type[T]) -> _Known[T] | None:
    """The cache's entry; a payload that cannot be read counts as none, so that it is fetched whole."""
    entry = cached.get_many((key,)).get(key)
    if entry is None:
        return None
    try:
        value = msgspec.msgpack.decode(entry.payload, type=payload_type)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return _Known(value, entry.fetched_at, entry.etag, entry.last_modified)


def _decoded(decode: Callable[[bytes], T], body: bytes) -> T:
    from forecheck.decode import Malformed  # brings json along, which answers from the cache do not need

    try:
        return decode(body)
    except Malformed as wrong:
        raise Unavailable(UnavailableKind.MALFORMED, str(wrong)) from wrong


def _stored(value: object, response: Response, now: Now) -> Stored:
    payload = msgspec.msgpack.encode(value)
    return Stored(payload, now.at, response.etag, response.last_modified)


@cache
def shape(kind: type) -> str:
    """A short name for a type's layout: the names and types of all fields, however deep."""
    seen = {"": repr(kind)}
    _describe(kind, seen)
    return f"{getattr(kind, '__name__', 'value')}-{crc32(repr(sorted(seen.items())).encode()):08x}"


def _describe(kind: Any, seen: dict[str, str]) -> None:
    name = f"{getattr(kind, '__module__', '')}.{getattr(kind, '__qualname__', kind)}"
    if isinstance(kind, type) and name not in seen:
        if issubclass(kind, Enum):
            seen[name] = repr([member.value for member in kind])
        elif issubclass(kind, msgspec.Struct):
            config = kind.__struct_config__
            seen[name] = f"{config.array_like} {config.tag} {kind.__struct_fields__}"
            for field, hint in get_type_hints(kind, include_extras=True).items():
                seen[f"{name}.{field}"] = repr(hint)
                _describe(hint, seen)
    for part in get_args(kind):
        _describe(part, seen)
