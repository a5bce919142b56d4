"""Where the tarball of a release comes from, which bytes it has to be, and whether it is installed here at all."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import msgspec

from forecheck.evidence.packument import Dist
from forecheck.lockfiles.origins import PUBLIC_HOSTS
from forecheck.lockfiles.pinning import is_sha1, is_strong
from forecheck.model import FromRegistry, FromTarball, Release, Step, Unavailable, UnavailableKind


class Machine(msgspec.Struct, frozen=True):
    """Given to every run as context: the platforms something is installed for, as package.json names them.

    Both empty: for any. npm leaves out optional packages that are for none of them.
    """

    os: tuple[str, ...] = ()
    cpu: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True):
    """The URL npm would ask, and the integrities it would install by: one, or several where places differ."""

    url: str
    pins: tuple[str, ...]


def place_of(release: Release, steps: Sequence[Step], ask: Callable[[], Dist]) -> Place:
    """Where to look; `ask` gives the registry's word, and is called only where the lockfile leaves something open.

    Raises `Unavailable`: UNSUPPORTED for what is no tarball at a URL, NOT_FOUND where nothing pins the bytes.
    """
    origin = release.origin
    if isinstance(origin, FromTarball) and origin.url.startswith(("http://", "https://")):
        place = Place(origin.url, pins_of(steps, Dist()))
    elif isinstance(origin, FromRegistry):
        whole = all(step.entry.resolved and is_strong(step.entry.integrity) for step in steps)
        dist = Dist() if whole else ask()
        place = Place(_url(release.spec, origin.url, steps, dist), pins_of(steps, dist))
    else:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "it is no tarball at a registry or URL")
    if not place.pins:
        raise Unavailable(UnavailableKind.NOT_FOUND, "nothing says which bytes it is made of")
    return place


def locked_pins(steps: Sequence[Step]) -> tuple[str, ...]:
    """The integrities the lockfile holds npm to; empty if some place has none, because that is pinned later."""
    found = [step.entry.integrity for step in steps if is_strong(step.entry.integrity)]
    same = len(set(found)) == 1 and len(found) == len(steps)
    return tuple(dict.fromkeys(found)) if same else ()


def pins_of(steps: Sequence[Step], dist: Dist) -> tuple[str, ...]:
    """The integrities that would be installed by: the lockfile's, else the registry's, a SHA-1 only for want of
    better. Several, where places differ.
    """
    from forecheck.signing.integrity import sri_of

    own = dist.integrity if is_strong(dist.integrity) else ""
    weak = dist.integrity if is_sha1(dist.integrity) else sri_of(dist.shasum)
    found: dict[str, None] = {}
    for step in steps:
        entry = step.entry.integrity
        pin = entry if is_strong(entry) else own or (entry if is_sha1(entry) else weak)
        if pin:
            found[pin] = None
    return tuple(found)


def _url(spec: str, registry: str, steps: Sequence[Step], dist: Dist) -> str:
    for step in steps:
        if step.entry.resolved:
            return at_registry(step.entry.resolved, registry)
    if not dist.tarball:
        raise Unavailable(UnavailableKind.NOT_FOUND, f"the registry gives no tarball of {spec}")
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


def is_left_out(step: Step, machine: Machine) -> bool:
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
