"""Fulcio's certificates: short-lived, logged before they are used, and naming the job that they were issued to."""

from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from forecheck.provenance.keys import check_signature
from forecheck.provenance.refusal import false, stranger, unreadable
from forecheck.provenance.trust import Authority, Trust

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from cryptography.x509.certificate_transparency import SignedCertificateTimestamp

_WARNINGS = Lock()
"""Filters of warnings belong to the whole process: one thread at a time may change them."""


def check_certificate(certificate: "Certificate", trust: Trust, at: datetime) -> None:
    """Raises `Refused` unless an authority of the trust root issued it, it counted at that moment, is for signing
    code, and a certificate log has seen it.
    """
    issuer = _issuer(certificate, trust, at)
    _check_usage(certificate)
    _check_logged(certificate, issuer, trust)


def load(der: bytes) -> "Certificate":
    """A certificate all of whose fields can be read; raises `Refused`.

    What the library reads only with a warning, no authority here has ever made.
    """
    import warnings

    from cryptography.utils import CryptographyDeprecationWarning
    from cryptography.x509 import (
        DuplicateExtension,
        InvalidVersion,
        UnsupportedGeneralNameType,
        load_der_x509_certificate,
    )

    wrong = (ValueError, TypeError, InvalidVersion, DuplicateExtension, UnsupportedGeneralNameType)
    with _WARNINGS, warnings.catch_warnings():
        warnings.simplefilter("error", CryptographyDeprecationWarning)
        try:
            certificate = load_der_x509_certificate(der)
            _ = (
                certificate.extensions,
                certificate.issuer,
                certificate.subject,
                certificate.not_valid_after_utc,
            )
        except (*wrong, CryptographyDeprecationWarning):
            raise unreadable("its certificate cannot be read") from None
    return certificate


def spki(certificate: "Certificate") -> bytes:
    """Its public key as DER SubjectPublicKeyInfo; raises `Refused`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise unreadable("the key of its certificate cannot be read") from None
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _issuer(certificate: "Certificate", trust: Trust, at: datetime) -> "Certificate":
    from cryptography.x509 import UnsupportedGeneralNameType
    from cryptography.x509.verification import VerificationError

    names: set[object] = set()
    for authority in trust.authorities:
        if not authority.window.holds(at):
            continue
        anchors = _anchors(authority)
        names.update(anchor.subject for anchor in anchors)
        try:
            return _chain(certificate, anchors, at)[1]
        except (VerificationError, UnsupportedGeneralNameType):
            continue
    if certificate.issuer not in names:
        raise stranger("its certificate is from an authority that the trust root does not know for that time")
    raise false("its certificate was not issued by a trusted authority, or had expired when it was used")


def _chain(
    certificate: "Certificate", anchors: "tuple[Certificate, ...]", at: datetime
) -> "list[Certificate]":
    """A path to an anchor by RFC 5280, valid at that moment. The web's rules would ask for another key usage."""
    from cryptography.x509 import ExtendedKeyUsage
    from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store

    authorities = ExtensionPolicy.webpki_defaults_ca().may_be_present(
        ExtendedKeyUsage, Criticality.AGNOSTIC, None
    )
    leaves = ExtensionPolicy.webpki_defaults_ee().may_be_present(ExtendedKeyUsage, Criticality.AGNOSTIC, None)
    verifier = (
        PolicyBuilder()
        .store(Store(list(anchors)))
        .time(at)
        .extension_policies(ca_policy=authorities, ee_policy=leaves)
        .build_client_verifier()
    )
    return verifier.verify(certificate, []).chain


@lru_cache(maxsize=16)
def _anchors(authority: Authority) -> "tuple[Certificate, ...]":
    return tuple(load(der) for der in authority.certificates)


def _check_usage(certificate: "Certificate") -> None:
    from cryptography.x509 import ExtendedKeyUsage, ExtensionNotFound, KeyUsage
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        usage = certificate.extensions.get_extension_for_class(KeyUsage).value
        purposes = certificate.extensions.get_extension_for_class(ExtendedKeyUsage).value
    except ExtensionNotFound:
        raise false("its certificate does not say what it is for") from None
    if not usage.digital_signature or ExtendedKeyUsageOID.CODE_SIGNING not in purposes:
        raise false("its certificate is not for signing code")


def _check_logged(certificate: "Certificate", issuer: "Certificate", trust: Trust) -> None:
    """At least one signed certificate timestamp (RFC 6962 3.2) must be from a known log and hold."""
    from cryptography.x509 import ExtensionNotFound, PrecertificateSignedCertificateTimestamps

    kind = PrecertificateSignedCertificateTimestamps
    try:
        stamps = list(certificate.extensions.get_extension_for_class(kind).value)
    except ExtensionNotFound:
        raise false("its certificate is in no certificate log") from None
    known = [stamp for stamp in stamps if stamp.log_id in trust.certificate_logs]
    if not known:
        raise stranger("its certificate is in a certificate log that the trust root does not know")
    for stamp in known:
        log = trust.certificate_logs[stamp.log_id]
        if not log.window.holds(stamp.timestamp.replace(tzinfo=UTC)):
            raise false("its certificate was logged at a time when the certificate log's key did not count")
        message = _stamped(certificate, issuer, stamp)
        check_signature(log.spki, stamp.signature, message, "the certificate log's timestamp")


def _stamped(certificate: "Certificate", issuer: "Certificate", stamp: "SignedCertificateTimestamp") -> bytes:
    """What a certificate log signs for a precertificate: RFC 6962 3.2, `digitally-signed struct`."""
    from hashlib import sha256

    tbs = certificate.tbs_precertificate_bytes
    moment = stamp.timestamp.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    milliseconds = (moment.days * 86400 + moment.seconds) * 1000 + moment.microseconds // 1000
    extensions = stamp.extension_bytes
    return (
        b"\x00\x00"
        + milliseconds.to_bytes(8, "big")
        + b"\x00\x01"
        + sha256(spki(issuer)).digest()
        + len(tbs).to_bytes(3, "big")
        + tbs
        + len(extensions).to_bytes(2, "big")
        + extensions
    )
