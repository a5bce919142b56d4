"""Every rule by which an attestation is refused, against a sigstore of our own that breaks one rule at a time.

Names in brackets are those of the cases of sigstore's conformance suite that ask the same.
"""

import base64
import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from forecheck.provenance.refusal import Fault, Refused
from forecheck.provenance.statement import PUBLISH
from forecheck.provenance.trust import Trust, read_trust
from forecheck.provenance.verified import Kind
from forecheck.provenance.verify import verify
from tests.fakes.sigstore import LOGGED, MEDIA_01, MEDIA_02, MEDIA_03, Certified, Sigstore, shared, statement
from tests.provenance.recorded import encoded

SHA512 = "ab" * 64
SAID = statement("thing", "1.0.0", SHA512)
PUBLISHED = statement("thing", "1.0.0", SHA512, predicate=PUBLISH)

Json = dict[str, Any]


def refusal(one: Json, trust: Trust | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        verify(encoded(one), trust or shared().trust())
    return caught.value


@pytest.mark.parametrize("kind", ["dsse", "intoto"])
@pytest.mark.parametrize("media", [MEDIA_01, MEDIA_02, MEDIA_03])
def test_every_form_holds(kind: str, media: str) -> None:
    verified = verify(encoded(shared().attest(SAID, kind=kind, media=media)), shared().trust())
    assert verified.kind is Kind.CERTIFICATE
    assert verified.identity is not None
    assert verified.identity.repository == "https://github.com/some/thing"


@pytest.mark.parametrize("kind", ["dsse", "intoto"])
def test_npm_signs_with_a_key(kind: str) -> None:
    verified = verify(encoded(shared().publish(PUBLISHED, kind=kind)), shared().trust())
    assert (verified.kind, verified.identity) == (Kind.NPM, None)
    assert verified.statement.published == "thing@1.0.0"


def test_the_oldest_bundles_have_only_a_promise() -> None:
    one = shared().attest(SAID, media=MEDIA_01, proof=False)
    assert verify(encoded(one), shared().trust()).kind is Kind.CERTIFICATE


HOLDERS = {
    "expired before it was used (cert-expired)": Certified(since=LOGGED - timedelta(hours=1)),
    "not valid yet": Certified(since=LOGGED + timedelta(minutes=1)),
    "for a server, not for code": Certified(purpose=ExtendedKeyUsageOID.SERVER_AUTH),
    "not for signatures": Certified(signs=False),
    "in no certificate log": Certified(stamped=0),
    "with a wrong certificate timestamp": Certified(stamp_spoilt=True),
}


@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS)
@pytest.mark.parametrize("kind", ["dsse", "intoto"])
def test_a_certificate_that_does_not_count(holder: Certified, kind: str) -> None:
    assert refusal(shared().attest(SAID, holder=holder, kind=kind)).fault is Fault.FALSE


def test_a_certificate_log_that_nobody_knows() -> None:
    one = shared().attest(SAID, holder=Certified(stamp_key="another"), kind="intoto")
    assert refusal(one).fault is Fault.STRANGER


@pytest.mark.parametrize("kind", ["dsse", "intoto"])
def test_another_sigstore_proves_nothing_to_this_one(kind: str) -> None:
    other = Sigstore("other")
    assert refusal(other.attest(SAID, kind=kind)).fault is Fault.STRANGER
    assert refusal(shared().attest(SAID, kind=kind), other.trust()).fault is Fault.STRANGER


def test_a_forger_can_copy_names_but_not_keys() -> None:
    """The forger's authority has the true one's name, and the entry is in the true log."""
    other = Sigstore("other")
    one = shared().attest(SAID)
    forged = other.attest(SAID)
    one["verificationMaterial"]["certificate"] = forged["verificationMaterial"]["certificate"]
    assert refusal(one).fault is Fault.FALSE


def entry(one: Json) -> Json:
    found: Json = one["verificationMaterial"]["tlogEntries"][0]
    return found


