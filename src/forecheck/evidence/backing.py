"""How much stands behind each version of a package, and which versions a release has to be measured by."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

import msgspec

from forecheck.evidence.packument import Dist, Offers, Packument, Row, moment
from forecheck.evidence.registry_manifest import listed
from forecheck.model import Package, Unavailable, UnavailableKind
from forecheck.npm.version import Version, parse_version
from forecheck.source import source


class Backing(IntEnum):
    """What can be shown of where a version comes from, the most telling last (pnpm's `trustPolicy` ranks so too)."""

    NOTHING = 0
    SIGNATURE = 1
    PROVENANCE = 2
    TRUSTED_PUBLISHER = 3


class Backed(msgspec.Struct, frozen=True):
    """One version, published at `at` (aware)."""

    version: str
    at: datetime
    prerelease: bool
    backing: Backing


class Yardstick(msgspec.Struct, frozen=True):
    """Versions published before another one, earliest first: those that lead up to it, and those of other lines."""

    line: tuple[Backed, ...]
    elsewhere: tuple[Backed, ...]


class BackingHistory(msgspec.Struct, frozen=True):
    """Read off the packument only when asked, because most releases are too old for the question to matter."""

    packument: Packument

    def of(self, version: str) -> Backed:
        """The version itself; raises `Unavailable` (NOT_FOUND) if it is not listed, or not dated."""
        row = listed(self.packument, version)
        if row.at is None:
            reason = f"the registry does not say when {version} was published"
            raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
        return _backed(self.packument, row, row.at)

    def before(self, version: str) -> Yardstick:
        """What the version is measured by.

        A stable release is not measured by pre-releases, a pre-release by those of its own kind (`-beta`) if there
        are any. What leads up to it are lower versions of its line: the same major, below 1.0.0 the same minor; for
        the first of a line all lower ones. So a backport is not measured by what was higher when it came out.
        """
        own = listed(self.packument, version)
        parsed = parse_version(version, loose=True)
        if own.at is None or parsed is None:
            return Yardstick((), ())
        earlier = [
            (row, found)
            for row in self.packument.rows
            if row.at is not None and row.at < own.at and (found := parse_version(row.version, loose=True))
        ]
        earlier = _comparable(earlier, parsed)
        lower = [row for row, found in earlier if found < parsed]
        same = [row for row, found in earlier if found < parsed and _line(found) == _line(parsed)]
        line = same or lower
        names = {row.version for row in line}
        others = [row for row, _ in earlier if row.version not in names]
        return Yardstick(self._sorted(line), self._sorted(others))

    def around(self, version: str, length: timedelta) -> tuple[Backed, ...]:
        """The other versions published within this time before or after it, earliest first."""
        at = listed(self.packument, version).at
        if at is None:
            return ()
        limit = length // timedelta(milliseconds=1)
        rows = (row for row in self.packument.rows if row.at is not None and abs(row.at - at) <= limit)
        return self._sorted([row for row in rows if row.version != version])

    def _sorted(self, rows: Sequence[Row]) -> tuple[Backed, ...]:
        dated = sorted((row.at, number) for number, row in enumerate(rows) if row.at is not None)
        return tuple(_backed(self.packument, rows[number], at) for at, number in dated)


@source()
def backing_history(_: Package, packument: Packument) -> BackingHistory:
    """How the versions were published; UNSUPPORTED from a registry that tells neither when nor how."""
    if packument.created is None:
        reason = "the registry does not say when packages were published"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    if not packument.offers & (Offers.PEOPLE | Offers.SIGNATURES):
        reason = "the registry does not say how packages were published"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    return BackingHistory(packument)


class _Head(msgspec.Struct, frozen=True, array_like=True):
    """The beginning of a `VersionDocument`: a package may have thousands, and only this part matters."""

    declared: msgspec.Raw
    dist: Dist


_HEADS: Final = msgspec.msgpack.Decoder(_Head)


def _backed(packument: Packument, row: Row, at: int) -> Backed:
    publisher = packument.publisher(row)
    dist = _HEADS.decode(row.document).dist
    backing = Backing.NOTHING
    if publisher is not None and publisher.trusted:
        backing = Backing.TRUSTED_PUBLISHER
    elif dist.predicate:
        backing = Backing.PROVENANCE
    elif dist.signatures:
        backing = Backing.SIGNATURE
    return Backed(row.version, moment(at), row.prerelease, backing)


def _comparable(earlier: list[tuple[Row, Version]], version: Version) -> list[tuple[Row, Version]]:
    if not version.prerelease:
        return [(row, found) for row, found in earlier if not found.prerelease]
    kind = [(row, found) for row, found in earlier if _kind(found) == _kind(version)]
    return kind or earlier


def _kind(version: Version) -> str | None:
    """What a pre-release is called: `beta` in 2.0.0-beta.3; None for a stable version."""
    words = [part for part in version.prerelease if isinstance(part, str)]
    return words[0] if words else "" if version.prerelease else None


def _line(version: Version) -> tuple[int, int]:
    return (version.major, -1) if version.major else (0, version.minor)
