"""Sigstore's own library, for the bundles it reads. Its import takes a third of a second, so it comes late."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from forecheck.provenance.bundle import Bundle
from forecheck.provenance.refusal import false, unreadable
from forecheck.provenance.trust import Trust

if TYPE_CHECKING:
    from sigstore.verify import Verifier


def check_with_sigstore(bundle: Bundle, trust: Trust) -> None:
    """Raises `Refused` unless sigstore verifies the bundle against the same trust root and gives the same payload.

    Whom the certificate names is not judged here.
    """
    from cryptography.hazmat.primitives.serialization import Encoding
    from sigstore.errors import Error
    from sigstore.models import Bundle as TheirBundle

    verifier = _verifier(trust.root)
    try:
        theirs = TheirBundle.from_json(bundle.json)
    except (Error, ValueError, TypeError) as wrong:
        raise unreadable(f"sigstore cannot read it: {_first_line(wrong)}") from None
    try:
        payload_type, payload = verifier.verify_dsse(theirs, _AnyHolder())
    except (Error, ValueError, TypeError) as wrong:
        raise false(f"sigstore refuses it: {_first_line(wrong)}") from None
    certificate = theirs.signing_certificate.public_bytes(Encoding.DER)
    if (payload_type, payload, certificate) != (bundle.payload_type, bundle.payload, bundle.certificate):
        raise false("sigstore reads another statement in it")


class _AnyHolder:
    """Implements sigstore's `VerificationPolicy`: the holder is examined later, as a fact."""

    def verify(self, cert: Any) -> None: ...


@lru_cache(maxsize=4)
def _verifier(root: bytes) -> "Verifier":
    import logging

    from sigstore.models import TrustedRoot
    from sigstore.verify import Verifier
    from sigstore_models.trustroot.v1 import TrustedRoot as Model

    logging.getLogger("sigstore").addHandler(logging.NullHandler())  # else its warnings reach the terminal
    return Verifier(trusted_root=TrustedRoot(Model.from_json(root)))


def _first_line(wrong: Exception) -> str:
    return (str(wrong).strip() or type(wrong).__name__).splitlines()[0]
