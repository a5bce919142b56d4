"""Where in the order of versions an event of an OSV range stands, also when its text is no version.

Rules: OSV schema 1.7, "Evaluation". npm's records hold a few bounds such as `4.0` or `1.90`, which SemVer does not
know. `4.0` begins where npm says, at `4.0.0`; "up to `4.0`" may be meant to hold for all of `4.0.x`, `1.2.3.4` stands
somewhere at `1.2.3`, and anything else may stand anywhere. What is open is read twice, widely and narrowly.
"""

from enum import StrEnum
from math import inf

import msgspec

from forecheck.npm.version import Key, parse_version

START: Key = ()
"""Before every version."""
END: Key = (inf,)
"""After every version."""

_LONGEST = 64


class EventKind(StrEnum):
    """What happens at a version."""

    INTRODUCED = "introduced"
    FIXED = "fixed"
    LAST_AFFECTED = "last_affected"
    LIMIT = "limit"


class Event(msgspec.Struct, frozen=True, array_like=True):
    """One event of a range; `bound` is its version as the record writes it."""

    kind: EventKind
    bound: str


class Span(msgspec.Struct, frozen=True):
    """Where an event may stand: `wide` makes the range as large as the text allows, `narrow` as small."""

    wide: Key
    narrow: Key

    @property
    def clear(self) -> bool:
        return self.wide == self.narrow


def span_of(event: Event) -> Span:
    """The position of an event; `clear` unless the text leaves it open."""
    text = event.bound.strip()
    if event.kind is EventKind.INTRODUCED and text == "0":
        return Span(START, START)
    if event.kind is EventKind.LIMIT and text == "*":
        return Span(END, END)
    version = parse_version(text)
    if version is not None:
        return Span(version.key, version.key)
    numbers = _numbers(text)
    if not numbers:
        low, high = START, END
    elif len(numbers) > 3:
        low, high = numbers[:3], (*numbers[:3], inf)
    else:
        low, high = (*numbers, *(0,) * (3 - len(numbers)), 1), (*numbers, inf)
        if event.kind is not EventKind.LAST_AFFECTED:
            return Span(low, low)
    return Span(low, high) if event.kind is EventKind.INTRODUCED else Span(high, low)


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers of `4.0`, `v4` or `1.2.3.4`; none where the text is nothing of the kind."""
    parts = text.removeprefix("v").split(".")
    plain = len(text) <= _LONGEST and all(part.isascii() and part.isdigit() for part in parts)
    return tuple(map(int, parts)) if plain else ()
