"""Which keys are neighbours on a QWERTY keyboard: a slip of one key is a likelier typo than any other letter."""

from itertools import pairwise

_ROWS = ("1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> frozenset[tuple[str, str]]:
    # Each row sits half a key to the right of the one above, so a key touches the two below it.
    pairs: set[tuple[str, str]] = set()
    for row in _ROWS:
        pairs.update(pairwise(row))
    for above, below in pairwise(_ROWS):
        pairs.update(zip(above, below, strict=False))
        pairs.update(zip(above[1:], below, strict=False))
    return frozenset(pairs | {(b, a) for a, b in pairs})


_NEIGHBOURS = _neighbours()


def adjacent(first: str, second: str) -> bool:
    """Whether two lower-case characters lie on neighbouring keys; a key is not its own neighbour."""
    return (first, second) in _NEIGHBOURS
