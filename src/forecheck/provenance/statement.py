"""What an attestation says: an in-toto statement (v0.1 or v1) about subjects, each with its digests."""

from typing import Any, Final

import msgspec

from forecheck.decode import Malformed, read_json
from forecheck.provenance.refusal import unreadable, unsupported

MAX_BYTES: Final = 5 * 1024 * 1024
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
PUBLISH: Final = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1"
PROVENANCE: Final = ("https://slsa.dev/provenance/v1", "https://slsa.dev/provenance/v0.2")
_TYPES: Final = ("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1")


class Attested(msgspec.Struct, frozen=True, array_like=True):
    """One thing a statement is about: its name (for npm a purl) and SHA-512 in hexadecimal, empty without one."""

    name: str
    sha512: str


class Statement(msgspec.Struct, frozen=True, array_like=True):
    """A statement. `repository` and `workflow` are what SLSA provenance says of the source, `published` what npm's
    publish attestation says was published (`name@version`); empty where the statement is of another kind.
    """

    predicate_type: str
    subjects: tuple[Attested, ...]
    repository: str = ""
    published: str = ""


class _Subject(msgspec.Struct, frozen=True):
    name: str = ""
    digest: dict[str, str] = {}


class _Statement(msgspec.Struct, frozen=True):
    type: str = msgspec.field(name="_type")
    predicate_type: str = msgspec.field(name="predicateType")
    subject: tuple[_Subject, ...] = ()
    predicate: Any = None


def read_statement(payload: bytes, payload_type: str) -> Statement:
    """The statement of a DSSE payload; raises `Refused`."""
    if payload_type != PAYLOAD_TYPE:
        raise unsupported("it holds no in-toto statement")
    try:
        wire = read_json(payload, _Statement, "the statement", max_bytes=MAX_BYTES)
    except Malformed as wrong:
        raise unreadable(str(wrong)) from None
    if wire.type not in _TYPES:
        raise unsupported("its statement is of a kind that this version does not know")
    return Statement(
        predicate_type=wire.predicate_type,
        subjects=tuple(Attested(one.name, one.digest.get("sha512", "").lower()) for one in wire.subject),
        repository=_repository(wire),
        published=_published(wire),
    )


def _repository(wire: _Statement) -> str:
    if wire.predicate_type == PROVENANCE[0]:
        workflow = _at(wire.predicate, "buildDefinition", "externalParameters", "workflow", "repository")
        return workflow or _at(wire.predicate, "buildDefinition", "externalParameters", "source")
    if wire.predicate_type == PROVENANCE[1]:
        return _at(wire.predicate, "invocation", "configSource", "uri")
    return ""


def _published(wire: _Statement) -> str:
    if wire.predicate_type != PUBLISH:
        return ""
    return f"{_at(wire.predicate, 'name')}@{_at(wire.predicate, 'version')}"


def _at(value: Any, *path: str) -> str:
    """The text at a path of keys; empty where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
