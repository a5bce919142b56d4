"""The trust root: which logs, certificate authorities and npm keys may vouch for an attestation, and when.

`trusted_root.json` is protobuf-specs' `TrustedRoot`; npm's keys are the `registry.npmjs.org/keys.json` target of
sigstore's TUF repository (the shape of sigstore-js `packages/tuf/seeds.json`).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from forecheck.decode import Malformed, read_json
from forecheck.provenance.refusal import Refused
from forecheck.provenance.wire import octets

MAX_BYTES: Final = 1024 * 1024
ATTESTATIONS: Final = "npm:attestations"

FRESH_FOR: Final = timedelta(days=14)
"""Sigstore's TUF repository signs its timestamp anew within a week; new keys are published well before their use."""

_MEDIA: Final = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"


class Window(msgspec.Struct, frozen=True):
    """When a key counted. Both ends belong to it; without an end it still counts."""

    start: datetime
    end: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at <= self.end)


class Key(msgspec.Struct, frozen=True):
    """A public key as DER SubjectPublicKeyInfo."""

    spki: bytes
    window: Window


class Authority(msgspec.Struct, frozen=True):
    """A certificate authority: its certificates (DER), the issuing one first."""

    certificates: tuple[bytes, ...]
    window: Window


class Trust(msgspec.Struct, frozen=True):
    """Everything trusted. Logs are by the id that entries carry, npm's keys by key id.

    `version` names it in reports, `checked` is when it was last known to be the current one, `root` the JSON it
    was read from. `digest` tells one trust root from another.
    """

    logs: Mapping[bytes, Key]
    certificate_logs: Mapping[bytes, Key]
    authorities: tuple[Authority, ...]
    npm_keys: Mapping[str, tuple[Key, ...]]
    version: str
    checked: datetime
    root: bytes
    digest: str

    def is_fresh(self, now: datetime) -> bool:
        """Whether a key it does not know can hardly be one that came later. A clock that is behind tells nothing."""
        return timedelta(0) <= now - self.checked <= FRESH_FOR


class _Window(msgspec.Struct, frozen=True):
    start: datetime | None = None
    end: datetime | None = None


class _Key(msgspec.Struct, frozen=True, rename="camel"):
    raw_bytes: str
    valid_for: _Window


class _Id(msgspec.Struct, frozen=True, rename="camel"):
    key_id: str


class _Log(msgspec.Struct, frozen=True, rename="camel"):
    public_key: _Key
    log_id: _Id


class _Certificate(msgspec.Struct, frozen=True, rename="camel"):
    raw_bytes: str


class _Chain(msgspec.Struct, frozen=True):
    certificates: tuple[_Certificate, ...]


class _Authority(msgspec.Struct, frozen=True, rename="camel"):
    cert_chain: _Chain
    valid_for: _Window


class _Root(msgspec.Struct, frozen=True, rename="camel"):
    media_type: str
    tlogs: tuple[_Log, ...] = ()
    ctlogs: tuple[_Log, ...] = ()
    certificate_authorities: tuple[_Authority, ...] = ()


class _NpmKey(msgspec.Struct, frozen=True, rename="camel"):
    key_id: str
    key_usage: str
    public_key: _Key


class _NpmKeys(msgspec.Struct, frozen=True):
    keys: tuple[_NpmKey, ...]


def read_trust(root: bytes, npm_keys: bytes, *, version: str, checked: datetime) -> Trust:
    """The trust root in two files' JSON; raises `Malformed`. `checked` is aware."""
    from hashlib import sha256

    where = f"the trust root ({version})"
    wire = read_json(root, _Root, where, max_bytes=MAX_BYTES)
    if wire.media_type != _MEDIA:
        raise Malformed(where, "is of a kind that this version does not know", "$.mediaType")
    npm = read_json(npm_keys, _NpmKeys, f"npm's keys ({version})", max_bytes=MAX_BYTES)
    by_id: dict[str, tuple[Key, ...]] = {}
    try:
        for one in npm.keys:
            if one.key_usage == ATTESTATIONS:
                by_id[one.key_id] = (*by_id.get(one.key_id, ()), _key(one.public_key, where))
        return Trust(
            logs=_logs(wire.tlogs, where),
            certificate_logs=_logs(wire.ctlogs, where),
            authorities=tuple(_authority(one, where) for one in wire.certificate_authorities),
            npm_keys=by_id,
            version=version,
            checked=checked,
            root=root,
            digest=sha256(sha256(root).digest() + sha256(npm_keys).digest()).hexdigest(),
        )
    except Refused as wrong:
        raise Malformed(where, wrong.reason) from None


def _logs(logs: Iterable[_Log], where: str) -> dict[bytes, Key]:
    return {octets(log.log_id.key_id, "log id"): _key(log.public_key, where) for log in logs}


def _key(wire: _Key, where: str) -> Key:
    return Key(octets(wire.raw_bytes, "key"), _window(wire.valid_for, where))


def _authority(wire: _Authority, where: str) -> Authority:
    certificates = tuple(octets(one.raw_bytes, "certificate") for one in wire.cert_chain.certificates)
    return Authority(certificates, _window(wire.valid_for, where))


def _window(wire: _Window, where: str) -> Window:
    """A window without a start would trust a key for ever before it was made."""
    if wire.start is None:
        raise Malformed(where, "has a key that is not said to count from any moment on", "$.validFor.start")
    return Window(_aware(wire.start), None if wire.end is None else _aware(wire.end))


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
