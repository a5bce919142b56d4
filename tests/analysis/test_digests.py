import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.analysis.digests import digest, fits

DATA = b"some bytes"
STRONG, OTHER, WEAK = digest(DATA), digest(b"other bytes"), digest(DATA, "sha1")


@pytest.mark.parametrize(
    ("integrity", "fit"),
    [
        (STRONG, True),
        (WEAK, True),
        (digest(DATA, "sha256"), True),
        (f"{STRONG}?option", True),
        (f"{OTHER} {STRONG}", True),
        (f"{WEAK} {OTHER}", False),
        (OTHER, False),
        (STRONG.upper(), False),
        (f"md5-{hashlib.md5(DATA, usedforsecurity=False).hexdigest()}", False),
        ("sha512-", False),
        ("", False),
    ],
)
def test_the_strongest_kind_decides(integrity: str, fit: bool) -> None:
    assert fits(DATA, integrity) is fit


@given(st.binary(), st.text())
def test_no_text_but_the_hash_fits(data: bytes, text: str) -> None:
    assert fits(data, text) is (text in {digest(data, one) for one in ("sha512", "sha384", "sha256", "sha1")})
