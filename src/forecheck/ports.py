"""The world as the rest of the code sees it: small protocols that adapters implement and tests fake."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

import msgspec

from forecheck.advisories.record import Advisory, AdvisoryStatus
from forecheck.model import Lockfile, Package, Subject, Unresolved
from forecheck.signing.pinned import Pinned


class Request(msgspec.Struct, frozen=True):
    """One GET, or with a `body` (of `content_type`) one POST.

    A POST is a question too long for a URL: it changes nothing, so it may be asked again, and its answer has no
    validators. `source` names the evidence source it serves (its deadline and retries are configured by that name).
    `max_bytes` limits the decoded body. With `same_host` a redirect to another host is REFUSED. Credentials are not
    the caller's business: the adapter adds what the user's own configuration binds to the URL's host and path, and
    nothing else.
    """

    url: str
    source: str
    accept: str = "application/json"
    etag: str = ""
    last_modified: str = ""
    max_bytes: int = 128 * 1024 * 1024
    same_host: bool = False
    body: bytes = b""
    content_type: str = ""


class Response(msgspec.Struct, frozen=True):
    """Status 200 with a body, or 304 with none (only when the request carried a validator)."""

    status: int
    body: bytes
    etag: str = ""
    last_modified: str = ""


class Http(Protocol):
    """Fetches, and asks by POST where the request has a body. Every failure is `Unavailable` of the right kind:
    404/410 NOT_FOUND, 401/403/451 REFUSED, over the limit TOO_LARGE, deadline TIMEOUT, no connection or 429/5xx
    after retries OFFLINE or REFUSED, a body that contradicts its own headers MALFORMED, a POST redirected to
    another host REFUSED. In offline mode every call is OFFLINE.
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


class AdvisoryStore(Protocol):
    """The advisory database on this machine. Where there is none, or it cannot be used, `lookup` raises
    `Unavailable` (NOT_FOUND, MALFORMED, REFUSED): never an empty answer.
    """

    def lookup(self, pairs: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[Advisory, ...]]:
        """By name and exact version, the advisories that hold for it (`advisories.record.hold`: YES or MAYBE), by
        id; a pair that none holds for is left out. Withdrawn advisories hold for nothing.
        """
        ...

    def status(self) -> AdvisoryStatus | None:
        """What the database holds; None where there is none. Raises `Unavailable` where it cannot be used."""
        ...


class Progress(Protocol):
    """Told what is going on; shows it on a terminal and nothing elsewhere."""

    def stage(self, what: str, total: int = 0) -> None: ...

    def advance(self, count: int = 1) -> None: ...

    def done(self) -> None: ...


class SourceLimits(msgspec.Struct, frozen=True):
    """How long one source may take in all, and how often one request is tried."""

    deadline: timedelta
    attempts: int


class Resolution(msgspec.Struct, frozen=True):
    """What a package manager would write, against what is there.

    `on_disk` are the locations of `before` that were seen to hold the release they claim. `unresolved` is what
    the registry does not have; then `after` is what there was before. `only` are the locations that the question is
    about, None for all of them. `rewritten`: the manager writes `after` itself, so that of the project's own lockfile
    nothing but entries is left.
    """

    after: Lockfile
    before: Lockfile | None = None
    on_disk: frozenset[str] = frozenset()
    unresolved: tuple[Unresolved, ...] = ()
    notices: tuple[str, ...] = ()
    only: frozenset[str] | None = None
    rewritten: bool = False


Guess = Subject | Package
"""What a resolution will probably be about: a whole release, or only its name."""


class PackageManager(Protocol):
    """A package manager about to run one command for one project; lives until `close`."""

    name: str
    version: str

    def resolve(self, while_waiting: Callable[[Sequence[Guess]], None]) -> Resolution:
        """Find out what the command would install, changing nothing of the project.

        `while_waiting` is called once with subjects that will probably be part of the answer.
        """
        ...

    def apply(self, pins: Mapping[str, str]) -> int:
        """Install exactly what `resolve` found and give the manager's exit code.

        `pins` adds an integrity, by location, to entries the manager's lockfile leaves without one.
        """
        ...

    def close(self) -> None: ...


class Files(Protocol):
    """Reads files of the project under audit, and of folders it depends on."""

    def read(self, path: str) -> bytes:
        """The file's bytes; raises `Unavailable` (NOT_FOUND, REFUSED, TOO_LARGE)."""
        ...


class Delegation(Enum):
    """What the domain name system knows of a domain: name servers, only that the name exists, or nothing."""

    SERVED = "served"
    BARE = "bare"
    UNKNOWN = "unknown"


class Resolver(Protocol):
    """Asks the domain name system. Offline, unreachable or failing servers are `Unavailable`, never UNKNOWN."""

    def delegation(self, domain: str) -> Delegation:
        """Whether the domain (ASCII, no final dot) has name servers."""
        ...


class Downloaded(Protocol):
    """What a package manager has downloaded before."""

    def find(self, integrity: str) -> bytes | None:
        """Bytes kept under this hash (`sha512-…`), None if there are none. Whether they have it is for the caller
        to see.
        """
        ...


class Commits(Protocol):
    """Reads single files of a git commit without checking anything out."""

    def read(self, url: str, commit: str, paths: Sequence[str]) -> Mapping[str, bytes]:
        """Those of the paths that the commit holds; raises `Unavailable`. `url` is npm's (`git+https://…`)."""
        ...


class Pins(Protocol):
    """Remembers the signing keys of registries between runs; raises `Unavailable` (MALFORMED, REFUSED) where what is
    remembered cannot be read: that is not the same as nothing.
    """

    def of(self, registry: str) -> Pinned | None:
        """What is remembered of the registry at this base URL; None if it was never seen to sign."""
        ...

    def first(self, pinned: Pinned) -> Pinned:
        """Remember a registry seen for the first time; gives what is remembered now, which may be another's word."""
        ...
