from collections.abc import Collection, Iterator, Mapping
from typing import Final

from forecheck.analysis.confusion import same_wanted
from forecheck.analysis.dependency_spec import Place, place_of
from forecheck.analysis.package_json import PackageJson
from forecheck.check import check
from forecheck.checks.wording import host, quoted
from forecheck.evidence.planned import PlanIndex, Planned
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.evidence.tarball import from_registry
from forecheck.model import Confidence, Edge, EdgeKind, Hit, Location, Release, Severity

_MENDING: Final = ("yarn-berry", "pnpm")
"""Formats of managers that change what packages declare before they resolve it."""

_BUILDER: Final = "node-gyp"
"""Yarn adds it to whatever is built on install. What it has patched depends on the original, of the same name."""


@check(severity=Severity.HIGH, confidence=Confidence.HIGH, concerns=from_registry)
def forged_dependency(
    release: Release, planned: Planned, manifest: RegistryManifest, index: PlanIndex
) -> Iterator[Hit]:
    """The lockfile says that a package depends on something, and its registry does not.

    ## Why it matters
    npm takes from the lockfile what each package depends on, and asks nobody. With one more name in the entry of a
    package you trust, whatever that name stands for is installed from a frozen lockfile, and looks as if that package
    had asked for it. An address in the place of a range makes a tarball from anywhere look wanted.

    ## What to do
    Do not install. Look at who changed the entry and when (`git log -p -- package-lock.json`), then restore it, or
    delete it and let npm write it anew.

    ## What it cannot know
    What is left out of an entry harms nobody and is not looked at. Another range is only a warning: the two documents
    that npm can take it from, the registry's and that in the tarball, are not always one. Of other package managers'
    lockfiles only the names are compared, and no peer dependencies. Yarn from version 2 on and pnpm mend the
    manifests of some packages (`packageExtensions`, and a list of their own), so there it is only a warning.

    ## Examples
    ### bad: a dependency that the package does not have
    ```json title="packument.json"
    {"name": "debug", "versions": {"4.1.1": {"dependencies": {"ms": "^2.1.1"}}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"debug": "^4.0.0"}},
                  "node_modules/debug": {"version": "4.1.1", "dependencies": {"ms": "^2.1.1", "evil": "^1.0.0"}},
                  "node_modules/ms": {"version": "2.1.3"}, "node_modules/evil": {"version": "1.0.0"}}}
    ```
    ```text title="finding"
    depends on evil "^1.0.0" by the lockfile, which registry.npmjs.org does not know of (dependencies)
    ```
    ### bad: an address in the place of a range
    ```json title="packument.json"
    {"name": "debug", "versions": {"4.1.1": {"dependencies": {"ms": "^2.1.1"}}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"debug": "^4.0.0"}},
                  "node_modules/debug": {"version": "4.1.1", "dependencies": {"ms": "https://npm.example/ms.tgz"}},
                  "node_modules/ms": {"version": "2.1.3", "resolved": "https://npm.example/ms.tgz"}}}
    ```
    ```text title="finding"
    depends on ms "https://npm.example/ms.tgz" by the lockfile, "^2.1.1" by registry.npmjs.org (dependencies)
    ```
    ### bad: another range, which is a warning
    ```json title="packument.json"
    {"name": "debug", "versions": {"4.1.1": {"dependencies": {"ms": "^2.1.1"}}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"debug": "^4.0.0"}},
                  "node_modules/debug": {"version": "4.1.1", "dependencies": {"ms": "*"}},
                  "node_modules/ms": {"version": "0.7.0"}}}
    ```
    ```text title="finding"
    depends on ms "*" by the lockfile, "^2.1.1" by registry.npmjs.org (dependencies)
    ```
    ### bad: in another manager's lockfile
    ```json title="packument.json"
    {"name": "debug", "versions": {"4.1.1": {"dependencies": {"ms": "^2.1.1"}}}}
    ```
    ```text title="yarn.lock"
    # yarn lockfile v1


    debug@^4.0.0:
      version "4.1.1"
      dependencies:
        evil "^1.0.0"
        ms "^2.1.1"

    evil@^1.0.0:
      version "1.0.0"

    ms@^2.1.1:
      version "2.1.3"
    ```
    ```text title="finding"
    depends on evil by the lockfile, which its registry does not know of
    ```
    ### good: what the registry says, in another section and another form
    ```json title="packument.json"
    {"name": "debug",
     "versions": {"4.1.1": {"dependencies": {"ms": "^2.1.1", "fork": "github:us/fork", "fsevents": "^2.0.0"},
                            "optionalDependencies": {"fsevents": "^2.0.0"}}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"debug": "^4.0.0"}},
                  "node_modules/debug": {"version": "4.1.1", "dependencies": {"ms": "^2.1.1", "fork": "us/fork"},
                                         "devDependencies": {"jest": "^29.0.0"},
                                         "optionalDependencies": {"fsevents": "^2.0.0"},
                                         "peerDependencies": {"colors": "*"},
                                         "peerDependenciesMeta": {"colors": {"optional": true}}}}}
    ```
    """
    declared = _declared(manifest.declared)
    if index.format != "npm":
        yield from _unknown_names(planned, {*declared, *manifest.declared.bundled}, index.format)
        return
    registry = host(release.package.registry) if release.package else "the registry"
    for edge, at in _claimed(planned).items():
        told = declared.get(edge.name, ())
        if edge.wanted in told or any(same_wanted(edge.wanted, one) for one in told):
            continue
        if not told and edge.name in manifest.declared.bundled:
            continue
        said = f"depends on {edge.name} {quoted(edge.wanted)} by the lockfile"
        key = f"{edge.kind.value}:{edge.name}"
        if not told:
            text = f"{said}, which {registry} does not know of ({edge.kind.value})"
            yield Hit(text, at=at, key=key)
            continue
        ranges = place_of(edge.wanted) is Place.REGISTRY and not edge.wanted.startswith("npm:")
        text = f"{said}, {quoted(told[0])} by {registry} ({edge.kind.value})"
        yield Hit(text, Severity.MEDIUM if ranges else None, at=at, key=key)


def _unknown_names(planned: Planned, known: Collection[str], lockfile: str) -> Iterator[Hit]:
    """Dependencies that the published manifest does not have, whatever their range."""
    mended = lockfile in _MENDING
    for step in planned.steps:
        for edge in step.entry.edges:
            if edge.kind not in (EdgeKind.PROD, EdgeKind.OPTIONAL) or edge.name in known:
                continue
            if mended and edge.name in (_BUILDER, step.entry.release.name if step.entry.patch else ""):
                continue
            yield Hit(
                f"depends on {edge.name} by the lockfile, which its registry does not know of",
                severity=Severity.MEDIUM if mended else None,
                confidence=Confidence.LOW if mended else None,
                at=step.entry.at,
                key=f"{edge.kind.value}:{edge.name}",
            )


def _claimed(planned: Planned) -> Mapping[Edge, Location | None]:
    """What npm's lockfile says that it depends on; the old format is not believed by npm 7 and later."""
    return {
        edge: step.entry.at
        for step in planned.steps
        if step.entry.at is not None and step.entry.at.pointer.startswith("/packages/")
        for edge in step.entry.edges
        if edge.kind is not EdgeKind.DEV and not (edge.kind is EdgeKind.PEER and edge.optional)
    }


def _declared(manifest: PackageJson) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for _, section in manifest.sections():
        for name, wanted in section.items():
            found[name] = (*found.get(name, ()), wanted)
    return found
