"""A response's body: decoded, complete, and never larger than asked for."""

import zlib
from collections.abc import Iterable

from forecheck.model import Unavailable, UnavailableKind

_GZIP = 16 + zlib.MAX_WBITS


def read_body(chunks: Iterable[bytes], encoding: str, max_bytes: int, host: str) -> bytes:
    """The decoded body, reading no further than it takes to know that it is over `max_bytes`.

    `encoding` is the Content-Encoding header. Raises `Unavailable`: TOO_LARGE, or MALFORMED where the
    compression is broken, unfinished or of a kind that was not asked for.
    """
    coding = encoding.strip().lower()
    if coding in ("", "identity"):
        return _collect(chunks, max_bytes, host)
    if coding in ("gzip", "x-gzip", "deflate"):
        return _inflate(chunks, coding, max_bytes, host)
    raise Unavailable(UnavailableKind.MALFORMED, f"{host} sent a compression nobody asked for")


def too_large(host: str, max_bytes: int) -> Unavailable:
    return Unavailable(UnavailableKind.TOO_LARGE, f"{host} sent more than {_in_words(max_bytes)}")


def _collect(chunks: Iterable[bytes], max_bytes: int, host: str) -> bytes:
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise too_large(host, max_bytes)
        parts.append(chunk)
    return b"".join(parts)


def _inflate(chunks: Iterable[bytes], coding: str, max_bytes: int, host: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    decoder = None
    try:
        for chunk in chunks:
            rest = chunk.lstrip(b"\0") if decoder is None and parts else chunk
            while rest:
                decoder = decoder or zlib.decompressobj(_window(coding, rest))
                parts.append(decoder.decompress(rest, max_bytes - size + 1))
                size += len(parts[-1])
                if size > max_bytes:
                    raise too_large(host, max_bytes)
                rest = decoder.unconsumed_tail
                if decoder.eof:  # gzip may go on with another member; zeros are padding (RFC 1952)
                    rest = decoder.unused_data.lstrip(b"\0")
                    decoder = None
    except zlib.error:
        raise Unavailable(UnavailableKind.MALFORMED, f"{host} sent a broken {coding} stream") from None
    if decoder is not None:
        raise Unavailable(UnavailableKind.MALFORMED, f"{host} sent an unfinished {coding} stream")
    return b"".join(parts)


def _window(coding: str, start: bytes) -> int:
    """`deflate` means a zlib stream, but some servers send it bare (RFC 9110 8.4.1.2)."""
    if coding != "deflate":
        return _GZIP
    return zlib.MAX_WBITS if start[0] & 0x0F == 8 else -zlib.MAX_WBITS


def _in_words(size: int) -> str:
    return f"{size // (1024 * 1024)} MB" if size >= 1024 * 1024 else f"{size} bytes"
