from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import listing
from forecheck.evidence.lock_project import LockfileNeighbours
from forecheck.model import (
    Confidence,
    EdgeKind,
    Entry,
    EntryKind,
    FromRegistry,
    Hit,
    LockedFile,
    Lockfile,
    Severity,
)

_ASKED = frozenset({EdgeKind.PROD, EdgeKind.OPTIONAL})
_Key = tuple[str, str]


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def lock_contradiction(
    subject: LockedFile, lockfile: Lockfile, neighbours: LockfileNeighbours
) -> Iterator[Hit]:
    """Two records of the same release say different things.

    ## Why it matters
    A release never changes: its hash, dependencies, commands and whether it has an install script are the
    same wherever they are written down. Where a lockfile lists it twice, another lockfile stands beside it,
    or node_modules has the package manager's own record, what was changed in one place shows.

    ## What to do
    Restore the lockfile from the main branch, or delete the entry and install anew.

    ## What it cannot know
    Which of the two is right; and nothing where a release is recorded once. `forecheck lockfile verify`
    asks the registry.

    ## Examples
    ### bad: one of two copies has a dependency more
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"a": "^1.0.0", "b": "^1.0.0", "c": "^1.0.0"}},
       "node_modules/a": {"version": "1.0.0", "dependencies": {"c": "^2.0.0"}},
       "node_modules/b": {"version": "1.0.0", "dependencies": {"c": "^2.0.0"}},
       "node_modules/c": {"version": "1.0.0"},
       "node_modules/a/node_modules/c": {"version": "2.0.0"},
       "node_modules/b/node_modules/c": {"version": "2.0.0", "dependencies": {"a": "^1.0.0"}}}}
    ```
    ```text title="finding"
    depends on a here, but not at node_modules/a/node_modules/c
    ```
    ### bad: npm's own record of node_modules knows no install script
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "hasInstallScript": true}}}
    ```
    ```json title="installed package-lock.json"
    {"lockfileVersion": 3, "packages": {"node_modules/ms": {"version": "2.1.3"}}}
    ```
    ```text title="finding"
    has an install script here, but not in node_modules/.package-lock.json
    ```
    ### good: two copies that say the same
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"a": "^1.0.0", "c": "^1.0.0"}},
       "node_modules/a": {"version": "1.0.0", "dependencies": {"c": "^2.0.0"}},
       "node_modules/c": {"version": "1.0.0"}, "node_modules/a/node_modules/c": {"version": "2.0.0"}}}
    ```
    """
    del subject
    by_name: dict[str, Entry] = {}
    seen = by_name.setdefault
    copies = [entry for entry in lockfile.entries if seen(entry.release.name, entry) is not entry]
    first: dict[_Key, Entry] = {}
    several = dict.fromkeys(entry.release.name for entry in copies)
    records = (*neighbours.records, *((neighbours.installed,) if neighbours.installed else ()))
    for entry in lockfile.entries if records else (*map(by_name.__getitem__, several), *copies):
        if entry.kind is not EntryKind.PACKAGE or entry.patch:
            continue
        if not isinstance(entry.release.origin, FromRegistry):
            continue
        other = first.setdefault((entry.release.name, entry.release.version), entry)
        if other is not entry and lockfile.manager != "pnpm":
            yield from _compared(entry, other, f"at {other.location}", Severity.HIGH, alike=True)
    for record in records:
        yield from _against(first, record, lockfile)


def _against(ours: dict[_Key, Entry], record: Lockfile, lockfile: Lockfile) -> Iterator[Hit]:
    alike = record.format == lockfile.format
    seen: set[_Key] = set()
    for other in record.entries:
        key = (other.release.name, other.release.version)
        entry = ours.get(key)
        if entry is None or key in seen or other.patch:
            continue
        seen.add(key)
        severity = Severity.HIGH if alike else Severity.MEDIUM
        yield from _compared(entry, other, f"in {record.path}", severity, alike=alike)


def _compared(entry: Entry, other: Entry, where: str, severity: Severity, *, alike: bool) -> Iterator[Hit]:
    said: list[tuple[str, Severity]] = []
    if _strong(entry) and _strong(other) and entry.integrity != other.integrity:
        said.append((f"has another hash here than {where}", Severity.HIGH))
    if alike:
        if entry.edges is not other.edges and entry.edges != other.edges:
            more = sorted(_names(entry) - _names(other))
            less = sorted(_names(other) - _names(entry))
            if more:
                said.append((f"depends on {listing(more)} here, but not {where}", severity))
            elif less:
                said.append((f"does not depend on {listing(less)} here, but {where}", severity))
        if entry.bins != other.bins and None not in (entry.bins, other.bins):
            said.append((f"brings other commands here than {where}", severity))
    if entry.install_script and other.install_script is False:
        said.append((f"has an install script here, but not {where}", severity))
    for message, grade in said:
        yield Hit(message, grade, at=entry.at, key=f"{entry.location} {where}", about=entry.release)


def _strong(entry: Entry) -> bool:
    return entry.integrity.startswith("sha512-") and " " not in entry.integrity


def _names(entry: Entry) -> frozenset[str]:
    return frozenset(edge.name for edge in entry.edges if edge.kind in _ASKED)
