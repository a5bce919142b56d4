"""Sigstore bundles (protobuf-specs `sigstore_bundle.proto`, versions 0.1 to 0.3, as JSON) around a DSSE envelope."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from forecheck.decode import Malformed, read_json
from forecheck.provenance.refusal import false, unreadable, unsupported
from forecheck.provenance.wire import number, octets

T = TypeVar("T")

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_HASHES: Final = 64
"""More hashes than levels that a log of 2**63 entries has."""


class Media(StrEnum):
    """The versions of the format. 0.1 needs the log's promise, later ones its proof of inclusion."""

    V01 = "application/vnd.dev.sigstore.bundle+json;version=0.1"
    V02 = "application/vnd.dev.sigstore.bundle+json;version=0.2"
    V03_LONG = "application/vnd.dev.sigstore.bundle+json;version=0.3"
    V03 = "application/vnd.dev.sigstore.bundle.v0.3+json"


class Proof(msgspec.Struct, frozen=True):
    """An RFC 6962 proof of inclusion in a tree of `size` entries, and the log's signed `checkpoint` of that tree."""

    index: int
    size: int
    root: bytes
    hashes: tuple[bytes, ...]
    checkpoint: str


class LogEntry(msgspec.Struct, frozen=True):
    """One entry of a transparency log. `kind` is `name/version`; `integrated` is in seconds since 1970, None where
    the log does not say; `promise` is the signed entry timestamp, empty where there is none.
    """

    index: int
    log: bytes
    kind: str
    integrated: int | None
    promise: bytes
    proof: Proof | None
    body: bytes


class Bundle(msgspec.Struct, frozen=True):
    """A bundle with everything decoded, nothing verified. Either `certificate` (DER) or `hint` (a key's id) says
    who signed. `stamped`: it carries RFC 3161 timestamps. `json` is the bundle as it came.
    """

    media: Media
    certificate: bytes
    hint: str
    entry: LogEntry
    stamped: bool
    payload: bytes
    payload_type: str
    signature: bytes
    keyid: str
    json: bytes


class _Bytes(msgspec.Struct, frozen=True, rename="camel"):
    raw_bytes: str


class _Chain(msgspec.Struct, frozen=True):
    certificates: tuple[_Bytes, ...] = ()


class _Hint(msgspec.Struct, frozen=True):
    hint: str = ""


class _KindVersion(msgspec.Struct, frozen=True):
    kind: str
    version: str


class _LogId(msgspec.Struct, frozen=True, rename="camel"):
    key_id: str


class _Checkpoint(msgspec.Struct, frozen=True):
    envelope: str


class _Proof(msgspec.Struct, frozen=True, rename="camel"):
    root_hash: str
    tree_size: str | int
    log_index: str | int = 0
    hashes: tuple[str, ...] = ()
    checkpoint: _Checkpoint | None = None


class _Promise(msgspec.Struct, frozen=True, rename="camel"):
    signed_entry_timestamp: str


class _Entry(msgspec.Struct, frozen=True, rename="camel"):
    log_id: _LogId
    kind_version: _KindVersion
    canonicalized_body: str
    log_index: str | int = 0
    integrated_time: str | int | None = None
    inclusion_promise: _Promise | None = None
    inclusion_proof: _Proof | None = None


class _Stamps(msgspec.Struct, frozen=True):
    stamps: tuple[msgspec.Raw, ...] = msgspec.field(default=(), name="rfc3161Timestamps")


class _Material(msgspec.Struct, frozen=True):
    certificate: _Bytes | None = None
    chain: _Chain | None = msgspec.field(default=None, name="x509CertificateChain")
    key: _Hint | None = msgspec.field(default=None, name="publicKey")
    entries: tuple[_Entry, ...] = msgspec.field(default=(), name="tlogEntries")
    timestamps: _Stamps | None = msgspec.field(default=None, name="timestampVerificationData")


class _Signature(msgspec.Struct, frozen=True):
    sig: str
    keyid: str = ""


