"""The lines of a yarn berry lockfile as blocks, before they mean anything.

The file is YAML, of which this reads what yarn's `stringifySyml` writes: mappings of scalars, two spaces per level,
plain or quoted. Everything else that YAML has (flow collections, anchors, aliases, tags, block scalars, documents)
is refused, so no file means one thing here and another to yarn. Keys may have any length.
"""

from collections.abc import Iterator

import msgspec

from forecheck.decode import Malformed
from forecheck.lockfiles.lockfile_text import malformed_line

_INDICATORS = frozenset("[]{}&*!|>%@`,#\"'?:")
_EVERYWHERE = frozenset({"  languageName: node", "  linkType: hard"})
"""Lines that nearly every entry has and that say nothing here."""
_USUAL = {f"  {field}": field for field in ("version", "resolution", "checksum")}
_LINE_BREAKS = ("\x85", "\u2028", "\u2029")


class Block(msgspec.Struct):
    """One top-level key: its 1-based line and text, plain fields, and sections one level deeper.

    `optional` holds the pairs (section, name) that say `optional: true` one level deeper still.
    """

    line: int
    key: str
    fields: dict[str, str]
    sections: dict[str, dict[str, str]]
    optional: set[tuple[str, str]] | None = None
    repeated: dict[str, None] | None = None

    def is_optional(self, section: str, name: str) -> bool:
        return self.optional is not None and (section, name) in self.optional

    def repeat(self, name: str) -> None:
        """Remember a field, section or name in one that stands more than once."""
        if self.repeated is None:
            self.repeated = {}
        self.repeated[name] = None


def read_blocks(text: str, path: str) -> Iterator[Block]:
    """Every block in file order; raises `Malformed` with the line."""
    _refuse_foreign_breaks(text, path)
    reader = _Lines(path)
    for number, line in enumerate(text.split("\n"), 1):
        block = reader.block
        if block is not None and not reader.explicit:
            if line in _EVERYWHERE:
                reader.items = None
                continue
            start, _, value = line.partition(": ")
            field = _USUAL.get(start)
            if field is not None and field not in block.fields and field not in block.sections:
                plain = _plain(value)
                if plain:
                    block.fields[field] = plain
                    reader.items = None
                    continue
        finished = reader.read(number, line)
        if finished is not None:
            yield finished
    if reader.explicit:
        raise reader.wrong(text.count("\n") + 1, "", "ends after a key without a value")
    if reader.block is not None:
        yield reader.block


def _plain(token: str) -> str:
    """A scalar without anything that YAML gives a meaning to, unquoted; empty where that takes a closer look."""
    if token[:1] == '"':
        inside = token[1:-1]
        return inside if token[-1] == '"' and '"' not in inside and "\\" not in inside else ""
    return token if token[:1] not in _INDICATORS and " " not in token and token[-1:] not in (":", "-") else ""


def _refuse_foreign_breaks(text: str, path: str) -> None:
    """Some YAML readers take these for line breaks and yarn's does not."""
    for character in _LINE_BREAKS:
        at = text.find(character)
        if at >= 0:
            line = text.count("\n", 0, at) + 1
            raise Malformed(
                path, f"has a U+{ord(character):04X}, which some take for a line break", f"line {line}"
            )


class _Lines:
    def __init__(self, path: str) -> None:
        self._path = path
        self.block: Block | None = None
        self.explicit = False
        self._section = ""
        self.items: dict[str, str] | None = None
        self._item = ""

    def read(self, number: int, line: str) -> Block | None:
        """Take in a line; gives the block that it ends."""
        if not line or line.isspace():
            return None
        start = line[:4]
        if start == "    " and self.items is not None:
            self._read_item(number, line)
        elif start[:2] == "  " and line[2:3] != " " and self.block is not None and not self.explicit:
            self._read_field(number, line)
        elif start[0] != "#":
            if line.lstrip()[0] == "#":
                return None
            return self._read_key(number, line)
        return None

    def wrong(self, number: int, line: str, why: str) -> Malformed:
        return malformed_line(self._path, number, line, why)

    def _read_key(self, number: int, line: str) -> Block | None:
        if self.explicit and line == ":":
            self.explicit = False
            return None
        if line[:2] == "? " and not self.explicit:
            self.explicit, key = True, self._scalar(number, line[2:])
        elif line[0] != " " and line[-1] == ":" and not self.explicit:
            key = self._scalar(number, line[:-1])
        else:
            raise self.wrong(number, line, "has a line that yarn does not write")
        finished, self.block, self.items = self.block, Block(number, key, {}, {}), None
        return finished

    def _read_field(self, number: int, line: str) -> None:
        name, colon, value = line[2:].partition(": ")
        block = self.block
        if block is None:
            raise self.wrong(number, line, "has an indented line that belongs to nothing")
        if line[2:3] in ("", "#"):
            return
        self.items = None
        if colon:
            name, value = self._scalar(number, name), self._scalar(number, value)
            if name in block.fields or name in block.sections:
                block.repeat(name)
                block.sections.pop(name, None)
            block.fields[name] = value
            return
        name = self._opened(number, line, line[2:])
        if name in block.fields or name in block.sections:
            block.repeat(name)
            block.fields.pop(name, None)
        self._section, self.items, self._item = name, {}, ""
        block.sections[name] = self.items

    def _read_item(self, number: int, line: str) -> None:
        block, items = self.block, self.items
        if block is None or items is None:
            raise self.wrong(number, line, "has an indented line that belongs to nothing")
        if line[4] == " ":
            self._read_deepest(number, line, block)
            return
        name, colon, value = line[4:].partition(": ")
        if colon:
            name, value, self._item = self._scalar(number, name), self._scalar(number, value), ""
        else:
            name, value = self._opened(number, line, line[4:]), ""
            self._item = name
        if name in items:
            block.repeat(f"{self._section}.{name}")
        items[name] = value

    def _read_deepest(self, number: int, line: str, block: Block) -> None:
        name, colon, value = line[6:].partition(": ")
        if line[4:6] != "  " or line[6:7] in ("", " ") or not colon or not self._item:
            raise self.wrong(number, line, "has a line that yarn does not write")
        if self._scalar(number, name) == "optional" and self._scalar(number, value) == "true":
            block.optional = block.optional or set()
            block.optional.add((self._section, self._item))

    def _opened(self, number: int, line: str, text: str) -> str:
        if text[-1:] != ":":
            raise self.wrong(number, line, "has a line that yarn does not write")
        return self._scalar(number, text[:-1])

    def _scalar(self, number: int, token: str) -> str:
        """The text of a scalar as YAML reads it."""
        plain = _plain(token)
        if plain:
            return plain
        first = token[:1]
        if first == '"':
            return self._escaped(number, token)
        if first not in _INDICATORS and first not in ("", " "):
            if (
                " #" not in token
                and ": " not in token
                and token[-1] not in " :"
                and (token + " ")[:2] != "- "
            ):
                return token
        elif first == "'" and len(token) > 1 and token[-1] == "'":
            inside = token[1:-1].replace("''", "\0")
            if "'" not in inside:
                return inside.replace("\0", "'")
        raise self.wrong(number, token, "has a value that yarn does not write")

    def _escaped(self, number: int, token: str) -> str:
        try:
            return msgspec.json.decode(token, type=str)
        except (msgspec.DecodeError, UnicodeEncodeError):
            raise self.wrong(number, "", "has a string that JSON does not have") from None
