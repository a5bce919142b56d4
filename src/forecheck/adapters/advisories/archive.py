"""The records in an OSV export: a zip archive of JSON files that somebody else made."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

import msgspec

from forecheck.advisories.osv_wire import MAX_RECORD
from forecheck.decode import Malformed

MAX_MEMBERS = 1_000_000
MAX_DIRECTORY = 96 * 1024 * 1024  # bytes of the archive's own table of contents; an entry has at least 46
MAX_UNPACKED = 8 * 1024 * 1024 * 1024
MAX_RATIO = 100  # unpacked to packed, of the archive as a whole; JSON records have 2 to 6
_SMALL = 1024 * 1024  # bytes unpacked below which no ratio is too much
_TAIL = 65_557  # the end record with the longest comment
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, struct.error, OSError)


class Member(msgspec.Struct, frozen=True):
    """One file of the archive. `data` is None for what is not a record by its name."""

    name: str
    data: bytes | None


class Export:
    """An export opened for reading; `where` is what errors call it. Raises `Malformed` for an archive that is
    damaged, too large in any direction, or uses what exports do not.
    """

    def __init__(self, file: IO[bytes], where: str) -> None:
        self._where = where
        size = file.seek(0, 2)
        self._check_directory(file, size)
        try:
            self._zip = zipfile.ZipFile(file)
        except _DAMAGE as error:
            raise self._damaged(error) from None
        self._members = sorted(
            (each for each in self._zip.infolist() if not each.is_dir()), key=lambda each: each.header_offset
        )
        self._check_members(size)

    def __len__(self) -> int:
        return len(self._members)

    def members(self) -> Iterator[Member]:
        """Every file, in the order of the archive; one whose checksum is wrong ends it with `Malformed`."""
        for info in self._members:
            if info.filename.endswith(".json"):
                yield Member(info.filename, self._read(info))
            else:
                yield Member(info.filename, None)

    def _read(self, info: zipfile.ZipInfo) -> bytes:
        try:
            with self._zip.open(info) as file:
                data = file.read(MAX_RECORD + 1)  # zipfile gives no more than the declared size
        except _DAMAGE as error:
            raise self._damaged(error) from None
        if len(data) != info.file_size:
            raise Malformed(self._where, "is damaged: a file is shorter than it says", info.filename)
        return data

    def _check_directory(self, file: IO[bytes], size: int) -> None:
        """Before zipfile reads it all into memory: how large the table of contents is (APPNOTE 6.3.10, 4.3.14-16)."""
        start = max(0, size - _TAIL)
        file.seek(start)
        tail = file.read(_TAIL)
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < 22:
            raise Malformed(self._where, "is not a zip archive, or its end is missing")
        (directory,) = struct.unpack_from("<L", tail, at + 12)
        if directory == 0xFFFFFFFF:
            end = tail.rfind(b"PK\x06\x06", 0, at)
            if end < 0 or len(tail) - end < 56:
                raise Malformed(self._where, "is damaged: its table of contents is nowhere")
            (directory,) = struct.unpack_from("<Q", tail, end + 40)
        if directory > MAX_DIRECTORY:
            raise Malformed(self._where, f"has more than {MAX_DIRECTORY} bytes of table of contents")

    def _check_members(self, size: int) -> None:
        if len(self._members) > MAX_MEMBERS:
            raise Malformed(self._where, f"holds more than {MAX_MEMBERS} files")
        unpacked = 0
        for info in self._members:
            if info.flag_bits & 0x1:
                raise Malformed(self._where, "is encrypted", info.filename)
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Malformed(self._where, "is compressed in a way exports are not", info.filename)
            if info.file_size > MAX_RECORD:
                raise Malformed(self._where, f"is larger than {MAX_RECORD} bytes", info.filename)
            unpacked += info.file_size
        if unpacked > MAX_UNPACKED or (unpacked > _SMALL and unpacked > MAX_RATIO * size):
            raise Malformed(self._where, f"unpacks to {unpacked} bytes, which no export does")

    def _damaged(self, error: Exception) -> Malformed:
        return Malformed(self._where, f"is damaged: {str(error) or type(error).__name__}")
