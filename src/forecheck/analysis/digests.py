"""Whether bytes are those that a subresource integrity stands for, as ssri 12 compares them."""

from binascii import b2a_base64

from forecheck.signing.integrity import STRONGEST, by_algorithm


def fits(data: bytes, integrity: str) -> bool:
    """Whether the bytes have one of the hashes of the strongest algorithm in the text; never, if it has none."""
    given = by_algorithm(integrity)
    for algorithm in STRONGEST:
        if algorithm in given:
            return digest(data, algorithm) in given[algorithm]
    return False


def digest(data: bytes, algorithm: str = STRONGEST[0]) -> str:
    """The hash of the bytes as subresource integrity."""
    import hashlib

    raw = hashlib.new(algorithm, data, usedforsecurity=algorithm != "sha1").digest()
    return f"{algorithm}-{b2a_base64(raw, newline=False).decode()}"
