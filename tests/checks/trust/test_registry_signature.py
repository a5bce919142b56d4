"""A signature holds over what would be installed, or it is told which of the many ways it does not."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck import discover
from forecheck.check import Unknown
from forecheck.config.settings import defaults
from forecheck.evidence.packument_wire import read
from forecheck.evidence.planned import Planned
from forecheck.evidence.registry_keys import Keyring
from forecheck.evidence.registry_signature import registry_signature as judge_signature
from forecheck.model import (
    Change,
    Confidence,
    Entry,
    EntryKind,
    FromRegistry,
    Hit,
    Release,
    Severity,
    Step,
    Unavailable,
    UnavailableKind,
)
from forecheck.signing.keys import SCHEME, RegistryKey, npm_keys
from forecheck.signing.verify import message
from tests.checks.running import check_called
from tests.fakes.pins import key_of
from tests.fakes.ports import PUBLIC
from tests.fakes.signing import Signer
from tests.signing.real import real_signatures

URL = "https://npm.example.com/"
PUBLISHED = datetime(2026, 5, 1, tzinfo=UTC)
OWN, OTHER = "sha512-b3du", "sha512-b3RoZXI="
SHASUM = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
SHA1 = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="
A = key_of("a")
CHECK = check_called("registry-signature")


@cache
def signed_by(seed: str, signed: bytes) -> str:
    return base64.b64encode(Signer(seed.encode()).sign(signed)).decode()


@cache
def id_of(seed: str) -> str:
    return Signer(seed.encode()).keyid


def signature(seed: str = "a", version: str = "1.0.0", integrity: str = OWN, keyid: str = "") -> Any:
    sig = signed_by(seed, message("thing", version, integrity))
    return {"keyid": keyid or id_of(seed), "sig": sig}


def said(
    *signatures: Any,
    ring: Keyring | None = None,
    locked: Sequence[str] = ("",),
    integrity: str = OWN,
    times: bool = True,
    registry: str = URL,
    others: Sequence[Any] = (),
) -> list[Hit] | Unavailable:
    """What the check says of `thing@1.0.0` with these signatures, pinned to each of `locked`."""
    release = Release("thing", "1.0.0", FromRegistry(registry))
    dist = {"integrity": integrity, "shasum": SHASUM, "signatures": list(signatures)}
    document = {
        "name": "thing",
        "versions": {"0.9.0": {"dist": {"signatures": list(others)}}, "1.0.0": {"dist": dist}},
        "time": {"created": PUBLISHED.isoformat(), "1.0.0": PUBLISHED.isoformat()} if times else {},
    }
    packument = read(msgspec.json.encode(document), "thing", "thing")
    entries = [
        Entry(f"node_modules/{n}", EntryKind.PACKAGE, release, "thing", pin) for n, pin in enumerate(locked)
    ]
    planned = Planned(tuple(Step(Change.ADDED, entry, ("thing",)) for entry in entries))
    keyring = ring or Keyring(registry, trusted=(A,), signs=True)
    source: Any = judge_signature
    try:
        evidence = source(release, packument, planned, keyring)
    except Unavailable as missing:
        return missing
    return list(CHECK.run(release, keyring=keyring, signature=evidence))


def graded(found: list[Hit] | Unavailable) -> list[tuple[Severity, str]]:
    assert isinstance(found, list), found
    return [(hit.severity if hit.severity is not None else CHECK.severity, hit.message) for hit in found]


def missing(found: list[Hit] | Unavailable) -> tuple[UnavailableKind, str]:
    assert isinstance(found, Unavailable), found
    return found.kind, found.reason


@pytest.mark.parametrize(
    "locked",
    [[""], [OWN], [SHA1], [f"{SHA1} {OWN}"], [OWN, ""], ["sha999-x"]],
)
def test_a_signature_over_the_registry_s_hash_holds_for_whatever_says_the_same(locked: list[str]) -> None:
    assert said(signature(), locked=locked) == []


@pytest.mark.parametrize("locked", [[OTHER], [OWN, OTHER], [f"{OWN} {OTHER}"]])
def test_it_does_not_for_other_bytes_that_the_lockfile_lets_in(locked: list[str]) -> None:
    ((severity, text),) = graded(said(signature(), locked=locked))
    assert severity is Severity.CRITICAL
    assert text.endswith(f"is pinned to {OTHER}, and the signature of npm.example.com is not for that")


def test_a_lockfile_that_holds_what_was_signed_is_right_though_the_registry_says_something_else() -> None:
    assert said(signature(integrity=OTHER), locked=[OTHER]) == []
    assert len(graded(said(signature(integrity=OTHER), locked=[OTHER, ""]))) == 1


@pytest.mark.parametrize("locked", ["sha384-b3RoZXI=", "sha1-b3RoZXI="])
def test_a_kind_of_hash_that_is_not_signed_is_no_way_around(locked: str) -> None:
    ((severity, text),) = graded(said(signature(), locked=[locked]))
    assert severity is Severity.HIGH
    assert "does not sign" in text


@pytest.mark.parametrize(
    "wrong",
    [
        signature(version="1.0.1"),
        signature(integrity=OTHER),
        signature("b", keyid=A.keyid),
        {"keyid": A.keyid, "sig": ""},
        {"keyid": A.keyid, "sig": "not base64!"},
        {"keyid": A.keyid},
    ],
)
def test_an_invalid_signature_is_critical_whatever_stands_beside_it(wrong: Any) -> None:
    for found in (said(wrong), said(wrong, signature()), said(signature(), wrong)):
        assert [severity for severity, _ in graded(found)] == [Severity.CRITICAL]
    assert said(wrong, registry=URL, ring=Keyring(URL, untrusted=(A,), signs=True)) != []


def test_one_valid_signature_is_enough_beside_those_of_unknown_keys() -> None:
    assert said(signature("z"), signature()) == []


def test_a_missing_signature_is_high_where_the_registry_signs() -> None:
    assert graded(said()) == [
        (Severity.HIGH, "has no signature, although npm.example.com signs what it serves")
    ]
    known = graded(said(ring=Keyring(URL), others=[signature("z")]))
    assert known == [(Severity.HIGH, "has no signature, although 1 other version of thing has one")]


def test_a_registry_that_signs_nothing_is_not_held_to_it() -> None:
    assert missing(said(ring=Keyring(URL))) == (UnavailableKind.UNSUPPORTED, "npm.example.com signs nothing")
    meaning, _ = defaults(discover.checks()).meaning("registry-signature", UnavailableKind.UNSUPPORTED)
    assert meaning is Unknown.NOTE


@pytest.mark.parametrize("status", ["400", "403", "405"])
def test_one_that_refuses_to_list_keys_and_never_signed_signs_nothing(status: str) -> None:
    refused = Unavailable(UnavailableKind.REFUSED, status)
    assert missing(said(ring=Keyring(URL, missing=refused))) == (
        UnavailableKind.UNSUPPORTED,
        "npm.example.com signs nothing",
    )
    assert missing(said(signature("z"), ring=Keyring(URL, missing=refused)))[0] is UnavailableKind.REFUSED
    signing = Keyring(URL, trusted=(A,), signs=True, missing=refused)
    assert [severity for severity, _ in graded(said(ring=signing))] == [Severity.HIGH]


def test_npm_s_registry_is_never_said_to_sign_nothing() -> None:
    kind, reason = missing(said(ring=Keyring(PUBLIC, trusted=npm_keys())))
    assert kind is UnavailableKind.UNSUPPORTED
    assert "npm signs everything" in reason


def test_nobody_knows_whether_a_registry_signs_that_could_not_be_asked() -> None:
    gone = Unavailable(UnavailableKind.OFFLINE, "no network")
    assert missing(said(ring=Keyring(URL, missing=gone))) == (gone.kind, gone.reason)
    assert missing(said(signature("z"), ring=Keyring(URL, missing=gone))) == (gone.kind, gone.reason)
    assert missing(said(signature("z"), ring=Keyring(URL, trusted=(A,), signs=True, missing=gone))) == (
        gone.kind,
        gone.reason,
    )
    assert said(signature(), ring=Keyring(URL, trusted=(A,), signs=True, missing=gone)) == []


def test_a_key_the_registry_does_not_have() -> None:
    ((severity, text),) = graded(said(signature("z")))
    assert severity is Severity.HIGH
    assert Signer(b"z").keyid in text


def test_signatures_without_any_list_of_keys_are_not_nothing() -> None:
    kind, reason = missing(said(signature("z"), ring=Keyring(URL)))
    assert kind is UnavailableKind.NOT_FOUND
    assert "passes signatures on" in reason


def test_npm_s_own_signatures_count_at_a_registry_without_keys() -> None:
    real = next(one for one in real_signatures() if one.name == "typescript")
    sig = {"keyid": real.keyid, "sig": real.sig}
    found = judged_real(real.name, real.version, real.integrity, sig, Keyring(URL))
    assert found == ["valid"]
    assert judged_real(real.name, real.version, OTHER, sig, Keyring(URL)) == ["invalid"]


def judged_real(name: str, version: str, integrity: str, sig: Any, ring: Keyring) -> list[str]:
    release = Release(name, version, FromRegistry(URL))
    document = {"name": name, "versions": {version: {"dist": {"integrity": integrity, "signatures": [sig]}}}}
    entry = Entry("node_modules/a", EntryKind.PACKAGE, release, name)
    planned = Planned((Step(Change.ADDED, entry, (name,)),))
    source: Any = judge_signature
    found = source(release, read(msgspec.json.encode(document), name, name), planned, ring)
    return [judged.worth.value for judged in found.judged]


@pytest.mark.parametrize(
    ("expires", "times", "outcome"),
    [
        (datetime(2026, 5, 2, tzinfo=UTC), True, "holds"),
        (datetime(2026, 5, 1, tzinfo=UTC), True, "too late"),
        (datetime(2025, 1, 1, tzinfo=UTC), True, "too late"),
        (datetime(2027, 1, 1, tzinfo=UTC), False, "unknown"),
    ],
)
def test_the_end_of_a_key_is_judged_by_the_time_of_the_publish(
    expires: datetime, times: bool, outcome: str
) -> None:
    ring = Keyring(URL, trusted=(key_of("a", expires),), signs=True)
    found = said(signature(), ring=ring, times=times)
    if outcome == "unknown":
        assert missing(found)[0] is UnavailableKind.UNSUPPORTED
    elif outcome == "holds":
        assert found == []
    else:
        ((severity, text),) = graded(found)
        assert severity is Severity.HIGH
        assert text.endswith(f"which ended on {expires.date()}; published on 2026-05-01")


def test_keys_that_nobody_accepted_or_that_are_gone_prove_nothing() -> None:
    new = said(signature(), ring=Keyring(URL, untrusted=(A,), signs=True))
    gone = said(signature(), ring=Keyring(URL, trusted=(A,), gone=frozenset({A.keyid}), signs=True))
    assert "nobody has accepted" in missing(new)[1]
    assert "no longer lists" in missing(gone)[1]
    for kind, _ in (missing(new), missing(gone)):
        meaning, _ = defaults(discover.checks()).meaning("registry-signature", kind)
        assert meaning is Unknown.WARN


def test_an_unknown_scheme_proves_nothing() -> None:
    ring = Keyring(URL, trusted=(RegistryKey(A.keyid, "ml-dsa-65", A.key),), signs=True)
    assert missing(said(signature(), ring=ring))[0] is UnavailableKind.MALFORMED
    assert A.scheme == SCHEME


def test_without_any_integrity_there_is_nothing_that_could_have_been_signed() -> None:
    assert missing(said(signature(integrity=""), integrity=""))[0] is UnavailableKind.MALFORMED
    assert said(signature(), integrity="", locked=[OWN]) == []


def test_a_finding_is_not_hidden_by_what_nobody_knows() -> None:
    ring = Keyring(URL, untrusted=(A,), signs=True)
    found = graded(said(signature(), ring=ring, locked=["", "sha384-b3RoZXI="]))
    assert [severity for severity, _ in found if severity >= Severity.HIGH]


@given(st.data())
def test_no_changed_byte_of_the_document_ever_passes(data: st.DataObject) -> None:
    """Of the signature's text, the integrity, or the name: only the whole as it was signed passes."""
    sig = signature()
    what = data.draw(st.sampled_from(["sig", "integrity", "locked"]))
    text = {"sig": sig["sig"], "integrity": OWN, "locked": OWN}[what]
    at = data.draw(st.integers(0, len(text) - 1))
    char = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda char: char != text[at]))
    changed = text[:at] + char + text[at + 1 :]
    if what == "sig":
        found = said({**sig, "sig": changed})
    elif what == "integrity":
        found = said(sig, integrity=changed)
    else:
        found = said(sig, locked=[changed])
        if changed.partition("-")[0] not in ("sha512", "sha384", "sha256", "sha1") or "?" in changed:
            return  # no hash at all: installed is what the registry says, and that is signed
    assert found != [], (what, changed)


def test_confidence_is_high() -> None:
    assert CHECK.confidence is Confidence.HIGH
    assert npm_keys()
