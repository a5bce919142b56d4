"""What npm has left on disk, compared with what was audited."""

import os
from collections.abc import Collection, Iterator, Mapping

import msgspec

from forecheck.adapters.npm.project import read_file
from forecheck.decode import Malformed, read_json
from forecheck.model import Entry, EntryKind, Lockfile, Release
from forecheck.npm.version import parse_version


class Installed(msgspec.Struct, frozen=True):
    """What a package.json on disk says that it is."""

    name: object = None
    version: object = None

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.version}"


def installed_at(folder: str) -> Installed | None:
    """The package in a folder; None where there is none that can be read."""
    where = os.path.join(folder, "package.json")
    try:
        data = read_file(where)
        return None if data is None else read_json(data, Installed, where, max_bytes=len(data))
    except Malformed:
        return None


def strangers_in(
    written: Lockfile | None, audited: Lockfile | None, pins: Mapping[str, str]
) -> tuple[str, ...]:
    """What npm's record of node_modules holds that is not, version and integrity, what was audited."""
    known = {entry.location: entry for entry in audited.entries} if audited else {}
    return tuple(
        f"{entry.release.spec} at {entry.location}"
        for entry in (written.entries if written else ())
        if entry.kind is EntryKind.PACKAGE
        and not _same(entry, known.get(entry.location), pins.get(entry.location, ""))
    )


def _same(written: Entry, audited: Entry | None, pin: str) -> bool:
    if audited is None or written.release.spec != audited.release.spec:
        return False
    wanted = pin or audited.integrity
    return not wanted or written.integrity == wanted


def strangers_below(modules: str, names: Collection[str], audited: Lockfile) -> tuple[str, ...]:
    """What lies in these packages of a node_modules folder, and below them, that was not audited. The global folder
    has no record, and another layout than the audited tree: names and versions are all there is to compare.
    """
    known: dict[str, list[Release]] = {}
    for entry in audited.entries:
        known.setdefault(entry.release.name, []).append(entry.release)
    found = (
        (where, installed_at(os.path.join(modules, where)))
        for name in names
        for where in (name, *packages_below(os.path.join(modules, name), name))
        if not os.path.islink(os.path.join(modules, name))
    )
    return tuple(
        f"{there.spec} at {where}"
        for where, there in found
        if there is not None and isinstance(there.version, str) and not _is_known(there, known)
    )


def _is_known(there: Installed, known: Mapping[str, list[Release]]) -> bool:
    version = str(there.version)
    parsed = parse_version(version, loose=True)
    return any(
        version == one.version or (parsed is not None and parsed == parse_version(one.version, loose=True))
        for one in known.get(str(there.name), ())
    )


def names_in(modules: str) -> tuple[str, ...]:
    """The names of the packages right in a node_modules folder, without those that are links."""
    return tuple(name for name in _children(modules) if not os.path.islink(os.path.join(modules, name)))


def packages_below(folder: str, location: str) -> Iterator[str]:
    """The locations of the packages in a folder's node_modules, and in theirs, as npm would find them there."""
    modules = os.path.join(folder, "node_modules")
    prefix = f"{location}/node_modules" if location else "node_modules"
    for inside in _children(modules):
        yield f"{prefix}/{inside}"
        below = os.path.join(modules, inside)
        if not os.path.islink(below):
            yield from packages_below(below, f"{prefix}/{inside}")


def _children(modules: str) -> Iterator[str]:
    """The names of the package folders right in a node_modules, scoped ones as `@scope/name`."""
    for name in sorted(_folders(modules)):
        if name.startswith("@"):
            yield from (f"{name}/{inner}" for inner in sorted(_folders(os.path.join(modules, name))))
        elif not name.startswith("."):
            yield name


def _folders(path: str) -> list[str]:
    if not os.path.isdir(path):
        return []
    with os.scandir(path) as entries:
        return [entry.name for entry in entries if entry.is_dir()]
