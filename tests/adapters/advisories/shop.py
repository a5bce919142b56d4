"""A database in a test's folder."""

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from forecheck.adapters.advisories.importing import Brought, import_export
from forecheck.adapters.advisories.replacing import exclusive
from forecheck.adapters.advisories.store import DiskAdvisories
from forecheck.adapters.advisories.updating import Means, update
from forecheck.adapters.progress import SilentProgress
from forecheck.ports import Http
from tests.adapters.clients import ONCE, client
from tests.fakes.osv import OsvExport, Record, archive

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def bring_in(
    folder: Path, *records: Record | tuple[str, bytes], now: datetime = NOW, prefix: str = ""
) -> Brought:
    """Import an export of these records."""
    return bring_in_bytes(folder, archive(records, prefix), now=now)


def bring_in_bytes(folder: Path, data: bytes, *, now: datetime = NOW) -> Brought:
    with exclusive(str(folder)) as workshop:
        return import_export(workshop, io.BytesIO(data), "all.zip", now, SilentProgress())


def bring_up_to_date(folder: Path, osv: OsvExport, *, now: datetime = NOW) -> Brought:
    with client(limits=ONCE) as http:
        return bring_from(folder, http, osv.url, now=now)


def bring_from(folder: Path, http: Http, url: str, *, now: datetime = NOW) -> Brought:
    with exclusive(str(folder)) as workshop:
        return update(workshop, Means(http, url, lambda: now, SilentProgress(), one_by_one))


def one_by_one(tasks: Sequence[Callable[[], None]]) -> None:
    for task in tasks:
        task()


def names(folder: Path, package: str = "left-pad", version: str = "1.0.0") -> list[str]:
    """The ids of the advisories that hold for a version."""
    store = DiskAdvisories(str(folder))
    try:
        return [each.id for each in store.lookup([(package, version)]).get((package, version), ())]
    finally:
        store.close()
