from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import listing
from forecheck.evidence.lock_project import LockfileNeighbours
from forecheck.model import Confidence, EntryKind, Hit, LockedFile, Lockfile, Severity

_SHRINKWRAP, _PACKAGE_LOCK = "npm-shrinkwrap.json", "package-lock.json"


@check(severity=Severity.LOW, confidence=Confidence.HIGH)
def lock_siblings(subject: LockedFile, lockfile: Lockfile, neighbours: LockfileNeighbours) -> Iterator[Hit]:
    """There is another lockfile beside this one.

    ## Why it matters
    Which of two lockfiles counts depends on who installs: on a machine with another package manager, or
    another version of it, the forgotten one decides. npm goes by npm-shrinkwrap.json wherever it stands
    beside package-lock.json, so that a review of the latter sees nothing.

    ## What to do
    Keep the lockfile of the package manager that the project uses and delete the others.

    ## What it cannot know
    Which of them is meant. `packageManager` in package.json is not followed by every tool.

    ## Examples
    ### bad: npm's and yarn's
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"}}}
    ```
    ```text title="neighbour yarn.lock"
    # yarn lockfile v1


    ms@^2.0.0:
      version "2.1.3"
      resolved "https://registry.yarnpkg.com/ms/-/ms-2.1.3.tgz"
    ```
    ```text title="finding"
    yarn.lock stands beside it, for another package manager
    ```
    ### bad: a shrinkwrap that npm goes by instead
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"}}}
    ```
    ```json title="neighbour npm-shrinkwrap.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.0.0"}}}
    ```
    ```text title="finding"
    npm goes by npm-shrinkwrap.json instead, which says something else of ms
    ```
    ### good: alone
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"}}}
    ```
    """
    here = subject.path.rpartition("/")[2]
    for other in neighbours.files:
        name = other.path.rpartition("/")[2]
        if name == _SHRINKWRAP and here == _PACKAGE_LOCK:
            yield from _shadowed(lockfile, neighbours, name)
        elif _manager(other.format) != _manager(subject.format):
            yield Hit(f"{name} stands beside it, for another package manager", key=name)


def _manager(format_: str) -> str:
    return format_.partition("-")[0]


def _shadowed(lockfile: Lockfile, neighbours: LockfileNeighbours, name: str) -> Iterator[Hit]:
    record = next((one for one in neighbours.records if one.path.rpartition("/")[2] == name), None)
    if record is None:
        yield Hit(f"npm goes by {name} instead, which cannot be read", Severity.HIGH, key=name)
        return
    theirs = {entry.location: _identity(entry) for entry in record.entries if entry.kind is EntryKind.PACKAGE}
    ours = {entry.location: _identity(entry) for entry in lockfile.entries if entry.kind is EntryKind.PACKAGE}
    differ = [where for where in {**ours, **theirs} if ours.get(where) != theirs.get(where)]
    if differ:
        names = [where.rpartition("node_modules/")[2] for where in differ]
        message = f"npm goes by {name} instead, which says something else of {listing(names)}"
        yield Hit(message, Severity.HIGH, key=name)
    else:
        yield Hit(f"npm goes by {name} instead, which says the same today", key=name)


def _identity(entry: object) -> tuple[object, ...]:
    return tuple(getattr(entry, field) for field in ("release", "integrity", "resolved"))
