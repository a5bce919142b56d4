"""Read chosen files out of an npm tarball, in memory, within limits; nothing is ever extracted.

The format is POSIX ustar with pax and GNU extensions inside gzip, or plain. Names follow npm (pacote 21): the first
path component is dropped whatever it is called, links are left out, and of two files with one name the later counts.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from forecheck.decode import Malformed

BLOCK: Final = 512
_CHUNK: Final = 64 * 1024
_SLACK: Final = 1024 * 1024
"""How much may come out before the ratio is looked at: tiny archives compress very well."""
_FILES: Final = b"07\0"
_SKIPPED: Final = b"123456SDMNV"  # links, devices, folders, and GNU kinds that hold no file of the package


class TooLarge(Exception):  # noqa: N818  (the input's doing, not ours)
    """The archive goes over a limit; the text says which."""


class Limits(msgspec.Struct, frozen=True):
    """`total`, `header` and `kept` in bytes: the unpacked archive, one extended header, one chosen file.

    `ratio` is unpacked over packed size.
    """

    total: int = 1024 * 1024 * 1024
    ratio: int = 200
    members: int = 100_000
    header: int = 64 * 1024
    kept: int = 4 * 1024 * 1024


class Contents(msgspec.Struct, frozen=True):
    """The chosen files by path inside the package, and the paths of all files, in archive order."""

    files: dict[str, bytes]
    names: tuple[str, ...]


def read_archive(
    data: bytes, where: str, wanted: Callable[[str], bool], limits: Limits | None = None
) -> Contents:
    """The files that `wanted` says yes to. Raises `Malformed` for what is no sound tar, and `TooLarge`."""
    files: dict[str, bytes] = {}
    names: dict[str, None] = {}
    for member in walk(data, where, limits):
        names[member.path] = None
        if wanted(member.path):
            files[member.path] = member.read()
    return Contents(files, tuple(names))


def walk(data: bytes, where: str, limits: Limits | None = None) -> Iterator["Member"]:
    """Every file of the package in archive order, in one pass; what nobody reads is never kept.

    Raises what `read_archive` does, at whichever member it shows.
    """
    chosen = limits or Limits()
    stream = _Stream(data, where, chosen)
    for path, size in _members(stream, where, chosen):
        if path is None:
            stream.skip(_padded(size))
            continue
        member = Member(path, size, stream, chosen)
        yield member
        member.leave()


class Member:
    """One file of the package: its path inside, and its size in bytes."""

    def __init__(self, path: str, size: int, stream: "_Stream", limits: Limits) -> None:
        self.path = path
        self.size = size
        self._stream = stream
        self._limits = limits
        self._left = True

    def read(self) -> bytes:
        """Its bytes, to be had once and only until the next member is asked for; `TooLarge` over `Limits.kept`."""
        if self.size > self._limits.kept:
            raise TooLarge(f"{self.path} is larger than {self._limits.kept} bytes")
        self._left = False
        return self._stream.read(_padded(self.size))[: self.size]

    def leave(self) -> None:
        """Go past what was not read."""
        if self._left:
            self._stream.skip(_padded(self.size))
            self._left = False


class _Stream:
    """The unpacked bytes, a piece at a time, never more of them than the limits allow."""

    def __init__(self, data: bytes, where: str, limits: Limits) -> None:
        self._data = memoryview(data)
        self._where = where
        self._limits = limits
        self._packed = data[:2] == b"\x1f\x8b"
        self._inflater = zlib.decompressobj(wbits=31)
        self._taken = 0
        self._given = 0
        self._buffer = bytearray()

    def read(self, count: int) -> bytes:
        """Exactly so many bytes; `Malformed` if the archive ends before."""
        while len(self._buffer) < count:
            if not self._more():
                raise Malformed(self._where, "ends in the middle of a file")
        found = bytes(self._buffer[:count])
        del self._buffer[:count]
        return found

    def skip(self, count: int) -> None:
        while count > len(self._buffer):
            count -= len(self._buffer)
            self._buffer.clear()
            if not self._more():
                raise Malformed(self._where, "ends in the middle of a file")
        del self._buffer[:count]

    def block(self) -> bytes:
        """The next header block, empty at the end."""
        while len(self._buffer) < BLOCK:
            if not self._more():
                return b""
        return self.read(BLOCK)

    def _more(self) -> bool:
        piece = self._inflate() if self._packed else self._plain()
        self._given += len(piece)
        if self._given > self._limits.total:
            raise TooLarge(f"unpacks to more than {self._limits.total} bytes")
        if self._given > _SLACK and self._given > self._limits.ratio * self._taken:
            raise TooLarge(f"unpacks to more than {self._limits.ratio} times its size")
        self._buffer += piece
        return bool(piece)

    def _plain(self) -> bytes:
        piece = bytes(self._data[self._taken : self._taken + _CHUNK])
        self._taken += len(piece)
        return piece

    def _inflate(self) -> bytes:
        while True:
            if self._inflater.eof and not self._next_member():
                return b""
            source = self._inflater.unconsumed_tail
            if not source:
                source = bytes(self._data[self._taken : self._taken + _CHUNK])
                self._taken += len(source)
            try:
                piece = self._inflater.decompress(source, _CHUNK)
            except zlib.error as wrong:
                raise Malformed(self._where, f"is not sound gzip: {wrong}") from None
            if piece:
                return piece
            if not source and not self._inflater.eof:
                raise Malformed(self._where, "ends in the middle of the gzip stream")

    def _next_member(self) -> bool:
        """A file may hold several gzip streams, one after the other; what follows them and is no gzip is ignored."""
        self._taken -= len(self._inflater.unused_data)
        if bytes(self._data[self._taken : self._taken + 2]) != b"\x1f\x8b":
            return False
        self._inflater = zlib.decompressobj(wbits=31)
        return True


class _Extended(msgspec.Struct):
    """What pax and GNU headers say about the member after them."""

    path: str | None = None
    size: int | None = None


def _members(stream: _Stream, where: str, limits: Limits) -> Iterator[tuple[str | None, int]]:
    """Path inside the package (None: no file of it) and size of each member; the caller takes its bytes."""
    extended = _Extended()
    for count in range(limits.members + 1):
        header = _next_header(stream)
        if header is None:
            return
        if count == limits.members:
            raise TooLarge(f"has more than {limits.members} members")
        _verify(header, where)
        kind, size = header[156:157], _number(header[124:136], where)
        if kind in b"xgLK":
            if size > limits.header:
                raise TooLarge(f"has an extended header of more than {limits.header} bytes")
            body = stream.read(_padded(size))[:size]
            if kind == b"x":
                _apply_pax(extended, body, where)
            elif kind == b"L":
                extended.path = _text(body)
            continue
        path = extended.path if extended.path is not None else _header_path(header)
        size = extended.size if extended.size is not None else size
        extended = _Extended()
        if kind == b"5" or (kind in _FILES and path.endswith("/")):
            yield None, 0 if kind == b"5" else size
        elif kind in _FILES:
            yield _inside(path, where), size
        elif kind in _SKIPPED:
            yield None, size
        else:
            raise Malformed(where, f"has a member of unknown type {kind!r}")


def _next_header(stream: _Stream) -> bytes | None:
    """The next header; None at the end of the bytes.

    Empty blocks are passed over wherever they stand. By POSIX two of them end the archive, but npm reads on.
    """
    while header := stream.block():
        if any(header):
            return header
    return None


def _verify(header: bytes, where: str) -> None:
    """The sum of the header's bytes, its own field counted as spaces."""
    if sum(header) - sum(header[148:156]) + 8 * 0x20 != _number(header[148:156], where):
        raise Malformed(where, "has a member whose header does not match its checksum")


