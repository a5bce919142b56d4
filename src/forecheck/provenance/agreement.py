"""What a signature cannot say: that a statement is about this very release, and made by who may make it."""

from collections.abc import Iterator
from typing import Final

import msgspec

from forecheck.provenance.statement import PROVENANCE, PUBLISH
from forecheck.provenance.verified import Kind, Verified

_SHOWN: Final = 120


class Expected(msgspec.Struct, frozen=True):
    """The release as its registry gives it: `sha512` is its tarball's, in hexadecimal."""

    name: str
    version: str
    sha512: str

    @property
    def subject(self) -> str:
        """The purl that npm writes (libnpmpublish): only the scope's `@` is escaped."""
        name = f"%40{self.name[1:]}" if self.name.startswith("@") else self.name
        return f"pkg:npm/{name}@{self.version}"


def disagreements(verified: Verified, filed_as: str, expected: Expected) -> Iterator[str]:
    """What in a valid attestation contradicts the release, the way it is filed, or itself: words after "it "."""
    statement = verified.statement
    if statement.predicate_type != filed_as:
        yield f"is filed as {shown(filed_as)}, but says that it is {shown(statement.predicate_type)}"
    yield from _about_something_else(verified, expected)
    if verified.kind is Kind.CERTIFICATE and verified.keyid:
        yield f"names the key {shown(verified.keyid)}, but is signed with a certificate's"
    if statement.predicate_type == PUBLISH and verified.kind is not Kind.NPM:
        yield "speaks for the registry, but is not signed by it"
    if statement.predicate_type in PROVENANCE:
        yield from _not_by_its_build(verified)


def shown(text: str) -> str:
    """Somebody else's text, cut where it gets too long for a message."""
    return f"{text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}" or "nothing"


def _about_something_else(verified: Verified, expected: Expected) -> Iterator[str]:
    statement = verified.statement
    if len(statement.subjects) != 1:
        yield f"is about {len(statement.subjects)} things instead of one"
    for subject in statement.subjects[:1]:
        if subject.name != expected.subject:
            yield f"is about {shown(subject.name)}"
        elif not subject.sha512:
            yield "names no SHA-512 of the tarball"
        elif subject.sha512 != expected.sha512:
            yield f"is about a tarball with the SHA-512 {subject.sha512[:16]}…, not {expected.sha512[:16]}…"
    if statement.published and statement.published != f"{expected.name}@{expected.version}":
        yield f"says that {shown(statement.published)} was published"


def _not_by_its_build(verified: Verified) -> Iterator[str]:
    """Anybody with an e-mail address gets a certificate and can sign that a build took place."""
    identity = verified.identity
    if identity is None:
        yield "says where it was built, but no build has signed it"
    elif not identity.system:
        yield f"is signed by {shown(identity.subject)}, which is no build service"
    elif verified.statement.repository and not same_repository(
        verified.statement.repository, identity.repository
    ):
        yield (
            f"says that it was built from {shown(verified.statement.repository)}, but the build that signed it"
            f" ran for {shown(identity.repository)}"
        )


def same_repository(one: str, other: str) -> bool:
    """Whether two texts name one repository, in whatever form; hosts and their paths without regard to case."""
    return repository_key(one) == repository_key(other) != ""


def repository_key(text: str) -> str:
    """`host/owner/name` in lower case, without branch or folder; empty for a text that is no repository."""
    from forecheck.npm.hosted import from_repository

    text = text.strip().removeprefix("git+")
    hosted = from_repository(_without_ref(text))
    if hosted is not None:
        page = hosted.browse_url()
        return (page or "").removeprefix("https://").lower()
    scheme, separator, rest = _without_ref(text).partition("://")
    if not separator or scheme not in ("https", "http", "ssh", "git"):
        return ""
    return rest.rpartition("@")[2].partition("#")[0].removesuffix("/").removesuffix(".git").lower()


def _without_ref(text: str) -> str:
    """A resource URI of SLSA ends in `@refs/…`, which no repository's address does."""
    return text.partition("@refs/")[0]
