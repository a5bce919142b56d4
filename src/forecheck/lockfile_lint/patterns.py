"""What tinyglobby takes in paths beyond the standard library's patterns: braces, and what to leave out."""

import re
from collections.abc import Iterator

from forecheck.lockfile_lint.refusal import NotAsMeant

MAX_ALTERNATIVES = 1_000
_RANGE = re.compile(r"(-?[0-9]{1,6})\.\.(-?[0-9]{1,6})")


def alternatives(pattern: str) -> list[str]:
    """The patterns that `a/{b,c{1..3}}` stands for; itself where it has no such braces.

    Raises `NotAsMeant` for more than `MAX_ALTERNATIVES`.
    """
    found: list[str] = []
    waiting = [pattern]
    while waiting:
        one = waiting.pop()
        expanded = _first_braces(one)
        if expanded is None:
            found.append(one)
        else:
            waiting += reversed(expanded)
        if len(found) + len(waiting) > MAX_ALTERNATIVES:
            raise NotAsMeant(f'"{pattern[:80]}" stands for more than {MAX_ALTERNATIVES} patterns')
    return list(dict.fromkeys(found))


def _first_braces(pattern: str) -> list[str] | None:
    start = pattern.find("{")
    while start >= 0:
        end = _closing(pattern, start)
        if end < 0:
            return None
        inside = pattern[start + 1 : end]
        parts = _parts(inside)
        if len(parts) == 1:
            parts = list(_counted(inside))
        if parts:
            return [f"{pattern[:start]}{part}{pattern[end + 1 :]}" for part in parts]
        start = pattern.find("{", start + 1)
    return None


def _closing(pattern: str, start: int) -> int:
    depth = 0
    for at in range(start, len(pattern)):
        depth += {"{": 1, "}": -1}.get(pattern[at], 0)
        if depth == 0:
            return at
    return -1


def _parts(inside: str) -> list[str]:
    parts, depth, begin = [], 0, 0
    for at, char in enumerate(inside):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append(inside[begin:at])
            begin = at + 1
    return [*parts, inside[begin:]]


def _counted(inside: str) -> Iterator[str]:
    counted = _RANGE.fullmatch(inside)
    if counted is None:
        return
    first, last = int(counted[1]), int(counted[2])
    step = 1 if first <= last else -1
    for number in range(first, last + step, step)[: MAX_ALTERNATIVES + 1]:
        yield str(number)


def left_out(pattern: str) -> re.Pattern[str]:
    """What `!pattern` leaves out, as an expression for whole paths with slashes."""
    text = pattern.removeprefix("!").removeprefix("./")
    return re.compile("|".join(_expression(one) for one in alternatives(text)))


def _expression(pattern: str) -> str:
    pieces: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            pieces.append("(?:.*/)?")
            at += 3
        elif pattern.startswith("**", at):
            pieces.append(".*")
            at += 2
        else:
            pieces.append({"*": "[^/]*", "?": "[^/]"}.get(pattern[at], re.escape(pattern[at])))
            at += 1
    return "".join(pieces)
