"""Where each key of a TOML document stands, which `tomllib` does not say.

A tolerant reader of TOML 1.0's lexical structure (https://toml.io/en/v1.0.0). It reads every document that
`tomllib` accepts; where it meets an error it stops and leaves the complaint to `tomllib`. It also refuses, with
their line, the constructs that make `tomllib` recurse without bound, take quadratic time or stop with something
other than its own error.
"""

import contextlib
import re
from bisect import bisect_left
from collections.abc import Mapping

Place = tuple[str | int, ...]
"""A path into the document: table keys, and positions in arrays."""

MAX_DEPTH = 32
MAX_BARE_VALUE = 100

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_LONG_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''.*?'''(?:'{0,2})", re.DOTALL)
_BARE_VALUE = re.compile(r"[^,\]}#\n]+")


class TooMuch(Exception):  # noqa: N818  (the document's fault)
    """The document is nested deeper, or has longer keys or numbers, than any forecheck.toml needs."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


class _Lost(Exception):  # noqa: N818
    """The text is not TOML; `tomllib` will say so better."""


def locate(text: str) -> Mapping[Place, int]:
    """The 1-based line of every key and array element; raises `TooMuch`."""
    scanner = _Scanner(text)
    with contextlib.suppress(_Lost):
        scanner.document()
    return scanner.places


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places: dict[Place, int] = {}
        self._line_ends = [index for index, char in enumerate(text) if char == "\n"]
        self._tables: dict[Place, int] = {}

    def document(self) -> None:
        table: Place = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self._starts("[["):
                table = self._header("]]", array=True)
            elif self._starts("["):
                table = self._header("]", array=False)
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _header(self, end: str, *, array: bool) -> Place:
        line = self.line
        self.at += len(end)
        self._skip(_SPACE)
        *parents, last = self._key()
        self._skip(_SPACE)
        self._expect(end)
        table: Place = ()
        for part in parents:
            table = self._latest((*table, part))
            self.places.setdefault(table, line)
        table = (*table, last)
        self.places.setdefault(table, line)
        if array:
            self._tables[table] = self._tables.get(table, -1) + 1
        table = self._latest(table)
        self.places[table] = line
        return table

    def _latest(self, table: Place) -> Place:
        """The newest element where `table` is an array of tables."""
        return (*table, self._tables[table]) if table in self._tables else table

    def _pair(self, table: Place) -> None:
        line = self.line
        place = table
        for part in self._key():
            place = (*place, part)
            self.places.setdefault(place, line)
        self._need(_EQUALS)
        self._value(place)

    def _key(self) -> list[str]:
        parts = [self._key_part()]
        while self._skip(_DOT):
            parts.append(self._key_part())
            if len(parts) > MAX_DEPTH:
                raise TooMuch(self.line, f"a key has more than {MAX_DEPTH} parts")
        return parts

    def _key_part(self) -> str:
        if self._starts("'"):
            return self._need(_LITERAL)[1:-1]
        if self._starts('"'):
            return _unescaped(self._need(_BASIC))
        return self._need(_BARE_KEY)

    def _value(self, place: Place) -> None:
        if len(place) > MAX_DEPTH:
            raise TooMuch(self.line, f"values are nested more than {MAX_DEPTH} deep")
        if self._starts("["):
            self._array(place)
        elif self._starts("{"):
            self._inline_table(place)
        elif self._starts('"""'):
            self._need(_LONG_BASIC)
        elif self._starts("'''"):
            self._need(_LONG_LITERAL)
        elif self._starts('"'):
            self._need(_BASIC)
        elif self._starts("'"):
            self._need(_LITERAL)
        elif len(self._need(_BARE_VALUE).rstrip()) > MAX_BARE_VALUE:
            raise TooMuch(self.line, f"a value has more than {MAX_BARE_VALUE} characters outside quotes")

    def _array(self, place: Place) -> None:
        self.at += 1
        index = 0
        self._skip(_BLANK)
        while not self._starts("]"):
            element = (*place, index)
            self.places[element] = self.line
            self._value(element)
            self._separator("]")
            index += 1
        self.at += 1

    def _inline_table(self, place: Place) -> None:
        self.at += 1
        self._skip(_BLANK)
        while not self._starts("}"):
            self._pair(place)
            self._separator("}")
        self.at += 1

    def _separator(self, end: str) -> None:
        self._skip(_BLANK)
        if not self._starts(end):
            self._expect(",")
            self._skip(_BLANK)

    @property
    def line(self) -> int:
        return bisect_left(self._line_ends, self.at) + 1

    def _starts(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _expect(self, text: str) -> None:
        if not self._starts(text):
            raise _Lost
        self.at += len(text)

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found is not None

    def _need(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise _Lost
        self.at = found.end()
        return found.group()


def _unescaped(quoted: str) -> str:
    """What a basic string stands for; its own text where the escapes are wrong."""
    if "\\" not in quoted:
        return quoted[1:-1]
    import tomllib

    try:
        value: str = tomllib.loads(f"key = {quoted}")["key"]
    except tomllib.TOMLDecodeError:
        return quoted[1:-1]
    return value
