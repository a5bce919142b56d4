"""Which version npm would take, as npm-pick-manifest 11 picks it, and which older one is mature.

Restricted and staged versions, which private registries can add to packuments, are not known here.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from forecheck.npm.semver import Range, clean, parse_range, satisfies
from forecheck.npm.spec import InvalidSpec, SpecType, resolve
from forecheck.npm.version import parse_version


class Candidate(Protocol):
    """One published version. `published` is None where the registry gives no time for it."""

    @property
    def version(self) -> str: ...
    @property
    def published(self) -> datetime | None: ...
    @property
    def deprecated(self) -> bool: ...


class Listing(Protocol):
    """A packument, as far as picking goes: its dist-tags, and its versions, each listed once."""

    @property
    def tags(self) -> Mapping[str, str]: ...
    @property
    def rows(self) -> Sequence[Candidate]: ...


class NoMatch(Exception):  # noqa: N818  (an answer, shown as a message)
    """npm would find nothing. `code` is npm's: ETARGET, or ENOVERSIONS where no version at all is old enough."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _any_engine(_version: str) -> bool:
    return True


def pick(
    listing: Listing,
    wanted: str,
    *,
    before: datetime | None = None,
    default_tag: str = "latest",
    avoid: str | None = None,
    engine_fits: Callable[[str], bool] = _any_engine,
) -> str:
    """The version npm would install for `wanted`: a version, range or tag, or empty for the default one.

    `before` leaves out what was published later but, as in npm, not what has no time; for a rule that leaves it
    out too, see `mature`. `avoid` is a range taken only where nothing else fits (see `is_avoided`). `engine_fits`
    tells whether a version's `engines` admit the running Node; npm prefers those that do.

    Raises NoMatch, and InvalidSpec if `wanted` is none of these.
    """
    kind = resolve("", wanted or default_tag).type
    if kind not in {SpecType.VERSION, SpecType.RANGE, SpecType.TAG}:
        raise InvalidSpec(None, "not a version, a range or a tag")
    rows = {row.version: row for row in listing.rows}
    if wanted and kind is not SpecType.RANGE:
        named = listing.tags.get(wanted) if kind is SpecType.TAG else clean(wanted, loose=True)
        row = rows.get(named or "")
        if row is None:
            raise NoMatch("ETARGET", "no such version or tag")
        if _old_enough(row, before):
            return row.version
        if kind is SpecType.VERSION:
            raise NoMatch("ETARGET", "published too recently")
        wanted = f"<={named}"  # a tag set too recently stands for what came before it
    aged = [row for row in listing.rows if _old_enough(row, before)]
    default = next((row for row in aged if row.version == listing.tags.get(default_tag)), None)

    def merits(row: Candidate) -> tuple[bool, ...]:
        fits = engine_fits(row.version)
        return (not is_avoided(row.version, avoid), fits and not row.deprecated, fits, not row.deprecated)

    return _choose(aged, default, wanted or "*", merits)


_Merits = Callable[[Candidate], tuple[bool, ...]]


def _choose(aged: Sequence[Candidate], default: Candidate | None, wanted: str, merits: _Merits) -> str:
    """Of the versions old enough, the default one if nothing speaks against it, else the best in the range."""
    allowed = parse_range(wanted, loose=True)
    if allowed is None:
        raise NoMatch("ETARGET", "no such version or tag")
    if default is not None and all(merits(default)):
        version = parse_version(default.version, loose=True)
        # "*" takes the default even where it is a pre-release
        if wanted == "*" or (version is not None and allowed.satisfied_by(version)):
            return default.version
    if not aged:
        raise NoMatch("ENOVERSIONS", "no version, or none published early enough")
    best = _newest(aged, allowed, merits)
    if best is None:
        raise NoMatch("ETARGET", "no version in the range, or none published early enough")
    return best


def is_avoided(version: str, avoid: str | None) -> bool:
    """Whether a version is in the range to avoid, in which pre-releases count like releases."""
    return avoid is not None and satisfies(version, avoid, include_prerelease=True, loose=True)


def mature(listing: Listing, range_text: str, before: datetime) -> str | None:
    """The newest version in the range known to have been published by `before`; a deprecated one only for want of
    others. None if there is none: a version without a time is never mature.
    """
    wanted = parse_range(range_text, loose=True)
    if wanted is None:
        return None
    aged = [row for row in listing.rows if row.published is not None and row.published <= before]
    return _newest(aged, wanted, lambda row: (not row.deprecated,))


def _old_enough(row: Candidate, before: datetime | None) -> bool:
    return before is None or row.published is None or row.published <= before


def _newest(rows: Sequence[Candidate], wanted: Range, merits: _Merits) -> str | None:
    """Of the versions in the range the one of most merit, then the highest; the first of equals."""
    found = [
        (merits(row), version.key, row.version)
        for row in rows
        if (version := parse_version(row.version, loose=True)) is not None and wanted.satisfied_by(version)
    ]
    return max(found, key=lambda entry: entry[:2])[2] if found else None
