"""One OSV record as JSON → `Advisory` (OSV schema 1.7, https://ossf.github.io/osv-schema/)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from forecheck.advisories.bounds import Event, EventKind
from forecheck.advisories.record import Advisory, Affected
from forecheck.decode import Malformed, read_json

MAX_RECORD = 16 * 1024 * 1024
"""Bytes; the largest record of the npm export of May 2025 has 57 kB."""

_LONGEST_ID = 128
_LONGEST_URL = 2048
_LONGEST_SUMMARY = 400
_URLS = 8
_VECTORS = 8
_ECOSYSTEM = "npm"
_MALICIOUS = frozenset({"CWE-506", *(f"CWE-{number}" for number in range(507, 513))})
"""Embedded malicious code, and its kinds (CWE 4.15)."""
_MALWARE_OPENINGS = ("malicious package in ", "embedded malware in ")
_MALWARE_ENDINGS = (" is malware",)


class _Severity(msgspec.Struct):
    type: str = ""
    score: str = ""


class _Package(msgspec.Struct):
    name: str = ""
    ecosystem: str = ""


class _Event(msgspec.Struct):
    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class _Range(msgspec.Struct):
    type: str = ""
    events: list[_Event] | None = None


class _Affected(msgspec.Struct):
    package: _Package | None = None
    ranges: list[_Range] | None = None
    versions: list[str] | None = None
    severity: list[_Severity] | None = None
    database_specific: Any = None  # free-form: every database writes what it likes


class _Reference(msgspec.Struct):
    type: str = ""
    url: str = ""


class _Record(msgspec.Struct):
    id: str
    modified: datetime
    published: datetime | None = None
    withdrawn: datetime | None = None
    aliases: list[str] | None = None
    summary: str | None = None
    details: str | None = None
    severity: list[_Severity] | None = None
    affected: list[_Affected] | None = None
    references: list[_Reference] | None = None
    database_specific: Any = None


def decode(data: bytes, where: str) -> Advisory:
    """Read one record; raises `Malformed`. Its npm packages are kept, those of other ecosystems counted."""
    wire = read_json(data, _Record, where, max_bytes=MAX_RECORD)
    if not is_id(wire.id):
        raise Malformed(where, "has no usable id", "$.id")
    for stamp, name in (
        (wire.modified, "modified"),
        (wire.published, "published"),
        (wire.withdrawn, "withdrawn"),
    ):
        if stamp is not None and stamp.tzinfo is None:
            raise Malformed(where, "is a time without a zone", f"$.{name}")
    entries = wire.affected or []
    ours = [entry for entry in entries if _is_npm(entry)]
    return Advisory(
        id=wire.id,
        aliases=tuple(alias for alias in wire.aliases or () if is_id(alias)),
        summary=_summary(wire),
        malware=_is_malware(wire, ours),
        modified=wire.modified,
        published=wire.published,
        withdrawn=wire.withdrawn,
        vectors=_vectors(wire.severity),
        word=_word(wire.database_specific),
        urls=_urls(wire.references),
        affected=tuple(_affected(entry) for entry in ours),
        elsewhere=len(entries) - len(ours),
    )


def is_id(text: str) -> bool:
    """Whether the text can be a record's id, and so part of a URL and a file's name: no separators, no dots alone."""
    return (
        0 < len(text) <= _LONGEST_ID
        and text.isascii()
        and text[0].isalnum()
        and all(character.isalnum() or character in "-_.:" for character in text)
    )


def _is_npm(entry: _Affected) -> bool:
    package = entry.package
    return package is not None and package.ecosystem.partition(":")[0] == _ECOSYSTEM and bool(package.name)


def _affected(entry: _Affected) -> Affected:
    assert entry.package is not None
    ranges: list[tuple[Event, ...]] = []
    commits = empty = False
    for each in entry.ranges or ():
        events = tuple(_events(each))
        if each.type == "GIT":  # what npm published from a commit is not said
            commits = True
        elif not events:
            empty = True
        elif any(event.kind is EventKind.INTRODUCED for event in events):
            ranges.append(events)
        else:
            ranges.append((Event(EventKind.INTRODUCED, "0"), *events))
    versions = tuple(dict.fromkeys(entry.versions or ()))
    unclear = ["a range without events"] if empty else []
    if not ranges and not versions and not empty:
        unclear.append("commits only" if commits else "no versions given")
    return Affected(
        package=entry.package.name,
        ranges=tuple(dict.fromkeys(ranges)),
        versions=versions,
        last_known=_text(entry.database_specific, "last_known_affected_version_range"),
        unclear=tuple(unclear),
        vectors=_vectors(entry.severity),
        word=_word(entry.database_specific),
    )


def _events(each: _Range) -> Iterator[Event]:
    """In the record's order. Older records put a whole stretch into one object."""
    for event in each.events or ():
        for kind in EventKind:
            bound = getattr(event, kind.value)
            if bound is not None:
                yield Event(kind, bound)


def _is_malware(wire: _Record, ours: list[_Affected]) -> bool:
    """Records of the OpenSSF's malicious-packages, and GitHub's malware advisories: by weakness (CWE-506 and its
    kinds), or, where old ones name none, by the wording that the database uses for nothing else.
    """
    if any(name.startswith("MAL-") for name in (wire.id, *(wire.aliases or ()))):
        return True
    cwes = [
        *_cwes(wire.database_specific),
        *(cwe for entry in ours for cwe in _cwes(entry.database_specific)),
    ]
    if not _MALICIOUS.isdisjoint(cwes):
        return True
    summary = (wire.summary or "").strip().lower()
    return summary.startswith(_MALWARE_OPENINGS) or summary.endswith(_MALWARE_ENDINGS)


def _cwes(free: Any) -> list[str]:
    """`cwe_ids` of GitHub's records (texts), `cwes` of malicious-packages (objects with `cweId`)."""
    if not isinstance(free, dict):
        return []
    plain = free.get("cwe_ids")
    rich = free.get("cwes")
    found = [each for each in plain if isinstance(each, str)] if isinstance(plain, list) else []
    if isinstance(rich, list):
        found += [_text(each, "cweId") for each in rich]
    return found


def _summary(wire: _Record) -> str:
    """The summary, or else the first line of the details that says something."""
    text = " ".join((wire.summary or "").split())
    if not text:
        lines = (line.strip(" #*_-=\t") for line in (wire.details or "")[:4096].splitlines())
        text = next((" ".join(line.split()) for line in lines if line), "")
    return text if len(text) <= _LONGEST_SUMMARY else f"{text[: _LONGEST_SUMMARY - 1]}…"


def _vectors(severities: list[_Severity] | None) -> tuple[str, ...]:
    found = (
        each.score for each in severities or () if each.type.startswith("CVSS_V") and len(each.score) < 512
    )
    return tuple(dict.fromkeys(found))[:_VECTORS]


def _word(free: Any) -> str:
    return _text(free, "severity")[:32].lower()


def _text(free: Any, key: str) -> str:
    value = free.get(key) if isinstance(free, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _urls(references: list[_Reference] | None) -> tuple[str, ...]:
    good = [
        reference
        for reference in references or ()
        if reference.url.startswith(("https://", "http://")) and len(reference.url) <= _LONGEST_URL
    ]
    good.sort(key=lambda reference: reference.type != "ADVISORY")
    return tuple(dict.fromkeys(reference.url for reference in good))[:_URLS]
