"""vlt's DepIDs: what a node of vlt-lock.json is, in one string.

The delimiter was `·` with percent-escapes and `§` for a slash (up to lockfileVersion 0); since 1 it is `~`, with `+`
for a slash and escapes that begin with `_`, so that an id can be a folder's name on any system.
"""

from typing import Final
from urllib.parse import unquote

import msgspec

_OLD: Final = "·"
_NEW: Final = "~"
_ESCAPES: Final = {"c": ":", "d": ".", "p": "+", "_": "_"}


class DepId(msgspec.Struct, frozen=True, gc=False):
    """`kind` is `registry`, `git`, `file`, `remote` or `workspace`, or empty for what is none of them.

    `first` is a registry's name or URL, a repository, a path or a URL; `second` is `name@version` or a git selector.
    """

    kind: str
    first: str = ""
    second: str = ""

    @property
    def is_root(self) -> bool:
        return self.kind == "file" and self.first == "."

    @property
    def is_importer(self) -> bool:
        return self.kind == "workspace" or self.is_root


def split_id(text: str) -> DepId:
    """The parts of a DepID, decoded. What it says of peers and modifiers is left out: it only tells ids apart."""
    old = _OLD in text
    kind, *parts = text.split(_OLD if old else _NEW)
    values = [unquote(part.replace("§", "/")) if old else _decode(part) for part in parts]
    if kind in {"", "git"} and len(values) >= 2:
        return DepId(kind or "registry", values[0], values[1])
    if kind in {"file", "remote", "workspace"} and values:
        return DepId(kind, values[0])
    return DepId("")


def _decode(part: str) -> str:
    if "_" not in part:
        return part.replace("+", "/")
    pieces = part.replace("+", "/").split("_")
    found = [pieces[0]]
    rest = iter(pieces[1:])
    for piece in rest:
        if piece:
            found.append(_ESCAPES.get(piece[0], f"_{piece[0]}") + piece[1:])
        else:  # two in a row stand for one, and what comes after them is no escape
            found.append("_" + next(rest, ""))
    return "".join(found)
