from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from forecheck.analysis.locators import folder_of
from forecheck.analysis.lock_source import leaves_project, normal_path, wanted_place
from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.evidence.lock_project import ProjectManifests
from forecheck.evidence.lock_sources import LockSources
from forecheck.evidence.lock_tree import LockTree
from forecheck.model import (
    Confidence,
    Edge,
    Entry,
    EntryKind,
    FromDirectory,
    FromRegistry,
    FromTarball,
    Hit,
    LockedFile,
    Lockfile,
    Severity,
)

_OWN = (EntryKind.ROOT, EntryKind.WORKSPACE)


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def lock_link(
    subject: LockedFile,
    lockfile: Lockfile,
    sources: LockSources,
    tree: LockTree,
    manifests: ProjectManifests,
) -> Iterator[Hit]:
    """A link leads out of the project, or to a place in it that nobody asked for.

    ## Why it matters
    A link puts a folder of the machine in the place of a package: `../shared` may be somebody else's
    checkout, and `docs/example` a folder that a pull request has just added. npm, pnpm (11 too) and bun
    follow what the lockfile says.

    ## What to do
    Restore the entry from the main branch. A link you want belongs into package.json, as `file:` or
    `link:`, or is a workspace.

    ## What it cannot know
    What is in the folder.

    ## Examples
    ### bad: a link out of the project in the place of a package
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"resolved": "../../tmp/ms", "link": true}}}
    ```
    ```text title="finding"
    is a link to "../../tmp/ms", out of the project, which nobody asks for
    ```
    ### bad: one that the project asks for
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "file:../ms"}}, "../ms": {"version": "1.0.0"},
                  "node_modules/ms": {"resolved": "../ms", "link": true}}}
    ```
    ```text title="finding"
    is a link to "../ms", out of the project
    ```
    ### bad: a folder of the project that is no workspace
    ```json title="package.json"
    {"dependencies": {"ms": "^2.0.0"}, "workspaces": ["packages/*"]}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "docs/ms": {"version": "2.1.3"},
                  "node_modules/ms": {"resolved": "docs/ms", "link": true}}}
    ```
    ```text title="finding"
    is a link to "docs/ms", which is asked for as "^2.0.0"
    ```
    ### bad: a folder of the project in the place of what a package asks for
    ```json title="package.json"
    {"dependencies": {"debug": "^4.0.0"}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"debug": "^4.0.0"}}, "docs/ms": {"version": "2.1.3"},
                  "node_modules/debug": {"version": "4.4.3", "dependencies": {"ms": "^2.1.3"}},
                  "node_modules/ms": {"resolved": "docs/ms", "link": true}}}
    ```
    ```text title="finding"
    is a link to "docs/ms", which debug asks for as "^2.1.3"
    ```
    ### bad: another folder in the place of a workspace
    ```yaml title="pnpm-lock.yaml"
    lockfileVersion: '9.0'
    importers:
      .:
        dependencies:
          ms:
            specifier: workspace:*
            version: link:docs/ms
      packages/ms: {}
    ```
    ```text title="finding"
    is a link to "docs/ms", which is asked for as "workspace:*"
    ```
    ### good: a workspace asked for as one
    ```yaml title="pnpm-lock.yaml"
    lockfileVersion: '9.0'
    importers:
      .:
        dependencies:
          ms:
            specifier: workspace:*
            version: link:packages/ms
      packages/ms: {}
    ```
    ### bad: a workspace with a lockfile of its own
    ```yaml title="pnpm-lock.yaml"
    lockfileVersion: '9.0'
    importers:
      .:
        dependencies:
          ms:
            specifier: workspace:*
            version: link:../ms
    ```
    ```text title="finding"
    is a link to "../ms", out of the project
    ```
    ### bad: a folder of the project in the place of what a package asks for, in pnpm's
    ```yaml title="pnpm-lock.yaml"
    lockfileVersion: '9.0'
    importers:
      .:
        dependencies:
          debug:
            specifier: ^4.0.0
            version: 4.4.3
    packages:
      debug@4.4.3:
        resolution: {integrity: sha512-x}
    snapshots:
      debug@4.4.3:
        dependencies:
          ms: link:docs/ms
    ```
    ```text title="finding"
    is a link to "docs/ms", which debug asks for as "*"
    ```
    ### bad: the project itself in the place of a package
    ```jsonc title="bun.lock"
    {"lockfileVersion": 1,
     "workspaces": {"": {"name": "p", "dependencies": {"ms": "^2.0.0"}}},
     "packages": {"ms": ["ms@root:", {"bin": {"ms": "x.js"}}]}}
    ```
    ```text title="finding"
    is the project itself in the place of ms
    ```
    ### good: a workspace
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"workspaces": ["packages/*"]}, "packages/w": {"version": "1.0.0"},
                  "node_modules/w": {"resolved": "packages/w", "link": true}}}
    ```
    ### good: a folder that the project asks for
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "file:docs/ms"}}, "docs/ms": {"version": "1.0.0"},
                  "node_modules/ms": {"resolved": "docs/ms", "link": true}}}
    ```
    """
    del subject
    if not sources.folders:
        return
    links = {entry.location: entry for entry in sources.folders}
    asked = tree.asked(frozenset(links))
    is_workspace = _workspaces(lockfile, manifests)
    own = {entry.release.name for entry in lockfile.entries if entry.kind is EntryKind.ROOT}
    for entry in links.values():
        origin = entry.release.origin
        if isinstance(origin, FromDirectory) and origin.path:
            yield from _judged(entry, origin.path, asked.get(entry.location, ()), is_workspace)
        elif entry.resolved == "root:" and entry.installed_as not in own:
            message = f"is the project itself in the place of {entry.installed_as}"
            yield Hit(message, at=entry.at, key=entry.location, about=entry.release)


