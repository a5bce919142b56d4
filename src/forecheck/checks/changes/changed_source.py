from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import host
from forecheck.lockfiles.compare import ChangeKind, Changes
from forecheck.model import (
    Confidence,
    FromDirectory,
    FromGit,
    FromRegistry,
    FromTarball,
    Hit,
    LockedFile,
    Origin,
    Severity,
)


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def changed_source(subject: LockedFile, changes: Changes) -> Iterator[Hit]:
    """A package comes from somewhere else than before, in the same version.

    ## Why it matters
    Who only looks at names and versions sees nothing, and the code is somebody else's: pointing a well-known package
    to another address is how lockfiles are poisoned in pull requests.

    ## What to do
    Ask who changed it and why. A move to another registry concerns every package at once and is announced; a single
    package that moves is not. `forecheck lockfile verify` compares with the registry.

    ## What it cannot know
    Whether the two places serve the same.

    ## Examples
    ### bad: a tarball from elsewhere
    ```json title="before package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3",
     "resolved": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz"}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3",
     "resolved": "https://cdn.example/ms-2.1.3.tgz"}}}
    ```
    ```text title="finding"
    it came from registry.npmjs.org, and would come from the tarball https://cdn.example/ms-2.1.3.tgz
    ```
    ### good: the same place
    ```json title="before package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3",
     "resolved": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz"}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3",
     "resolved": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz"}}}
    ```
    """
    del subject
    for change in changes.of(ChangeKind.SOURCE):
        before, after = change.before, change.after
        if before is None or after is None:
            continue
        patched = f", patched by {after.patch}" if after.patch != before.patch and after.patch else ""
        now = f"{_words(after.release.origin)}{patched}"
        yield Hit(
            f"it came from {_words(before.release.origin)}, and would come from {now}",
            severity=None if patched else _severity(before.release.origin, after.release.origin),
            about=after.release,
            at=after.at,
            key=after.location,
        )


def _severity(before: Origin, after: Origin) -> Severity | None:
    """To a configured registry, or to another commit of the same repository, is how things move without malice."""
    same_repository = isinstance(before, FromGit) and isinstance(after, FromGit) and before.url == after.url
    return Severity.MEDIUM if isinstance(after, FromRegistry) or same_repository else None


def _words(origin: Origin) -> str:
    match origin:
        case FromRegistry(url=url):
            return host(url)
        case FromGit(url=url, commit=commit):
            return f"the git repository {url} at {commit[:12] or 'no commit'}"
        case FromTarball(url=url):
            return f"the tarball {url}"
        case FromDirectory(path=path):
            return f"the folder {path}"
        case _:
            return "a source that is not understood"
