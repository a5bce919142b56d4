"""Host names as `new URL()` reads them (WHATWG URL Standard, host parsing).

Domains are mapped by NFKC and lower case, which is UTS 46 for all but a few rare letters.
"""

import re

from forecheck.npm.jstext import percent_decode, percent_encode

_FORBIDDEN = frozenset("\0\t\n\r #/:<>?@[\\]^|")
_FORBIDDEN_IN_DOMAIN = _FORBIDDEN | frozenset(map(chr, (*range(0x20), 0x25, 0x7F)))
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_IGNORED = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_LONGEST = 1024  # characters; far above any host name, and Python's punycode is quadratic
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]*|[0-9]+")


def parse_host(text: str, *, special: bool) -> str | None:
    """The host in normal form; None where `new URL()` throws. `special`: the scheme is http or the like."""
    if text.startswith("["):
        return _ipv6(text)
    if not special:
        return None if not _FORBIDDEN.isdisjoint(text) else percent_encode(text)
    decoded = percent_decode(text)
    domain = None if decoded is None else _domain(decoded)
    if not domain or not _FORBIDDEN_IN_DOMAIN.isdisjoint(domain):
        return None
    labels = domain.removesuffix(".").split(".")
    return _ipv4(labels) if _NUMBER.fullmatch(labels[-1]) else domain


def _domain(text: str) -> str | None:
    if text.isascii():
        return text.lower()
    if len(text) > _LONGEST:
        return None
    import unicodedata

    mapped = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower()).translate(_IGNORED)
    labels = []
    for label in _DOTS.split(mapped):
        try:
            labels.append(label if label.isascii() else f"xn--{label.encode('punycode').decode()}")
        except UnicodeError:
            return None
    return ".".join(labels)


def _ipv4(labels: list[str]) -> str | None:
    numbers = [_ipv4_number(label) for label in labels]
    if len(numbers) > 4 or None in numbers:
        return None
    *high, low = [number for number in numbers if number is not None]
    if any(number > 255 for number in high) or low >= 256 ** (4 - len(high)):
        return None
    value = low + sum(number << (8 * (3 - place)) for place, number in enumerate(high))
    return ".".join(str(byte) for byte in value.to_bytes(4, "big"))


def _ipv4_number(text: str) -> int | None:
    if not _NUMBER.fullmatch(text):
        return None
    digits, base = text, 10
    if text[:2] in {"0x", "0X"}:
        digits, base = text[2:], 16
    elif text.startswith("0"):
        digits, base = text[1:], 8
    digits = digits.lstrip("0")
    if len(digits) > 12 or (base == 8 and not set(digits) <= set("01234567")):
        return None
    return int(digits or "0", base)


def _ipv6(text: str) -> str | None:
    import ipaddress

    if not text.endswith("]") or "%" in text:
        return None
    try:
        value = int(ipaddress.IPv6Address(text[1:-1]))
    except ValueError:
        return None
    pieces = ":".join(f"{value >> shift & 0xFFFF:x}" for shift in range(112, -1, -16))
    runs = [run[0] for run in re.finditer(r"\b0(?::0)+\b", pieces)]
    if runs:
        longest = max(runs, key=len)
        head, _, tail = f" {pieces} ".partition(longest)
        pieces = f"{head.strip().removesuffix(':')}::{tail.strip().removeprefix(':')}"
    return f"[{pieces}]"
