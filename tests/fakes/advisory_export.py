"""OSV records and exports made to order, and the real database on disk filled with them."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from forecheck.adapters.advisories.importing import import_export
from forecheck.adapters.advisories.replacing import exclusive

Record = Mapping[str, Any]


def advisory(ident: str, name: str, *events: Mapping[str, str], **more: Any) -> Record:
    """A record about one npm package; without events, about all of its versions."""
    package = {"ecosystem": "npm", "name": name}
    ranges = [{"type": "SEMVER", "events": list(events) or [{"introduced": "0"}]}]
    return {
        "id": ident,
        "modified": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "summary": f"Something about {name}",
        "affected": [{"package": package, "ranges": ranges}],
        **more,
    }


def export(records: Sequence[Record]) -> bytes:
    """A zip as the OSV export is one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for record in records:
            archive.writestr(f"{record['id']}.json", json.dumps(record))
    return made.getvalue()


def fill_database(directory: Path, records: Sequence[Record], now: datetime | None = None) -> None:
    """Make the advisory database in a cache directory anew."""
    with exclusive(str(directory)) as workshop:
        import_export(
            workshop, io.BytesIO(export(records)), "made for a test", now or datetime.now(UTC), _Quiet()
        )


class _Quiet:
    def stage(self, what: str, total: int = 0) -> None: ...

    def advance(self, count: int = 1) -> None: ...

    def done(self) -> None: ...
