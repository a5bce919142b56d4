"""Whatever single character of a real bundle changes: the result is a refusal, or says exactly what it said before."""

import base64
import copy
import string
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecheck.provenance.agreement import Expected, disagreements
from forecheck.provenance.bundle import Media, parse_bundle
from forecheck.provenance.embedded import embedded_trust
from forecheck.provenance.refusal import Fault, Refused
from forecheck.provenance.second_opinion import check_with_sigstore
from forecheck.provenance.verify import check_certified, needs_library, verify
from tests.provenance.recorded import GOOD, encoded, filed

Path = tuple[str | int, ...]

CHARACTERS = string.ascii_letters + string.digits + "+/=-_.:; \n\u2014\u00e9"
BUNDLES = [(name, at) for name in GOOD for at in range(len(filed(name)))]


def leaves(value: Any, path: Path = ()) -> list[Path]:
    """The places of every text in a JSON value."""
    if isinstance(value, dict):
        return [found for key, part in value.items() for found in leaves(part, (*path, key))]
    if isinstance(value, list):
        return [found for at, part in enumerate(value) for found in leaves(part, (*path, at))]
    return [path] if isinstance(value, str) and value else []


def changed(one: Any, path: Path, change: Any) -> Any:
    one = copy.deepcopy(one)
    inner = one
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = change(inner[path[-1]])
    return one


@st.composite
def corruptions(draw: st.DrawFn) -> tuple[str, int, Path, Any]:
    """A real attestation with one character replaced, left out or put in."""
    name, at = draw(st.sampled_from(BUNDLES))
    original = filed(name)[at]["bundle"]
    path = draw(st.sampled_from(leaves(original)))
    kind = draw(st.sampled_from(["replace", "drop", "insert"]))
    new = draw(st.sampled_from(CHARACTERS))
    place = draw(st.integers(0, 10**6))

    def change(text: str) -> str:
        where = place % len(text)
        middle = {"replace": new, "drop": "", "insert": new + text[where]}[kind]
        return text[:where] + middle + text[where + 1 :]

    return name, at, path, changed(original, path, change)


def is_ignored(path: Path) -> bool:
    """Certificates beside the signer's, which are not looked at: those of the trust root count."""
    return path[:3] == ("verificationMaterial", "x509CertificateChain", "certificates") and path[3] != 0


@settings(max_examples=400, deadline=None)
@given(corruptions())
def test_no_changed_character_goes_unnoticed(case: tuple[str, int, Path, Any]) -> None:
    name, at, path, corrupt = case
    original = filed(name)[at]["bundle"]
    entry = filed(name)[at]
    before = verify(encoded(original), embedded_trust())
    try:
        after = verify(encoded(corrupt), embedded_trust())
    except Refused:
        return
    if corrupt == original or is_ignored(path):
        assert after == before
    elif path == ("mediaType",):
        assert corrupt["mediaType"] in list(Media)
        assert after == before
    else:  # a key named beside a certificate: not signed, and noticed all the same
        assert path[-1] == "keyid"
        subject = after.statement.subjects[0]
        expected = Expected("-", "-", subject.sha512)
        assert any("names the key" in one for one in disagreements(after, entry["predicateType"], expected))


@settings(max_examples=150, deadline=None)
@given(corruptions())
def test_what_we_accept_sigstore_accepts(case: tuple[str, int, Path, Any]) -> None:
    _, _, _, corrupt = case
    try:
        one = parse_bundle(encoded(corrupt))
        if not needs_library(one):
            return
        check_certified(one, embedded_trust())
    except Refused:
        return
    check_with_sigstore(one, embedded_trust())


@pytest.mark.parametrize(("name", "at"), BUNDLES)
@pytest.mark.parametrize("field", ["kind", "version"])
def test_labels_of_the_log_entry_are_held_to_its_body(name: str, at: int, field: str) -> None:
    original = filed(name)[at]["bundle"]
    path = ("verificationMaterial", "tlogEntries", 0, "kindVersion", field)
    for place in range(len(field)):
        corrupt = changed(original, path, lambda text, place=place: f"{text[:place]}9{text[place + 1 :]}")
        with pytest.raises(Refused):
            verify(encoded(corrupt), embedded_trust())


@pytest.mark.parametrize(("name", "at"), BUNDLES)
def test_every_flipped_bit_of_what_is_signed_is_false(name: str, at: int) -> None:
    """Decoded, changed, encoded again: readable, and false or from a stranger."""
    original = filed(name)[at]["bundle"]
    entry = ("verificationMaterial", "tlogEntries", 0)
    signed: list[Path] = [
        ("dsseEnvelope", "payload"),
        ("dsseEnvelope", "signatures", 0, "sig"),
        (*entry, "canonicalizedBody"),
        (*entry, "logId", "keyId"),
        (*entry, "inclusionPromise", "signedEntryTimestamp"),
    ]
    for path in signed:

        def flip(text: str) -> str:
            data = bytearray(base64.b64decode(text))
            data[len(data) // 2] ^= 1
            return base64.b64encode(data).decode()

        with pytest.raises(Refused) as caught:
            verify(encoded(changed(original, path, flip)), embedded_trust())
        assert caught.value.fault in (Fault.FALSE, Fault.STRANGER)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@st.composite
def reshaped(draw: st.DrawFn) -> Any:
    """A real bundle with any part replaced by any JSON."""
    name, at = draw(st.sampled_from(BUNDLES))
    one = copy.deepcopy(filed(name)[at]["bundle"])
    inner: Any = one
    while True:
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        key = draw(st.sampled_from(keys))
        deeper = isinstance(inner[key], dict | list) and inner[key] and draw(st.booleans())
        if not deeper:
            inner[key] = draw(JSON)
            return one
        inner = inner[key]


@settings(max_examples=300, deadline=None)
@given(reshaped())
def test_any_shape_is_verified_or_refused(one: Any) -> None:
    with suppress(Refused):
        verify(encoded(one), embedded_trust())


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(BUNDLES),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=4),
)
def test_no_certificate_or_key_is_read_with_other_bytes(
    case: tuple[str, int], flips: list[tuple[int, int]]
) -> None:
    material: Path = ("verificationMaterial", "certificate", "rawBytes")
    original = filed(case[0])[case[1]]["bundle"]
    if "certificate" not in original["verificationMaterial"]:
        material = ("verificationMaterial", "tlogEntries", 0, "canonicalizedBody")

    def flip(text: str) -> str:
        data = bytearray(base64.b64decode(text))
        for place, mask in flips:
            data[place % len(data)] ^= mask
        return base64.b64encode(data).decode()

    corrupt = changed(original, material, flip)
    if corrupt == original:  # the same place twice
        return
    with pytest.raises(Refused):
        verify(encoded(corrupt), embedded_trust())


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        verify(data, embedded_trust())


def test_nesting_has_an_end() -> None:
    with pytest.raises(Refused):
        verify(b"[" * 100_000, embedded_trust())
