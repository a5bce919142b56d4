"""The world as the rest of the code sees it: small protocols that adapters implement and tests fake."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec


class Request(msgspec.Struct, frozen=True):
    """One GET.

    `source` names the evidence source it serves (its deadline and retries are configured by that name).
    `max_bytes` limits the decoded body. Credentials are not the caller's business: the adapter adds what
    the user's own configuration binds to the URL's host and path, and nothing else.
    """

    url: str
    source: str
    accept: str = "application/json"
    etag: str = ""
    last_modified: str = ""
    max_bytes: int = 128 * 1024 * 1024


class Response(msgspec.Struct, frozen=True):
    """Status 200 with a body, or 304 with none (only when the request carried a validator)."""

    status: int
    body: bytes
    etag: str = ""
    last_modified: str = ""


class Http(Protocol):
    """Fetches. Every failure is `Unavailable` of the right kind: 404/410 NOT_FOUND, 401/403/451 REFUSED,
    over the limit TOO_LARGE, deadline TIMEOUT, no connection or 429/5xx after retries OFFLINE or REFUSED,
    a body that contradicts its own headers MALFORMED. In offline mode every call is OFFLINE.
    """

    def get(self, request: Request) -> Response: ...


class Stored(msgspec.Struct, frozen=True):
    """A cache entry: the payload a source chose to keep and the validators of the answer it came from."""

    payload: bytes
    fetched_at: datetime
    etag: str = ""
    last_modified: str = ""


class Cache(Protocol):
    """A key-value store on disk. A damaged or unwritable store behaves as an empty one and says so once."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Stored]: ...

    def put(self, key: str, stored: Stored) -> None: ...


class Progress(Protocol):
    """Told what is going on; shows it on a terminal and nothing elsewhere."""

    def stage(self, what: str, total: int = 0) -> None: ...

    def advance(self, count: int = 1) -> None: ...

    def done(self) -> None: ...


class SourceLimits(msgspec.Struct, frozen=True):
    """How long one source may take in all, and how often one request is tried."""

    deadline: timedelta
    attempts: int
