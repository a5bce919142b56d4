from collections.abc import Iterator

from forecheck.check import check
from forecheck.evidence.lock_project import LockfileNeighbours
from forecheck.model import Confidence, Hit, LockedFile, Severity

_BINARY, _TEXT = "bun.lockb", "bun.lock"


@check(severity=Severity.LOW, confidence=Confidence.HIGH)
def lock_binary(subject: LockedFile, neighbours: LockfileNeighbours) -> Iterator[Hit]:
    """The lockfile is binary, so that nobody can review a change of it.

    ## Why it matters
    A pull request shows nothing of what changes in bun.lockb. Beside a bun.lock it is worse: people read the one, and
    an older bun may install from the other.

    ## What to do
    `bun install --save-text-lockfile --lockfile-only` (bun 1.2 and later) writes bun.lock; then delete bun.lockb.

    ## What it cannot know
    Which of the two the bun that installs reads.

    ## Examples
    ### bad: beside a text one
    ```jsonc title="bun.lock"
    {"lockfileVersion": 1, "workspaces": {"": {"name": "x"}}, "packages": {}}
    ```
    ```text title="neighbour bun.lockb"

    ```
    ```text title="finding"
    bun.lockb stands beside it, which nobody can review
    ```
    ### good: text
    ```jsonc title="bun.lock"
    {"lockfileVersion": 1, "workspaces": {"": {"name": "x"}}, "packages": {}}
    ```
    """
    here = subject.path.rpartition("/")[2]
    names = {other.path.rpartition("/")[2] for other in neighbours.files}
    if here == _TEXT and _BINARY in names:
        yield Hit(f"{_BINARY} stands beside it, which nobody can review", Severity.MEDIUM, key=_BINARY)
    elif here == _BINARY and _TEXT not in names:
        yield Hit("it is binary, so that a review shows nothing of a change")
