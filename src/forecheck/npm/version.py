"""SemVer 2.0.0 versions as npm reads them (node-semver 7.8): strict, and loose as npm reads the registry."""

import re
from functools import lru_cache
from typing import Any, Final

import msgspec

from forecheck.npm.jstext import SPACE, trim

MAX_LENGTH: Final = 256
"""Longest version text npm accepts, in characters."""
MAX_NUMBER: Final = 2**53 - 1
"""Largest number in a version: JavaScript's Number.MAX_SAFE_INTEGER."""

# Sources of regexes. Repeats are bounded as node-semver bounds them, and possessive so that none backtracks.
STRICT_NUMBER: Final = "(?:0|[1-9][0-9]{0,256}+)"
LOOSE_NUMBER: Final = "[0-9]{1,256}+"
_WORD: Final = "[0-9]{0,256}+[A-Za-z-][0-9A-Za-z-]{0,250}+"
_STRICT_ID: Final = f"(?:{_WORD}|{STRICT_NUMBER})"
_LOOSE_ID: Final = f"(?:{_WORD}|{LOOSE_NUMBER})"
STRICT_IDS: Final = rf"{_STRICT_ID}(?:\.{_STRICT_ID})*"
LOOSE_IDS: Final = rf"{_LOOSE_ID}(?:\.{_LOOSE_ID})*"
BUILD_IDS: Final = r"[0-9A-Za-z-]++(?:\.[0-9A-Za-z-]++)*"

# Loosely, the hyphen before a pre-release may be missing, so 1.2.3beta is 1.2.3-beta and 1.2.34.5 is 1.2.3-4.5.
LOOSE_SPLIT: Final = rf"(?P<patch2>[0-9]{{1,255}})(?P<pre2>[0-9](?:\.{_LOOSE_ID})+)"
LOOSE_PATCH: Final = rf"(?:(?P<patch>{LOOSE_NUMBER})(?:-?(?P<pre>{LOOSE_IDS}))?|{LOOSE_SPLIT})"

_STRICT = re.compile(
    rf"v?({STRICT_NUMBER})\.({STRICT_NUMBER})\.(?P<patch>{STRICT_NUMBER})"
    rf"(?:-(?P<pre>{STRICT_IDS}))?(?:\+(?P<build>{BUILD_IDS}))?"
)
_LOOSE = re.compile(
    rf"[v={SPACE}]*+({LOOSE_NUMBER})\.({LOOSE_NUMBER})\.{LOOSE_PATCH}(?:\+(?P<build>{BUILD_IDS}))?"
)

Key = tuple[Any, ...]
"""Orders versions; comparable with any other Key and with nothing else."""


def _identifier(text: str) -> int | str:
    number = int(text) if text.isdigit() else MAX_NUMBER
    return number if number < MAX_NUMBER else text


def _identifier_key(identifier: int | str) -> tuple[int, float | str]:
    if isinstance(identifier, int):
        return (0, identifier)
    # JavaScript compares digits beyond its exact integers as floating point numbers.
    return (0, float(identifier)) if identifier.isdigit() else (1, identifier)


class Version(msgspec.Struct, frozen=True, eq=False):
    """A version. Ordered and equal by SemVer precedence, so build metadata does not count.

    `prerelease` holds numbers as int, unless they are too large for JavaScript to hold exactly. `key` is derived.
    """

    major: int
    minor: int
    patch: int
    prerelease: tuple[int | str, ...] = ()
    build: tuple[str, ...] = ()
    key: Key = ()

    def __post_init__(self) -> None:
        if self.prerelease:
            suffix: Key = (0, *map(_identifier_key, self.prerelease))
        else:
            suffix = (1,)
        msgspec.structs.force_setattr(self, "key", (self.major, self.minor, self.patch, *suffix))

    def __str__(self) -> str:
        """The canonical text, as node-semver's `version`: no `v`, no build metadata."""
        core = f"{self.major}.{self.minor}.{self.patch}"
        return f"{core}-{'.'.join(map(str, self.prerelease))}" if self.prerelease else core

    def __eq__(self, other: object) -> bool:
        return self.key == other.key if isinstance(other, Version) else NotImplemented

    def __lt__(self, other: "Version") -> bool:
        return self.key < other.key

    def __le__(self, other: "Version") -> bool:
        return self.key <= other.key

    def __gt__(self, other: "Version") -> bool:
        return self.key > other.key

    def __ge__(self, other: "Version") -> bool:
        return self.key >= other.key

    def __hash__(self) -> int:
        return hash(self.key)


def parse_version(text: str, *, loose: bool = False) -> Version | None:
    """Read a version, with an optional `v` and surrounding white space; None if it is not one.

    Loose reading also takes `=1.2.3`, leading zeros and `1.2.3beta`, as npm does for what the registry holds.
    """
    return None if len(text) > MAX_LENGTH else _parse(text, loose)


@lru_cache(maxsize=16384)
def _parse(text: str, loose: bool) -> Version | None:
    found = (_LOOSE if loose else _STRICT).fullmatch(trim(text))
    if found is None:
        return None
    groups = found.groupdict()
    patch, pre, build = found["patch"] or groups["patch2"], found["pre"] or groups.get("pre2"), found["build"]
    numbers = (int(found[1]), int(found[2]), int(patch))
    if max(numbers) > MAX_NUMBER:
        return None
    return Version(
        *numbers,
        prerelease=tuple(map(_identifier, pre.split("."))) if pre else (),
        build=tuple(build.split(".")) if build else (),
    )


def sort_key(version: Version) -> Key:
    """Order as node-semver's `sort`: by precedence, then by build metadata, which comes after none."""
    return (version.key, tuple((0, float(part)) if part.isdigit() else (1, part) for part in version.build))


def compare(one: Version, other: Version) -> int:
    """-1, 0 or 1 by SemVer precedence."""
    return (one.key > other.key) - (one.key < other.key)
