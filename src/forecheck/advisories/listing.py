"""The list of changes beside an OSV export (`modified_id.csv`): lines of `<RFC 3339 time>,<id>`, newest first."""

from collections.abc import Mapping
from datetime import datetime

from forecheck.advisories.osv_wire import is_id
from forecheck.decode import Malformed

MAX_LISTING = 256 * 1024 * 1024
"""Bytes; about 5 million lines."""


def read_listing(data: bytes, where: str) -> Mapping[str, datetime]:
    """When each record last changed, by id, newest first as in the file; raises `Malformed` with the line.

    An id that stands there twice counts with its newest time.
    """
    if len(data) > MAX_LISTING:
        raise Malformed(where, f"is larger than {MAX_LISTING} bytes")
    found: dict[str, datetime] = {}
    for number, line in enumerate(data.split(b"\n"), 1):
        text = line.strip(b"\r ").decode("utf-8", "replace")
        if not text:
            continue
        stamp, comma, name = text.partition(",")
        changed = _time(stamp)
        if not comma or changed is None or not is_id(name):
            raise Malformed(where, "is not `<time>,<id>`", f"line {number}")
        if name not in found or found[name] < changed:
            found[name] = changed
    if not found:
        raise Malformed(where, "names no record")
    return found


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
