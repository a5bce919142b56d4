"""Keys that an npm lockfile says twice, looked for at a cost that 50,000 packages can bear."""

from collections.abc import Iterator

from forecheck.lockfiles.npm_wire import WireDependency, WireLockfile
from forecheck.lockfiles.repeated_keys import repeated_keys
from forecheck.model import Remark

EXACT_BYTES = 4 * 1024 * 1024
"""Up to this size every key is looked at; in a larger file, only if one of those that decide may be there twice."""


def repeats(data: bytes, wire: WireLockfile, path: str) -> tuple[Remark, ...]:
    """A remark for each key said twice in one object: a person may read the first, npm takes the last.

    In a large file an object is only looked into if a location, `version`, `resolved` or `integrity` stands in the
    bytes more (or less) often than in what was read.
    """
    if len(data) > EXACT_BYTES and not _suspicious(data, wire):
        return ()
    return repeated_keys(data, path)


def _suspicious(data: bytes, wire: WireLockfile) -> bool:
    if b"\\" in data:  # an escape may hide a key from the count
        return True
    packages = (wire.packages or {}).values()
    tree = list(_all(wire))
    locations = sum(1 for location in wire.packages or {} if location.startswith("node_modules/"))
    versions = wire.version is not None
    return (
        data.count(b'"node_modules/') != locations
        or data.count(b'"version"')
        != versions
        + sum(1 for one in packages if one.version is not None)
        + sum(1 for one in tree if one.version is not None)
        or data.count(b'"resolved"')
        != sum(1 for one in packages if one.resolved is not None)
        + sum(1 for one in tree if one.resolved is not None)
        or data.count(b'"integrity"')
        != sum(1 for one in packages if one.integrity is not None)
        + sum(1 for one in tree if one.integrity is not None)
    )


def _all(wire: WireLockfile) -> Iterator[WireDependency]:
    stack = [wire.dependencies] if wire.dependencies else []
    while stack:
        for one in stack.pop().values():
            yield one
            if one.dependencies:
                stack.append(one.dependencies)
