"""What a verified attestation is worth."""

from enum import StrEnum

import msgspec

from forecheck.provenance.identity import Identity
from forecheck.provenance.statement import Statement


class Kind(StrEnum):
    """Who signed: npm's registry with a key of its own, or the holder of a certificate from Fulcio."""

    NPM = "npm"
    CERTIFICATE = "certificate"


class Verified(msgspec.Struct, frozen=True, array_like=True):
    """An attestation that holds. `identity` is None where npm's registry signed. `keyid` is the key that the
    signature names, which for a certificate is none.
    """

    kind: Kind
    statement: Statement
    identity: Identity | None
    keyid: str
