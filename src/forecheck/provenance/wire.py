"""Texts inside sigstore's JSON: base64 and 64-bit numbers as protobuf writes them, in exactly one form each.

Decoders that accept several forms of one value would let somebody change a signed text without being noticed.
"""

from binascii import Error, a2b_base64, b2a_base64

from forecheck.provenance.refusal import unreadable

_LARGEST = 2**63 - 1


def octets(text: str, what: str) -> bytes:
    """Standard base64 with its padding, as protobuf's JSON writes `bytes`; raises `Refused`."""
    try:
        data = a2b_base64(text.encode("ascii"), strict_mode=True)
    except (Error, UnicodeEncodeError):
        raise unreadable(f"its {what} is not base64") from None
    if base64(data) != text:
        raise unreadable(f"its {what} is not base64")
    return data


def base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")


def number(value: str | int, what: str) -> int:
    """A count or time that is not negative, as decimal text (protobuf's int64) or as a JSON number."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit()) or len(value) > 19 or (value[0] == "0" and value != "0"):
            raise unreadable(f"its {what} is not a number")
        value = int(value)
    if not 0 <= value <= _LARGEST:
        raise unreadable(f"its {what} is out of range")
    return value
