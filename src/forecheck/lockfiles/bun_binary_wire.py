"""The tables of bun.lockb, read off its bytes (format 2; bun 0.6 to 1.4, src/install/lockfile/bun.lockb.zig).

After a header come the columns of the packages, then six buffers, each given by its absolute start and end, then
parts under tags of eight bytes. Everything is little-endian. A text is eight bytes: itself, or offset and length
(its highest bit set) in the last buffer.
"""

import struct
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from forecheck.decode import Malformed

HEADER: Final = b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n"
FORMAT: Final = 2
MAX_BYTES: Final = 256 * 1024 * 1024

_META_HASH: Final = 32
_COLUMNS: Final = (8, 8, 64, 8, 8, 88, 20)
_SCRIPTS: Final = 49  # an eighth column, added later
_TREE: Final = 20
_DEPENDENCY: Final = 26
_NAMED_FILE: Final = 16  # a text and its hash

TRUSTED: Final = b"tRuStEDd"
OVERRIDES: Final = b"oVeRriDs"
PATCHED: Final = b"pAtChEdD"
_PARTS: Final = {
    b"wOrKsPaC": 4,
    TRUSTED: 1,
    b"eMpTrUsT": 0,
    OVERRIDES: 2,
    PATCHED: 2,
}  # with so many arrays each

Span = tuple[int, int]
"""Where something begins and ends in the file."""


class Dependency(msgspec.Struct, frozen=True, gc=False):
    """What something asks for; `behavior` is a set of bits."""

    name: str
    wanted: str
    behavior: int


class Tree(msgspec.Struct, frozen=True, gc=False):
    """A node_modules folder: the dependency it belongs to, the folder above, and a slice of `hoisted`."""

    dependency: int
    parent: int
    offset: int
    length: int


class Row(msgspec.Struct, frozen=True, gc=False):
    """One package; dependencies and resolutions are (offset, length), the rest is as it stands."""

    name: str
    name_hash: int
    resolution: bytes
    dependencies: tuple[int, int]
    resolutions: tuple[int, int]
    meta: bytes
    bin: bytes


class Tables:
    """The whole file. Raises `Malformed` for what points outside of it, or asks for far more than it holds."""

    def __init__(self, data: bytes, path: str) -> None:
        self._data = data
        self._path = path
        # Things may be pointed to often: what is made of the file is held to a multiple of its size.
        self._left = 16 * len(data) + 4096
        if len(data) > MAX_BYTES:
            raise Malformed(path, f"is larger than {MAX_BYTES} bytes")
        if not data.startswith(HEADER):
            raise Malformed(path, "is not a bun.lockb")
        (found,) = self.unpack("<I", len(HEADER))
        if found != FORMAT:
            raise Malformed(path, f"has format {found}; {FORMAT} is known")
        end = self._find_packages()
        spans: list[Span] = []
        for _ in range(6):
            span, end = self._array(end)
            spans.append(span)
        trees, hoisted, resolutions, dependencies, self._files, self._texts = spans
        self.hoisted = self.numbers(hoisted)
        self.resolutions = self.numbers(resolutions)
        self.trees = [Tree(*self.unpack("<IIII", at + 4)) for at in self._starts(trees, _TREE)]
        self.dependencies = self.asked(dependencies)
        self.parts = dict(self._find_parts(end))

    def rows(self) -> Iterator[Row]:
        """Every package, in the order of their ids."""
        starts = [self._begin]
        for size in _COLUMNS:
            starts.append(starts[-1] + size * self._count)
        for at in range(self._count):
            name, name_hash, resolution, asked, answered, meta, binary = (
                start + size * at for start, size in zip(starts, _COLUMNS, strict=False)
            )
            yield Row(
                name=self.text(self._data[name : name + 8]),
                name_hash=self.unpack("<Q", name_hash)[0],
                resolution=self._data[resolution : resolution + 64],
                dependencies=(self.unpack("<I", asked)[0], self.unpack("<I", asked + 4)[0]),
                resolutions=(self.unpack("<I", answered)[0], self.unpack("<I", answered + 4)[0]),
                meta=self._data[meta : meta + 88],
                bin=self._data[binary : binary + 20],
            )

    def spend(self, amount: int) -> None:
        """Count something made of the file; raises `Malformed` when it is more than a real one could need."""
        self._left -= amount
        if self._left < 0:
            raise Malformed(self._path, "points to the same places too often")

    def text(self, cell: bytes) -> str:
        """The text that eight bytes stand for."""
        self.spend(8)
        if not cell[7] & 0x80:
            return cell.rstrip(b"\0").decode(errors="replace")
        offset, length = struct.unpack("<II", cell)
        length &= 0x7FFFFFFF
        begin, end = self._texts
        if offset + length > end - begin:
            raise Malformed(self._path, "points outside of itself")
        self.spend(length)
        return self._data[begin + offset : begin + offset + length].decode(errors="replace")

    def texts(self, span: Span, size: int) -> list[str]:
        """The texts that rows of so many bytes begin with."""
        return [self.text(self._data[at : at + 8]) for at in self._starts(span, size)]

    def file_names(self, offset: int, length: int) -> list[str]:
        """Every other one of the texts that a `bin` map points to: its names, without the files."""
        begin, end = self._files
        if offset + length > (end - begin) // _NAMED_FILE:
            raise Malformed(self._path, "points outside of itself")
        at = begin + offset * _NAMED_FILE
        return self.texts((at, at + length * _NAMED_FILE), _NAMED_FILE)[::2]

    def numbers(self, span: Span) -> tuple[int, ...]:
        """An array of 32-bit numbers."""
        count = (span[1] - span[0]) // 4
        return self.unpack(f"<{count}I", span[0])

    def asked(self, span: Span) -> list[Dependency]:
        """An array of dependencies: name, its hash, behaviour, kind, what is asked for."""
        data = self._data
        return [
            Dependency(self.text(data[at : at + 8]), self.text(data[at + 18 : at + 26]), data[at + 16])
            for at in self._starts(span, _DEPENDENCY)
        ]

    def unpack(self, layout: str, at: int) -> tuple[Any, ...]:
        try:
            return struct.unpack_from(layout, self._data, at)
        except struct.error:
            raise Malformed(self._path, "ends too early") from None

    def _find_packages(self) -> int:
        at = len(HEADER) + 4 + _META_HASH + 8
        self._count, _, fields, self._begin, end = self.unpack("<5Q", at)
        size = sum(_COLUMNS) + (_SCRIPTS if fields == len(_COLUMNS) + 1 else 0)
        if fields not in {len(_COLUMNS), len(_COLUMNS) + 1} or not at < self._begin <= end <= len(self._data):
            raise Malformed(self._path, "has a table of packages that is none")
        if self._count * size > end - self._begin:
            raise Malformed(self._path, f"has no room for {self._count} packages")
        return int(end)

    def _array(self, at: int) -> tuple[Span, int]:
        """An array's place, and where what follows it begins."""
        begin, end = self.unpack("<QQ", at)
        if not at < begin <= end <= len(self._data):
            raise Malformed(self._path, "points outside of itself")
        return (begin, end), end

    def _starts(self, span: Span, size: int) -> range:
        return range(span[0], span[1] - size + 1, size)

    def _find_parts(self, at: int) -> Iterator[tuple[bytes, list[Span]]]:
        """The tagged parts up to the first that is not known; the zero between ends the buffers."""
        at += 8
        while (tag := self._data[at : at + 8]) in _PARTS:
            at += 8
            spans = []
            for _ in range(_PARTS[tag]):
                span, at = self._array(at)
                spans.append(span)
            yield tag, spans
