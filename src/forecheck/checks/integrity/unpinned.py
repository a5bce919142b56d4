from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.evidence.planned import PlanIndex, Planned
from forecheck.lockfiles.pinning import is_sha1, is_strong
from forecheck.model import Confidence, Entry, FromRegistry, FromTarball, FromUnknown, Hit, Release, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def unpinned(release: Release, planned: Planned, index: PlanIndex) -> Iterator[Hit]:
    """Nothing in the lockfile ties a package to its contents.

    ## Why it matters
    The `integrity` of a lockfile entry is the only thing that makes tomorrow's download the one that was looked at
    today. npm 11 takes an entry without one, and one with an algorithm it does not know (`sha999-…`), as leave to
    install whatever arrives. An entry whose source nobody understands pins nothing at all.

    ## What to do
    Delete the entry and run `forecheck npm install`, so that npm writes it anew. forecheck installs such an entry
    only where it can add the registry's own hash, or that of the bytes it looked into. Where there is nothing but a
    SHA-1, npm is held to the SHA-512 of what has it.

    ## What it cannot know
    Whether the contents have changed since the entry was written. Yarn from version 2 on records nothing for packages
    that only other platforms install; that is told with low severity.

    ## Examples
    ### bad: an algorithm that npm does not know
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "integrity": "sha999-YXR0YWNrZXI="}}}
    ```
    ```text title="finding"
    node_modules/ms has the integrity "sha999-YXR0YWNrZXI=", which npm does not hold it to
    ```
    ### bad: no hash at all
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"}}}
    ```
    ```text title="finding"
    node_modules/ms has no integrity
    ```
    ### good: a SHA-512
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "integrity":
     "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="}}}
    ```
    """
    if not isinstance(release.origin, FromRegistry | FromTarball | FromUnknown):
        return
    for step in planned.steps:
        entry = step.entry
        key = entry.location
        if isinstance(release.origin, FromUnknown):
            source = quoted(release.origin.text)
            yield Hit(f"{key} comes from {source}, which is no source", Severity.HIGH, at=entry.at, key=key)
        elif not entry.integrity and not entry.checksum and _left_out_by_yarn(entry, index):
            said = f"{key} has no checksum, as yarn leaves it out for other platforms"
            yield Hit(said, severity=Severity.LOW, at=entry.at, key=key)
        elif not entry.integrity and not entry.checksum:
            yield Hit(f"{key} has no integrity", at=entry.at, key=key)
        elif not entry.integrity or is_strong(entry.integrity):
            continue
        elif is_sha1(entry.integrity):
            yield Hit(f"{key} has only a SHA-1", severity=Severity.LOW, at=entry.at, key=key)
        else:
            said = quoted(entry.integrity)
            yield Hit(f"{key} has the integrity {said}, which npm does not hold it to", at=entry.at, key=key)


def _left_out_by_yarn(entry: Entry, index: PlanIndex) -> bool:
    """Yarn from version 2 on has a checksum only of what it has fetched: not of what only other platforms install."""
    served = isinstance(entry.release.origin, FromRegistry)
    return index.format == "yarn-berry" and bool(entry.platform) and served
