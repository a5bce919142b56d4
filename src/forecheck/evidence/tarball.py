"""What is in the tarball of a release that a registry serves: the bytes that would be installed, and no others.

They are taken from where npm would take them, compared with the integrity they would be installed by, and only then
looked into. What is kept of them is small, and kept by that integrity for good: no other bytes can have it.
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from forecheck import __version__
from forecheck.analysis.package_files import PackageFiles
from forecheck.evidence.fetching import shape
from forecheck.evidence.packument import Dist, Freshness, Packument, document_of
from forecheck.evidence.packument import packument as fetch_packument
from forecheck.evidence.planned import PlanIndex, Planned
from forecheck.evidence.tarball_place import Machine, Place, is_left_out, locked_pins, place_of
from forecheck.lockfiles.pinning import is_strong
from forecheck.model import FromRegistry, Now, Package, Release, Unavailable, UnavailableKind
from forecheck.ports import Cache, Downloaded, Http, Request, Stored
from forecheck.source import source

MAX_PACKED: Final = 256 * 1024 * 1024
"""In bytes; the largest packages of npm's registry are a little smaller."""


class Looked(msgspec.Struct, frozen=True, array_like=True):
    """What one tarball holds. `integrity` is the SHA-512 of its bytes; `unreadable` says why nobody can look into it
    (no sound archive, or one that unpacks to more than the limits), and then `files` is None.
    """

    integrity: str
    files: PackageFiles | None = None
    unreadable: str = ""


class Remembered(msgspec.Struct, frozen=True):
    """What an earlier run has seen in the bytes that the lockfile pins; None where none has."""

    looked: Looked | None


class Tarball(msgspec.Struct, frozen=True):
    """For whoever can do without the contents: never unavailable itself. At least one of the three is set.

    `strange` are integrities that something pins and the bytes do not have: then nobody looked into them.
    """

    looked: Looked | None = None
    strange: tuple[str, ...] = ()
    missing: Unavailable | None = None

    @property
    def files(self) -> PackageFiles | None:
        return self.looked.files if self.looked else None


class Served(msgspec.Struct, frozen=True):
    """The same once the bytes are there: `strange`, or what they hold."""

    looked: Looked | None
    strange: tuple[str, ...]


def from_registry(release: Release) -> bool:
    """Whether a registry serves the release."""
    return isinstance(release.origin, FromRegistry)


@source(batch=True)
def remembered(
    releases: tuple[Release, ...], index: PlanIndex, cache: Cache
) -> Mapping[Release, Remembered | Unavailable]:
    """What is known of all the pinned tarballs, in one question to the cache."""
    keys = {
        release: _key(pins[0])
        for release in releases
        if (pins := locked_pins(index.by_release.get(release, ())))
    }
    found = cache.get_many(tuple(dict.fromkeys(keys.values()))) if keys else {}
    return {release: Remembered(_decoded(found.get(keys.get(release, "")))) for release in releases}


@source(fetches=True, doing="reading tarballs")
def tarball(
    release: Release,
    planned: Planned,
    remembered: Remembered,
    downloaded: Downloaded,
    machine: Machine,
    http: Http,
    cache: Cache,
    now: Now,
    freshness: Freshness,
) -> Tarball:
    """Looked into once and for all; `missing` says what kept us from it."""
    if remembered.looked is not None:
        return Tarball(remembered.looked)
    if all(is_left_out(step, machine) for step in planned.steps):
        reason = "it is for another platform and not installed here"
        return Tarball(missing=Unavailable(UnavailableKind.UNSUPPORTED, reason))

    def ask() -> Dist:
        return _dist(release, lambda package: fetch_packument(package, http, cache, now, freshness))

    try:
        place = place_of(release, planned.steps, ask)
        data = _bytes(place, downloaded, http)
    except Unavailable as missing:
        if missing.kind is UnavailableKind.TOO_LARGE:
            return Tarball(
                Looked("", unreadable=f"{release.spec} is too large to look into: {missing.reason}")
            )
        return Tarball(missing=missing)
    strange = tuple(pin for pin in place.pins if not _fits(data, pin))
    if strange:
        return Tarball(strange=strange)
    looked = look(data, release.spec)
    if is_strong(place.pins[0]):
        cache.put(_key(place.pins[0]), Stored(msgspec.msgpack.encode(looked), now.at))
    return Tarball(looked)


def _bytes(place: Place, downloaded: Downloaded, http: Http) -> bytes:
    """What npm would unpack: what it has under the hash already, else what the URL gives."""
    kept = downloaded.find(place.pins[0])
    if kept is not None and _fits(kept, place.pins[0]):
        return kept
    return http.get(Request(url=place.url, source="tarball", accept="*/*", max_bytes=MAX_PACKED)).body


@source()
def served(tarball: Tarball, release: Release) -> Served:  # noqa: ARG001  (what the fact is about)
    """The bytes as they came; unavailable for the reason that `Tarball` holds."""
    if tarball.missing is not None:
        raise tarball.missing
    return Served(tarball.looked, tarball.strange)


def look(data: bytes, where: str) -> Looked:
    """What the bytes hold, whoever vouches for them."""
    from forecheck.analysis.archive import TooLarge
    from forecheck.analysis.digests import digest
    from forecheck.analysis.unpacking import read_package
    from forecheck.decode import Malformed

    integrity = digest(data)
    try:
        return Looked(integrity, read_package(data, where))
    except TooLarge as over:
        return Looked(integrity, unreadable=f"{where} {over}")
    except Malformed as wrong:
        return Looked(integrity, unreadable=str(wrong))


def _dist(release: Release, ask: Callable[[Package], Packument]) -> Dist:
    package = release.package
    row = ask(package).row(release.version) if package is not None else None
    if row is None:
        raise Unavailable(UnavailableKind.NOT_FOUND, f"the registry does not list {release.spec}")
    return document_of(row).dist


def _fits(data: bytes, integrity: str) -> bool:
    from forecheck.analysis.digests import fits

    return fits(data, integrity)


def _key(integrity: str) -> str:
    return f"{__version__}:{shape(Looked)}:tarball:{integrity}"


def _decoded(entry: Stored | None) -> Looked | None:
    """A payload that cannot be read counts as none."""
    if entry is None:
        return None
    try:
        return msgspec.msgpack.decode(entry.payload, type=Looked)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
