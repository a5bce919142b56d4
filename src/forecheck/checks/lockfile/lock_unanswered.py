from collections.abc import Iterator

from forecheck.check import check
from forecheck.evidence.lock_project import ProjectManifests
from forecheck.evidence.lock_tree import LockTree
from forecheck.model import Confidence, EdgeKind, EntryKind, Hit, LockedFile, Severity


@check(severity=Severity.LOW, confidence=Confidence.HIGH)
def lock_unanswered(subject: LockedFile, tree: LockTree, manifests: ProjectManifests) -> Iterator[Hit]:
    """A dependency has no entry in the lockfile.

    ## Why it matters
    What the lockfile does not hold, an install that is not frozen looks up anew: the newest version that
    fits, whatever that is on the day. A frozen install stops.

    ## What to do
    Run the package manager's install and commit the lockfile.

    ## What it cannot know
    Whether the package manager leaves out on purpose what does not fit the platform.

    ## Examples
    ### bad: an entry is missing
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"debug": "^4.0.0"}},
                  "node_modules/debug": {"version": "4.1.1", "dependencies": {"ms": "^2.1.1"}}}}
    ```
    ```text title="finding"
    depends on ms "^2.1.1", which has no entry
    ```
    ### good: an optional one
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"optionalDependencies": {"fsevents": "^2.0.0"}}}}
    ```
    """
    del subject
    overridden = manifests.overridden()
    for by, edge in tree.unanswered:
        if edge.kind is EdgeKind.PEER or ":" in edge.wanted.removeprefix("npm:") or edge.name in overridden:
            continue
        message = f'depends on {edge.name} "{edge.wanted}", which has no entry'
        package = by.kind is EntryKind.PACKAGE
        severity = None if package or manifests.root is None else Severity.MEDIUM
        about = by.release if package else None
        yield Hit(message, severity, at=by.at, key=f"{by.location} {edge.name}", about=about)
