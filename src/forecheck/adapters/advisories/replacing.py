"""One writer at a time, and a new file in place of the old one only when it is complete."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec

from forecheck.adapters.advisories.database import FILE, Head, Reader, Unusable, Writer
from forecheck.adapters.cache_place import UnsafePlace, prepare

_LOCK = "advisories.lock"
_NEW = f"{FILE}.new"


class Refused(Exception):  # noqa: N818  (shown as a message)
    """The database cannot be written, or what was to be taken in cannot be believed. `hint` is what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Workshop:
    """The right to replace the database in a folder; made by `exclusive`."""

    def __init__(self, directory: str) -> None:
        self.path = os.path.join(directory, FILE)
        self._new = os.path.join(directory, _NEW)
        self._sweep()

    def old(self) -> tuple[Reader | None, str]:
        """What is there, or None and, where something unreadable of ours is in the way, what is wrong with it.

        Raises `Refused` for a file that is not ours to overwrite.
        """
        try:
            return Reader(self.path), ""
        except FileNotFoundError:
            return None, ""
        except Unusable as unusable:
            if not unusable.ours:
                raise Refused(
                    unusable.reason, f"move {self.path} out of the way, or name another cache-dir"
                ) from None
            return None, unusable.reason

    @contextmanager
    def writing(self, *, copy: bool) -> Iterator[Writer]:
        """A writer on an empty database or on a copy of the old one. What it holds counts from `put_in_place` on.

        Raises `Refused` where the disk does not let it, and `Unusable` where the old one turns out to be damaged.
        """
        self._sweep()
        writer = None
        try:
            if copy:
                shutil.copyfile(self.path, self._new)
                os.chmod(self._new, 0o600)
            else:
                os.close(os.open(self._new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            writer = Writer(self._new, new=not copy)
            yield writer
        except (msgspec.MsgspecError, sqlite3.Error, OSError) as error:
            if copy and _is_damage(error):
                raise Unusable(f"{self.path} is damaged: {error}", ours=True) from None
            why = getattr(error, "strerror", None) or str(error)
            raise Refused(f"the advisory database cannot be written: {why}", "is the disk full?") from None
        finally:
            if writer is not None:
                writer.abandon()
            self._sweep()

    def put_in_place(
        self, writer: Writer, now: datetime, source: str, listing: tuple[str, str] = ("", "")
    ) -> Head:
        """Complete what was written and let it be the database from now on."""
        head = writer.finish(now, source, listing)
        os.replace(self._new, self.path)
        _settle(os.path.dirname(self.path))
        return head

    def _sweep(self) -> None:
        """Remove what an interrupted run left behind."""
        for name in (self._new, f"{self._new}-journal"):
            if os.path.lexists(name):
                os.remove(name)


@contextmanager
def exclusive(directory: str) -> Iterator[Workshop]:
    """Be the only process that replaces the database in `directory`, which is made if it is missing.

    Raises `Refused` at once where another one does, or where the folder cannot be trusted or written.
    """
    lock = os.path.join(directory, _LOCK)
    try:
        prepare(lock)
        descriptor = os.open(lock, os.O_RDWR)
    except UnsafePlace as unsafe:
        raise Refused(str(unsafe)) from None
    except OSError as error:
        raise Refused(f"{directory} cannot be written: {error.strerror}") from None
    try:
        if not _lock(descriptor):
            raise Refused(
                "another forecheck is bringing the advisory database up to date",
                "wait for it, then try again",
            )
        yield Workshop(directory)
    finally:
        os.close(descriptor)  # lets go of the lock, as does the end of the process


def _lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_damage(error: Exception) -> bool:
    """Whether the copied file is at fault, not the disk. SQLITE_ERROR is: our statements are right for our tables."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    damaged = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
    return isinstance(error, msgspec.MsgspecError) or code in damaged


def _settle(directory: str) -> None:
    """Have the renaming on the disk too, where the system lets a folder be synchronised."""
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