def _judged(
    entry: Entry,
    path: str,
    asked: tuple[tuple[Entry, Edge], ...],
    is_workspace: Callable[[str], bool],
) -> Iterator[Hit]:
    wants = [(by, edge.wanted) for by, edge in asked]
    outside = leaves_project(path)
    meant = any(_means(by, wanted, path, is_workspace) for by, wanted in wants)
    said, severity = f"is a link to {quoted(path)}", Severity.HIGH
    if outside and meant:
        said, severity = f"{said}, out of the project", Severity.MEDIUM
        if all(by.kind is not EntryKind.PACKAGE for by, _ in wants):
            severity = Severity.LOW
    elif outside:
        said = f"{said}, out of the project, which nobody asks for"
    elif wants and all(_published(by) for by, _ in wants) and not is_workspace(path):
        by, wanted = wants[0]
        if _is_range(wanted):
            said = f'{said}, which {by.release.name} asks for as "{wanted}"'
        else:
            said, severity = f"{said}, which only {by.release.name} asks for", Severity.MEDIUM
    else:
        ours = [wanted for by, wanted in wants if by.kind is not EntryKind.PACKAGE]
        registry = [wanted for wanted in ours if _is_range(wanted) or wanted.startswith("workspace:")]
        if meant or not registry or is_workspace(path):
            return
        said = f'{said}, which is asked for as "{registry[0]}"'
    yield Hit(said, severity, at=entry.at, key=entry.location, about=entry.release)


def _published(by: Entry) -> bool:
    return isinstance(by.release.origin, FromRegistry | FromTarball)


def _means(by: Entry, wanted: str, path: str, is_workspace: Callable[[str], bool]) -> bool:
    place, normal = wanted_place(wanted), normal_path(path)
    if wanted.startswith("workspace:"):
        return is_workspace(path)
    return bool(place) and (place == normal or normal_path(f"{folder_of(by)}/{place}") == normal)


def _is_range(wanted: str) -> bool:
    text = wanted.removeprefix("npm:")
    return bool(text) and ":" not in text and "/" not in text


def _workspaces(lockfile: Lockfile, manifests: ProjectManifests) -> Callable[[str], bool]:
    """What tells workspaces, which answer ranges with their folder, from other folders. npm lists both alike; the
    globs of the manifest tell them apart, and without it nothing does.
    """
    if lockfile.manager != "npm":
        folders = {normal_path(folder_of(one)) for one in lockfile.entries if one.kind in _OWN}
        alone = (
            len(folders) == 1
        )  # each workspace has a lockfile of its own (pnpm's shared-workspace-lockfile)
        return lambda path: normal_path(path) in folders or (alone and leaves_project(path))
    root = manifests.root
    globs = None if root is None else [normal_path(glob) for glob in root.workspace_globs()]
    return lambda path: globs is None or any(fnmatchcase(normal_path(path), glob) for glob in globs)