class _Envelope(msgspec.Struct, frozen=True, rename="camel"):
    payload: str
    payload_type: str
    signatures: tuple[_Signature, ...]


class _Bundle(msgspec.Struct, frozen=True, rename="camel"):
    media_type: str
    verification_material: _Material
    dsse_envelope: _Envelope


def parse_bundle(data: bytes) -> Bundle:
    """Decode a bundle; raises `Refused`.

    What a version of the format forbids or demands is refused here, whatever a signature says: more than one
    signature or log entry (the others would go unexamined), a key beside a certificate, a missing proof.
    """
    try:
        wire = read_json(data, _Bundle, "the bundle", max_bytes=MAX_BYTES)
    except Malformed as wrong:
        raise unreadable(str(wrong)) from None
    try:
        media = Media(wire.media_type)
    except ValueError:
        raise unsupported("it is a bundle of a kind that this version does not know") from None
    envelope = wire.dsse_envelope
    signature = _only(envelope.signatures, "signature")
    certificate, hint = _signer(wire.verification_material, media)
    entry = _entry(_only(wire.verification_material.entries, "log entry"))
    if media is Media.V01 and not entry.promise:
        raise false("it lacks the promise of the transparency log")
    if media is not Media.V01 and entry.proof is None:
        raise false("it lacks the proof that the transparency log holds it")
    timestamps = wire.verification_material.timestamps
    return Bundle(
        media=media,
        certificate=certificate,
        hint=hint,
        entry=entry,
        stamped=timestamps is not None and bool(timestamps.stamps),
        payload=octets(envelope.payload, "payload"),
        payload_type=envelope.payload_type,
        signature=octets(signature.sig, "signature"),
        keyid=signature.keyid,
        json=data,
    )


def _signer(material: _Material, media: Media) -> tuple[bytes, str]:
    """The leaf certificate, or the id of a key. Certificates after the first are ignored: the trust root's count."""
    if material.key is not None:
        if material.certificate is not None or material.chain is not None or not material.key.hint:
            raise unreadable("it does not say in one way who signed it")
        return b"", material.key.hint
    chained = material.chain.certificates if material.chain is not None else ()
    if media in (Media.V03, Media.V03_LONG):
        if material.certificate is None or chained:
            raise unreadable("it does not hold exactly one certificate")
        return octets(material.certificate.raw_bytes, "certificate"), ""
    if not chained or material.certificate is not None:
        raise unreadable("it does not hold a chain of certificates")
    return octets(chained[0].raw_bytes, "certificate"), ""


def _entry(wire: _Entry) -> LogEntry:
    promise = wire.inclusion_promise
    integrated = wire.integrated_time
    seconds = None if integrated is None else number(integrated, "time of logging")
    return LogEntry(
        index=number(wire.log_index, "log index"),
        log=octets(wire.log_id.key_id, "log id"),
        kind=f"{wire.kind_version.kind}/{wire.kind_version.version}",
        integrated=seconds or None,
        promise=octets(promise.signed_entry_timestamp, "log's promise") if promise else b"",
        proof=_proof(wire.inclusion_proof),
        body=octets(wire.canonicalized_body, "log entry"),
    )


def _proof(wire: _Proof | None) -> Proof | None:
    """A proof without a checkpoint proves nothing and counts as none (protobuf-specs, bundle 0.1)."""
    if wire is None or wire.checkpoint is None:
        return None
    if len(wire.hashes) > MAX_HASHES:
        raise unreadable("its proof of inclusion is longer than any log is high")
    return Proof(
        index=number(wire.log_index, "proof's index"),
        size=number(wire.tree_size, "proof's tree size"),
        root=octets(wire.root_hash, "proof's root"),
        hashes=tuple(octets(one, "proof's hash") for one in wire.hashes),
        checkpoint=wire.checkpoint.envelope,
    )


def _only(things: Sequence[T], what: str) -> T:
    if len(things) != 1:
        raise false(f"it has {len(things)} times a {what}, where only one can be examined")
    return things[0]
