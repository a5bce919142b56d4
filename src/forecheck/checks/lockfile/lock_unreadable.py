from collections.abc import Iterator

from forecheck.check import check
from forecheck.evidence.lock_project import LockfileReading
from forecheck.model import Confidence, Hit, LockedFile, Severity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_unreadable(subject: LockedFile, reading: LockfileReading) -> Iterator[Hit]:
    """A lockfile cannot be read.

    ## Why it matters
    Nothing can be said of a file that cannot be read, and a package manager may read it all the same, or
    write it anew without a word.

    ## What to do
    Resolve the merge conflict, or delete the file and install.

    ## What it cannot know
    What the package manager would make of it.

    ## Examples
    ### bad: broken off
    ```text title="package-lock.json"
    {"lockfileVersion": 3, "packages": {
    ```
    ```text title="finding"
    cannot be read: is not valid JSON: Input data was truncated
    ```
    ### good: whole
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {}}}
    ```
    """
    del subject
    if reading.problem:
        yield Hit(reading.problem)
