"""The stricter of two values, by the direction that an option declares."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from forecheck.check import Stricter

_NUMBERS = (int, float)
_MANY = (tuple, frozenset)


def tighten(direction: Stricter, own: Any, asked: Any) -> tuple[Any, bool]:
    """What is in force where `own` stands and an untrusted file asks for `asked`; and whether all of it is.

    The result is never weaker than `own`. Collections are compared by what they hold: for HIGHER more is
    stricter, for LOWER and FEWER less is. Values that have no order (texts) are followed only where they are equal.
    """
    if isinstance(own, _MANY) and isinstance(asked, _MANY):
        return _collection(direction, own, asked)
    if isinstance(own, bool) and isinstance(asked, bool):
        upwards = direction in (Stricter.TRUE, Stricter.HIGHER)
        return (own or asked, asked or not own) if upwards else (own and asked, own or not asked)
    if isinstance(own, timedelta) and isinstance(asked, timedelta):
        return _ordered(direction, own, asked, own < asked)
    if isinstance(own, _NUMBERS) and isinstance(asked, _NUMBERS):
        return _ordered(direction, own, asked, own < asked)
    return own, own == asked


def _ordered(direction: Stricter, own: Any, asked: Any, higher: bool) -> tuple[Any, bool]:
    if own == asked:
        return own, True
    stricter = {Stricter.HIGHER: higher, Stricter.LOWER: not higher, Stricter.FEWER: not higher}
    return (asked, True) if stricter.get(direction, False) else (own, False)


def _collection(direction: Stricter, own: Collection[Any], asked: Collection[Any]) -> tuple[Any, bool]:
    kind: Any = type(own)
    if direction is Stricter.HIGHER:
        return kind([*own, *(item for item in asked if item not in own)]), all(item in asked for item in own)
    return kind(item for item in own if item in asked), all(item in own for item in asked)
