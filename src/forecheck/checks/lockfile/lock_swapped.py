from collections.abc import Iterator

from forecheck.analysis.lock_source import Where
from forecheck.check import check
from forecheck.checks.wording import listing, quoted
from forecheck.evidence.lock_sources import LockSources
from forecheck.model import Confidence, FromUnknown, Hit, LockedFile, Severity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_swapped(subject: LockedFile, sources: LockSources) -> Iterator[Hit]:
    """A package that was asked for from a registry comes from git or a file.

    ## Why it matters
    A lockfile may say that `ms@^2.0.0` is a git repository, a tarball in the project or one in /tmp, and
    npm 11, yarn 1, pnpm 9 and bun install just that. For git, npm does not even compare the hash that
    stands beside it.

    ## What to do
    Restore the entry from the main branch. If you want the package from there, say so in package.json.

    ## What it cannot know
    What the manifest of a package asks for that the lockfile does not repeat.

    ## Examples
    ### bad: a git repository in the place of a range
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "resolved": "git+ssh://git@github.com/evil/ms.git#abc"}}}
    ```
    ```text title="finding"
    comes from git ("git+ssh://git@github.com/evil/ms.git#abc"), which nobody asks for
    ```
    ### bad: a tarball of the project in the place of a range
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "resolved": "file:docs/ms.tgz"}}}
    ```
    ```text title="finding"
    comes from a file ("file:docs/ms.tgz"), which nobody asks for
    ```
    ### bad: another commit than the one that the project asks for
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "a/b#1c6264b795492e8fdecbc82cb8802fcfbfc08d26"}},
                  "node_modules/ms": {"version": "2.1.3", "resolved":
     "git+ssh://git@github.com/a/b#6f060120ad94a5fc0395559803b35dc503fc290c"}}}
    ```
    ```text title="finding"
    comes from git ("git+ssh://git@github.com/a/b#6f060120ad94a5fc0395559803b35dc503fc290c"), which nobody asks for
    ```
    ### good: what the project asks for
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "vercel/ms"}},
                  "node_modules/ms": {"version": "2.1.3", "resolved": "git+ssh://git@github.com/vercel/ms.git#abc"}}}
    ```
    """
    del subject
    kinds = {Where.GIT: "git", Where.PATH: "a file"}
    for one in sources.odd:
        entry, source = one.entry, one.source
        if one.by_project:
            continue
        if isinstance(entry.release.origin, FromUnknown) and source.where is Where.NOWHERE:
            message = f'has the version "{entry.release.version}", which names no release'
            yield Hit(message, at=entry.at, key=entry.location, about=entry.release)
            continue
        if source.where not in kinds:
            continue
        said = f"comes from {kinds[source.where]} ({quoted(source.text)})"
        severity = None
        if one.by_packages:
            said, severity = f"{said}, which only {listing(one.by_packages)} asks for", Severity.MEDIUM
        elif one.untold:
            said, severity = f"{said}; the lockfile does not say what was asked for", Severity.MEDIUM
        else:
            said = f"{said}, which nobody asks for"
        yield Hit(said, severity, at=entry.at, key=entry.location, about=entry.release)
