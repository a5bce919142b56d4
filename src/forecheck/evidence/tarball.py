"""What is in the tarball of a release that a registry serves: the bytes that would be installed, and no others.

They are taken from where npm would take them, compared with the integrity they would be installed by, and only then
looked into. What is kept of them is small, and kept by that integrity for good: no other bytes can have it.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec

from forecheck import __version__
from forecheck.analysis.package_files import PackageFiles
from forecheck.evidence.fetching import shape
from forecheck.evidence.packument import Dist, Freshness, document_of
from forecheck.evidence.packument import packument as fetch_packument
from forecheck.evidence.planned import PlanIndex, Planned
from forecheck.lockfiles.origins import PUBLIC_HOSTS
from forecheck.lockfiles.pinning import is_sha1, is_strong
from forecheck.model import FromRegistry, Now, Package, Release, Step, Unavailable, UnavailableKind
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


class Machine(msgspec.Struct, frozen=True):
    """Given to every run as context: the platforms something is installed for, as package.json names them.

    Both empty: for any. npm leaves out optional packages that are for none of them.
    """

    os: tuple[str, ...] = ()
    cpu: tuple[str, ...] = ()


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
        release: _key(pins[0]) for release in releases if (pins := _locked(index.by_release.get(release, ())))
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
    if not isinstance(release.origin, FromRegistry):
        return Tarball(missing=Unavailable(UnavailableKind.UNSUPPORTED, "no registry serves it"))
    if all(_is_left_out(step, machine) for step in planned.steps):
        reason = "it is for another platform and not installed here"
        return Tarball(missing=Unavailable(UnavailableKind.UNSUPPORTED, reason))
    try:
        package = Package(release.name, release.origin.url)
        dist = _dist(release, package, planned, http, cache, now, freshness)
        url = _url(release, planned, dist)
        pins = _pins(planned.steps, dist)
        if not pins:
            raise Unavailable(UnavailableKind.NOT_FOUND, "nothing says which bytes it is made of")
        data = downloaded.find(pins[0])
        if data is None or not _fits(data, pins[0]):
            request = Request(url=url, source="tarball", accept="*/*", max_bytes=MAX_PACKED)
            data = http.get(request).body
    except Unavailable as missing:
        return Tarball(missing=missing)
    strange = tuple(pin for pin in pins if not _fits(data, pin))
    if strange:
        return Tarball(strange=strange)
    looked = look(data, release.spec)
    if is_strong(pins[0]):
        cache.put(_key(pins[0]), Stored(msgspec.msgpack.encode(looked), now.at))
    return Tarball(looked)


@source()
def served(tarball: Tarball, release: Release) -> Served:  # noqa: ARG001  (what the fact is about)
    """The bytes as they came; unavailable for the reason that `Tarball` holds."""
    if tarball.missing is not None:
        raise tarball.missing
    return Served(tarball.looked, tarball.strange)


@source()
def package_files(served: Served, release: Release) -> PackageFiles:
    """What is in them; MALFORMED where they are the wrong ones or cannot be looked into."""
    if served.looked is None:
        reason = f"the tarball served for {release.spec} is not the one that is pinned"
        raise Unavailable(UnavailableKind.MALFORMED, reason)
    if served.looked.files is None:
        raise Unavailable(UnavailableKind.MALFORMED, served.looked.unreadable)
    return served.looked.files


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


def _locked(steps: Sequence[Step]) -> tuple[str, ...]:
    """The integrities the lockfile holds npm to; empty if some place has none, because that is pinned later."""
    found = [step.entry.integrity for step in steps if is_strong(step.entry.integrity)]
    same = len(set(found)) == 1 and len(found) == len(steps)
    return tuple(dict.fromkeys(found)) if same else ()


def _pins(steps: Sequence[Step], dist: Dist) -> tuple[str, ...]:
    """The integrities that would be installed by: the lockfile's, else the registry's, a SHA-1 only for want of
    better. Several, where places differ.
    """
    from forecheck.analysis.digests import of_shasum

    own = dist.integrity if is_strong(dist.integrity) else ""
    weak = dist.integrity if is_sha1(dist.integrity) else of_shasum(dist.shasum)
    found: dict[str, None] = {}
    for step in steps:
        entry = step.entry.integrity
        pin = entry if is_strong(entry) else own or (entry if is_sha1(entry) else weak)
        if pin:
            found[pin] = None
    return tuple(found)


def _dist(
    release: Release,
    package: Package,
    planned: Planned,
    http: Http,
    cache: Cache,
    now: Now,
    freshness: Freshness,
) -> Dist:
    """What the registry says of the tarball, asked only where the lockfile leaves something open."""
    if all(step.entry.resolved and is_strong(step.entry.integrity) for step in planned.steps):
        return Dist()
    row = fetch_packument(package, http, cache, now, freshness).row(release.version)
    if row is None:
        raise Unavailable(UnavailableKind.NOT_FOUND, f"the registry does not list {release.spec}")
    return document_of(row).dist


def _url(release: Release, planned: Planned, dist: Dist) -> str:
    registry = release.origin.url if isinstance(release.origin, FromRegistry) else ""
    for step in planned.steps:
        if step.entry.resolved:
            return at_registry(step.entry.resolved, registry)
    if not dist.tarball:
        raise Unavailable(UnavailableKind.NOT_FOUND, f"the registry gives no tarball of {release.spec}")
    return at_registry(dist.tarball, registry)


def at_registry(url: str, registry: str) -> str:
    """The URL npm asks: the public registry's host stands for the configured one (`replace-registry-host`)."""
    try:
        parts, base = urlsplit(url), urlsplit(registry)
    except ValueError:
        raise Unavailable(UnavailableKind.MALFORMED, "the tarball's address is none") from None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Unavailable(UnavailableKind.MALFORMED, "the tarball's address is none")
    if parts.netloc != PUBLIC_HOSTS[0] or base.netloc in PUBLIC_HOSTS:
        return url
    below = parts.path if base.path == "/" else parts.path.removeprefix(base.path)
    return registry + below.lstrip("/")


def _is_left_out(step: Step, machine: Machine) -> bool:
    """Whether npm installs nothing there (npm-install-checks 7): an optional package of another platform.

    Only of entries in npm's own lockfiles: what other managers do about platforms is for them to configure.
    """
    at = step.entry.at
    if not step.entry.optional or at is None or not at.pointer.startswith("/packages/"):
        return False
    return not (
        _fits_machine(step.entry.platform, "os=", machine.os)
        and _fits_machine(step.entry.platform, "cpu=", machine.cpu)
    )


def _fits_machine(platform: Sequence[str], field: str, here: Sequence[str]) -> bool:
    """Whether one of the values of this machine is on the list, or on none of its exclusions (`!value`)."""
    wanted = [part.removeprefix(field) for part in platform if part.startswith(field)]
    refused = [part[1:] for part in wanted if part.startswith("!")]
    named = [part for part in wanted if not part.startswith("!")]
    if not here or not wanted or "any" in named:
        return True
    return any(one in named or (not named and one not in refused) for one in here)


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
