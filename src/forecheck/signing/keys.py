"""A registry's signing keys, from its keys endpoint (`/-/npm/v1/keys`, npm docs "about registry signatures")."""

from binascii import Error, a2b_base64, b2a_base64
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Annotated, Any, Final

import msgspec

from forecheck.data import npm_signing_keys
from forecheck.decode import Malformed, read_json

MAX_BYTES: Final = 256 * 1024
MAX_KEYS: Final = 64
SCHEME: Final = "ecdsa-sha2-nistp256"
"""The only scheme there is so far: ECDSA on P-256 with SHA-256, the signature in DER."""

_SPKI: Final = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
"""How every DER-encoded SubjectPublicKeyInfo of an uncompressed P-256 point begins (RFC 5480); 65 bytes follow."""

_POINT: Final = 65
_FINGERPRINT: Final = "SHA256:"
_DIGEST: Final = 43  # 32 bytes in base64 without padding


class RegistryKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key as listed. `key` is base64 of the SubjectPublicKeyInfo. `expires` is aware; None for a key without end:
    it says nothing about signatures of versions that were published before.
    """

    keyid: str
    scheme: str
    key: str
    expires: Annotated[datetime, msgspec.Meta(tz=True)] | None = None

    @property
    def fingerprint(self) -> str:
        """What tells this key from every other, whatever its id: OpenSSH's fingerprint for a P-256 key."""
        return _fingerprint(self.key)

    @property
    def misnamed(self) -> bool:
        """Whether the id has the form of a fingerprint (npm's do) and is that of another key."""
        named = self.keyid.startswith(_FINGERPRINT) and len(self.keyid) == len(_FINGERPRINT) + _DIGEST
        return named and self.keyid != self.fingerprint

    def expired(self, at: datetime) -> bool:
        return self.expires is not None and at >= self.expires

    def same_key(self, other: "RegistryKey") -> bool:
        return (self.scheme, self.key) == (other.scheme, other.key)


class _WireKey(msgspec.Struct):
    keyid: str
    key: str
    scheme: str = SCHEME
    expires: Any = None


class _WireKeys(msgspec.Struct):
    keys: list[_WireKey]


def read_keys(body: bytes, where: str) -> tuple[RegistryKey, ...]:
    """The list of keys; raises `Malformed` if any of it is not as it should be: half a list is no list.

    Keys of other schemes are kept, because a registry may use several.
    """
    wire = read_json(body, _WireKeys, where, max_bytes=MAX_BYTES)
    if len(wire.keys) > MAX_KEYS:
        raise Malformed(where, f"lists more than {MAX_KEYS} keys")
    found: dict[str, RegistryKey] = {}
    for number, one in enumerate(wire.keys):
        place = f"$.keys[{number}]"
        key = RegistryKey(one.keyid, one.scheme, one.key, _expiry(one.expires, where, place))
        if not key.keyid or not key.keyid.isprintable() or len(key.keyid) > MAX_BYTES // MAX_KEYS:
            raise Malformed(where, "a key without an id", place)
        if key.scheme == SCHEME and point_of(key.key) is None:
            raise Malformed(where, "is not a P-256 key", place)
        if found.setdefault(key.keyid, key) != key:
            raise Malformed(where, f"lists two keys with the id {key.keyid}", place)
    return tuple(found.values())


def _expiry(value: Any, where: str, place: str) -> datetime | None:
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Malformed(where, "an expiry that is no time", f"{place}.expires") from None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def decoded(text: str) -> bytes | None:
    """Base64 as its one canonical spelling; None for anything else, or two texts would be one signature."""
    try:
        data = a2b_base64(text.encode(), strict_mode=True)
    except (Error, UnicodeEncodeError):
        return None
    return data if b2a_base64(data, newline=False).decode() == text else None


def point_of(key: str) -> bytes | None:
    """The 65 bytes of an uncompressed P-256 point (whether it is on the curve is not looked at); None for others."""
    data = decoded(key)
    if data is None or not data.startswith(_SPKI) or len(data) != len(_SPKI) + _POINT:
        return None
    point = data[len(_SPKI) :]
    return point if point[0] == 4 else None  # SEC 1: 04 is an uncompressed point


@cache
def _fingerprint(key: str) -> str:
    """SHA-256 over OpenSSH's form of a P-256 key (RFC 5656, 3.1); over the text of any other."""
    point = point_of(key)
    blob = key.encode("utf-8", "surrogatepass")
    if point is not None:
        parts = (SCHEME.encode(), b"nistp256", point)
        blob = b"".join(len(part).to_bytes(4) + part for part in parts)
    digest = b2a_base64(sha256(blob).digest(), newline=False).decode()
    return _FINGERPRINT + digest.rstrip("=")


@cache
def npm_keys() -> tuple[RegistryKey, ...]:
    """The keys of npm's own registry as they are known without asking it."""
    return tuple(
        RegistryKey(keyid, SCHEME, key, datetime.fromisoformat(expires) if expires else None)
        for keyid, expires, key in npm_signing_keys.KEYS
    )


def known_keys(registry: str) -> tuple[RegistryKey, ...]:
    """The keys known without asking of the registry at this base URL; empty for all but npm's own."""
    return npm_keys() if registry in npm_signing_keys.REGISTRIES else ()
