"""Which hash a signature has to be about: that of the bytes an installer would take."""

from binascii import b2a_base64, unhexlify
from typing import Final

import msgspec

STRONGEST: Final = ("sha512", "sha384", "sha256", "sha1")
"""The algorithms npm knows, in the order in which it prefers them (ssri 12); it takes bytes that fit any of the
hashes of the strongest one."""

_HEX: Final = frozenset("0123456789abcdef")


class Promise(msgspec.Struct, frozen=True):
    """An integrity that an installer would hold bytes to, in the words in which the registry would have signed it.

    `of_registry`: it is the registry's own. `comparable` is False for a hash of a kind the registry has none of, so
    that nobody can tell whether it is of the same bytes.
    """

    text: str
    of_registry: bool = True
    comparable: bool = True


def promised(locked: str, registry: str, shasum: str) -> tuple[Promise, ...]:
    """What an entry with the integrity `locked` lets in; never empty.

    `registry` and `shasum` (SHA-1, hexadecimal) are the registry's. An entry that nothing holds is pinned to the
    registry's word before it is installed.
    """
    hashes = by_algorithm(locked)
    strongest = next((algorithm for algorithm in STRONGEST if algorithm in hashes), "")
    if not strongest:
        return (Promise(registry),)
    own = by_algorithm(f"{registry} {sri_of(shasum)}").get(strongest, set())
    found = [Promise(registry)] if hashes[strongest] & own else []
    signable = not registry.strip() or strongest in by_algorithm(registry)
    strange = sorted(hashes[strongest] - own)
    return (*found, *(Promise(text, of_registry=False, comparable=signable) for text in strange))


def by_algorithm(integrity: str) -> dict[str, set[str]]:
    """The hashes of a subresource-integrity text by algorithm, options (`?…`) cut off."""
    found: dict[str, set[str]] = {}
    for part in integrity.split():
        algorithm, separator, _ = part.partition("-")
        if separator:
            found.setdefault(algorithm, set()).add(part.partition("?")[0])
    return found


def sri_of(shasum: str) -> str:
    """A hexadecimal SHA-1 as subresource integrity; empty for anything else."""
    if len(shasum) != 40 or not set(shasum.lower()) <= _HEX:
        return ""
    return f"sha1-{b2a_base64(unhexlify(shasum), newline=False).decode()}"
