r"""The JavaScript text functions that npm's rules are stated in (ECMA-262: trim, encodeURIComponent, …).

Python's own `strip`, `\s`, `isdigit` and `quote` differ from them in corners an attacker can reach.
"""

import re

SPACE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""ECMA-262 WhiteSpace and LineTerminator, written for use inside a regex character class."""

_SPACES = SPACE.replace("\u2000-\u200a", "".join(map(chr, range(0x2000, 0x200B))))
_SPACE_RUN = re.compile(f"[{SPACE}]+")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_URL_SAFE = re.compile(r"[A-Za-z0-9_.!~*'()-]*")
_RESERVED = frozenset(byte for byte in range(0x20, 0x7F) if not _URL_SAFE.fullmatch(chr(byte)))
_ESCAPED = tuple(f"%{byte:02X}" for byte in range(256))


def trim(text: str) -> str:
    """`String.prototype.trim`."""
    return text.strip(_SPACES)


def collapse(text: str) -> str:
    """Trim, and turn every inner run of white space into one space."""
    return _SPACE_RUN.sub(" ", trim(text))


def utf16_length(text: str) -> int:
    """`String.prototype.length`: UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def well_formed(text: str) -> str:
    """`String.prototype.toWellFormed`: lone surrogates become U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def percent_encode(text: str, characters: frozenset[int] = frozenset()) -> str:
    """Escape, as UTF-8, control characters, what is not ASCII, and these ASCII characters (WHATWG URL Standard)."""
    data = well_formed(text).encode()
    return "".join(
        [_ESCAPED[byte] if byte in characters or not 0x20 <= byte < 0x7F else chr(byte) for byte in data]
    )


def encode_component(text: str) -> str:
    """`encodeURIComponent`, except that a lone surrogate becomes U+FFFD, escaped, where JavaScript throws."""
    return percent_encode(text, _RESERVED)


def is_url_safe(text: str) -> bool:
    """Whether `encodeURIComponent` leaves the text as it is."""
    return _URL_SAFE.fullmatch(text) is not None


def percent_decode(text: str) -> str | None:
    """Undo every well-formed escape; None if the bytes are not UTF-8 then."""
    data = _ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), well_formed(text).encode())
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def decode_component(text: str) -> str | None:
    """`decodeURIComponent`; None where JavaScript throws (a malformed escape, bytes that are not UTF-8)."""
    if "%" not in text:
        return text
    return None if _BAD_ESCAPE.search(text) else percent_decode(text)
