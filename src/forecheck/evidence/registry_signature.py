"""What a registry's signature on a release is worth for the bytes that would be installed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from forecheck.evidence.packument import Dist, Offers, Packument, Signature, document_of
from forecheck.evidence.planned import Planned
from forecheck.evidence.registry_keys import Keyring, borrowed_key
from forecheck.evidence.registry_manifest import listed
from forecheck.model import Release, Step, Unavailable, UnavailableKind
from forecheck.signing.integrity import Promise, promised
from forecheck.signing.keys import RegistryKey
from forecheck.signing.verify import Verdict, message, verify
from forecheck.source import source


class Worth(StrEnum):
    """What a signature comes to, best first where one of several counts; `INVALID` counts above all."""

    VALID = "valid"
    UNDATED = "undated"
    NEW_KEY = "new-key"
    GONE_KEY = "gone-key"
    UNKNOWN_KEY = "unknown-key"
    UNUSABLE_KEY = "unusable-key"
    EXPIRED = "expired"
    UNREADABLE = "unreadable"
    INVALID = "invalid"
    UNSIGNED_HASH = "unsigned-hash"


_WORTH = {
    Verdict.VALID: Worth.VALID,
    Verdict.INVALID: Worth.INVALID,
    Verdict.UNREADABLE: Worth.UNREADABLE,
    Verdict.EXPIRED: Worth.EXPIRED,
    Verdict.UNDATED: Worth.UNDATED,
    Verdict.UNUSABLE_KEY: Worth.UNUSABLE_KEY,
}
_DAMNING = (Worth.INVALID, Worth.UNREADABLE)
_UNKNOWN = {
    Worth.UNDATED: UnavailableKind.UNSUPPORTED,
    Worth.NEW_KEY: UnavailableKind.REFUSED,
    Worth.GONE_KEY: UnavailableKind.REFUSED,
    Worth.UNUSABLE_KEY: UnavailableKind.MALFORMED,
}


class Judged(msgspec.Struct, frozen=True):
    """One integrity that would be installed. `keyid` is that of the signature that decided; `key` its key, if there
    is one. `step` is the place that pins it, where it is not the registry's own word.
    """

    worth: Worth
    integrity: str
    keyid: str = ""
    key: RegistryKey | None = None
    step: Step | None = None


class RegistrySignature(msgspec.Struct, frozen=True):
    """`judged` is empty for a release without a signature; then `others` is how many other versions of the package
    have one. `published` is aware; None where the registry does not say it.
    """

    judged: tuple[Judged, ...]
    others: int
    published: datetime | None


@source()
def registry_signature(
    release: Release, packument: Packument, planned: Planned, keyring: Keyring
) -> RegistrySignature:
    """Every signature verified over everything that would be installed.

    Unavailable where nothing can be said for or against: UNSUPPORTED from a registry that signs nothing.
    """
    row = listed(packument, release.version)
    dist = document_of(row).dist
    published = row.published if packument.has_times else None
    if not dist.signatures:
        others = _signed_versions(packument)
        if not others and not keyring.signs:
            raise _unsigned(keyring)
        return RegistrySignature((), others, published)
    judged: dict[str, Judged] = {}
    for step in planned.steps:
        for promise in promised(step.entry.integrity, dist.integrity, dist.shasum):
            if promise.text not in judged:
                judged[promise.text] = _judge(release, promise, dist, keyring, published, step)
    unknown = [one for one in judged.values() if _is_unknown(one, keyring)]
    if unknown and len(unknown) == sum(one.worth is not Worth.VALID for one in judged.values()):
        raise _unknown(unknown[0], keyring)
    return RegistrySignature(tuple(judged.values()), 0, published)


def _signed_versions(packument: Packument) -> int:
    if not packument.offers & Offers.SIGNATURES:
        return 0
    return sum(bool(document_of(row).dist.signatures) for row in packument.rows)


def _judge(
    release: Release,
    promise: Promise,
    dist: Dist,
    keyring: Keyring,
    published: datetime | None,
    step: Step,
) -> Judged:
    if not promise.text:
        reason = "the registry gives no integrity that could have been signed"
        raise Unavailable(UnavailableKind.MALFORMED, reason)
    place = None if promise.of_registry else step
    if not promise.comparable:
        return Judged(Worth.UNSIGNED_HASH, promise.text, step=place)
    signed = message(release.name, release.version, promise.text)
    found = list(_judgements(dist.signatures, signed, keyring, published))
    damning = [one for one in found if one[0] in _DAMNING]
    order = list(Worth)
    worth, keyid, key = min(damning or found, key=lambda one: order.index(one[0]))
    return Judged(worth, promise.text, keyid, key, place)


def _judgements(
    signatures: Sequence[Signature], signed: bytes, keyring: Keyring, published: datetime | None
) -> Iterator[tuple[Worth, str, RegistryKey | None]]:
    for one in signatures:
        trusted = keyring.trusted_key(one.keyid) or borrowed_key(keyring, one.keyid)
        key = trusted or keyring.untrusted_key(one.keyid)
        if key is None:
            yield Worth.UNKNOWN_KEY, one.keyid, None
            continue
        worth = _WORTH[verify(key, one.sig, signed, published)]
        if worth in (Worth.VALID, Worth.UNDATED) and trusted is None:
            worth = Worth.NEW_KEY
        elif worth in (Worth.VALID, Worth.UNDATED) and one.keyid in keyring.gone:
            worth = Worth.GONE_KEY
        yield worth, one.keyid, key


def _is_unknown(judged: Judged, keyring: Keyring) -> bool:
    """Whether it may be right, and nobody can tell."""
    if judged.worth is Worth.UNKNOWN_KEY:
        return keyring.missing is not None or not keyring.signs
    return judged.worth in _UNKNOWN


def _unknown(judged: Judged, keyring: Keyring) -> Unavailable:
    """Why; the same words for every package it happens to, so that they are said once."""
    registry, key = keyring.host, judged.keyid
    if judged.worth is Worth.UNKNOWN_KEY:
        reason = f"{registry} passes signatures on, but has no list of the keys they were made with"
        return _why(keyring) or Unavailable(UnavailableKind.NOT_FOUND, reason)
    reasons = {
        Worth.UNDATED: f"{registry} does not say when packages were published, and the key {key} has an end",
        Worth.NEW_KEY: f"{registry} signs with a key that nobody has accepted yet: {key}",
        Worth.GONE_KEY: f"signed with a key that {registry} no longer lists: {key}",
        Worth.UNUSABLE_KEY: f"{registry} signs with a key of a kind that forecheck cannot use: {key}",
    }
    return Unavailable(_UNKNOWN[judged.worth], reasons[judged.worth])


def _unsigned(keyring: Keyring) -> Unavailable:
    """Why there is nothing to look at. A registry that refuses to list keys, was never seen to sign and gives no
    signature with any version is one that does not sign; where nobody answered at all, that is not known.
    """
    missing = keyring.missing
    if missing is not None and missing.kind is not UnavailableKind.REFUSED:
        return Unavailable(missing.kind, missing.reason)
    if keyring.taken_off:
        reason = f"what answers as {keyring.host} passes on neither signatures nor keys, though npm signs everything"
        return Unavailable(UnavailableKind.UNSUPPORTED, reason)
    return Unavailable(UnavailableKind.UNSUPPORTED, f"{keyring.host} signs nothing")


def _why(keyring: Keyring) -> Unavailable | None:
    """Why the list of keys is missing; a new exception each time, because a raised one keeps its frames."""
    missing = keyring.missing
    return None if missing is None else Unavailable(missing.kind, missing.reason)
