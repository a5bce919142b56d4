from collections.abc import Iterator

from forecheck.analysis.ranges import Ranges
from forecheck.check import check
from forecheck.evidence.lock_project import ProjectManifests
from forecheck.evidence.lock_tree import LockTree
from forecheck.model import (
    Confidence,
    EdgeKind,
    EntryKind,
    FromBundle,
    FromRegistry,
    FromTarball,
    FromUnknown,
    Hit,
    LockedFile,
    Severity,
)

_FLOORS = frozenset("^~0123456789")


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def lock_range(subject: LockedFile, tree: LockTree, manifests: ProjectManifests) -> Iterator[Hit]:
    """The locked version is not one that was asked for.

    ## Why it matters
    A range in a manifest is a promise, and lockfiles keep it: `^2.1.1` is never 0.7.0. Frozen installs of
    yarn 3 and 4, pnpm 9 and deno do not compare, so that a lockfile can take a package back to a version
    with a known hole.

    ## What to do
    Restore the entry from the main branch. A version you set yourself belongs into `overrides` or `resolutions`.

    ## What it cannot know
    Overrides, where there is no package.json beside the lockfile: then what other packages ask for is only
    warned about. Peer dependencies count as a note, because package managers let them be.

    ## Examples
    ### bad: older than asked for
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "0.7.0"}}}
    ```
    ```text title="finding"
    is not what the project asks for: ms "^2.0.0"
    ```
    ### bad: not what a dependency asks for
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"debug": "^4.0.0"}},
                  "node_modules/debug": {"version": "4.1.1", "dependencies": {"ms": "^2.1.1"}},
                  "node_modules/ms": {"version": "0.7.0"}}}
    ```
    ```text title="finding"
    is not what debug asks for: ms "^2.1.1"
    ```
    ### good: what an override of the project's says
    ```json title="package.json"
    {"dependencies": {"debug": "^4.0.0"}, "overrides": {"ms": "0.7.0"}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"debug": "^4.0.0"}},
                  "node_modules/debug": {"version": "4.1.1", "dependencies": {"ms": "^2.1.1"}},
                  "node_modules/ms": {"version": "0.7.0"}}}
    ```
    ### good: in the range
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"}}}
    ```
    """
    del subject
    ranges = Ranges()
    overridden = manifests.overridden()
    known = manifests.root is not None
    for by, edge, target in tree.links:
        release, wanted = target.release, edge.wanted
        version = release.version
        if (wanted[1:] == version or wanted == version) and wanted[:1] in _FLOORS:
            continue
        if ranges.holds(wanted, version) or target.kind is not EntryKind.PACKAGE:
            continue
        if not isinstance(release.origin, FromRegistry | FromTarball | FromUnknown | FromBundle):
            continue
        if release.name in overridden or edge.name in overridden:
            continue
        project = by.kind in (EntryKind.ROOT, EntryKind.WORKSPACE)
        who = "the project" if by.kind is EntryKind.ROOT else by.release.name or by.location
        severity = Severity.HIGH if known or project else Severity.MEDIUM
        if edge.kind is EdgeKind.PEER or isinstance(release.origin, FromBundle):
            severity = Severity.INFO
        message = f'is not what {who} asks for: {edge.name} "{edge.wanted}"'
        key = f"{target.location} {by.location} {edge.name}"
        yield Hit(message, severity, at=target.at, key=key, about=release)
