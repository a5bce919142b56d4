"""An advisory about npm packages, and whether it speaks of a version (OSV schema 1.7, "Evaluation")."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import Enum

import msgspec

from forecheck.advisories.bounds import Event, EventKind, span_of
from forecheck.npm.version import Key, Version, parse_version

Ranges = tuple[tuple[Event, ...], ...]

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""When a record changed whose source does not say."""


class Affected(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """What a record says of one package. A version is affected if it is listed or any of the ranges holds it.

    `last_known` is GitHub's `last_known_affected_version_range` (`<= 1.2.3`): what lies in `ranges` but beyond it
    was never looked at. `unclear` are things the record says of the package that select no version here.
    `vectors` and `word` are as in `Advisory`, where the record gives them for this package alone.
    """

    package: str
    ranges: Ranges = ()
    versions: tuple[str, ...] = ()
    last_known: str = ""
    unclear: tuple[str, ...] = ()
    vectors: tuple[str, ...] = ()
    word: str = ""


class Advisory(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One record of an advisory database.

    `malware` says that the package is itself the attack. `vectors` are CVSS v2, v3 and v4 vectors, in the record's
    order; `word` is the database's own severity in lower case (`moderate`), empty where it gives none. `affected`
    holds npm packages only, and may hold several entries for one; `elsewhere` counts entries of other ecosystems.
    `urls` are http(s), advisories first.
    """

    id: str
    aliases: tuple[str, ...]
    summary: str
    malware: bool
    modified: datetime
    published: datetime | None = None
    withdrawn: datetime | None = None
    vectors: tuple[str, ...] = ()
    word: str = ""
    urls: tuple[str, ...] = ()
    affected: tuple[Affected, ...] = ()
    elsewhere: int = 0

    def packages(self) -> tuple[str, ...]:
        """The npm packages it speaks of, each once, in the record's order."""
        return tuple(dict.fromkeys(entry.package for entry in self.affected))

    def about(self, name: str) -> tuple[Affected, ...]:
        """The entries for a package; names are case-sensitive."""
        return tuple(entry for entry in self.affected if entry.package == name)


class Hold(Enum):
    """Whether an advisory holds for a version. MAYBE: the record's own text leaves it open."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


class AdvisoryStatus(msgspec.Struct, frozen=True):
    """What an advisory database holds. `records` are all of them: `malware` and `withdrawn` are among them.

    `as_of` is the newest change it knows of, never later than `updated_at`, when it was last brought up to date.
    `skipped` counts records of the source that could not be read; `source` is a URL or a file.
    """

    records: int
    malware: int
    withdrawn: int
    as_of: datetime
    updated_at: datetime
    source: str
    skipped: int = 0

    def age(self, now: datetime) -> timedelta | None:
        """How far behind the data is; None where the clock says that it comes from the future."""
        return None if now < self.updated_at else now - self.as_of

    def fresh(self, now: datetime, max_age: timedelta) -> bool:
        """Whether the data is no older than `max_age`. A clock that cannot be right makes nothing fresh."""
        age = self.age(now)
        return age is not None and age <= max_age


def affects(advisory: Advisory, name: str, version: str) -> bool:
    """Whether the version must be taken for affected: everything but a clear no. Does not look at `withdrawn`."""
    return hold(advisory, name, version) is not Hold.NO


def hold(advisory: Advisory, name: str, version: str) -> Hold:
    """Whether the advisory holds for a version of a package, and whether the record is clear about it.

    A version that npm cannot read is compared as text, and MAYBE lies in every range.
    """
    read = parse_version(version) or parse_version(version, loose=True)
    verdict = Hold.NO
    for entry in advisory.affected:
        if entry.package == name:
            found = _entry_holds(entry, version, read)
            if found is Hold.YES:
                return found
            if found is Hold.MAYBE:
                verdict = found
    return verdict


def _entry_holds(entry: Affected, text: str, version: Version | None) -> Hold:
    if text in entry.versions:
        return Hold.YES
    if version is None:
        return Hold.MAYBE if entry.ranges or entry.unclear else Hold.NO
    if any(_same(listed, version) for listed in entry.versions):
        return Hold.YES
    if any(_inside(events, version.key, wide=False) for events in entry.ranges):
        return Hold.YES if _known(entry, version) else Hold.MAYBE
    wide = any(_inside(events, version.key, wide=True) for events in entry.ranges)
    return Hold.MAYBE if wide or entry.unclear else Hold.NO


def _same(listed: str, version: Version) -> bool:
    """Equal by precedence; the text of a listed version may carry a `v` or build metadata."""
    return parse_version(listed) == version


def _inside(events: tuple[Event, ...], key: Key, *, wide: bool) -> bool:
    """The schema's algorithm: walk the events upwards; a range with limits ends at the highest of them."""
    steps = [
        (span.wide if wide else span.narrow, event.kind) for event in events for span in (span_of(event),)
    ]
    limits = [at for at, kind in steps if kind is EventKind.LIMIT]
    if limits and not any(key < limit for limit in limits):
        return False
    inside = False
    for at, kind in sorted(
        steps, key=lambda step: step[0]
    ):  # stable: at one version the record's order counts
        if kind is EventKind.INTRODUCED and key >= at:
            inside = True
        elif (kind is EventKind.FIXED and key >= at) or (kind is EventKind.LAST_AFFECTED and key > at):
            inside = False
    return inside


def _known(entry: Affected, version: Version) -> bool:
    """Whether somebody looked at the version, as far as `last_known` tells."""
    if not entry.last_known:
        return True
    operator, _, bound = entry.last_known.partition(" ")
    highest = parse_version(bound)
    if highest is None or operator not in ("<", "<="):
        return True
    return version < highest or (operator == "<=" and version == highest)


def fixed_versions(advisory: Advisory, name: str) -> tuple[str, ...]:
    """The versions in which the record says the flaw is fixed, lowest first and each once; unreadable ones last."""
    bounds = {
        event.bound
        for entry in advisory.about(name)
        for events in entry.ranges
        for event in events
        if event.kind is EventKind.FIXED
    }
    readable = {bound: version for bound in bounds if (version := parse_version(bound)) is not None}
    return (
        *sorted(readable, key=lambda bound: (readable[bound].key, bound)),
        *sorted(bounds - readable.keys()),
    )


def describe_range(advisory: Advisory, name: str, *, at_most: int = 5) -> str:
    """The affected versions as a person writes them: `<1.2.3`, `>=2.0.0 <=2.1.0`, `1.0.1, 1.0.2`; joined by `, `.

    Lists longer than `at_most` are cut and counted. Bounds stand as the record writes them.
    """
    said: list[str] = []
    for entry in advisory.about(name):
        stretches = [text for events in entry.ranges for text in _stretches(events)]
        said += stretches
        if "all versions" not in stretches:
            said += entry.versions
        said += [f"unclear ({what})" for what in entry.unclear]
    distinct = list(dict.fromkeys(said))
    if len(distinct) > at_most:
        distinct = [*distinct[:at_most], f"and {len(distinct) - at_most} more"]
    return ", ".join(distinct)


def _stretches(events: tuple[Event, ...]) -> Iterable[str]:
    start: str | None = None
    limits = [f"<{event.bound}" for event in events if event.kind is EventKind.LIMIT and event.bound != "*"]
    for event in sorted(events, key=lambda event: span_of(event).wide):
        if event.kind is EventKind.INTRODUCED:
            start = event.bound if start is None else start
        elif event.kind is not EventKind.LIMIT and start is not None:
            sign = "<" if event.kind is EventKind.FIXED else "<="
            yield _stretch_text(start, [f"{sign}{event.bound}"])
            start = None
    if start is not None:
        yield _stretch_text(start, limits[-1:])


def _stretch_text(start: str, ends: list[str]) -> str:
    return " ".join(([] if start == "0" else [f">={start}"]) + ends) or "all versions"
