from collections.abc import Iterator

from forecheck.analysis.dependency_spec import Place, place_of
from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.evidence.demand import declared_by_project
from forecheck.evidence.planned import PlanIndex, Planned
from forecheck.model import (
    Confidence,
    EdgeKind,
    FromDirectory,
    FromGit,
    FromRegistry,
    FromTarball,
    FromUnknown,
    Hit,
    Release,
    Severity,
)

_INSTALLED = (EdgeKind.PROD, EdgeKind.OPTIONAL, EdgeKind.PEER)


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def non_registry_dependency(release: Release, planned: Planned, index: PlanIndex) -> Iterator[Hit]:
    """Code comes from a git repository, a URL or a folder instead of a registry.

    ## Why it matters
    What is not in a registry has no fixed version, no publish time, no signature, no advisories, and may be different
    tomorrow or for you alone. PhantomRaven hid its payload behind `http://` dependencies in 2025; the TanStack
    versions of May 2026 declared an optional dependency on a commit in GitHub, whose `prepare` script ran on install.

    ## What to do
    For a dependency of your own, publish it or vendor it, or at least pin the commit. Where another package brings it
    in, take a version of that package that does not; npm 12 refuses such dependencies by itself (`allow-git`,
    `allow-remote`).

    ## What it cannot know
    What is behind the address. What the project itself asks for by a pinned commit, or by a URL with an integrity, is
    only noted; folders that it links are not reported at all. Dependencies for development of installed packages are
    not installed and not looked at.

    ## Examples
    ### bad: an optional dependency on a commit, declared by a published package
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"start": "^1.0.0"}},
                  "node_modules/start": {
                    "version": "1.0.1", "optionalDependencies": {"@router/setup": "github:router/router#79ac49ee"}}}}
    ```
    ```text title="finding"
    optionalDependencies has @router/setup from a git repository: "github:router/router#79ac49ee"
    ```
    ### bad: a tarball from somewhere, brought in by another package
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"start": "^1.0.0"}},
                  "node_modules/start": {
                    "version": "1.0.1", "dependencies": {"ui-styles": "http://packages.example.net/x.tgz"}},
                  "node_modules/ui-styles": {"version": "1.0.0", "resolved": "http://packages.example.net/x.tgz"}}}
    ```
    ```text title="finding"
    dependencies has ui-styles from a URL: "http://packages.example.net/x.tgz"
    comes from http://packages.example.net/x.tgz, over a connection that anybody on the way can change
    ```
    ### bad: the project's own choice, pinned to a commit, which is only noted
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"fork": "github:us/fork#v1"}},
                  "node_modules/fork": {"version": "1.0.0",
                    "resolved": "git+ssh://git@github.com/us/fork.git#79ac49eedf774dd4b0cfa308722bc463cfe5885c"}}}
    ```
    ```text title="finding"
    comes from git+ssh://git@github.com/us/fork.git at 79ac49eedf774dd4b0cfa308722bc463cfe5885c
    ```
    ### good: everything from the registry
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"start": "^1.0.0"}},
                  "node_modules/start": {"version": "1.0.1", "dependencies": {"other": "npm:real@^2.0.0 || latest"},
                                         "peerDependencies": {"react": "18.x || ^19"}},
                  "node_modules/other": {"name": "real", "version": "2.0.0"}}}
    ```
    """
    hit = _origin(release, planned)
    if hit is not None:
        yield hit
    yield from _declared(release, planned, index)


def _origin(release: Release, planned: Planned) -> Hit | None:
    """What to say of where the release itself comes from; None for a registry, a bundle, or a folder of one's own."""
    own = all(declared_by_project(step) for step in planned.steps)
    pinned = all(step.entry.integrity for step in planned.steps)
    match release.origin:
        case FromGit(url=url, commit=commit):
            text = f"comes from {url} at {commit or 'no particular commit'}"
            severity = Severity.LOW if own and commit else Severity.MEDIUM
        case FromTarball(url=url) if url.startswith("http:"):
            text, severity = (
                f"comes from {url}, over a connection that anybody on the way can change",
                Severity.HIGH,
            )
        case FromTarball(url=url) if own and (pinned or not url.startswith("https:")):
            text, severity = f"comes from {url}", Severity.LOW
        case FromTarball(url=url):
            text, severity = f"comes from {url}", Severity.MEDIUM
        case FromDirectory(path=path) if not own:
            text, severity = f"comes from the folder {path}", Severity.MEDIUM
        case FromUnknown(text=source):
            text, severity = f"comes from {quoted(source)}", Severity.MEDIUM
        case _:
            return None
    return Hit(text, severity=severity, key="origin")


def _declared(release: Release, planned: Planned, index: PlanIndex) -> Iterator[Hit]:
    """What the release asks for from outside of a registry; an optional peer only where such a thing comes in."""
    served = isinstance(release.origin, FromRegistry)
    edges = {edge: None for step in planned.steps for edge in step.entry.edges if edge.kind in _INSTALLED}
    for edge in edges:
        place = place_of(edge.wanted)
        if place is Place.REGISTRY:
            continue
        if edge.kind is EdgeKind.PEER and edge.optional and not _comes_in(edge.name, index):
            continue
        severity = Severity.LOW if place is Place.OTHER else None if served else Severity.MEDIUM
        yield Hit(
            f"{edge.kind.value} has {edge.name} from {place.word}: {quoted(edge.wanted)}",
            severity=severity,
            key=f"{edge.kind.value}:{edge.name}",
        )


def _comes_in(name: str, index: PlanIndex) -> bool:
    """Whether something that no registry serves is installed under the name."""
    return any(
        not isinstance(release.origin, FromRegistry)
        and any(step.entry.installed_as == name for step in steps)
        for release, steps in index.by_release.items()
    )
