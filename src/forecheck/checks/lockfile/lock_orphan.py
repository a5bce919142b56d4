from collections.abc import Iterator

from forecheck.analysis.locators import CLASSIC, descriptors
from forecheck.check import Unknown, check
from forecheck.evidence.lock_project import ProjectManifests
from forecheck.evidence.lock_tree import LockTree
from forecheck.model import (
    Confidence,
    Entry,
    EntryKind,
    Hit,
    LockedFile,
    Lockfile,
    Severity,
    Unavailable,
    UnavailableKind,
)


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH, unknown=Unknown.NOTE)
def lock_orphan(
    subject: LockedFile, lockfile: Lockfile, tree: LockTree, manifests: ProjectManifests
) -> Iterator[Hit]:
    """An entry that nothing depends on.

    ## Why it matters
    npm up to version 8 installs whatever the lockfile lists, wanted or not. An entry that nothing leads to
    is either left over or was put there.

    ## What to do
    `npm prune`, `yarn dedupe` or an install that writes the lockfile anew takes it out.

    ## What it cannot know
    yarn 1 lockfiles do not say what the project itself asks for: they are compared with its package.json,
    and without one nothing is said.

    ## Examples
    ### bad: nobody asks for it
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"},
                  "node_modules/evil": {"version": "1.0.0"}}}
    ```
    ```text title="finding"
    is in the lockfile, but nothing depends on it
    ```
    ### good: a dependency of a dependency
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"debug": "^4.0.0"}},
                  "node_modules/debug": {"version": "4.1.1", "dependencies": {"ms": "^2.1.1"}},
                  "node_modules/ms": {"version": "2.1.3"}}}
    ```
    """
    del subject
    if lockfile.format == CLASSIC:
        yield from _yarn(lockfile, tree, manifests)
        return
    if lockfile.manager == "npm" and lockfile.version == "1" and manifests.root is None:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "there is no package.json beside the lockfile")
    if not any(entry.kind is EntryKind.ROOT and entry.edges for entry in lockfile.entries) and not any(
        entry.kind is EntryKind.WORKSPACE for entry in lockfile.entries
    ):
        packages = any(entry.kind is EntryKind.PACKAGE for entry in lockfile.entries)
        if packages and lockfile.format != "npm":
            raise Unavailable(
                UnavailableKind.UNSUPPORTED, "the lockfile does not say what the project asks for"
            )
    reached = tree.reached()
    for entry in lockfile.entries:
        if entry.kind is EntryKind.PACKAGE and entry.location not in reached:
            unsure = manifests.root is None and lockfile.manager == "yarn"
            yield _hit(entry, Severity.LOW if unsure else None)


def _hit(entry: Entry, severity: Severity | None = None) -> Hit:
    message = "is in the lockfile, but nothing depends on it"
    return Hit(message, severity, at=entry.at, key=entry.location, about=entry.release)


def _yarn(lockfile: Lockfile, tree: LockTree, manifests: ProjectManifests) -> Iterator[Hit]:
    if manifests.root is None:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "there is no package.json beside the lockfile")
    if manifests.root.workspace_globs() and len(manifests.by_folder) == 1:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "the manifests of the workspaces are not there")
    asked = {
        (str(name), str(wanted))
        for manifest in manifests.by_folder.values()
        for _, section in manifest.sections()
        for name, wanted in section.items()
    }
    overridden = manifests.overridden()
    needed = {target.location for _, _, target in tree.links}
    for entry in lockfile.entries:
        if entry.kind is not EntryKind.PACKAGE or entry.location in needed:
            continue
        if entry.installed_as in overridden or entry.release.name in overridden:
            continue
        if not any(descriptor in asked for descriptor in descriptors(entry)):
            yield _hit(entry)
