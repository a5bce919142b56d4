"""Whether bytes are those that a subresource integrity stands for, as ssri 12 compares them."""

from binascii import b2a_base64, unhexlify
from typing import Final

STRENGTH: Final = ("sha512", "sha384", "sha256", "sha1")
"""The algorithms npm knows and forecheck takes into account, strongest first."""


def fits(data: bytes, integrity: str) -> bool:
    """Whether the bytes have one of the hashes of the strongest algorithm in the text; never, if it has none."""
    given = hashes(integrity)
    for algorithm in STRENGTH:
        if algorithm in given:
            return digest(data, algorithm) in given[algorithm]
    return False


def hashes(integrity: str) -> dict[str, set[str]]:
    """The hashes of the text by algorithm, options (`?…`) cut off."""
    found: dict[str, set[str]] = {}
    for part in integrity.split():
        algorithm, separator, _ = part.partition("-")
        if separator:
            found.setdefault(algorithm, set()).add(part.partition("?")[0])
    return found


def digest(data: bytes, algorithm: str = STRENGTH[0]) -> str:
    """The hash of the bytes as subresource integrity."""
    import hashlib

    return _sri(algorithm, hashlib.new(algorithm, data, usedforsecurity=algorithm != "sha1").digest())


def of_shasum(shasum: str) -> str:
    """A hexadecimal SHA-1 as subresource integrity; empty for anything else."""
    if len(shasum) != 40 or not set(shasum.lower()) <= set("0123456789abcdef"):
        return ""
    return _sri("sha1", unhexlify(shasum))


def _sri(algorithm: str, raw: bytes) -> str:
    return f"{algorithm}-{b2a_base64(raw, newline=False).decode()}"