def swap_entry(one: Json, kind: str) -> None:
    other = statement("other", "1.0.0", SHA512)
    one["verificationMaterial"]["tlogEntries"] = [entry(shared().attest(other, kind=kind))]


def swap_signature(one: Json, kind: str) -> None:
    again = shared().attest(SAID, kind=kind)
    one["dsseEnvelope"]["signatures"] = again["dsseEnvelope"]["signatures"]


def swap_payload(one: Json, kind: str) -> None:
    other = shared().attest(statement("other", "1.0.0", SHA512), kind=kind)
    one["dsseEnvelope"]["payload"] = other["dsseEnvelope"]["payload"]


def swap_envelope(one: Json, kind: str) -> None:
    one["dsseEnvelope"] = shared().attest(statement("other", "1.0.0", SHA512), kind=kind)["dsseEnvelope"]


def relabel(one: Json, kind: str) -> None:
    other = "intoto" if kind == "dsse" else "dsse"
    entry(one)["kindVersion"] = entry(shared().attest(SAID, kind=other))["kindVersion"]


def later(one: Json, kind: str) -> None:
    entry(one)["integratedTime"] = str(int(entry(one)["integratedTime"]) + 60)


def moved(one: Json, kind: str) -> None:
    entry(one)["logIndex"] = "8"


def drop_promise(one: Json, kind: str) -> None:
    del entry(one)["inclusionPromise"]


def drop_time(one: Json, kind: str) -> None:
    del entry(one)["integratedTime"]


def drop_proof(one: Json, kind: str) -> None:
    del entry(one)["inclusionProof"]


def drop_checkpoint(one: Json, kind: str) -> None:
    del entry(one)["inclusionProof"]["checkpoint"]


def drop_entry(one: Json, kind: str) -> None:
    one["verificationMaterial"]["tlogEntries"] = []


def twice(one: Json, kind: str) -> None:
    one["verificationMaterial"]["tlogEntries"] *= 2


def sign_twice(one: Json, kind: str) -> None:
    one["dsseEnvelope"]["signatures"] *= 2


def unsigned(one: Json, kind: str) -> None:
    one["dsseEnvelope"]["signatures"] = []


def other_place(one: Json, kind: str) -> None:
    entry(one)["inclusionProof"]["logIndex"] = "3"


def beyond(one: Json, kind: str) -> None:
    entry(one)["inclusionProof"]["logIndex"] = "4"


def short_proof(one: Json, kind: str) -> None:
    entry(one)["inclusionProof"]["hashes"].pop()


def long_proof(one: Json, kind: str) -> None:
    entry(one)["inclusionProof"]["hashes"].append(base64.b64encode(bytes(32)).decode())


def other_tree(one: Json, kind: str) -> None:
    entry(one)["inclusionProof"]["treeSize"] = "5"


def other_checkpoint(one: Json, kind: str) -> None:
    other = entry(shared().attest(statement("other", "1.0.0", SHA512), kind=kind))
    entry(one)["inclusionProof"]["checkpoint"] = other["inclusionProof"]["checkpoint"]


def forged_checkpoint(one: Json, kind: str) -> None:
    """Another key's signature under the true key's id."""
    forged = entry(Sigstore("other").attest(SAID, kind=kind))["inclusionProof"]["checkpoint"]["envelope"]
    true = entry(one)["inclusionProof"]["checkpoint"]["envelope"]
    head, _, signature = true.rpartition(" ")
    stolen = base64.b64decode(signature)[:4] + base64.b64decode(forged.rpartition(" ")[2])[4:]
    entry(one)["inclusionProof"]["checkpoint"]["envelope"] = f"{head} {base64.b64encode(stolen).decode()}\n"


BREAKS: list[Callable[[Json, str], None]] = [
    swap_entry,  # cve-2022-36056-swapped-tlog-entry
    swap_signature,  # dsse-mismatch-sig
    swap_payload,  # dsse-invalid-sig
    swap_envelope,  # dsse-mismatch-envelope
    relabel,  # tlog-body-error
    later,  # tlog-timestamp-error
    moved,
    drop_promise,
    drop_time,
    drop_proof,  # no-inclusion-proof
    drop_checkpoint,
    drop_entry,
    twice,
    sign_twice,
    unsigned,
    other_place,
    beyond,
    short_proof,
    long_proof,
    other_tree,
    other_checkpoint,
    forged_checkpoint,
]


