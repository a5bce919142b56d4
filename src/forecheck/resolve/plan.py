"""The plan: the difference between what is installed and the lockfile the package manager would write."""

from collections.abc import Collection

from forecheck.lockfiles.foreign import brings_code
from forecheck.model import Change, Entry, EntryKind, Lockfile, Plan, Step, Unresolved
from forecheck.resolve.paths import dependency_paths


def plan_of(
    after: Lockfile,
    before: Lockfile | None,
    *,
    manager: str,
    manager_version: str,
    on_disk: Collection[str] = (),
    unresolved: tuple[Unresolved, ...] = (),
) -> Plan:
    """What changes between two lockfiles, entry by entry, with the path that brings each in.

    `before` is what is there now (None: nothing). `on_disk` are the locations of `before` that were seen to
    hold that very release; only such entries can count as installed already.
    """
    paths = dependency_paths(after)
    earlier = {entry.location: entry for entry in before.entries} if before else {}
    steps = [
        _step(entry, earlier.get(entry.location), paths.get(entry.location, ()), entry.location in on_disk)
        for entry in after.entries
        if brings_code(entry)
    ]
    later = {entry.location for entry in after.entries}
    steps += [
        Step(Change.REMOVED, entry, (), before=entry)
        for entry in earlier.values()
        if entry.location not in later and before is not None and brings_code(entry)
    ]
    own = (EntryKind.ROOT, EntryKind.WORKSPACE)
    projects = tuple(entry for entry in after.entries if entry.kind in own)
    return Plan(manager, manager_version, tuple(steps), unresolved, projects)


def _step(entry: Entry, before: Entry | None, because: tuple[str, ...], present: bool) -> Step:
    if before is None:
        return Step(Change.ADDED, entry, because)
    if same_release(entry, before):
        return Step(Change.KEPT, entry, because, before=before, on_disk=present)
    return Step(Change.CHANGED, entry, because, before=before)


def same_release(one: Entry, other: Entry) -> bool:
    """The same package, version and source, with nothing in the integrity to tell them apart."""
    return one.release == other.release and (
        one.integrity == other.integrity or not one.integrity or not other.integrity
    )
