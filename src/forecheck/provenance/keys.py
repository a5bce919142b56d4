"""Signatures by the keys that sigstore and npm use: ECDSA on P-256 with SHA-256, and Ed25519."""

from functools import lru_cache
from typing import TYPE_CHECKING

from forecheck.provenance.refusal import false, unsupported

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    PublicKey = EllipticCurvePublicKey | Ed25519PublicKey


def check_signature(spki: bytes, signature: bytes, message: bytes, what: str) -> None:
    """Raises `Refused` unless the key (DER SubjectPublicKeyInfo) signed the message; `what` is what did not hold."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.hashes import SHA256

    key = public_key(spki)
    try:
        if isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, message, ECDSA(SHA256()))
        else:
            key.verify(signature, message)
    except InvalidSignature:
        raise false(f"{what} does not hold") from None


@lru_cache(maxsize=64)
def public_key(spki: bytes) -> "PublicKey":
    """The key; raises `Refused` (UNSUPPORTED) for one of another kind."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        raise unsupported("it is signed with a key that cannot be read") from None
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    if isinstance(key, Ed25519PublicKey):
        return key
    raise unsupported("it is signed with a key of a kind that is not in use here")
