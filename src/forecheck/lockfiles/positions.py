"""Where in the bytes of a JSON or JSONC document a JSON pointer points to: what a decoder throws away."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

import msgspec

_COMMENT: Final = rb"//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/"
TOKEN: Final = re.compile(
    rb'("(?:[^"\\]++|\\.)*+")(?:(?:\s++|' + _COMMENT + rb")*+:)?"
    rb'|[{}\[\],"]|' + _COMMENT + rb'|[^\s"{}\[\],:/]++',
    re.DOTALL,
)
"""A string (group 1), with its colon if it is a key; a bracket, a comma, a comment, or any other value. A quote that
nothing closes stands alone: the document ends there."""

QUOTE, COMMA, SLASH = b'",/'
OPENING, CLOSING = frozenset(b"{["), frozenset(b"}]")
ARRAY = ord("[")
_BOM: Final = b"\xef\xbb\xbf"


class _Wanted(msgspec.Struct):
    """A step of the pointers looked for, and the steps below it; `pointer` where one of them ends here."""

    inside: dict[str, "_Wanted"]
    pointer: str | None = None


def locate(data: bytes, pointers: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Line and column, both from 1, of what each RFC 6901 pointer points to: a member's key, an element's start.

    Of a key that is said twice the last one counts, as for JSON.parse. Comments and trailing commas may be there.
    Pointers to nothing are left out. The document should have been decoded before: of a broken one, what comes
    after the break is not found. One pass, linear in the bytes.
    """
    return lines(data, _offsets(data, _tree(pointers))) if pointers else {}


def lines(data: bytes, offsets: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Line and column of each offset, under the same key; a column counts characters."""
    found: dict[str, tuple[int, int]] = {}
    line, at = 1, len(_BOM) if data.startswith(_BOM) else 0
    begin = at
    for key, offset in sorted(offsets.items(), key=lambda item: item[1]):
        line += data.count(b"\n", at, offset)
        begin = max(begin, data.rfind(b"\n", at, offset) + 1)
        at = offset
        found[key] = (line, len(data[begin:offset].decode(errors="replace")) + 1)
    return found


def unquoted(text: bytes) -> str:
    """The string that a JSON literal in quotes stands for; one that cannot be read is taken as it stands."""
    if b"\\" in text:
        try:
            return msgspec.json.decode(text, type=str)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
    return text[1:-1].decode(errors="replace")


def _tree(pointers: Iterable[str]) -> _Wanted:
    root = _Wanted({})
    for pointer in pointers:
        if pointer and not pointer.startswith("/"):
            continue
        wanted = root
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            wanted = wanted.inside.setdefault(key, _Wanted({}))
        wanted.pointer = pointer
    return root


def _offsets(data: bytes, root: _Wanted) -> dict[str, int]:
    """`here` is what is being read, None if nobody asked for anything inside; `element` its index, -1 in an object;
    `value` what the next value is, if somebody asked for it.
    """
    found: dict[str, int] = {}
    here: _Wanted | None = None
    value: _Wanted | None = root
    element = 0  # the document itself counts as an element: it has no key to point to
    above: list[tuple[_Wanted | None, int]] = []
    for match in TOKEN.finditer(data, len(_BOM) if data.startswith(_BOM) else 0):
        offset = match.start()
        first = data[offset]
        if first == QUOTE:
            if match.end() == offset + 1:
                break
            if here is None and value is None:
                continue
        if element < 0 and first == QUOTE and match.end() != match.end(1):
            value = here.inside.get(unquoted(match.group(1))) if here is not None else None
            if value is not None and value.pointer is not None:
                found[value.pointer] = offset
        elif first in CLOSING:
            if not above:
                break
            here, element = above.pop()
            value = None
        elif first == COMMA:
            if element >= 0:
                element += 1
                value = here.inside.get(str(element)) if here is not None else None
        elif first != SLASH:
            if element >= 0 and value is not None and value.pointer is not None:
                found[value.pointer] = offset
            if first in OPENING:
                above.append((here, element))
                here, element = value, 0 if first == ARRAY else -1
                value = here.inside.get("0") if here is not None and element == 0 else None
    return found