@pytest.mark.parametrize("kind", ["dsse", "intoto"])
@pytest.mark.parametrize("spoil", BREAKS, ids=lambda spoil: spoil.__name__)
def test_one_thing_wrong_is_enough(spoil: Callable[[Json, str], None], kind: str) -> None:
    one = copy.deepcopy(shared().attest(SAID, kind=kind))
    spoil(one, kind)
    assert refusal(one).fault is Fault.FALSE


@pytest.mark.parametrize("kind", ["dsse", "intoto"])
def test_bundle_01_needs_the_promise_even_with_a_proof(kind: str) -> None:
    assert refusal(shared().attest(SAID, kind=kind, media=MEDIA_01, promise=False)).fault is Fault.FALSE


def test_npms_attestations_need_a_signed_time_too() -> None:
    assert refusal(shared().publish(PUBLISHED, promise=False)).fault is Fault.FALSE


def test_a_key_counts_only_in_its_time() -> None:
    sigstore = shared()
    keys = sigstore.npm_keys(until="2026-04-30T00:00:00Z")
    trust = read_trust(sigstore.trusted_root(), keys, version="test", checked=LOGGED)
    assert "did not count" in refusal(sigstore.publish(PUBLISHED), trust).reason
    before = sigstore.publish(PUBLISHED, logged=datetime(2026, 4, 29, tzinfo=UTC))
    assert verify(encoded(before), trust).kind is Kind.NPM


@pytest.mark.parametrize("kind", ["dsse", "intoto"])
def test_a_log_counts_only_in_its_time(kind: str) -> None:
    sigstore = shared()
    root = sigstore.trusted_root(until="2026-04-30T00:00:00Z")
    trust = read_trust(root, sigstore.npm_keys(), version="test", checked=LOGGED)
    assert refusal(sigstore.attest(SAID, kind=kind), trust).fault is Fault.FALSE


def test_a_key_that_npm_does_not_list_for_attestations() -> None:
    assert refusal(shared().publish(PUBLISHED, keyid="SHA256:unknown")).fault is Fault.STRANGER


def test_the_signature_must_name_the_key_that_the_bundle_names() -> None:
    one = shared().publish(PUBLISHED)
    one["dsseEnvelope"]["signatures"][0]["keyid"] = ""
    assert refusal(one).fault is Fault.FALSE


def test_a_key_and_a_certificate_are_one_too_many() -> None:
    one = shared().attest(SAID, media=MEDIA_02)
    one["verificationMaterial"]["publicKey"] = {"hint": "SHA256:test"}
    assert refusal(one).fault is Fault.UNREADABLE


def test_signed_well_but_no_statement() -> None:
    """(dsse-statement-unknown-type, dsse-statement-missing-type)"""
    other = {**SAID, "_type": "https://in-toto.io/Statement/v2"}
    assert refusal(shared().attest(other)).fault is Fault.UNSUPPORTED
    missing = {key: value for key, value in SAID.items() if key != "_type"}
    assert refusal(shared().attest(missing)).fault is Fault.UNREADABLE
    assert refusal(shared().attest(SAID, payload_type="text/plain")).fault is Fault.UNSUPPORTED


@pytest.mark.parametrize("kind", ["dsse", "hashedrekord"])
def test_a_log_entry_of_the_future_is_not_a_forgery(kind: str) -> None:
    one = shared().attest(SAID)
    entry(one)["kindVersion"] = {"kind": kind, "version": "9.0.0"}
    assert refusal(one).fault is Fault.UNSUPPORTED


def test_a_bundle_of_the_future_is_not_a_forgery() -> None:
    one = shared().attest(SAID)
    one["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.4+json"
    assert refusal(one).fault is Fault.UNSUPPORTED
