"""The version a release is compared with: what somebody who updates to it most likely had before."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from forecheck.evidence.packument import Packument, Row
from forecheck.evidence.registry_manifest import RegistryManifest, listed, manifest_of
from forecheck.model import Release, Unavailable, UnavailableKind
from forecheck.npm.semver import parse_version
from forecheck.source import source

SETTLED: Final = timedelta(days=7)
"""How much earlier a version must have been published to be compared with. Whoever takes a package over
publishes several versions within hours (xrpl 4.2.1 to 4.2.4, ua-parser-js 0.7.29, 0.8.0, 1.0.0): compared with
the one just before, the second of them has nothing new."""


class Earlier(msgspec.Struct, frozen=True):
    """An earlier version; `at` is None where the registry's times cannot be believed."""

    version: str
    at: datetime | None
    manifest: RegistryManifest


class Predecessor(msgspec.Struct, frozen=True):
    """What came before a release on its line of development; both None for a package's first version.

    `at` is when the release itself was published, None where the registry's times cannot be believed.
    `main` is the highest lower version, stable for a stable release. `preview` is a later pre-release of the
    same change (5.0.0-rc.1 for 5.0.0): what it already had is not new in the stable release.
    """

    main: Earlier | None
    preview: Earlier | None = None
    at: datetime | None = None

    def all(self) -> Iterator[Earlier]:
        """Every version worth comparing with, `main` first."""
        yield from (earlier for earlier in (self.main, self.preview) if earlier is not None)


@source()
def predecessor(release: Release, packument: Packument) -> Predecessor:
    """The highest lower version among those published a week before or earlier, so that neither backports to
    other lines nor a burst of versions mislead; younger ones only where there is nothing else. Without
    believable publish times the order of versions alone decides.
    """
    row = listed(packument, release.version)
    if parse_version(row.version, loose=True) is None:
        reason = f"{release.version} is not a version that can be put in order"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    lower = [other for other in packument.rows[: packument.rows.index(row)] if _ordered(other)]
    settled, earlier = lower, lower
    others: Sequence[Row] = ()
    if packument.has_times and row.at is not None:
        settled = _before(lower, row.at - SETTLED // timedelta(milliseconds=1))
        earlier = _before(lower, row.at)
        others = _before(packument.rows, row.at)
    main = _highest(settled, row) or _highest(earlier, row) or _latest(others)
    if main is None:
        return Predecessor(main=None, at=_time(packument, row))
    preview = settled[-1] if settled and settled[-1].prerelease and not row.prerelease else None
    return Predecessor(
        main=_earlier(packument, main),
        preview=_earlier(packument, preview) if preview is not None and preview is not main else None,
        at=_time(packument, row),
    )


def _ordered(row: Row) -> bool:
    return not row.prerelease or parse_version(row.version, loose=True) is not None


def _before(rows: Sequence[Row], at: int) -> list[Row]:
    return [row for row in rows if row.at is not None and row.at < at]


def _highest(lower: Sequence[Row], than: Row) -> Row | None:
    """The last of rows in ascending order, a stable one for a stable release if there is any."""
    stable = (row for row in reversed(lower) if not row.prerelease)
    return (None if than.prerelease else next(stable, None)) or (lower[-1] if lower else None)


def _latest(rows: Sequence[Row]) -> Row | None:
    """The one published last: for a release lower than everything that was there before it."""
    return max(rows, key=lambda row: row.at or 0, default=None)


def _earlier(packument: Packument, row: Row) -> Earlier:
    return Earlier(
        version=row.version,
        at=_time(packument, row),
        manifest=manifest_of(packument, row),
    )


def _time(packument: Packument, row: Row) -> datetime | None:
    return row.published if packument.has_times else None
