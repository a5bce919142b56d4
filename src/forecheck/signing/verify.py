"""Whether a registry's signature holds, and if not, what is wrong with it."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import cache

from forecheck.signing.keys import SCHEME, RegistryKey, decoded, point_of


class Verdict(StrEnum):
    """What came of looking at one signature; only `VALID` vouches for anything."""

    VALID = "valid"
    INVALID = "invalid"  # the key did not sign this
    UNREADABLE = "unreadable"  # not a signature at all
    EXPIRED = "expired"  # published when the key was no longer to be used
    UNDATED = "undated"  # the key has an end, and nobody knows when the version was published
    UNUSABLE_KEY = "unusable-key"  # a scheme we do not know, or not a key


def message(name: str, version: str, integrity: str) -> bytes:
    """What npm's registry signs."""
    return f"{name}@{version}:{integrity}".encode("utf-8", "surrogatepass")


def verify(key: RegistryKey, sig: str, signed: bytes, published: datetime | None) -> Verdict:
    """Look at one signature (base64 of DER) over `signed`. `published` is aware; None where it is not known.

    The cryptography is done first: a signature that does not hold is worse than one by a key that is out of date.
    """
    if key.scheme != SCHEME:
        return Verdict.UNUSABLE_KEY
    holds = None if key.misnamed else _verifier(key.key)
    if holds is None:
        return Verdict.UNUSABLE_KEY
    signature = decoded(sig)
    if not signature:
        return Verdict.UNREADABLE
    if not holds(signature, signed):
        return Verdict.INVALID
    if key.expires is None:
        return Verdict.VALID
    if published is None:
        return Verdict.UNDATED
    return Verdict.EXPIRED if key.expired(published) else Verdict.VALID


@cache
def _verifier(key: str) -> Callable[[bytes, bytes], bool] | None:
    """What verifies with this key; None for a text that is no P-256 key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256

    point = point_of(key)
    if point is None:
        return None
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:  # not on the curve
        return None
    algorithm = ec.ECDSA(SHA256())

    def holds(signature: bytes, signed: bytes) -> bool:
        try:
            public.verify(signature, signed, algorithm)
        except InvalidSignature:
            return False
        return True

    return holds