def _number(field: bytes, where: str) -> int:
    """Octal text, or big-endian after a byte of 0x80 (GNU)."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.split(b"\0")[0].strip(b" ")
    if not digits:
        return 0
    if not all(0x30 <= digit <= 0x37 for digit in digits):
        raise Malformed(where, "has a member whose header holds no number where one must be")
    return int(digits, 8)


def _header_path(header: bytes) -> str:
    name = _text(header[:100])
    prefix = _text(header[345:500]) if header[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _apply_pax(extended: _Extended, body: bytes, where: str) -> None:
    """Lines of `length key=value`, of which only the path and the size matter here."""
    rest = body
    while rest:
        length_text, _, _ = rest.partition(b" ")
        if not length_text.isdigit() or len(length_text) > 10 or not 0 < int(length_text) <= len(rest):
            raise Malformed(where, "has a pax header that is not made of records")
        record, rest = rest[: int(length_text)], rest[int(length_text) :]
        key, _, value = record[len(length_text) + 1 :].removesuffix(b"\n").partition(b"=")
        if key == b"path":
            extended.path = _text(value)
        elif key == b"size":
            if not value.isdigit() or len(value) > 15:
                raise Malformed(where, "has a pax size that is no number")
            extended.size = int(value)


def _inside(path: str, where: str) -> str | None:
    """The path without its first component; None for what npm would not put inside the package's folder.

    A backslash is a letter of the name to npm on Linux and a separator on Windows: such an archive is refused.
    """
    if "\\" in path:
        raise Malformed(where, "has a backslash in a path")
    parts = [part for part in path.split("/")[1:] if part not in ("", ".")]
    return None if not parts or ".." in parts else "/".join(parts)


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "replace")


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
