from collections.abc import Iterator, Mapping

from forecheck.analysis.dependency_spec import registry_name
from forecheck.analysis.locators import CLASSIC, descriptors, folder_of
from forecheck.analysis.lock_source import wanted_place
from forecheck.check import Unknown, check
from forecheck.evidence.lock_project import Manifest, ProjectManifests
from forecheck.model import (
    Confidence,
    EdgeKind,
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
def lock_drift(subject: LockedFile, lockfile: Lockfile, manifests: ProjectManifests) -> Iterator[Hit]:
    """The lockfile's copy of what the project asks for differs from package.json.

    ## Why it matters
    npm believes the copy: a dependency that stands only there is installed, and no reviewer of package.json
    sees it. A copy that is merely behind means that a frozen install stops, or that the lockfile was never
    installed from. One that asks for another package, or for an address, blocks: npm goes by it.

    ## What to do
    Run the package manager's install and commit the lockfile; then look at what it changed.

    ## What it cannot know
    Without a package.json beside the lockfile there is nothing to compare. deno's is not compared, because deno.json
    may ask for more.

    ## Examples
    ### bad: a dependency that stands only in the lockfile
    ```json title="package.json"
    {"dependencies": {"ms": "^2.0.0"}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0", "evil": "^1.0.0"}},
                  "node_modules/ms": {"version": "2.1.3"}, "node_modules/evil": {"version": "1.0.0"}}}
    ```
    ```text title="finding"
    the lockfile has evil "^1.0.0" as a dependency of the project, package.json has not
    ```
    ### bad: another range
    ```json title="package.json"
    {"dependencies": {"ms": "^2.0.0"}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "*"}}, "node_modules/ms": {"version": "0.7.0"}}}
    ```
    ```text title="finding"
    package.json asks for ms "^2.0.0", the lockfile has "*"
    ```
    ### bad: another package in its place
    ```json title="package.json"
    {"dependencies": {"ms": "^2.0.0"}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "npm:evil@^2.0.0"}},
                  "node_modules/ms": {"name": "evil", "version": "2.1.3"}}}
    ```
    ```text title="finding"
    package.json asks for ms "^2.0.0", the lockfile has "npm:evil@^2.0.0"
    ```
    ### bad: a dependency that the lockfile lacks
    ```json title="package.json"
    {"dependencies": {"ms": "^2.0.0"}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {}}}
    ```
    ```text title="finding"
    package.json asks for ms "^2.0.0", which the lockfile lacks
    ```
    ### good: the same
    ```json title="package.json"
    {"dependencies": {"ms": "^2.0.0"}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"}}}
    ```
    ### unknown: no package.json
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}}}}
    ```
    """
    del subject
    if manifests.root is None:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "there is no package.json beside the lockfile")
    if lockfile.manager == "deno":
        raise Unavailable(UnavailableKind.UNSUPPORTED, "deno.json is not read, and may ask for other things")
    overridden = manifests.overridden()
    if lockfile.format == CLASSIC:
        yield from _yarn(lockfile, manifests, overridden)
        return
    members = frozenset(one.release.name for one in lockfile.entries if one.kind is EntryKind.WORKSPACE)
    for entry in lockfile.entries:
        if entry.kind not in (EntryKind.ROOT, EntryKind.WORKSPACE):
            continue
        manifest = manifests.by_folder.get(folder_of(entry))
        if manifest is not None:
            yield from _compared(entry, manifest, overridden, lockfile, members)


def _compared(
    entry: Entry,
    manifest: Manifest,
    overridden: frozenset[str],
    lockfile: Lockfile,
    members: frozenset[str],
) -> Iterator[Hit]:
    asked = _asked(manifest)
    folder = folder_of(entry)
    where = f"{folder}/package.json" if folder else "package.json"
    old = lockfile.manager == "npm" and lockfile.version == "1"
    locked: dict[str, list[str]] = {}
    for edge in entry.edges:
        locked.setdefault(edge.name, []).append(edge.wanted)
    if not old:
        for name, wants in locked.items():
            if name not in asked and name not in members:
                said = f'the lockfile has {name} "{wants[0]}" as a dependency of the project, {where} has not'
                yield Hit(said, Severity.HIGH, at=entry.at, key=f"{entry.location} {name}")
    for name, (kind, wants) in asked.items():
        have = locked.get(name)
        if have is None:
            if kind is not EdgeKind.PEER and not (old and name in _names(lockfile)):
                said = f'{where} asks for {name} "{wants[0]}", which the lockfile lacks'
                yield Hit(said, at=entry.at, key=f"{entry.location} {name}")
        elif not old and name not in overridden and not ({*map(_plain, wants)} & {*map(_plain, have)}):
            said = f'{where} asks for {name} "{wants[0]}", the lockfile has "{have[0]}"'
            severity = None if _same_package(name, wants, have) else Severity.HIGH
            yield Hit(said, severity, at=entry.at, key=f"{entry.location} {name}")


def _same_package(name: str, wants: list[str], have: list[str]) -> bool:
    """Whether the lockfile asks for the same package at least, rather than for another one in its place."""
    real = {_real(name, wanted) for wanted in (*wants, name)}
    return all(_real(name, text) in real and not wanted_place(text) for text in have)


def _real(name: str, wanted: str) -> str:
    """The package that is asked for; yarn 4 writes `npm:` before plain ranges too."""
    return registry_name(name, wanted) if "@" in wanted else name


def _asked(manifest: Manifest) -> Mapping[str, tuple[EdgeKind, list[str]]]:
    found: dict[str, tuple[EdgeKind, list[str]]] = {}
    for kind, section in manifest.sections():
        for name, wanted in section.items():
            found.setdefault(str(name), (kind, []))[1].append(str(wanted))
    return found


def _plain(wanted: str) -> str:
    """The text without what one writer adds and another leaves out."""
    text = wanted.strip().removeprefix("npm:")
    return text.removeprefix("file:").removeprefix("./").partition("::")[0] or "*"


def _names(lockfile: Lockfile) -> frozenset[str]:
    return frozenset(entry.installed_as for entry in lockfile.entries)


def _yarn(lockfile: Lockfile, manifests: ProjectManifests, overridden: frozenset[str]) -> Iterator[Hit]:
    """Yarn 1 keeps no copy, but files every entry under what was asked for."""
    filed = {pair for entry in lockfile.entries for pair in descriptors(entry)}
    own = {str(one.name) for one in manifests.by_folder.values() if one.name}
    for folder, manifest in manifests.by_folder.items():
        where = f"{folder}/package.json" if folder else "package.json"
        for name, (kind, wants) in _asked(manifest).items():
            if kind is EdgeKind.PEER or name in overridden or name in own:
                continue
            for wanted in wants:
                linked = wanted.startswith(("link:", "file:", "workspace:", "."))
                if not linked and (name, wanted) not in filed:
                    said = f'{where} asks for {name} "{wanted}", which the lockfile lacks'
                    yield Hit(said, key=f"{folder} {name}")
