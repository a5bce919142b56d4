"""Keys that a JSON document says twice in one object: a reader may see the first, JSON.parse takes the last."""

from collections.abc import Iterator
from itertools import islice

import msgspec

from forecheck.lockfiles.pointers import pointer
from forecheck.lockfiles.positions import ARRAY, CLOSING, COMMA, OPENING, QUOTE, TOKEN, lines, unquoted
from forecheck.model import Location, Remark, RemarkKind

MAX_REMARKS = 50
_SPACED = (b" :", b"\t:", b"\n:", b"\r:")  # a key may end before its colon


def repeated_keys(data: bytes, path: str) -> tuple[Remark, ...]:
    """A remark for each, at the place that counts, up to `MAX_REMARKS`; `about` is the key.

    `data` is JSON that a decoder has taken. Most documents are clear after counting: a key ends in `":`, and a
    decoder keeps as many keys as it has seen, unless one was there twice.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not any(spaced in data for spaced in _SPACED) and data.count(b'":') == _kept(data):
        return ()
    found = {at: (key, offset) for at, key, offset in islice(_repeated(data), MAX_REMARKS)}
    places = lines(data, {at: offset for at, (_, offset) in found.items()})
    return tuple(
        Remark(
            RemarkKind.DUPLICATE_KEY,
            key,
            f"{key!r} stands twice in one object",
            Location(path, *places[at], at),
        )
        for at, (key, _) in found.items()
    )


def _kept(data: bytes) -> int:
    """How many keys are left after decoding; -1 where the fast decoder does not take the document."""
    try:
        stack = [msgspec.json.decode(data)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return -1
    keys = 0
    while stack:
        value = stack.pop()
        if type(value) is dict:
            keys += len(value)
            value = value.values()
        elif type(value) is not list:
            continue
        stack.extend([one for one in value if type(one) is dict or type(one) is list])
    return keys


class _Open(msgspec.Struct):
    """An object or array being read; `key` is the member it is in, or the index."""

    seen: set[str] | None
    key: str = "0"


def _repeated(data: bytes) -> Iterator[tuple[str, str, int]]:
    """Pointer, key and offset of every key that has been there before."""
    above: list[_Open] = []
    for match in TOKEN.finditer(data):
        first = data[match.start()]
        if first == QUOTE and match.end() == match.start() + 1:
            break
        if first == QUOTE:
            here = above[-1] if above else None
            if here is None or here.seen is None or match.end() == match.end(1):
                continue
            here.key = unquoted(match.group(1))
            if here.key in here.seen:
                yield pointer(*(one.key for one in above)), here.key, match.start()
            here.seen.add(here.key)
        elif first in OPENING:
            above.append(_Open(None if first == ARRAY else set()))
        elif first in CLOSING:
            if above:
                above.pop()
        elif first == COMMA and above and above[-1].seen is None:
            above[-1].key = str(int(above[-1].key) + 1)
