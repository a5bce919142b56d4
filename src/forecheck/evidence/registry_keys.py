"""The keys a registry signs with: those trusted before, those it lists now, and the difference."""

from collections.abc import Mapping
from typing import Final

import msgspec

from forecheck.evidence.fetching import cache_key, fetch_cached
from forecheck.evidence.packument import Freshness
from forecheck.model import Now, Package, Unavailable, UnavailableKind
from forecheck.ports import Cache, Http, Pins, Request, Stored
from forecheck.signing.keys import MAX_BYTES, RegistryKey, known_keys, npm_keys
from forecheck.signing.pinned import ChangeKind, KeyChange, Pinned, compare, strictest
from forecheck.source import source

_ENDPOINT: Final = "-/npm/v1/keys"


class ServedKeys(msgspec.Struct, frozen=True, array_like=True):
    """A registry's answer: its keys; None where it has no such list (404), which is an answer too."""

    keys: tuple[RegistryKey, ...] | None


class Keyring(msgspec.Struct, frozen=True):
    """What a run knows of a registry's keys.

    `trusted` were known before this run, or are the first ever seen there. `gone` are ids of trusted keys that the
    registry lists no longer although their time is not over. `untrusted` are listed and were accepted by nobody.
    `withdrawn` are fingerprints of keys somebody said are not to be trusted.
    `signs` says that this registry signs what it serves. `missing` is why the present list could not be had; None
    where it could, or where the registry has none.
    """

    registry: str
    trusted: tuple[RegistryKey, ...] = ()
    gone: frozenset[str] = frozenset()
    untrusted: tuple[RegistryKey, ...] = ()
    withdrawn: tuple[str, ...] = ()
    changes: tuple[KeyChange, ...] = ()
    signs: bool = False
    missing: Unavailable | None = None

    @property
    def host(self) -> str:
        """What to call the registry: its URL without scheme and final slash."""
        return self.registry.partition("://")[2].rstrip("/") or self.registry

    @property
    def taken_off(self) -> bool:
        """Whether this goes by the name of npm's own registry, but has no list of keys, as npm's always has."""
        answered = self.missing is None or self.missing.kind is UnavailableKind.REFUSED
        return answered and not self.signs and bool(known_keys(self.registry))

    def trusted_key(self, keyid: str) -> RegistryKey | None:
        return next((key for key in self.trusted if key.keyid == keyid), None)

    def untrusted_key(self, keyid: str) -> RegistryKey | None:
        return next((key for key in self.untrusted if key.keyid == keyid), None)


class AskedRegistries:
    """What was found out in this run, by registry. Given to every run as context, so that each is asked once,
    however often the plan grows.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Keyring | Unavailable] = {}

    def notices(self) -> tuple[str, ...]:
        """What the run has to say about them, once."""
        return tuple(
            f"what answers as {ring.host} lists no signing keys, as npm's own registry does: it is a mirror or proxy,"
            " and signatures are verified only where it passes them on"
            for ring in self.answers.values()
            if isinstance(ring, Keyring) and ring.taken_off
        )


@source(batch=True)
def registry_keys(
    packages: tuple[Package, ...],
    http: Http,
    cache: Cache,
    pins: Pins,
    now: Now,
    freshness: Freshness,
    asked: AskedRegistries,
) -> Mapping[Package, Keyring | Unavailable]:
    """The keyring of each package's registry; the first keys a registry shows are remembered from then on."""
    for registry in dict.fromkeys(package.registry for package in packages):
        if registry not in asked.answers:
            try:
                asked.answers[registry] = _keyring(registry, http, cache, pins, now, freshness)
            except Unavailable as missing:
                asked.answers[registry] = missing
    return {package: asked.answers[package.registry] for package in packages}


def served_keys(registry: str, http: Http, cache: Cache, now: Now, freshness: Freshness) -> ServedKeys:
    """What the registry lists now, or did a short while ago; raises `Unavailable`."""
    request = Request(url=registry + _ENDPOINT, source="registry-keys", max_bytes=MAX_BYTES)

    def decode(body: bytes) -> ServedKeys:
        from forecheck.signing.keys import read_keys

        return ServedKeys(read_keys(body, request.url))

    try:
        return fetch_cached(http, cache, now, request, decode, ServedKeys, freshness.max_age).value
    except Unavailable as missing:
        if missing.kind is not UnavailableKind.NOT_FOUND:
            raise
    absent = ServedKeys(None)
    cache.put(cache_key(request, ServedKeys), Stored(msgspec.msgpack.encode(absent), now.at))
    return absent


def trusted_keys(registry: str, pinned: Pinned | None) -> tuple[RegistryKey, ...]:
    """What is remembered of the registry, and what is known of it without asking."""
    own = {key.keyid: key for key in known_keys(registry)}
    if pinned is None:
        return tuple(own.values())
    both = {**own, **{key.keyid: key for key in pinned.keys}}
    return tuple(key for key in both.values() if key.fingerprint not in pinned.withdrawn)


def _keyring(registry: str, http: Http, cache: Cache, pins: Pins, now: Now, freshness: Freshness) -> Keyring:
    pinned = pins.of(registry)
    known = Keyring(
        registry,
        trusted=trusted_keys(registry, pinned),
        withdrawn=() if pinned is None else pinned.withdrawn,
        signs=pinned is not None and bool(pinned.keys),
    )
    try:
        served = served_keys(registry, http, cache, now, freshness).keys
    except Unavailable as missing:
        return msgspec.structs.replace(known, missing=missing)
    if not served:
        silent = (KeyChange(ChangeKind.SILENT, key) for key in known.trusted if known.signs)
        return msgspec.structs.replace(known, changes=tuple(silent))
    if pinned is None:
        pinned = pins.first(Pinned(registry, _first(registry, known.trusted, served), now.at))
        known = msgspec.structs.replace(known, trusted=trusted_keys(registry, pinned), signs=True)
    return _compared(known, served, now)


def _first(
    registry: str, trusted: tuple[RegistryKey, ...], served: tuple[RegistryKey, ...]
) -> tuple[RegistryKey, ...]:
    """What to remember of a registry that was never seen before: all it lists, or what was known anyway."""
    if trusted:
        return trusted
    wrong = next((key for key in served if key.misnamed), None)
    if wrong is not None:
        reason = f"{registry} lists a key as {wrong.keyid}, which is the id of another key"
        raise Unavailable(UnavailableKind.MALFORMED, reason)
    return served


def _compared(known: Keyring, served: tuple[RegistryKey, ...], now: Now) -> Keyring:
    changes = compare(known.trusted, served)
    removed = [change.key for change in changes if change.kind is ChangeKind.REMOVED]
    unaccepted = (ChangeKind.ADDED, ChangeKind.SWAPPED)
    return msgspec.structs.replace(
        known,
        trusted=strictest(known.trusted, served),
        gone=frozenset(key.keyid for key in removed if not key.expired(now.at)),
        untrusted=tuple(change.key for change in changes if change.kind in unaccepted),
        changes=changes,
    )


def borrowed_key(keyring: Keyring, keyid: str) -> RegistryKey | None:
    """One of npm's own keys, at a registry that passes npm's packages and signatures on: what they vouch for does
    not depend on who tells it. None where the registry uses the id itself.
    """
    if known_keys(keyring.registry) or keyring.untrusted_key(keyid) is not None:
        return None
    return next(
        (key for key in npm_keys() if key.keyid == keyid and key.fingerprint not in keyring.withdrawn), None
    )
