from collections.abc import Iterator

from forecheck.check import check
from forecheck.lockfiles.compare import ChangeKind, Changes
from forecheck.lockfiles.pinning import is_strong
from forecheck.model import Confidence, Entry, Hit, LockedFile, Severity


@check(severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def changed_integrity(subject: LockedFile, changes: Changes) -> Iterator[Hit]:
    """The hash of a package changed, and its version did not.

    ## Why it matters
    A published version never changes: registries refuse to publish it twice. Another hash under the same version
    means that one of the two is not what the registry serves, and whoever installs from this lockfile gets other code
    than before under a name that everybody has reviewed.

    ## What to do
    Do not merge it. `forecheck lockfile verify` asks the registry which of the two is right. Where the package comes
    from a private registry, find out who published the same version anew.

    ## What it cannot know
    Which of the two was wrong. Hashes of different kinds (SHA-1 before, SHA-512 after) cannot be compared: a stronger
    one is only noted, a weaker one or none is worth a look. yarn berry's checksums, made over its own archive, change
    with its cache version.

    ## Examples
    ### bad: the same version, other contents
    ```json title="before package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3", "integrity": "sha512-AAAA"}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3", "integrity": "sha512-BBBB"}}}
    ```
    ```text title="finding"
    sha512-AAAA became sha512-BBBB, and the version is 2.1.3 as before
    ```
    ### bad: a second hash beside the first, and npm takes what fits either
    ```json title="before package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3", "integrity": "sha512-AAAA"}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3", "integrity": "sha512-AAAA sha512-BBBB"}}}
    ```
    ```text title="finding"
    sha512-AAAA became sha512-AAAA sha512-BBBB, and the version is 2.1.3 as before
    ```
    ### bad: nothing pins it any more
    ```json title="before package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3", "integrity": "sha512-AAAA"}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3"}}}
    ```
    ```text title="finding"
    sha512-AAAA is gone, and the version is 2.1.3 as before
    ```
    ### good: another version has another hash
    ```json title="before package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.2", "integrity": "sha512-AAAA"}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3", "integrity": "sha512-BBBB"}}}
    ```
    """
    del subject
    for change in changes.of(ChangeKind.INTEGRITY, ChangeKind.REPINNED):
        before, after = change.before, change.after
        if before is None or after is None:
            continue
        old, new = (_short(one.integrity or one.checksum) for one in (before, after))
        what = f"{old} became {new}" if new else f"{old} is gone"
        release = after.release
        yield Hit(
            f"{what}, and the version is {release.version} as before",
            severity=_severity(before, after) if change.kind is ChangeKind.REPINNED else None,
            about=release,
            at=after.at,
            key=after.location,
        )


def _severity(before: Entry, after: Entry) -> Severity:
    """Of hashes that cannot be compared: from SHA-1 to better is how lockfiles grow up."""
    stronger = is_strong(after.integrity) and not is_strong(before.integrity)
    return Severity.LOW if stronger else Severity.MEDIUM


def _short(integrity: str) -> str:
    """The ends of a long hash: enough to find it, and to see that it is not the other."""
    return integrity if len(integrity) <= 40 else f"{integrity[:20]}…{integrity[-12:]}"
