from collections.abc import Iterator

from forecheck.check import check
from forecheck.lockfiles.compare import ChangeKind, Changes
from forecheck.model import Confidence, Hit, LockedFile, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)
def downgraded(subject: LockedFile, changes: Changes) -> Iterator[Hit]:
    """A package goes back to an older version.

    ## Why it matters
    Package managers go forward by themselves; backwards goes only who wants to. That may be the answer to a broken
    release, or bring back a version with a known hole.

    ## What to do
    Look for the reason in the pull request. The audit of what changed tells whether the older version is known to be
    vulnerable.

    ## What it cannot know
    The reason. Where several versions of a package change at once, they are paired highest with highest.

    ## Examples
    ### bad: back
    ```json title="before package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3"}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.0.0"}}}
    ```
    ```text title="finding"
    2.1.3 became 2.0.0
    ```
    ### good: forward
    ```json title="before package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.0.0"}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3"}}}
    ```
    """
    del subject
    for change in changes.of(ChangeKind.DOWNGRADED):
        before, after = change.before, change.after
        if before is not None and after is not None:
            said = f"{before.release.version} became {after.release.version}"
            yield Hit(said, about=after.release, at=after.at, key=after.location)
