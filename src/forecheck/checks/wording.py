"""How findings put times, lists and quoted text into words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

_QUOTED: Final = 160
_SAFE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@/._+=:-")
_UNITS: Final = (
    ("year", timedelta(days=365)),
    ("month", timedelta(days=30)),
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)


def span(length: timedelta) -> str:
    """A length of time in its largest whole unit but one: 47 hours stay hours, 45 days stay days."""
    for unit, size in _UNITS:
        count = length // size
        if count >= 2:
            return f"{count} {unit}s"
    return "a minute" if length >= timedelta(minutes=1) else "less than a minute"


def ago(then: datetime, now: datetime) -> str:
    """How long before `now`; a registry's clock may be ahead of ours."""
    return f"{span(now - then)} ago" if then <= now else "in the future, by the registry's clock"


def quoted(text: str) -> str:
    """Text from a package, in quotes, cut where it gets long."""
    shown = text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"
    return f'"{shown}"'


def listing(things: Sequence[str], limit: int = 3) -> str:
    """`a, b, c and 4 more`."""
    if len(things) <= 1:
        return "".join(things)
    if len(things) <= limit:
        return f"{', '.join(things[:-1])} and {things[-1]}"
    return f"{', '.join(things[:limit])} and {len(things) - limit} more"


def count(number: int, noun: str) -> str:
    """`1 download`, `1,200 downloads`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def command(*words: str) -> str:
    """A command to suggest; empty if a word would need quoting, as no honest name or version does."""
    return " ".join(words) if all(word and _SAFE.issuperset(word) for word in words) else ""


def host(url: str) -> str:
    """What to call a registry: its URL without scheme and final slash."""
    return url.partition("://")[2].rstrip("/") or url
