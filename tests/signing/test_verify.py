"""Every real signature holds; nothing that differs in a single byte does."""

import base64
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.signing.keys import RegistryKey, npm_keys
from forecheck.signing.verify import Verdict, message, verify
from tests.fakes.pins import key_of
from tests.fakes.signing import Signer
from tests.signing.real import Real, real_signatures

BEFORE = datetime(2022, 12, 1, tzinfo=UTC)
"""A time at which both of npm's keys were in use."""

SIGNER = Signer(b"test")
SIGNED = message("left-pad", "1.3.0", "sha512-aGFzaA==")
SIGNATURE = SIGNER.sign(SIGNED)
SIG = base64.b64encode(SIGNATURE).decode()
KEY = key_of(b"test")


def key_called(keyid: str) -> RegistryKey:
    return next(key for key in npm_keys() if key.keyid == keyid)


def test_there_are_as_many_as_were_recorded() -> None:
    assert len(list(real_signatures())) == 135


@pytest.mark.parametrize("real", list(real_signatures()), ids=str)
def test_real_signatures_hold(real: Real) -> None:
    signed = message(real.name, real.version, real.integrity)
    key = key_called(real.keyid)
    assert verify(key, real.sig, signed, real.published or BEFORE) is Verdict.VALID
    for other in (
        message(real.name + "x", real.version, real.integrity),
        message(real.name, real.version + "0", real.integrity),
        message(real.name, real.version, real.integrity.replace("sha512", "sha256")),
    ):
        assert verify(key, real.sig, other, BEFORE) is Verdict.INVALID
    wrong = next(other for other in npm_keys() if other.keyid != real.keyid)
    assert verify(wrong, real.sig, signed, BEFORE) is Verdict.INVALID


@given(st.data())
def test_a_changed_byte_of_the_message_never_holds(data: st.DataObject) -> None:
    changed = flipped(data, SIGNED)
    assert verify(KEY, SIG, changed, BEFORE) is Verdict.INVALID


@given(st.data())
def test_a_changed_byte_of_the_signature_never_holds(data: st.DataObject) -> None:
    sig = base64.b64encode(flipped(data, SIGNATURE)).decode()
    assert verify(KEY, sig, SIGNED, BEFORE) is not Verdict.VALID


@given(st.data())
def test_a_changed_character_of_the_signature_never_holds(data: st.DataObject) -> None:
    """Base64 has several spellings for the same bytes; only one is taken."""
    at = data.draw(st.integers(0, len(SIG) - 1))
    char = data.draw(st.characters().filter(lambda char: char != SIG[at]))
    assert verify(KEY, SIG[:at] + char + SIG[at + 1 :], SIGNED, BEFORE) is not Verdict.VALID


@given(st.data())
def test_a_changed_byte_of_the_key_never_holds(data: st.DataObject) -> None:
    changed = base64.b64encode(flipped(data, base64.b64decode(KEY.key))).decode()
    for keyid in (KEY.keyid, "any"):
        key = RegistryKey(keyid, KEY.scheme, changed)
        assert verify(key, SIG, SIGNED, BEFORE) is not Verdict.VALID


@given(st.text(), st.text(), st.text(), st.binary())
def test_no_text_is_a_key_or_a_signature(scheme: str, key: str, sig: str, signed: bytes) -> None:
    made = RegistryKey("id", scheme, key)
    assert verify(made, sig, signed, BEFORE) is Verdict.UNUSABLE_KEY
    assert verify(KEY, sig, signed, BEFORE) in (Verdict.UNREADABLE, Verdict.INVALID)


@pytest.mark.parametrize(
    ("published", "verdict"),
    [
        (BEFORE - timedelta(seconds=1), Verdict.VALID),
        (BEFORE, Verdict.EXPIRED),
        (BEFORE + timedelta(days=999), Verdict.EXPIRED),
        (None, Verdict.UNDATED),
    ],
)
def test_a_key_with_an_end_holds_for_what_was_published_before(
    published: datetime | None, verdict: Verdict
) -> None:
    key = key_of(b"test", expires=BEFORE)
    assert verify(key, SIG, SIGNED, published) is verdict
    assert verify(KEY, SIG, SIGNED, published) is Verdict.VALID


def test_a_signature_that_does_not_hold_is_worse_than_a_key_out_of_date() -> None:
    key = key_of(b"test", expires=BEFORE)
    assert verify(key, SIG, SIGNED + b"x", None) is Verdict.INVALID
    assert verify(key, SIG, SIGNED + b"x", BEFORE) is Verdict.INVALID


def test_a_key_under_the_id_of_another_proves_nothing() -> None:
    misnamed = msgspec.structs.replace(KEY, keyid=Signer(b"other").keyid)
    assert verify(misnamed, SIG, SIGNED, BEFORE) is Verdict.UNUSABLE_KEY
    assert verify(msgspec.structs.replace(KEY, keyid="release-2026"), SIG, SIGNED, BEFORE) is Verdict.VALID


def test_another_scheme_is_not_guessed_at() -> None:
    key = msgspec.structs.replace(KEY, scheme="ml-dsa-65")
    assert verify(key, SIG, SIGNED, BEFORE) is Verdict.UNUSABLE_KEY


def test_cryptography_is_only_imported_for_a_signature() -> None:
    modules = (
        "forecheck.evidence.registry_signature, forecheck.evidence.registry_keys, forecheck.adapters.pins"
    )
    code = f"import sys, {modules}; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def flipped(data: st.DataObject, what: bytes) -> bytes:
    """The same with one byte changed."""
    at = data.draw(st.integers(0, len(what) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != what[at]))
    return what[:at] + bytes([byte]) + what[at + 1 :]
