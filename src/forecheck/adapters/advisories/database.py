"""The database's file: its tables, and what tells a good one from a foreign or broken one.

A file is never changed in place. A new one is written beside it and takes its name when it is complete, so that
whoever reads sees the old state or the new one, and a journal never lies beside it.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

import msgspec

from forecheck.adapters.cache_place import UnsafePlace, trust
from forecheck.advisories.record import Advisory, AdvisoryStatus

FILE = "advisories.sqlite"
SCHEMA = 1
APPLICATION = 0x46434B41  # "FCKA": tells our files from other programs' (https://sqlite.org/fileformat2.html)
_MALWARE, _WITHDRAWN = 1, 2
_NAMES_PER_QUERY = 500  # older SQLite allows 999 variables
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TABLES = """
CREATE TABLE head (data BLOB NOT NULL);
CREATE TABLE advisory (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, modified INTEGER NOT NULL,
  listed INTEGER NOT NULL, state INTEGER NOT NULL, payload BLOB NOT NULL);
CREATE TABLE package (name TEXT, advisory INTEGER, PRIMARY KEY (name, advisory)) WITHOUT ROWID;
CREATE TABLE skipped (id TEXT PRIMARY KEY, listed INTEGER NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
"""
_ABOUT = (
    "SELECT package.name, payload FROM package JOIN advisory ON number = package.advisory"
    " WHERE state < 2 AND package.name IN ({})"  # 2: withdrawn
)
_COUNTS = "SELECT count(*), total(state & 1), total(state & 2) / 2 FROM advisory"


class Unusable(Exception):  # noqa: N818  (an outcome of looking, not a fault)
    """A file that cannot be read as an advisory database. `ours` says that it may be written anew."""

    def __init__(self, reason: str, *, ours: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ours = ours


class Head(msgspec.Struct, frozen=True):
    """What stands at the top of a file: the status, and the validator of the list of changes it follows."""

    status: AdvisoryStatus
    listing_url: str = ""
    listing_etag: str = ""


class Reader:
    """A database opened for reading. `close` it."""

    def __init__(self, path: str) -> None:
        """Raises FileNotFoundError where there is none, and `Unusable`."""
        self._path = path
        _check_file(path)
        uri = "file:" + path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        self._connection = sqlite3.connect(f"{uri}?mode=ro", uri=True, check_same_thread=False)
        self._decoder = msgspec.msgpack.Decoder(Advisory)
        try:
            self.head = self._head()
        except BaseException:
            self.close()
            raise

    def about(self, names: Sequence[str]) -> Iterator[tuple[str, Advisory]]:
        """The advisories for each name that are not withdrawn; raises `Unusable`."""
        try:
            for start in range(0, len(names), _NAMES_PER_QUERY):
                some = names[start : start + _NAMES_PER_QUERY]
                for name, payload in self._connection.execute(_ABOUT.format(_marks(some)), some):
                    yield name, self._decoder.decode(payload)
        except (sqlite3.Error, msgspec.MsgspecError, TypeError, UnicodeDecodeError) as error:
            raise self._damaged(error) from None

    def known(self) -> Mapping[str, datetime]:
        """Every record by id, those that could not be read too, with the newest change that was taken in."""
        query = "SELECT id, max(modified, listed) FROM advisory UNION ALL SELECT id, listed FROM skipped"
        known: dict[str, datetime] = {}
        try:
            for name, at in self._connection.execute(query):
                known[name] = max(known.get(name, _EPOCH), time_of(at))
        except (sqlite3.Error, UnicodeDecodeError, TypeError, OverflowError) as error:
            raise self._damaged(error) from None
        return known

    def skipped(self) -> tuple[tuple[str, str], ...]:
        """The records that could not be read, and why."""
        try:
            return tuple(self._connection.execute("SELECT id, reason FROM skipped ORDER BY id"))
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._damaged(error) from None

    def close(self) -> None:
        self._connection.close()

    def _head(self) -> Head:
        try:
            application = self._number("PRAGMA application_id")
            schema = self._number("PRAGMA user_version")
            if application != APPLICATION:
                raise Unusable(f"{self._path} is not an advisory database of forecheck", ours=False)
            if schema > SCHEMA:
                raise Unusable(f"{self._path} was made by a newer forecheck (format {schema})", ours=False)
            if schema < SCHEMA:
                raise Unusable(f"{self._path} was made by an older forecheck (format {schema})", ours=True)
            row = self._connection.execute("SELECT data FROM head").fetchone()
            return msgspec.msgpack.decode(row[0], type=Head)
        except (sqlite3.Error, msgspec.MsgspecError, TypeError, UnicodeDecodeError) as error:
            raise self._damaged(error) from None

    def _number(self, query: str) -> int:
        row: tuple[int] = self._connection.execute(query).fetchone()
        return row[0]

    def _damaged(self, error: Exception) -> Unusable:
        return Unusable(f"{self._path} is damaged: {error}", ours=True)


def _check_file(path: str) -> None:
    """Whether the file is ours to believe, and whole: SQLite reads a file without its end until it gets there."""
    try:
        trust(os.path.dirname(path))
        trust(path)
        with open(path, "rb") as file:
            start = file.read(100)
            size = file.seek(0, os.SEEK_END)
    except UnsafePlace as unsafe:
        raise Unusable(str(unsafe), ours=False) from None
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}", ours=False) from None
    if len(start) < 100:
        raise Unusable(f"{path} is damaged: it ends after {len(start)} bytes", ours=True)
    if not start.startswith(b"SQLite format 3\0"):
        raise Unusable(f"{path} is not an advisory database of forecheck", ours=False)
    page = int.from_bytes(start[16:18], "big")
    promised = (65536 if page == 1 else page) * int.from_bytes(start[28:32], "big")
    if size != promised:
        raise Unusable(f"{path} is damaged: it has {size} bytes instead of {promised}", ours=True)


class Writer:
    """A database being written, at a path that nobody reads yet. `finish` or `abandon` it.

    `rows` is the number of advisories so far. Errors of the disk are sqlite3.Error.
    """

    def __init__(self, path: str, *, new: bool) -> None:
        self._path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        # The file is worth nothing until it is complete: what protects it is the renaming, not a journal.
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        if new:
            self._connection.executescript(_TABLES)
            self._connection.execute(f"PRAGMA application_id = {APPLICATION}")
            self._connection.execute(f"PRAGMA user_version = {SCHEMA}")
        self._connection.execute("BEGIN")
        self._encode = msgspec.msgpack.Encoder().encode

    def put(self, advisory: Advisory, listed: datetime | None = None) -> bool:
        """Take a record in; False where a newer version of it is there already. `listed` is when the list of
        changes says that it changed.
        """
        run = self._connection.execute
        there = run("SELECT number, modified FROM advisory WHERE id = ?", (advisory.id,)).fetchone()
        modified = stamp_of(advisory.modified)
        if there is not None and there[1] > modified:
            return False
        if there is not None:
            self._drop(there[0])
        state = (advisory.malware and _MALWARE) | (_WITHDRAWN if advisory.withdrawn is not None else 0)
        seen = stamp_of(listed) if listed is not None else 0
        row = (advisory.id, modified, seen, state, self._encode(advisory))
        number = run(
            "INSERT INTO advisory (id, modified, listed, state, payload) VALUES (?, ?, ?, ?, ?)", row
        ).lastrowid
        self._connection.executemany(
            "INSERT INTO package VALUES (?, ?)", [(name, number) for name in advisory.packages()]
        )
        run("DELETE FROM skipped WHERE id = ?", (advisory.id,))
        return True

    def skip(self, name: str, reason: str, listed: datetime | None = None) -> None:
        """Keep in mind that a record could not be read; an older version of it stays."""
        seen = stamp_of(listed) if listed is not None else 0
        self._connection.execute("INSERT OR REPLACE INTO skipped VALUES (?, ?, ?)", (name, seen, reason))

    def remove(self, name: str) -> None:
        """Forget a record."""
        there = self._connection.execute("SELECT number FROM advisory WHERE id = ?", (name,)).fetchone()
        if there is not None:
            self._drop(there[0])
        self._connection.execute("DELETE FROM skipped WHERE id = ?", (name,))

    def finish(self, now: datetime, source: str, listing: tuple[str, str] = ("", "")) -> Head:
        """Write the head and make the file complete on the disk; `listing` is the list's URL and validator."""
        run = self._connection.execute
        records, malware, withdrawn = run(_COUNTS).fetchone()
        newest = run("SELECT max(modified) FROM advisory WHERE modified <= ?", (stamp_of(now),)).fetchone()[0]
        status = AdvisoryStatus(
            records=records,
            malware=int(malware),
            withdrawn=int(withdrawn),
            as_of=time_of(newest or 0),
            updated_at=now,
            source=source,
            skipped=run("SELECT count(*) FROM skipped").fetchone()[0],
        )
        head = Head(status, *listing)
        run("DELETE FROM head")
        run("INSERT INTO head VALUES (?)", (self._encode(head),))
        run("COMMIT")
        self._connection.close()
        descriptor = os.open(self._path, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return head

    def abandon(self) -> None:
        self._connection.close()

    def _drop(self, number: int) -> None:
        with closing(
            self._connection.execute("SELECT payload FROM advisory WHERE number = ?", (number,))
        ) as found:
            old = msgspec.msgpack.decode(found.fetchone()[0], type=Advisory)
        pairs = [(name, number) for name in old.packages()]
        self._connection.executemany("DELETE FROM package WHERE name = ? AND advisory = ?", pairs)
        self._connection.execute("DELETE FROM advisory WHERE number = ?", (number,))


def stamp_of(time: datetime) -> int:
    """Microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def time_of(stamp: int) -> datetime:
    return _EPOCH + stamp * _MICROSECOND


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))
