"""JSON with comments and trailing commas, as bun writes and reads it, made into plain JSON."""

import re
from typing import Final

_COMMENT: Final = rb"//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/"
_GAP: Final = rb"(?:\s++|" + _COMMENT + rb")*+"
# What stays, up to the next comma before a closing bracket, or comment. A comma after an opening one stays too: it
# trails nothing.
_NEXT: Final = re.compile(
    rb'(?:[^",/\[{]++|"(?:[^"\\]++|\\.)*+"|[\[{](?:' + _GAP + rb",)?|,(?!" + _GAP + rb"[}\]]))*+"
    rb"(?:(,)|(" + _COMMENT + rb"))?",
    re.DOTALL,
)
_NOT_BREAK: Final = re.compile(rb"[^\r\n]")


def plain(data: bytes) -> bytes:
    """The same document without comments and trailing commas: blanks stand in their place, so that every offset
    and line stays. What is no JSONC either is left as it is, for the decoder to refuse. Linear in the bytes.
    """
    out = bytearray(data)
    at = 0
    while at < len(data):
        match = _NEXT.match(data, at)
        if match is None or match.end() == at:
            break
        at = match.end()
        if match.group(1):
            out[at - 1] = 0x20
        elif match.group(2):
            start = match.start(2)
            out[start:at] = _NOT_BREAK.sub(b" ", data[start:at])
    return bytes(out)
