"""A whole OSV export → a new database in place of the old one."""

from collections.abc import Mapping
from datetime import datetime
from typing import IO

import msgspec

from forecheck.adapters.advisories.archive import Export
from forecheck.adapters.advisories.database import Head, Writer
from forecheck.adapters.advisories.replacing import Refused, Workshop
from forecheck.advisories.osv_wire import decode, is_id
from forecheck.decode import Malformed
from forecheck.ports import Progress

_TOLERATED = 10  # unreadable records
_TOLERATED_SHARE = 0.05  # of an export; more of them, and it is the format that we do not know


class Skip(msgspec.Struct, frozen=True):
    """Something in the source that was not taken in, and why."""

    name: str
    why: str


class Brought(msgspec.Struct, frozen=True):
    """What was taken in. `read` are records that are in the database now, `removed` those that are no longer.

    `skipped` could not be read; `ignored` are files of an export that are no records, and second copies of a record
    that is there in a newer version. `whole` says that the database was built anew, `notices` what else there is
    to say.
    """

    head: Head
    read: int
    whole: bool
    removed: tuple[str, ...] = ()
    skipped: tuple[Skip, ...] = ()
    ignored: tuple[Skip, ...] = ()
    notices: tuple[str, ...] = ()


class Filling(msgspec.Struct):
    """A database being filled from an export, and what became of each file so far."""

    writer: Writer
    read: int = 0
    newest: datetime | None = None
    skipped: list[Skip] = []
    ignored: list[Skip] = []

    def take(self, data: bytes, name: str, listing: Mapping[str, datetime]) -> None:
        """Take in one record, or note why it cannot be read."""
        try:
            advisory = decode(data, name)
        except Malformed as wrong:
            why = f"{wrong.why} ({wrong.place})" if wrong.place else wrong.why
            self.skipped.append(Skip(name, why))
            key = _id_of(name)
            self.writer.skip(key, why, listing.get(key))
            return
        if self.writer.put(advisory, listing.get(advisory.id)):
            self.read += 1
            self.newest = advisory.modified if self.newest is None else max(self.newest, advisory.modified)
        else:
            self.ignored.append(Skip(name, f"{advisory.id} is in the export twice; this is the older one"))


def import_export(
    workshop: Workshop, file: IO[bytes], where: str, now: datetime, progress: Progress
) -> Brought:
    """Replace the database by what is in the export `file`; `where` names it.

    Raises `Malformed` for a damaged archive and `Refused` for one that is no export; the old database then stays.
    """
    reader, wrong = workshop.old()
    if reader is not None:
        reader.close()
    with workshop.writing(copy=False) as writer:
        filling = fill(writer, file, where, {}, progress)
        head = workshop.put_in_place(writer, now, where)
    return brought(filling, head, now, (f"{wrong}; it was made anew",) if wrong else ())


def fill(
    writer: Writer, file: IO[bytes], where: str, listing: Mapping[str, datetime], progress: Progress
) -> Filling:
    """Write every record of the export; each file of it is read, skipped or ignored with a reason.

    `listing` says when records changed, by id. Raises `Malformed`, or `Refused` where hardly anything is a record.
    """
    export = Export(file, where)
    filling = Filling(writer)
    progress.stage("reading advisories", len(export))
    for member in export.members():
        if member.data is None:
            filling.ignored.append(Skip(member.name, "is not a record by its name"))
        else:
            filling.take(member.data, member.name, listing)
        progress.advance()
    total = filling.read + len(filling.skipped)
    if not filling.read:
        raise Refused(f"{where} holds no advisory", _first(filling))
    if len(filling.skipped) > max(_TOLERATED, _TOLERATED_SHARE * total):
        raise Refused(
            f"{len(filling.skipped)} of {total} records in {where} cannot be read; nothing was changed",
            _first(filling),
        )
    return filling


def brought(filling: Filling, head: Head, now: datetime, notices: tuple[str, ...] = ()) -> Brought:
    """The outcome of a filled database that is in place."""
    if filling.newest is not None and filling.newest > now:
        notices = (
            *notices,
            f"records are dated as late as {filling.newest:%Y-%m-%d}: is this machine's clock right?",
        )
    return Brought(
        head=head,
        read=head.status.records,
        whole=True,
        skipped=tuple(filling.skipped),
        ignored=tuple(filling.ignored),
        notices=notices,
    )


def _first(filling: Filling) -> str:
    return f"the first: {filling.skipped[0].name}: {filling.skipped[0].why}" if filling.skipped else ""


def _id_of(name: str) -> str:
    """The id that a file's name promises, or else the name itself."""
    stem = name.rpartition("/")[2].removesuffix(".json")
    return stem if is_id(stem) else name
