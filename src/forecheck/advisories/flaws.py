"""Flaws: what several records may tell of the same thing, told once."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from forecheck.advisories.rating import rating
from forecheck.advisories.record import UNDATED, Advisory, Hold, describe_range, fixed_versions, hold
from forecheck.model import Severity
from forecheck.npm.version import parse_version

_ORDER = ("MAL-", "GHSA-", "CVE-")


class Flaw(msgspec.Struct, frozen=True):
    """One vulnerability, or one package that is itself an attack, as it concerns one version of a package.

    `ids` are all its names, the one to call it by first. `severity` is None where no record grades it. `certain` is
    False where the records leave open whether this version is affected. `fixed` are the versions that a record calls
    fixed, lowest first. `records` are what it was made from.
    """

    ids: tuple[str, ...]
    summary: str
    malware: bool
    severity: Severity | None
    certain: bool
    affected: str
    fixed: tuple[str, ...]
    url: str
    records: tuple[Advisory, ...]

    @property
    def id(self) -> str:
        return self.ids[0]

    def holds_for(self, name: str, version: str) -> bool:
        """Whether another version has it too, or may have it."""
        return any(hold(record, name, version) is not Hold.NO for record in self.records)


class Remedy(msgspec.Struct, frozen=True):
    """The lowest version above the present one that has none of the flaws, by what the records call fixed.

    `within` is the lowest that everybody who asks for the package would accept; the two are often the same.
    Empty where there is none.
    """

    within: str = ""
    lowest: str = ""


def flaws_of(records: Iterable[Advisory], name: str, version: str) -> tuple[Flaw, ...]:
    """The flaws that the records tell of for a version: worst first, malware before everything else.

    Records that share an id or alias are one flaw. Withdrawn ones, and those that do not hold, are left out.
    """
    holding = [
        record
        for record in _current(records)
        if record.withdrawn is None and hold(record, name, version) is not Hold.NO
    ]
    flaws = [_flaw(together, name, version) for together in _same(holding)]
    return tuple(sorted(flaws, key=lambda flaw: (not flaw.malware, -(flaw.severity or 0), flaw.id)))


def remedy(flaws: Sequence[Flaw], name: str, version: str, allowed: Callable[[str], bool]) -> Remedy:
    """Where to go from `version` to be rid of all the flaws; `allowed` tells what the declared ranges accept."""
    present = parse_version(version, loose=True)
    named = {text: read for flaw in flaws for text in flaw.fixed if (read := parse_version(text)) is not None}
    above = sorted(
        (read.key, text) for text, read in named.items() if present is None or read.key > present.key
    )
    sound = [text for _, text in above if not any(flaw.holds_for(name, text) for flaw in flaws)]
    return Remedy(next((text for text in sound if allowed(text)), ""), sound[0] if sound else "")


def _current(records: Iterable[Advisory]) -> Iterable[Advisory]:
    """Of several copies of a record the newest. A registry's own word has no date: it may add to what a database
    says, but never take its place, or a registry could call malware a trifle.
    """
    newest: dict[tuple[str, bool], Advisory] = {}
    for record in records:
        known = newest.setdefault((record.id, record.modified == UNDATED), record)
        if record.modified > known.modified:
            newest[record.id, False] = record
    return newest.values()


def _same(records: Sequence[Advisory]) -> list[list[Advisory]]:
    """The records in groups that share a name for what they tell of, also by way of a third."""
    groups: list[tuple[set[str], list[Advisory]]] = []
    for record in records:
        names, members = {record.id, *record.aliases}, [record]
        apart = []
        for group in groups:
            if group[0] & names:
                names |= group[0]
                members = [*group[1], *members]
            else:
                apart.append(group)
        groups = [*apart, (names, members)]
    return [members for _, members in groups]


def _flaw(records: Sequence[Advisory], name: str, version: str) -> Flaw:
    ids = sorted({text for record in records for text in (record.id, *record.aliases)}, key=_rank)
    leading = min(records, key=lambda record: _rank(record.id))
    severities = [found for record in records if (found := _severity(record, name)) is not None]
    fixed = {text for record in records for text in fixed_versions(record, name)}
    return Flaw(
        ids=(leading.id, *(text for text in ids if text != leading.id)),
        summary=next((record.summary for record in (leading, *records) if record.summary), ""),
        malware=any(record.malware for record in records),
        severity=max(severities, default=None),
        certain=any(hold(record, name, version) is Hold.YES for record in records),
        affected=describe_range(leading, name),
        fixed=tuple(sorted(fixed)),
        url=next((url for record in (leading, *records) for url in record.urls), ""),
        records=tuple(records),
    )


def _severity(record: Advisory, name: str) -> Severity | None:
    """What the record says of this package, else of all."""
    for entry in record.about(name):
        found = rating(entry.vectors, entry.word)
        if found is not None:
            return found
    return rating(record.vectors, record.word)


def _rank(text: str) -> tuple[int, str]:
    return next((n for n, prefix in enumerate(_ORDER) if text.startswith(prefix)), len(_ORDER)), text
