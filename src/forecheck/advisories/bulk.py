"""The registry's own advisories, as its bulk endpoint gives them (`POST /-/npm/v1/security/advisories/bulk`)."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from forecheck.advisories.bounds import Event, EventKind
from forecheck.advisories.record import UNDATED, Advisory, Affected
from forecheck.decode import Malformed, read_json
from forecheck.npm.comparators import Comparator
from forecheck.npm.semver import Range, parse_range
from forecheck.npm.version import parse_version

MAX_BYTES = 32 * 1024 * 1024
MALWARE = "CWE-506"
"""Embedded Malicious Code: how GitHub's malware advisories are marked."""

_TITLES = ("malicious package", "malware in ", "embedded malicious code")


class _Cvss(msgspec.Struct):
    vector_string: Any = msgspec.field(name="vectorString", default=None)


class _Item(msgspec.Struct):
    id: int | str
    vulnerable_versions: str
    url: str = ""
    title: str = ""
    severity: str = ""
    cwe: Any = ()
    cvss: _Cvss | None = None


def read_bulk(
    data: bytes, where: str, pairs: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[Advisory, ...]]:
    """The advisories that hold for each name and version asked about; raises `Malformed`.

    A version that cannot be read gets all that there are for its name.
    """
    answer = read_json(data, dict[str, list[_Item]], where, max_bytes=MAX_BYTES)
    found = {}
    for name, version in pairs:
        read = parse_version(version, loose=True)
        ranged = [(_range(item, where), item) for item in answer.get(name, ())]
        found[name, version] = tuple(
            _advisory(name, item, wanted)
            for wanted, item in ranged
            if read is None or wanted.satisfied_by(read)
        )
    return found


def question(pairs: Iterable[tuple[str, str]]) -> bytes:
    """The body that asks about names and versions."""
    asked: dict[str, list[str]] = {}
    for name, version in pairs:
        asked.setdefault(name, []).append(version)
    return msgspec.json.encode(asked)


def _range(item: _Item, where: str) -> Range:
    # GitHub's own advisories separate bounds by commas, which npm's loose grammar would drop with the bound.
    text = item.vulnerable_versions.replace(",", " ")
    wanted = parse_range(text, loose=True, include_prerelease=True)
    if wanted is None:
        raise Malformed(where, f"{item.vulnerable_versions!r} is no range", f"advisory {item.id}")
    return wanted


def _advisory(name: str, item: _Item, wanted: Range) -> Advisory:
    ghsa = item.url.rpartition("/")[2]
    vector = item.cvss.vector_string if item.cvss else None
    weaknesses = item.cwe if isinstance(item.cwe, list) else [item.cwe]
    return Advisory(
        id=ghsa if ghsa.startswith("GHSA-") else f"npm:{item.id}",
        aliases=(),
        summary=item.title,
        malware=MALWARE in weaknesses or item.title.lower().startswith(_TITLES),
        modified=UNDATED,
        vectors=(vector,) if isinstance(vector, str) else (),
        word=item.severity.lower(),
        urls=(item.url,) if item.url.startswith(("https://", "http://")) else (),
        affected=tuple(Affected(name, ranges=(tuple(_events(each)),)) for each in wanted.alternatives),
    )


def _events(alternative: tuple[Comparator, ...]) -> Iterator[Event]:
    """A range's alternative as OSV events. `>1.0.0` begins at 1.0.0 here, one version too many, which matters only to
    fixes: the version in use was compared with the range itself.
    """
    begun = False
    ends: list[Event] = []
    for comparator in alternative:
        version = "" if comparator.version is None else str(comparator.version)
        if comparator.operator in (">", ">=") and version:
            begun = True
            yield Event(EventKind.INTRODUCED, version)
        elif comparator.operator == "<":
            ends.append(Event(EventKind.FIXED, version))
        elif comparator.operator == "<=":
            ends.append(Event(EventKind.LAST_AFFECTED, version))
        elif version:
            begun = True
            yield Event(EventKind.INTRODUCED, version)
            ends.append(Event(EventKind.LAST_AFFECTED, version))
    if not begun:
        yield Event(EventKind.INTRODUCED, "0")
    yield from ends
