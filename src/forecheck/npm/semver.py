"""npm's version ranges, as node-semver 7.8 judges them. Invalid text is None or False, never an exception."""

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from forecheck.npm.comparators import Comparator, InvalidRange, parse_alternatives
from forecheck.npm.jstext import trim
from forecheck.npm.version import Version, compare, parse_version, sort_key

__all__ = [
    "Range",
    "Version",
    "clean",
    "compare",
    "max_satisfying",
    "min_satisfying",
    "min_version",
    "parse_range",
    "parse_version",
    "satisfies",
    "sort_key",
    "valid",
    "valid_range",
]

_CACHED_LENGTH = (
    512  # longer range texts are read anew each time, so that hostile ones do not fill the memory
)


class Range(msgspec.Struct, frozen=True):
    """A range: any of `alternatives`, each of which is comparators that must all hold."""

    alternatives: tuple[tuple[Comparator, ...], ...]
    loose: bool = False
    include_prerelease: bool = False

    def __str__(self) -> str:
        """The canonical text: `^1.2` is `>=1.2.0 <2.0.0-0`; empty for any version."""
        return "||".join(" ".join(map(str, alternative)) for alternative in self.alternatives)

    def satisfied_by(self, version: Version) -> bool:
        """Whether npm would take this version for the range.

        Unless `include_prerelease`, a pre-release passes only where the range names one of the same x.y.z.
        """
        guarded = bool(version.prerelease) and not self.include_prerelease
        return any(
            _all_hold(alternative, version) and (not guarded or _names(alternative, version))
            for alternative in self.alternatives
        )


def _all_hold(alternative: tuple[Comparator, ...], version: Version) -> bool:
    key = version.key
    for comparator in alternative:
        if comparator.version is None:
            continue
        bound = comparator.version.key
        match comparator.operator:
            case ">=":
                holds = key >= bound
            case "<":
                holds = key < bound
            case "<=":
                holds = key <= bound
            case ">":
                holds = key > bound
            case _:
                holds = key == bound
        if not holds:
            return False
    return True


def _names(alternative: tuple[Comparator, ...], version: Version) -> bool:
    """Whether a comparator is itself a pre-release of the same x.y.z."""
    return any(
        comparator.version is not None
        and comparator.version.prerelease
        and comparator.version.key[:3] == version.key[:3]
        for comparator in alternative
    )


def parse_range(text: str, *, loose: bool = False, include_prerelease: bool = False) -> Range | None:
    """Read a range; None where npm would say it is not one. The empty text is any version."""
    read = _read if len(text) <= _CACHED_LENGTH else _read.__wrapped__
    return read(text, loose, include_prerelease)


@lru_cache(maxsize=8192)
def _read(text: str, loose: bool, include_prerelease: bool) -> Range | None:
    try:
        alternatives = parse_alternatives(text, loose=loose, include_prerelease=include_prerelease)
    except InvalidRange:
        return None
    return Range(alternatives, loose, include_prerelease)


def satisfies(
    version: str, range_text: str, *, loose: bool = False, include_prerelease: bool = False
) -> bool:
    """Whether the version is in the range; False if either is invalid."""
    parsed = parse_version(version, loose=loose)
    if parsed is None:
        return False
    wanted = parse_range(range_text, loose=loose, include_prerelease=include_prerelease)
    return wanted is not None and wanted.satisfied_by(parsed)


def _satisfying(versions: Iterable[str], wanted: Range) -> Iterable[tuple[str, Version]]:
    for text in versions:
        version = parse_version(text, loose=wanted.loose)
        if version is not None and wanted.satisfied_by(version):
            yield text, version


def max_satisfying(
    versions: Iterable[str], range_text: str, *, loose: bool = False, include_prerelease: bool = False
) -> str | None:
    """The highest of the versions in the range, as it was given; the first of equals."""
    wanted = parse_range(range_text, loose=loose, include_prerelease=include_prerelease)
    if wanted is None:
        return None
    best = max(_satisfying(versions, wanted), key=lambda found: found[1].key, default=None)
    return best[0] if best is not None else None


def min_satisfying(
    versions: Iterable[str], range_text: str, *, loose: bool = False, include_prerelease: bool = False
) -> str | None:
    """The lowest of the versions in the range, as it was given; the first of equals."""
    wanted = parse_range(range_text, loose=loose, include_prerelease=include_prerelease)
    if wanted is None:
        return None
    best = min(_satisfying(versions, wanted), key=lambda found: found[1].key, default=None)
    return best[0] if best is not None else None


def valid(text: str, *, loose: bool = False) -> str | None:
    """The canonical text of a version, without build metadata; None if it is not one."""
    version = parse_version(text, loose=loose)
    return str(version) if version is not None else None


def clean(text: str, *, loose: bool = False) -> str | None:
    """As `valid`, after any leading `=` and `v`."""
    return valid(trim(text).lstrip("=v"), loose=loose)


def valid_range(text: str, *, loose: bool = False, include_prerelease: bool = False) -> str | None:
    """The canonical text of a range, `*` for any version; None if it is not one."""
    wanted = parse_range(text, loose=loose, include_prerelease=include_prerelease)
    return (str(wanted) or "*") if wanted is not None else None


def min_version(range_text: str, *, loose: bool = False) -> Version | None:
    """The lowest version that could ever satisfy the range; None if none could, or the range is invalid."""
    wanted = parse_range(range_text, loose=loose)
    if wanted is None:
        return None
    floors = [Version(0, 0, 0), Version(0, 0, 0, (0,))]
    for floor in floors:
        if wanted.satisfied_by(floor):
            return floor
    lows = [low for alternative in wanted.alternatives if (low := _lowest(alternative)) is not None]
    found = min(lows, default=None)
    return found if found is not None and wanted.satisfied_by(found) else None


def _lowest(alternative: tuple[Comparator, ...]) -> Version | None:
    lows = []
    for comparator in alternative:
        version = comparator.version
        if version is None or comparator.operator.startswith("<"):
            continue
        if comparator.operator == ">":
            after = version.prerelease
            version = Version(
                version.major, version.minor, version.patch + (not after), (*after, 0) if after else ()
            )
        lows.append(version)
    return max(lows, default=None)
