"""Names of findings that stay the same from run to run, so that a service can tell an old one from a new one."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from forecheck.model import Finding, FromRegistry, LockedFile, Release, Service, Subject
from forecheck.reporters.origins import origin_words


def with_fingerprints(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each finding with 64 hexadecimal digits made from its check, subject and key.

    The message is not part of it: it may tell an age. Where check, subject and key are the same, the order counts.
    """
    seen: dict[tuple[str, Subject, str], int] = {}
    for finding in findings:
        same = (finding.check, finding.subject, finding.key)
        seen[same] = seen.get(same, 0) + 1
        parts = (finding.check, *_identity(finding.subject), finding.key, str(seen[same]))
        whole = "\0".join(parts).encode("utf-8", "surrogatepass")
        yield finding, sha256(whole).hexdigest()


def _identity(subject: Subject) -> tuple[str, ...]:
    if isinstance(subject, Release):
        where = (
            subject.origin.url if isinstance(subject.origin, FromRegistry) else origin_words(subject.origin)
        )
        return "release", subject.name, subject.version, where
    if isinstance(subject, LockedFile):
        return "lockfile", subject.path
    if isinstance(subject, Service):
        return "service", subject.name, subject.url
    return "unresolved", subject.name, subject.wanted, subject.registry
