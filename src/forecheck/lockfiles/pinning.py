"""Whether the `integrity` of a lockfile entry ties npm to one archive, read as ssri 12 reads it."""

_LENGTHS = {"sha512": 88, "sha384": 64, "sha256": 44}
_SHA1_LENGTH = 28
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")


def is_strong(integrity: str) -> bool:
    """Exactly one hash of the SHA-2 family. With several of one kind npm takes an archive that fits any of them."""
    algorithm, _, digest = integrity.partition("-")
    return _is_digest(digest, _LENGTHS.get(algorithm, 0))


def is_sha1(integrity: str) -> bool:
    """Exactly one SHA-1, which lockfiles and registries of npm 4 and before hold."""
    algorithm, _, digest = integrity.partition("-")
    return algorithm == "sha1" and _is_digest(digest, _SHA1_LENGTH)


def _is_digest(text: str, length: int) -> bool:
    return length > 0 and len(text) == length and set(text) <= _BASE64
