"""How much stands behind each version of a package, and which versions a release has to be measured by."""

from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

import msgspec

from forecheck.evidence.packument import Dist, Offers, Packument, Row, moment
from forecheck.evidence.registry_manifest import listed
from forecheck.model import Package, Unavailable, UnavailableKind
from forecheck.npm.version import Version, parse_version
from forecheck.source import source

_NEAREST: Final = 100


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


class _Known(msgspec.Struct, frozen=True):
    """A version that is dated and can be put in order."""

    backed: Backed
    version: Version


class BackingHistory:
    """How every version of a package was published; read off the packument only when asked, because most releases are
    too old for the question to matter, and then once.
    """

    def __init__(self, packument: Packument) -> None:
        self.packument = packument
        self._known: tuple[_Known, ...] | None = None

    def published(self, version: str) -> datetime:
        """When; raises `Unavailable` (NOT_FOUND) if it is not listed, or UNSUPPORTED if not dated."""
        row = listed(self.packument, version)
        if row.at is None:
            reason = f"the registry does not say when {version} was published"
            raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
        return moment(row.at)

    def of(self, version: str) -> Backed:
        """The version itself; raises as `published`."""
        return _backed(self.packument, listed(self.packument, version), self.published(version))

    def before(self, version: str) -> Yardstick:
        """What the version is measured by.

        A stable release is not measured by pre-releases, a pre-release by those of its own kind (`-beta`) if there
        are any. What leads up to it are lower versions of its line: the same major, below 1.0.0 the same minor; for
        the first of a line all lower ones. So a backport is not measured by what was higher when it came out.
        """
        own = next((one for one in self._versions() if one.backed.version == version), None)
        if own is None:
            return Yardstick((), ())
        earlier = [one for one in self._versions() if one.backed.at < own.backed.at]
        earlier = _comparable(earlier, own.version)
        lower = [one for one in earlier if one.version < own.version]
        line = [one for one in lower if _line(one.version) == _line(own.version)] or lower
        names = {one.backed.version for one in line}
        return Yardstick(
            line=tuple(one.backed for one in line),
            elsewhere=tuple(one.backed for one in earlier if one.backed.version not in names),
        )

    def around(self, version: str, length: timedelta) -> tuple[Backed, ...]:
        """The other versions published within this time before or after it, the closest first, of very many the
        closest hundred.
        """
        at = self.published(version)
        near = [one.backed for one in self._versions() if abs(one.backed.at - at) <= length]
        near.sort(key=lambda one: abs(one.at - at))
        return tuple(one for one in near if one.version != version)[:_NEAREST]

    def _versions(self) -> tuple[_Known, ...]:
        """Earliest first."""
        if self._known is None:
            found = [
                _Known(_backed(self.packument, row, moment(row.at)), version)
                for row in self.packument.rows
                if row.at is not None and (version := parse_version(row.version, loose=True)) is not None
            ]
            self._known = tuple(sorted(found, key=lambda one: one.backed.at))
        return self._known


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


def _backed(packument: Packument, row: Row, at: datetime) -> Backed:
    publisher = packument.publisher(row)
    dist = _HEADS.decode(row.document).dist
    backing = Backing.NOTHING
    if publisher is not None and publisher.trusted:
        backing = Backing.TRUSTED_PUBLISHER
    elif dist.predicate:
        backing = Backing.PROVENANCE
    elif dist.signatures:
        backing = Backing.SIGNATURE
    return Backed(row.version, at, row.prerelease, backing)


def _comparable(earlier: list[_Known], version: Version) -> list[_Known]:
    if not version.prerelease:
        return [one for one in earlier if not one.version.prerelease]
    return [one for one in earlier if _kind(one.version) == _kind(version)] or earlier


def _kind(version: Version) -> str | None:
    """What a pre-release is called: `beta` in 2.0.0-beta.3; None for a stable version."""
    words = [part for part in version.prerelease if isinstance(part, str)]
    return words[0] if words else "" if version.prerelease else None


def _line(version: Version) -> tuple[int, int]:
    return (version.major, -1) if version.major else (0, version.minor)
