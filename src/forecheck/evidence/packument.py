"""What a registry says about a package: every version with its time, publisher and trimmed manifest."""

from datetime import UTC, datetime, timedelta
from enum import IntFlag
from typing import Annotated, Final

import msgspec

from forecheck.analysis.package_json import PackageJson, Person
from forecheck.evidence.fetching import fetch_cached
from forecheck.model import Now, Package, Unavailable, UnavailableKind
from forecheck.ports import Cache, Http, Request
from forecheck.source import source

MAX_BYTES: Final = 128 * 1024 * 1024
"""The largest real packuments are about 30 MB; this leaves room and still fits in memory."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Offers(IntFlag):
    """What this registry's documents carry at all, so that a field left out can be told from a stripped mirror.

    FULL: whole manifests, not the abbreviated ones that hold only what an installer needs. PEOPLE: publishers
    or maintainers. DEPRECATIONS: it would say so if a version were deprecated. SCRIPTS: which versions run
    something on install. SIGNATURES: at least one version has one.
    """

    FULL = 1
    PEOPLE = 2
    DEPRECATIONS = 4
    SCRIPTS = 8
    SIGNATURES = 16


class Publisher(msgspec.Struct, frozen=True, array_like=True):
    """Who published a version (`_npmUser`). `trusted` names the CI provider of a trusted publisher (OIDC), empty
    for a person's or bot's own account; `configuration` is that trust's id; `approver` approved a staged publish.
    """

    name: str
    email: str = ""
    trusted: str = ""
    configuration: str = ""
    approver: str = ""

    @property
    def label(self) -> str:
        return self.name or self.email


class Signature(msgspec.Struct, frozen=True, array_like=True):
    """A registry signature over `name@version:integrity`; `sig` is base64."""

    keyid: str
    sig: str


class Dist(msgspec.Struct, frozen=True, array_like=True):
    """The tarball of a version. `attestations` is the URL of its attestations, `predicate` the provenance's type."""

    integrity: str = ""
    shasum: str = ""
    tarball: str = ""
    signatures: tuple[Signature, ...] = ()
    attestations: str = ""
    predicate: str = ""
    file_count: int | None = None
    unpacked_size: int | None = None


class VersionDocument(msgspec.Struct, frozen=True, array_like=True):
    """One version's own part of a packument. `install_script` is the registry's claim, None where it makes none."""

    declared: PackageJson
    dist: Dist
    deprecated: str = ""
    install_script: bool | None = None


class Row(msgspec.Struct, frozen=True, array_like=True):
    """One version. `at` is its publish time in milliseconds since 1970 (None: not given or unreadable).

    `publisher` and `team` point into the packument's tables, -1 where the version names nobody. `document`
    is an encoded `VersionDocument`, decoded only when asked for.
    """

    version: str
    prerelease: bool
    at: int | None
    publisher: int
    team: int
    deprecated: bool
    document: Annotated[bytes, VersionDocument]

    @property
    def published(self) -> datetime | None:
        return None if self.at is None else moment(self.at)


class Packument(msgspec.Struct, frozen=True, array_like=True):
    """A package at a registry. `rows` go from the lowest version to the highest; what is no version comes first.

    `created` is the registry's time of the package's first publish, None where it gives none: a mirror's
    per-version times are then its own and say nothing. `removed` are the times of versions no longer listed,
    `unpublished` is when all of them were taken down. `readme` is about the newest version; None where the
    registry does not pass readmes on. `stale_since` is set where the registry could not be asked and this is what
    it said earlier: what it says of a publish still holds, deprecations and tags may have changed.
    """

    name: str
    tags: dict[str, str]
    rows: tuple[Row, ...]
    publishers: tuple[Publisher, ...]
    teams: tuple[tuple[Person, ...], ...]
    maintainers: tuple[Person, ...] | None
    offers: Offers
    created: int | None
    removed: dict[str, int]
    unpublished: int | None
    readme: bool | None
    stale_since: datetime | None = None

    def row(self, version: str) -> Row | None:
        """The row of a version, None if the registry does not list it."""
        return next((row for row in self.rows if row.version == version), None)

    def publisher(self, row: Row) -> Publisher | None:
        return self.publishers[row.publisher] if row.publisher >= 0 else None

    def team(self, row: Row) -> tuple[Person, ...] | None:
        return self.teams[row.team] if row.team >= 0 else None

    @property
    def has_times(self) -> bool:
        """Whether `Row.at` can be believed to be publish times."""
        return self.created is not None


class Freshness(msgspec.Struct, frozen=True):
    """How old a cached packument may be and still be taken as current; zero asks the registry again."""

    max_age: timedelta


@source(fetches=True)
def packument(package: Package, http: Http, cache: Cache, now: Now, freshness: Freshness) -> Packument:
    """The full packument: the abbreviated one has no times, people or scripts."""
    url = package.registry + escaped(package.name)

    def decode(body: bytes) -> Packument:
        from forecheck.evidence.packument_wire import read  # only for answers the cache does not have

        return read(body, package.name, url)

    request = Request(url=url, source="packument", accept="application/json", max_bytes=MAX_BYTES)
    fetched = fetch_cached(http, cache, now, request, decode, Packument, freshness.max_age)
    if fetched.stale_since is None:
        return fetched.value
    return msgspec.structs.replace(fetched.value, stale_since=fetched.stale_since)


def escaped(name: str) -> str:
    """A package name as one path segment, as npm writes it (`@scope%2fname`).

    A name that would lead elsewhere on the registry is MALFORMED.
    """
    from urllib.parse import quote

    if any(part in ("", ".", "..") for part in name.split("/")):
        raise Unavailable(UnavailableKind.MALFORMED, f"{name!r} is no package name")
    return "%2f".join(quote(part, safe="@!~*'()") for part in name.split("/"))


_DOCUMENTS: Final = msgspec.msgpack.Decoder(VersionDocument)


def document_of(row: Row) -> VersionDocument:
    """The trimmed manifest of a version."""
    return _DOCUMENTS.decode(row.document)


def moment(milliseconds: int) -> datetime:
    """A time of a `Row` or `Packument` as an aware datetime."""
    return EPOCH + timedelta(milliseconds=milliseconds)
