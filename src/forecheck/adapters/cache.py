"""The evidence cache on disk: one SQLite table that a kill at any moment leaves whole.

It makes runs faster and never makes them fail: a damaged, full, locked or untrustworthy cache behaves as an
empty one and says so once, in `notices`. A cache that others could write is not used at all: whoever fills
it decides what every later verdict is based on.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from forecheck.adapters.cache_place import UnsafePlace, prepare
from forecheck.ports import Stored

T = TypeVar("T")

SCHEMA = 1  # goes up whenever the table changes; another version's entries are dropped, not migrated
MAX_BYTES = 512 * 1024 * 1024
_PENDING_BYTES = 4 * 1024 * 1024
_PENDING_ENTRIES = 256
_KEYS_PER_QUERY = 500  # older SQLite allows 999 variables
_BUSY_SECONDS = 5.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FILE = "evidence.sqlite"
# SQLite has no checksums: a row whose types are not those written was damaged, and is as good as none.
_SELECT = (
    "SELECT key, payload, fetched_at, etag, last_modified FROM entry"
    " WHERE typeof(payload) = 'blob' AND typeof(etag) = 'text' AND typeof(last_modified) = 'text'"
    " AND typeof(fetched_at) = 'integer' AND fetched_at BETWEEN 0 AND 253402300799000000"  # the year 9999
)


class DiskCache:
    """A `Cache` in `directory`, safe for threads and for several processes at once.

    Writes are kept in memory and go to disk in one transaction, when enough have gathered and at `flush` and
    `close`. Above `max_bytes` of live data the oldest entries go.
    """

    def __init__(self, directory: str, *, max_bytes: int = MAX_BYTES) -> None:
        self.notices: list[str] = []
        self._directory = directory
        self._path = os.path.join(directory, _FILE)
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._pending: dict[str, Stored] = {}
        self._pending_bytes = 0
        self._connection: sqlite3.Connection | None = None
        self._usable = True
        self._repaired = False

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Stored]:
        """The entries there are for these keys; the others are left out."""
        with self._lock:
            found = {key: self._pending[key] for key in keys if key in self._pending}
            wanted = [key for key in keys if key not in found]
            if wanted:
                found.update(self._use(lambda database: dict(_select(database, wanted))) or {})
            return found

    def put(self, key: str, stored: Stored) -> None:
        with self._lock:
            self._pending[key] = stored
            self._pending_bytes += len(stored.payload)
            if self._pending_bytes >= _PENDING_BYTES or len(self._pending) >= _PENDING_ENTRIES:
                self._write()

    def flush(self) -> None:
        """Put on disk whatever is not there yet."""
        with self._lock:
            self._write()

    def close(self) -> None:
        """Flush and let go of the file; the cache may be used again afterwards."""
        with self._lock:
            self._write()
            self._disconnect()

    def _write(self) -> None:
        if not self._pending:
            return
        entries = [(key, *_columns(stored)) for key, stored in self._pending.items()]
        self._use(lambda database: _store(database, entries, self._max_bytes))
        self._pending.clear()
        self._pending_bytes = 0

    def _use(self, action: Callable[[sqlite3.Connection], T]) -> T | None:
        """What the action gives, or None where the cache cannot be used (any more)."""
        while self._usable:
            try:
                if self._connection is None:
                    prepare(self._path)
                    self._connection = _connect(self._path)
                return action(self._connection)
            except UnsafePlace as unsafe:
                self._give_up(str(unsafe))
            except OSError as error:
                self._give_up(error.strerror or str(error))
            except (sqlite3.Error, UnicodeDecodeError) as error:
                self._disconnect()
                if _is_damage(error) and not self._repaired:
                    self._start_afresh()
                else:
                    self._give_up(str(error))
        return None

    def _start_afresh(self) -> None:
        """Move a damaged file aside (the newest one is kept) and go on with an empty cache."""
        self._repaired = True
        aside = f"{self._path}.damaged"
        try:
            os.replace(self._path, aside)
            for left_over in (f"{self._path}-wal", f"{self._path}-shm"):
                if os.path.exists(left_over):
                    os.remove(left_over)
        except OSError as error:
            self._give_up(f"it is damaged and cannot be moved aside: {error.strerror}")
        else:
            self.notices.append(f"the cache was damaged and starts afresh; the old file is {aside}")

    def _give_up(self, why: str) -> None:
        self._usable = False
        self._disconnect()
        self.notices.append(f"running without a cache in {self._directory}: {why}")

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _set_up(connection)
    except (sqlite3.Error, UnicodeDecodeError):
        connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if _code(error) != sqlite3.SQLITE_BUSY:  # another process is just switching it on
            raise
    connection.execute("PRAGMA synchronous = NORMAL")
    if _number(connection, "PRAGMA user_version") == SCHEMA:
        return
    connection.execute("BEGIN IMMEDIATE")
    if _number(connection, "PRAGMA user_version") != SCHEMA:  # unless another process was faster
        connection.execute("DROP TABLE IF EXISTS entry")
        connection.execute(
            "CREATE TABLE entry (key TEXT PRIMARY KEY, payload BLOB NOT NULL, fetched_at INTEGER NOT NULL,"
            " etag TEXT NOT NULL, last_modified TEXT NOT NULL) WITHOUT ROWID"
        )
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
    connection.execute("COMMIT")


def _select(database: sqlite3.Connection, keys: Sequence[str]) -> Iterator[tuple[str, Stored]]:
    for start in range(0, len(keys), _KEYS_PER_QUERY):
        some = keys[start : start + _KEYS_PER_QUERY]
        query = f"{_SELECT} AND key IN ({','.join('?' * len(some))})"
        for key, payload, fetched_at, etag, last_modified in database.execute(query, some):
            yield key, Stored(payload, _EPOCH + fetched_at * _MICROSECOND, etag, last_modified)


def _columns(stored: Stored) -> tuple[bytes, int, str, str]:
    """The entry's columns; the time as microseconds since 1970."""
    microseconds = (stored.fetched_at - _EPOCH) // _MICROSECOND
    return stored.payload, microseconds, stored.etag, stored.last_modified


def _store(database: sqlite3.Connection, entries: Sequence[tuple[object, ...]], max_bytes: int) -> None:
    database.execute("BEGIN IMMEDIATE")
    database.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?)", entries)
    while _live_bytes(database) > max_bytes:
        database.execute(
            "DELETE FROM entry WHERE key IN"
            " (SELECT key FROM entry ORDER BY fetched_at LIMIT (SELECT count(*) / 4 + 1 FROM entry))"
        )
        if not _number(database, "SELECT count(*) FROM entry"):
            break
    database.execute("COMMIT")


def _live_bytes(database: sqlite3.Connection) -> int:
    """The size of what is in use; pages freed by a deletion stay in the file for the next entries."""
    pages = _number(database, "PRAGMA page_count") - _number(database, "PRAGMA freelist_count")
    return pages * _number(database, "PRAGMA page_size")


def _number(database: sqlite3.Connection, query: str) -> int:
    row: tuple[int] = database.execute(query).fetchone()
    return row[0]


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, 0 for errors of the Python module itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _is_damage(error: Exception) -> bool:
    """Whether the file, not its surroundings, is at fault. SQLITE_ERROR is one: our statements are right for our
    tables. So is text that is not UTF-8, in which SQLite quotes a damaged table definition.
    """
    if not isinstance(error, sqlite3.Error):
        return True
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
