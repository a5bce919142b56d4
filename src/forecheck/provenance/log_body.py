"""That a log entry is about this envelope and no other (the check whose absence was CVE-2022-36056)."""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final, TypeVar

import msgspec

from forecheck.decode import Malformed, read_json
from forecheck.provenance.bundle import MAX_BYTES, Bundle
from forecheck.provenance.refusal import false, unreadable, unsupported
from forecheck.provenance.wire import base64, octets

T = TypeVar("T")

_OTHER: Final = "the log entry is about something else"
_PEM: Final = re.compile(
    rb"-----BEGIN (?P<label>CERTIFICATE|PUBLIC KEY)-----\n(?P<body>[A-Za-z0-9+/=\n]+)-----END (?P=label)-----\n?"
)


class _Hash(msgspec.Struct, frozen=True):
    algorithm: str
    value: str


class _Head(msgspec.Struct, frozen=True, rename="camel"):
    api_version: str
    kind: str


class _DsseSignature(msgspec.Struct, frozen=True):
    signature: str
    verifier: str


class _DsseSpec(msgspec.Struct, frozen=True, rename="camel"):
    payload_hash: _Hash
    signatures: tuple[_DsseSignature, ...]


class _Dsse(msgspec.Struct, frozen=True):
    spec: _DsseSpec


class _IntotoSignature(msgspec.Struct, frozen=True, rename="camel"):
    sig: str
    public_key: str
    keyid: str = ""


class _IntotoEnvelope(msgspec.Struct, frozen=True, rename="camel"):
    payload_type: str
    signatures: tuple[_IntotoSignature, ...]


class _IntotoContent(msgspec.Struct, frozen=True, rename="camel"):
    envelope: _IntotoEnvelope
    payload_hash: _Hash


class _IntotoSpec(msgspec.Struct, frozen=True):
    content: _IntotoContent


class _Intoto(msgspec.Struct, frozen=True):
    spec: _IntotoSpec


def check_body(bundle: Bundle, signer: bytes) -> None:
    """Raises `Refused` unless the entry names this payload, this signature and this signer.

    `signer` is the DER of the certificate, or of the public key where there is none; entries hold it as PEM.
    """
    check = CHECKS.get(bundle.entry.kind)
    if check is None:
        raise unsupported("it is logged in a way that this version does not know")
    head = _decoded(bundle, _Head)
    if f"{head.kind}/{head.api_version}" != bundle.entry.kind:
        raise false("the log entry is of another kind than the bundle says")
    check(bundle, signer)


def _decoded(bundle: Bundle, kind: type[T]) -> T:
    try:
        return read_json(bundle.entry.body, kind, "the log entry", max_bytes=MAX_BYTES)
    except Malformed as wrong:
        raise unreadable(str(wrong)) from None


def _check_dsse(bundle: Bundle, signer: bytes) -> None:
    """Rekor's `dsse` 0.0.1."""
    body = _decoded(bundle, _Dsse)
    signatures = body.spec.signatures
    same = (
        _is_hash_of(body.spec.payload_hash, bundle.payload)
        and len(signatures) == 1
        and octets(signatures[0].signature, "logged signature") == bundle.signature
        and _is_pem_of(signatures[0].verifier, signer)
    )
    if not same:
        raise false(_OTHER)


def _check_intoto(bundle: Bundle, signer: bytes) -> None:
    """Rekor's `intoto` 0.0.2, which holds the signature in base64 of base64."""
    body = _decoded(bundle, _Intoto)
    envelope = body.spec.content.envelope
    signatures = envelope.signatures
    same = (
        envelope.payload_type == bundle.payload_type
        and _is_hash_of(body.spec.content.payload_hash, bundle.payload)
        and len(signatures) == 1
        and octets(signatures[0].sig, "logged signature") == base64(bundle.signature).encode()
        and _is_pem_of(signatures[0].public_key, signer)
    )
    if not same:
        raise false(_OTHER)


def _is_hash_of(claimed: _Hash, data: bytes) -> bool:
    return claimed.algorithm == "sha256" and claimed.value == sha256(data).hexdigest()


def _is_pem_of(text: str, der: bytes) -> bool:
    """Whether base64 of PEM text holds exactly this DER; npm's keys are logged as one long line, others in many."""
    found = _PEM.fullmatch(octets(text, "logged key"))
    return found is not None and b"".join(found["body"].split()) == base64(der).encode()


CHECKS: Final[Mapping[str, Callable[[Bundle, bytes], None]]] = {
    "dsse/0.0.1": _check_dsse,
    "intoto/0.0.2": _check_intoto,
}
"""The kinds of entries that our own verifier reads."""
