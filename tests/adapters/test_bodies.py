"""Decoding bodies: the same bytes however they arrive, or one of the documented refusals."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.adapters.bodies import read_body
from forecheck.model import Unavailable, UnavailableKind

K = UnavailableKind
LIMIT = 100_000


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "X-GZip ": gzip.compress,
    "deflate": zlib.compress,
    " Deflate": bare_deflate,
}


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize("encoding", ENCODERS)
@given(data=st.binary(max_size=5000), size=st.integers(1, 6000))
def test_it_does_not_matter_how_the_bytes_arrive(encoding: str, data: bytes, size: int) -> None:
    packed = ENCODERS[encoding](data)
    assert read_body(pieces(packed, size), encoding, LIMIT, "host") == data


@given(
    parts=st.lists(st.binary(max_size=200), min_size=1, max_size=5),
    size=st.integers(1, 500),
    padding=st.integers(0, 9),
)
def test_gzip_may_have_several_members_and_padding(parts: list[bytes], size: int, padding: int) -> None:
    packed = b"".join(map(gzip.compress, parts)) + b"\0" * padding
    assert read_body(pieces(packed, size), "gzip", LIMIT, "host") == b"".join(parts)


@given(data=st.binary(min_size=1, max_size=500), cut=st.integers(1, 10))
def test_an_unfinished_stream_is_malformed(data: bytes, cut: int) -> None:
    with pytest.raises(Unavailable) as caught:
        read_body([gzip.compress(data)[:-cut]], "gzip", LIMIT, "host")
    assert caught.value.kind is K.MALFORMED


@given(st.lists(st.binary(max_size=300)), st.sampled_from(["gzip", "deflate", "br", "gzip, br", "é"]))
def test_any_bytes_give_a_body_or_the_documented_refusal(chunks: list[bytes], encoding: str) -> None:
    with suppress(Unavailable):
        read_body(chunks, encoding, LIMIT, "host")


@pytest.mark.parametrize("encoding", ENCODERS)
def test_nothing_is_read_beyond_the_limit(encoding: str) -> None:
    taken: list[int] = []

    def endless() -> Iterator[bytes]:
        packed = ENCODERS[encoding](b"\0" * 50_000_000)
        for piece in pieces(packed, 1000):
            taken.append(len(piece))
            yield piece

    with pytest.raises(Unavailable) as caught:
        read_body(endless(), encoding, LIMIT, "host")
    assert caught.value.kind is K.TOO_LARGE
    assert caught.value.reason == "host sent more than 100000 bytes"
    assert sum(taken) <= LIMIT + 1000


@pytest.mark.parametrize("encoding", ENCODERS)
def test_exactly_the_limit_is_fine(encoding: str) -> None:
    data = b"x" * LIMIT
    assert read_body([ENCODERS[encoding](data)], encoding, LIMIT, "host") == data
