"""A whole OSV export → a new database in place of the old one."""

from datetime import datetime
from typing import IO

import msgspec

from forecheck.adapters.advisories.archive import Export
from forecheck.adapters.advisories.database import Head, Writer
from forecheck.adapters.advisories.replacing import Workshop
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

    `skipped` could not be read; `missing` could not be fetched and are as they were; `ignored` are files of an
    export that are no records, and older copies of a record. `whole` says that the database was built anew,
    `notices` what else there is to say.
    """

    head: Head
    read: int
    whole: bool
    removed: tuple[str, ...] = ()
    skipped: tuple[Skip, ...] = ()
    missing: tuple[Skip, ...] = ()
    ignored: tuple[Skip, ...] = ()
    notices: tuple[str, ...] = ()


class Filling(msgspec.Struct):
    """A database being filled from an export, and what became of each file so far."""

    writer: Writer
    read: int = 0
    newest: datetime | None = None
    skipped: list[Skip] = []
    ignored: list[Skip] = []

    def take(self, data: bytes, name: str) -> None:
        """Take in one record, or note why it cannot be read."""
        try:
            advisory = decode(data, name)
        except Malformed as wrong:
            why = f"{wrong.why} ({wrong.place})" if wrong.place else wrong.why
            self.skipped.append(Skip(name, why))
            self.writer.skip(_id_of(name), why)
            return
        if self.writer.put(advisory):
            self.read += 1
            self.newest = advisory.modified if self.newest is None else max(self.newest, advisory.modified)
        else:
            self.ignored.append(Skip(name, f"{advisory.id} is in the export twice; this is the older one"))


def import_export(
    workshop: Workshop, file: IO[bytes], where: str, now: datetime, progress: Progress
) -> Brought:
    """Replace the database by what is in the export `file`; `where` names it.

    Raises `Malformed` for what is damaged or no export, `Refused` where it cannot be written; the old database stays.
    """
    reader, wrong = workshop.old()
    if reader is not None:
        reader.close()
    with workshop.writing(copy=False) as writer:
        filling = fill(writer, file, where, progress)
        head = workshop.put_in_place(writer, now, where)
    return brought(filling, head, now, (f"{wrong}; it was made anew",) if wrong else ())


def fill(writer: Writer, file: IO[bytes], where: str, progress: Progress) -> Filling:
    """Write every record of the export; each file of it is read, skipped or ignored with a reason.

    Raises `Malformed`, also where too little of it is a record.
    """
    export = Export(file, where)
    filling = Filling(writer)
    progress.stage("reading advisories", len(export))
    for member in export.members():
        if member.data is None:
            filling.ignored.append(Skip(member.name, "is not a record by its name"))
        else:
            filling.take(member.data, member.name)
        progress.advance()
    total = filling.read + len(filling.skipped)
    first = f" (the first: {filling.skipped[0].name}: {filling.skipped[0].why})" if filling.skipped else ""
    if not filling.read:
        raise Malformed(where, f"holds no advisory that can be read{first}")
    if len(filling.skipped) > max(_TOLERATED, _TOLERATED_SHARE * total):
        raise Malformed(where, f"{len(filling.skipped)} of its {total} records cannot be read{first}")
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


def _id_of(name: str) -> str:
    """The id that a file's name promises, or else the name itself."""
    stem = name.rpartition("/")[2].removesuffix(".json")
    return stem if is_id(stem) else name
