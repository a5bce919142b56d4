"""Bundles as Rekor 2 makes them, whose time only a timestamp authority knows: sigstore's library judges them.

Names in brackets are those of the cases of sigstore's conformance suite that ask the same.
"""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from forecheck.provenance.refusal import Fault
from forecheck.provenance.verified import Kind
from forecheck.provenance.verify import verify
from tests.fakes.sigstore import LOGGED, Certified, Sigstore, shared, statement
from tests.provenance.recorded import encoded
from tests.provenance.test_verify import (
    SAID,
    SHA512,
    drop_proof,
    entry,
    forged_checkpoint,
    refusal,
    short_proof,
)

Json = dict[str, Any]

STAMPING = Sigstore(stamps_time=True)


def test_rekor_2_and_its_timestamps_hold() -> None:
    verified = verify(encoded(STAMPING.attest_stamped(SAID)), STAMPING.trust())
    assert verified.kind is Kind.CERTIFICATE
    assert verified.identity is not None
    assert verified.statement.subjects[0].sha512 == SHA512


def other_stamp(one: Json) -> None:
    again = STAMPING.attest_stamped(SAID)["verificationMaterial"]
    one["verificationMaterial"]["timestampVerificationData"] = again["timestampVerificationData"]


def no_stamp(one: Json) -> None:
    one["verificationMaterial"]["timestampVerificationData"] = {"rfc3161Timestamps": []}


def no_sense(one: Json) -> None:
    one["verificationMaterial"]["timestampVerificationData"] = {
        "rfc3161Timestamps": [{"signedTimestamp": "AAAA"}]
    }


def other_body(one: Json) -> None:
    other = STAMPING.attest_stamped(statement("other", "1.0.0", SHA512))
    one["verificationMaterial"]["tlogEntries"] = [entry(other)]


def other_payload(one: Json) -> None:
    other = STAMPING.attest_stamped(statement("other", "1.0.0", SHA512))
    one["dsseEnvelope"]["payload"] = other["dsseEnvelope"]["payload"]


def expired(one: Json) -> None:
    old = STAMPING.certificate(Certified(since=LOGGED), STAMPING.key("leaf"))
    one["verificationMaterial"]["certificate"]["rawBytes"] = base64.b64encode(old).decode()


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (other_stamp, Fault.STRANGER),  # rekor2-timestamp-untrusted, by another signature
        (no_stamp, Fault.UNREADABLE),
        (no_sense, Fault.UNREADABLE),
        (other_body, Fault.STRANGER),  # rekor2-dsse-mismatch-envelope
        (other_payload, Fault.FALSE),  # rekor2-dsse-invalid-sig
        (expired, Fault.STRANGER),  # rekor2-timestamp-outside-cert-validity
        (lambda one: short_proof(one, ""), Fault.FALSE),
        (lambda one: forged_checkpoint(one, "dsse"), Fault.FALSE),
        (lambda one: drop_proof(one, ""), Fault.FALSE),
    ],
)
def test_rekor_2_with_one_thing_wrong(spoil: Callable[[Json], None], fault: Fault) -> None:
    one = STAMPING.attest_stamped(SAID)
    spoil(one)
    assert refusal(one, STAMPING.trust()).fault is fault


def test_rekor_2_of_another_sigstore() -> None:
    assert refusal(STAMPING.attest_stamped(SAID), Sigstore("other").trust()).fault is Fault.STRANGER
    without = refusal(STAMPING.attest_stamped(SAID), shared().trust())
    assert without.fault is Fault.STRANGER
    assert "Timestamp Authorities" in without.reason


def test_timestamps_that_only_the_library_can_read() -> None:
    one = shared().attest(SAID, kind="intoto")
    no_sense(one)
    assert refusal(one).fault is Fault.UNSUPPORTED
