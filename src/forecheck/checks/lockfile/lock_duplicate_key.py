from collections.abc import Iterator

from forecheck.check import check
from forecheck.model import Confidence, Hit, LockedFile, Lockfile, RemarkKind, Severity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_duplicate_key(subject: LockedFile, lockfile: Lockfile) -> Iterator[Hit]:
    """A key stands twice in the lockfile.

    ## Why it matters
    Package managers take the last of the two, people and some linters the first. No package manager writes
    a key twice; a merge can.

    ## What to do
    Take out the one that does not belong there, or restore the file and install anew.

    ## What it cannot know
    Whether a merge or somebody did it.

    ## Examples
    ### bad: a package twice
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3"}, "node_modules/ms": {"version": "2.0.0"}}}
    ```
    ```text title="finding"
    'node_modules/ms' stands twice in one object
    ```
    ### good: once
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"}}}
    ```
    """
    del subject
    for one in lockfile.remarks:
        if one.kind is RemarkKind.DUPLICATE_KEY:
            yield Hit(one.message, at=one.at, key=one.about)
