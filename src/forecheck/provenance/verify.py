"""Whether an attestation holds: the one way in.

Entries of Rekor 1 (`dsse` 0.0.1, `intoto` 0.0.2) are verified here, whoever signed them. Where sigstore's library can
read the bundle too (a certificate, a `dsse` entry, a proof of inclusion), it has to agree. What only the library
understands (Rekor 2, RFC 3161 timestamps) rests on the library and on the checks of form in `bundle.py`.
"""

from typing import Final

from forecheck.provenance.bundle import Bundle, parse_bundle
from forecheck.provenance.certificate import check_certificate, load, spki
from forecheck.provenance.identity import Identity, identity_of
from forecheck.provenance.inclusion import check_inclusion, check_proof
from forecheck.provenance.keys import check_signature
from forecheck.provenance.log_body import CHECKS, check_body
from forecheck.provenance.refusal import Fault, Refused, false, stranger, unsupported
from forecheck.provenance.second_opinion import check_with_sigstore
from forecheck.provenance.statement import read_statement
from forecheck.provenance.trust import Trust
from forecheck.provenance.verified import Kind, Verified

_LIBRARY: Final = frozenset({"hashedrekord/0.0.2", "dsse/0.0.1"})
"""The entries that sigstore 4 verifies for an envelope."""


def verify(data: bytes, trust: Trust) -> Verified:
    """What the bundle (JSON) proves; raises `Refused`. No network, no clock: it held when it was logged, or never."""
    bundle = parse_bundle(data)
    if bundle.hint:
        kind, identity = Kind.NPM, None
        _check_npm(bundle, trust)
    else:
        kind, identity = Kind.CERTIFICATE, _check_certified(bundle, trust)
    return Verified(kind, read_statement(bundle.payload, bundle.payload_type), identity, bundle.keyid)


def _check_certified(bundle: Bundle, trust: Trust) -> Identity:
    """Signed with the key of a certificate from Fulcio."""
    if bundle.entry.kind in CHECKS and not bundle.stamped:
        check_certified(bundle, trust)
        if needs_library(bundle):
            check_with_sigstore(bundle, trust)
    elif needs_library(bundle):
        _ask_library_alone(bundle, trust)
    else:
        raise unsupported("it is logged in a way that this version does not know")
    return identity_of(load(bundle.certificate))


def _ask_library_alone(bundle: Bundle, trust: Trust) -> None:
    """What needs no time is verified here as well. Of the rest the library does not say whether it is wrong, or from
    an authority unknown to it.
    """
    check_proof(bundle.entry, trust)
    _check_signature(bundle, spki(load(bundle.certificate)))
    try:
        check_with_sigstore(bundle, trust)
    except Refused as refused:
        raise stranger(refused.reason) if refused.fault is Fault.FALSE else refused from None


def check_certified(bundle: Bundle, trust: Trust) -> None:
    """Our own verdict on a bundle with a certificate and an entry of Rekor 1; raises `Refused`."""
    certificate = load(bundle.certificate)
    check_certificate(certificate, trust, check_inclusion(bundle.entry, trust))
    _check_envelope(bundle, spki(certificate), bundle.certificate)


def needs_library(bundle: Bundle) -> bool:
    """Whether sigstore's library has to agree: it can read the bundle."""
    return bool(bundle.certificate) and bundle.entry.kind in _LIBRARY and bundle.entry.proof is not None


def _check_npm(bundle: Bundle, trust: Trust) -> None:
    """Signed with one of npm's keys for attestations, at a time when it counted."""
    keys = trust.npm_keys.get(bundle.hint)
    if keys is None:
        raise stranger("it is signed with a key that is not one of npm's for attestations")
    if bundle.keyid != bundle.hint:
        raise false("its signature names another key than the bundle")
    if bundle.stamped:
        raise unsupported("it carries timestamps, which npm's attestations do not")
    logged = check_inclusion(bundle.entry, trust)
    current = [key for key in keys if key.window.holds(logged)]
    if not current:
        raise false("it was signed at a time when npm's key did not count")
    _check_envelope(bundle, current[0].spki, current[0].spki)


def _check_envelope(bundle: Bundle, key: bytes, signer: bytes) -> None:
    """The signature of the envelope, and that the log entry is about both."""
    _check_signature(bundle, key)
    check_body(bundle, signer)


def _check_signature(bundle: Bundle, key: bytes) -> None:
    """Over DSSE's pre-authentication encoding (secure-systems-lab/dsse v1)."""
    kind = bundle.payload_type.encode()
    message = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(bundle.payload), bundle.payload)
    check_signature(key, bundle.signature, message, "its signature")
