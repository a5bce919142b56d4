"""The lines of a yarn v1 lockfile as blocks, before they mean anything.

Grammar: yarn 1.22's own tokenizer, of which this reads what yarn writes and refuses the rest: two spaces per level,
a key line of comma-separated patterns ending in a colon, `name value` below it, and sections one level deeper.
An empty line or a comment ends a block: yarn 1 silently reads nothing more after one inside an entry.
"""

import re
from collections.abc import Iterator

import msgspec

from forecheck.decode import Malformed
from forecheck.lockfiles.lockfile_text import malformed_line

_WORD = r'(?:"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|[^\s:,"]++)'
_KEYS = re.compile(rf"({_WORD}(?:, *{_WORD})*+): *(?:#.*)?")
_EACH = re.compile(_WORD)
_PAIR = re.compile(rf"({_WORD}):? +({_WORD}) *(?:#.*)?")
_OPENING = re.compile(rf"({_WORD}):")

_PLAIN = r'(?:"[^"\\\n]*+"|[^\s:,"#]++)'
_USUAL = re.compile(
    r'(?:"([^"\\\n]*+)"|([^\s:,"#]++)):\n  version "([^"\\\n]*+)"\n  resolved "([^"\\\n]*+)"'
    r'\n  integrity ([^\s:,"]++)'
    rf'(?:\n  dependencies:((?:\n    {_PLAIN} "[^"\\\n]*+")++))?'
)
"""An entry as nearly all are, in one go: for the rest, line by line."""
_USUAL_PAIR = re.compile(r'\n    (?:"([^"\\\n]*+)"|([^\s:,"#]++)) "([^"\\\n]*+)"')

Pairs = list[tuple[str, str]]


class Block(msgspec.Struct):
    """One entry: the 1-based line of its key, its patterns, plain fields and sections (`dependencies`)."""

    line: int
    patterns: list[str]
    fields: dict[str, str]
    sections: dict[str, Pairs]
    repeated: dict[str, None] | None = None

    def repeat(self, name: str) -> None:
        """Remember a field or section that stands more than once."""
        if self.repeated is None:
            self.repeated = {}
        self.repeated[name] = None


def read_blocks(text: str, path: str) -> Iterator[Block]:
    """Every block in file order; raises `Malformed` with the line."""
    number = 1
    for chunk in text.split("\n\n"):  # an empty line ends whatever is open
        usual = _USUAL.fullmatch(chunk)
        if usual is None:
            yield from _read_lines(chunk, number, path)
        else:
            quoted, bare, version, resolved, integrity, listed = usual.groups()
            fields = {"version": version, "resolved": resolved, "integrity": integrity}
            sections: dict[str, Pairs] = {}
            if listed:
                sections["dependencies"] = [(q or b, wanted) for q, b, wanted in _USUAL_PAIR.findall(listed)]
            yield Block(number, [bare if quoted is None else quoted], fields, sections)
        number += chunk.count("\n") + 2


def _read_lines(chunk: str, first: int, path: str) -> Iterator[Block]:
    block: Block | None = None
    section: Pairs | None = None
    for number, line in enumerate(chunk.split("\n"), first):
        start = line[:4]
        if start == "    ":
            if section is None:
                raise malformed_line(path, number, line, "has an indented line that belongs to nothing")
            section.append(_pair(line, 4, number, path))
        elif start[:2] == "  ":
            if block is None:
                raise malformed_line(path, number, line, "has an indented line that belongs to no entry")
            section = _field(block, line, number, path)
        elif not line or start[0] == "#" or line.isspace():
            if block is not None:
                yield block
            block = section = None
        else:
            if block is not None:
                yield block
            block, section = Block(number, _patterns(line, number, path), {}, {}), None
    if block is not None:
        yield block


def _patterns(line: str, number: int, path: str) -> list[str]:
    quotes = line.count('"')
    body = line[1:-2] if quotes == 2 else line[:-1]
    if line[-1] == ":" and not quotes and ":" not in body and "," not in body and " " not in body:
        return [body]
    if quotes == 2 and line[0] == '"' and line[-2:] == '":' and "\\" not in body:
        return [body]
    keys = _KEYS.fullmatch(line)
    if keys is None:
        raise malformed_line(path, number, line, "has a line that yarn 1 does not write")
    return [_text(token, number, path) for token in _EACH.findall(keys[1])]


def _field(block: Block, line: str, number: int, path: str) -> Pairs | None:
    if line[-1] == ":":
        opening = _OPENING.fullmatch(line, 2)
        if opening is None:
            raise malformed_line(path, number, line, "has a line that yarn 1 does not write")
        name = _text(opening[1], number, path)
        if name in block.sections:
            block.repeat(name)
        pairs: Pairs = []
        block.sections[name] = pairs
        return pairs
    name, value = _pair(line, 2, number, path)
    if name in block.fields:
        block.repeat(name)
    block.fields[name] = value
    return None


def _pair(line: str, indent: int, number: int, path: str) -> tuple[str, str]:
    """`name value`, either of them quoted. The plain `name "value"` that nearly every line is needs no regex."""
    name, _, value = line[indent:].partition(" ")
    if value and name and ":" not in name and "," not in name and '"' not in name:
        quotes = value.count('"')
        if quotes == 2 and value[0] == '"' == value[-1] and "\\" not in value:
            return name, value[1:-1]
        if not quotes and " " not in value and ":" not in value and "," not in value:
            return name, value
    pair = _PAIR.fullmatch(line, indent)
    if pair is None:
        raise malformed_line(path, number, line, "has a line that yarn 1 does not write")
    return _text(pair[1], number, path), _text(pair[2], number, path)


def _text(token: str, number: int, path: str) -> str:
    if token[0] != '"':
        return token
    if "\\" not in token:
        return token[1:-1]
    try:
        return msgspec.json.decode(token, type=str)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise Malformed(
            path, "has a string with an escape that JSON does not have", f"line {number}"
        ) from None
