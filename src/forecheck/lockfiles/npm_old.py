"""npm's `dependencies`: lockfileVersion 1, and the half of lockfileVersion 2 that npm 6 reads.

Nested objects instead of locations, and the source in `version`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from forecheck.decode import Malformed
from forecheck.lockfiles.npm_wire import WireDependency, WireLockfile, text
from forecheck.lockfiles.origins import RegistryFor, origin_of
from forecheck.lockfiles.pointers import token
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    EntryKind,
    FromBundle,
    FromDirectory,
    Location,
    Release,
)

_Folders = tuple[Mapping[str, WireDependency], ...]

MAX_DEPTH = 250  # of node_modules in node_modules: no path is long enough for more (Linux: 4096 bytes)


def old_entries(wire: WireLockfile, path: str, registry_for: RegistryFor) -> Iterator[Entry]:
    """The root and every dependency of a file without `packages`; raises `Malformed` for one nested too deeply."""
    top = wire.dependencies or {}
    name = text(wire.name)
    yield Entry(
        location="",
        kind=EntryKind.ROOT,
        release=Release(name, text(wire.version), FromDirectory("")),
        installed_as=name,
        edges=tuple(Edge(dependency, "", EdgeKind.PROD) for dependency in _not_required(top)),
    )
    yield from _Tree(path, registry_for).below(top, "", "", "", 0)


class _Tree:
    def __init__(self, path: str, registry_for: RegistryFor) -> None:
        self._path = path
        self._registry_for = registry_for

    def below(
        self, tree: Mapping[str, WireDependency], prefix: str, parent: str, pointer: str, depth: int
    ) -> Iterator[Entry]:
        if depth > MAX_DEPTH:
            raise Malformed(self._path, "is nested too deeply")
        for name, wire in tree.items():
            if "node_modules/" in name:  # another package's place, written as a name
                raise Malformed(self._path, f"has a package called {name!r}", "$.dependencies")
            inside = f"{prefix}node_modules/{name}"
            at = f"{pointer}/dependencies/{token(name) if '/' in name or '~' in name else name}"
            yield self._entry(name, wire, inside, parent, at)
            if wire.dependencies:
                yield from self.below(wire.dependencies, f"{inside}/", name, at, depth + 1)

    def _entry(self, name: str, wire: WireDependency, location: str, parent: str, pointer: str) -> Entry:
        real, version, source = name, wire.version or "", text(wire.resolved)
        if ":" in version:
            real, version, source = identity(name, version, source)
        bundled = wire.bundled and parent and not source
        origin = FromBundle(parent) if bundled else origin_of(real, version, source, self._registry_for)
        requires: Mapping[str, Any] = wire.requires if isinstance(wire.requires, dict) else {}
        return Entry(
            location=location,
            kind=EntryKind.LINK if isinstance(origin, FromDirectory) else EntryKind.PACKAGE,
            release=Release(real, version, origin),
            installed_as=name,
            integrity=text(wire.integrity),
            resolved=source,
            edges=tuple(
                [
                    Edge(n, wanted if type(wanted) is str else "", EdgeKind.PROD)
                    for n, wanted in requires.items()
                ]
            ),
            dev=wire.dev,
            optional=wire.optional,
            at=Location(self._path, pointer=pointer),
        )


def identity(name: str, version: str, resolved: str) -> tuple[str, str, str]:
    """Real name, version and source of a dependency, whose `version` may be any of them."""
    if ":" not in version:
        return name, version, resolved
    if version.startswith("npm:"):
        real, _, aliased = version[4:].rpartition("@")
        return real or name, aliased, resolved
    return name, "", version


def _not_required(top: Mapping[str, WireDependency]) -> list[str]:
    """The packages nothing else asks for: lockfileVersion 1 does not repeat the manifest's own sections.

    A copy nested on the way up answers a requirement before the one at the top does.
    """
    required: set[str] = set()
    stack: list[tuple[WireDependency, _Folders]] = [
        (wire, ()) for wire in top.values() if wire.requires or wire.dependencies
    ]
    while stack:
        wire, above = stack.pop()
        inside = wire.dependencies
        nearer = (*above, inside) if inside else above
        if isinstance(wire.requires, dict) and not nearer:
            required.update(wire.requires)
        elif isinstance(wire.requires, dict):
            required.update([name for name in wire.requires if not any(name in one for one in nearer)])
        if inside:
            stack.extend([(nested, nearer) for nested in inside.values()])
    return [name for name in top if name not in required]
