"""Broken versions of real files, for readers that must not be surprised by any."""

import random
from collections.abc import Iterator

PIECES = (
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b":",
    b"null",
    b"0",
    b"-1",
    b"\\",
    b"\xff",
    b"\0",
    b"//",
    b'""',
    b"[[" * 9,
)


def mutations(data: bytes, dice: random.Random, count: int) -> Iterator[bytes]:
    """Cut, doubled, overwritten and with pieces put in."""
    for _ in range(count):
        found = bytearray(data)
        for _ in range(dice.randrange(1, 5)):
            at, size = dice.randrange(len(found) + 1), dice.randrange(1, 40)
            kind = dice.randrange(5)
            if kind == 0:
                del found[at : at + size]
            elif kind == 1:
                found[at:at] = found[at : at + size]
            elif kind == 2:
                found[at:at] = dice.choice(PIECES)
            elif kind == 3 and found:
                found[min(at, len(found) - 1)] = dice.randrange(256)
            else:
                del found[at:]
        yield bytes(found)
