import base64
import json
import os
import subprocess
import sys

import pytest

from forecheck.provenance.agreement import Expected, disagreements
from forecheck.provenance.bundle import Bundle, parse_bundle
from forecheck.provenance.embedded import CURRENT_ON, embedded_trust
from forecheck.provenance.refusal import Fault, Refused
from forecheck.provenance.second_opinion import check_with_sigstore
from forecheck.provenance.trust import read_trust
from forecheck.provenance.verify import check_certified, needs_library, verify
from tests.provenance.recorded import FOLDER, bundle, cases, encoded, expected, filed, integrities

CASES = list(cases())


def test_all_of_them_are_there() -> None:
    verdicts = [verdict for _, _, verdict in CASES]
    assert (verdicts.count("ok"), verdicts.count("fail")) == (65, 27)


@pytest.mark.parametrize(("name", "at", "verdict"), CASES)
def test_verdict(name: str, at: int, verdict: str) -> None:
    data = encoded(bundle(name, at))
    if verdict == "ok":
        verified = verify(data, embedded_trust())
        assert (verified.identity is None) == ("publicKey" in bundle(name, at)["verificationMaterial"])
    else:
        with pytest.raises(Refused):
            verify(data, embedded_trust())


def test_tampering_with_what_is_signed_is_false_and_not_merely_strange() -> None:
    for name, at, verdict in CASES:
        if verdict == "fail" and "invalid-signature" in name:
            with pytest.raises(Refused) as caught:
                verify(encoded(bundle(name, at)), embedded_trust())
            assert caught.value.fault is Fault.FALSE


def certified() -> list[tuple[str, int]]:
    found = []
    for name, at, _ in CASES:
        one = parse_or_none(encoded(bundle(name, at)))
        if one is not None and needs_library(one):
            found.append((name, at))
    return found


def parse_or_none(data: bytes) -> Bundle | None:
    try:
        return parse_bundle(data)
    except Refused:
        return None


def test_both_verifiers_agree_on_what_both_can_read() -> None:
    seen = certified()
    assert len(seen) >= 5
    for name, at in seen:
        one = parse_bundle(encoded(bundle(name, at)))
        check_certified(one, embedded_trust())
        check_with_sigstore(one, embedded_trust())


def test_another_public_trust_root_says_the_same() -> None:
    root = (FOLDER / "sigstore-go/trusted-root-public-good.json").read_bytes()
    keys = (FOLDER.parents[2] / "src/forecheck/data/sigstore-npm-keys.json").read_bytes()
    trust = read_trust(root, keys, version="sigstore-go", checked=CURRENT_ON)
    for name, at, verdict in CASES:
        if verdict == "ok" and "0.1.1" not in name:
            verify(encoded(bundle(name, at)), trust)


def test_a_line_that_a_person_can_read() -> None:
    verified = verify(
        encoded(bundle("sigstore-dotnet/playwright-cli-0.1.1-attestations.json", 1)), embedded_trust()
    )
    assert verified.identity is not None
    assert verified.identity.build == (
        "GitHub Actions from github.com/microsoft/playwright-cli @ refs/tags/v0.1.1,"
        " workflow .github/workflows/publish.yml"
    )
    assert verified.identity.commit == "d1c6d1113932ddcee243e8b111b6d4aea553df20"
    assert verified.identity.runner == "github-hosted"


@pytest.mark.parametrize("name", [name for name in expected() if name.startswith("slsa-verifier/")])
def test_what_holds_is_about_the_tarball_it_came_with(name: str) -> None:
    integrity = integrities()[name.removesuffix(".tgz.json")]
    sha512 = base64.b64decode(integrity.removeprefix("sha512-")).hex()
    for at, entry in enumerate(filed(name)):
        if expected()[name][at] != "ok":
            continue
        verified = verify(encoded(entry["bundle"]), embedded_trust())
        package, _, version = (
            verified.statement.subjects[0].name.removeprefix("pkg:npm/").replace("%40", "@").rpartition("@")
        )
        release = Expected(package, version, sha512)
        assert list(disagreements(verified, entry["predicateType"], release)) == []
        other = Expected(package, version, "00" * 64)
        assert len(list(disagreements(verified, entry["predicateType"], other))) == 1


@pytest.mark.parametrize(
    ("name", "at", "says"),
    [
        ("slsa-verifier-unit/npm-att-mismatch-prov-predicatetype.intoto.sigstore", 0, "is filed as"),
        ("slsa-verifier-unit/npm-att-mismatch-pub-predicatetype.intoto.sigstore", 1, "is filed as"),
        ("pacote/mismatched-keyid-attestations.json", 0, "names the key"),
    ],
)
def test_what_is_signed_well_and_still_wrong(name: str, at: int, says: str) -> None:
    entry = filed(name)[at]
    verified = verify(encoded(entry["bundle"]), embedded_trust())
    subject = verified.statement.subjects[0]
    package, _, version = subject.name.removeprefix("pkg:npm/").replace("%40", "@").rpartition("@")
    found = list(disagreements(verified, entry["predicateType"], Expected(package, version, subject.sha512)))
    assert len(found) == 1
    assert says in found[0]


def test_a_second_signature_is_refused_not_ignored() -> None:
    """Nobody would examine it (sigstore-go's `dsse-2sigs`)."""
    data = (FOLDER / "sigstore-go/dsse-2sigs.sigstore.json").read_bytes()
    with pytest.raises(Refused, match="2 times a signature"):
        verify(data, embedded_trust())


def test_a_bundle_without_an_envelope_is_no_attestation() -> None:
    data = (FOLDER / "sigstore-go/othername.sigstore.json").read_bytes()
    with pytest.raises(Refused) as caught:
        verify(data, embedded_trust())
    assert caught.value.fault is Fault.UNREADABLE


def test_the_library_writes_nothing_on_the_terminal() -> None:
    """It warns of certificates in the chain that need not be there."""
    script = (
        "import sys\n"
        "from forecheck.provenance.embedded import embedded_trust\n"
        "from forecheck.provenance.verify import verify\n"
        "print(verify(sys.stdin.buffer.read(), embedded_trust()).kind)\n"
    )
    noisy = bundle("sigstore-js/bundleV02-dsse.sigstore")
    chain = noisy["verificationMaterial"]["x509CertificateChain"]["certificates"]
    known = json.loads(embedded_trust().root)["certificateAuthorities"][1]["certChain"]["certificates"]
    chain.extend(known)
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=encoded(noisy),
        env={**os.environ, "PYTHONPATH": str(FOLDER.parents[2] / "src")},
        capture_output=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (b"certificate", b"")


def test_the_embedded_trust_root_is_whole() -> None:
    trust = embedded_trust()
    assert len(trust.logs) == len(trust.certificate_logs) == len(trust.authorities) == 2
    assert len(trust.npm_keys) == 2
    assert json.loads(trust.root)["mediaType"]
