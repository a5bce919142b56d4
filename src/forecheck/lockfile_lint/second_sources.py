"""Sources that npm 6 does not use: `resolved` beside a source in `version`. lockfile-lint judges those alone."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from forecheck.decode import read_json
from forecheck.lockfiles.npm import MAX_BYTES
from forecheck.model import Entry, FromTarball, Lockfile, Release


class _Dependency(msgspec.Struct, frozen=True, gc=False):
    version: Any = None
    resolved: Any = None
    dependencies: "dict[str, _Dependency] | None" = None


class _Document(msgspec.Struct, frozen=True):
    dependencies: dict[str, _Dependency] | None = None


def may_have_second_sources(lockfile: Lockfile) -> bool:
    """Whether an entry of npm's old format has its source in the place of its version."""
    return lockfile.format == "npm" and any(
        not entry.release.version and entry.at is not None and entry.at.pointer.startswith("/dependencies/")
        for entry in lockfile.entries
    )


def second_sources(data: bytes, lockfile: Lockfile) -> Iterator[Entry]:
    """Each such entry with its other source. `data` is the file of the lockfile, which could be read before."""
    document = read_json(data, _Document, lockfile.path, max_bytes=MAX_BYTES)
    entries = {entry.location: entry for entry in lockfile.entries}
    for location, resolved in _both(document.dependencies or {}, ""):
        entry = entries.get(location)
        if entry is not None and entry.resolved != resolved:
            release = Release(entry.release.name, "", FromTarball(resolved))
            yield msgspec.structs.replace(entry, release=release, resolved=resolved)


def _both(tree: Mapping[str, _Dependency], prefix: str) -> Iterator[tuple[str, str]]:
    for name, one in tree.items():
        location = f"{prefix}node_modules/{name}"
        if (
            isinstance(one.version, str)
            and ":" in one.version
            and isinstance(one.resolved, str)
            and one.resolved
        ):
            yield location, one.resolved
        if one.dependencies:
            yield from _both(one.dependencies, f"{location}/")
