"""The recorded OSV records, and small ones of a test's own."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from forecheck.advisories.osv_wire import decode
from forecheck.advisories.record import Advisory

FOLDER = Path(__file__).parents[1] / "fixtures" / "osv"


@cache
def lines(name: str) -> tuple[bytes, ...]:
    """The records of a fixture, as JSON."""
    return tuple((FOLDER / name).read_bytes().splitlines())


@cache
def recorded() -> dict[str, Advisory]:
    """Every recorded advisory that is whole, by id."""
    found = [decode(line, "fixture") for name in ("shapes.jsonl", "newer.jsonl") for line in lines(name)]
    return {advisory.id: advisory for advisory in found}


def record(
    name: str = "GHSA-aaaa-bbbb-cccc", package: str = "left-pad", *events: str, **fields: Any
) -> dict[str, Any]:
    """An OSV record: `events` such as "introduced 0" and "fixed 1.2.3" are one range of one package."""
    pairs = [event.split(" ", 1) for event in events or ("introduced 0", "fixed 1.3.0")]
    entry = {
        "package": {"name": package, "ecosystem": "npm"},
        "ranges": [{"type": "SEMVER", "events": [{kind: bound} for kind, bound in pairs]}],
    }
    plain = {"id": name, "modified": "2026-05-01T00:00:00Z", "summary": "bad", "affected": [entry]}
    return {**plain, **fields}


def written(document: object) -> bytes:
    return json.dumps(document).encode()


def read(document: object) -> Advisory:
    return decode(written(document), "a test")


def advisory(*events: str, **fields: Any) -> Advisory:
    """An advisory about left-pad."""
    return read(record("GHSA-aaaa-bbbb-cccc", "left-pad", *events, **fields))


def plain(value: object) -> Any:
    return msgspec.to_builtins(value)
