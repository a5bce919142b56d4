"""What the package.json files beside a yarn.lock add to it.

A yarn 1 lockfile has no root and no workspaces, and neither yarn's says which dependencies are for development or
what `resolutions` put in the place of what was asked for. Rules: yarn 1.22 `PackageRequest` (a workspace of that name
and a fitting version answers before the registry does) and @yarnpkg/core 4 `Project.preparePackage`.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import quote

import msgspec

from forecheck.model import Edge, EdgeKind, Entry, EntryKind, FromDirectory, Location, Lockfile, Release
from forecheck.npm.semver import satisfies

Manifests = Mapping[str, Mapping[str, object]]

_SECTIONS = (EdgeKind.PROD, EdgeKind.DEV, EdgeKind.OPTIONAL, EdgeKind.PEER)


def with_manifests(lockfile: Lockfile, manifests: Manifests) -> Lockfile:
    """The lockfile with what the manifests know, by the folder of each (`.` or empty for the root).

    yarn-classic: the root's and the workspaces' entries get their edges, and edges that a workspace or `resolutions`
    answers their target. yarn-berry: edges for development get their kind, and the same for `resolutions`. Any other
    format says all this itself and stays as it is.
    """
    by_folder = {
        folder.removeprefix("./").strip("/").removeprefix("."): one for folder, one in manifests.items()
    }
    match lockfile.format:
        case "yarn-classic":
            return _Classic(lockfile, by_folder).joined()
        case "yarn-berry":
            return _Berry(lockfile, by_folder).joined()
        case _:
            return lockfile


class _Joining:
    def __init__(self, lockfile: Lockfile, manifests: Manifests) -> None:
        self._lockfile = lockfile
        self._manifests = manifests
        self._answers: dict[str, str] = {}
        for entry in lockfile.entries:
            if entry.kind in (EntryKind.PACKAGE, EntryKind.LINK) or lockfile.format == "yarn-berry":
                key = entry.location.rpartition(" (line ")[0] or entry.location
                self._answers.update((pattern.strip(), entry.location) for pattern in key.split(","))
        self._resolutions: dict[str, list[str]] = {}
        for path, wanted in _table(manifests.get("", {}), "resolutions"):
            self._resolutions.setdefault(_resolved_name(path), []).append(wanted)

    def _by_resolutions(self, name: str) -> str:
        for wanted in self._resolutions.get(name, ()):
            for descriptor in self._descriptors(name, wanted):
                if descriptor in self._answers:
                    return self._answers[descriptor]
        return ""

    def _descriptors(self, name: str, wanted: str) -> Iterator[str]:
        yield f"{name}@{wanted}"

    def _answered(self, entry: Entry) -> Entry:
        if all(edge.target or edge.kind is EdgeKind.PEER for edge in entry.edges):
            return entry
        edges = tuple(
            edge
            if edge.target or edge.kind is EdgeKind.PEER
            else msgspec.structs.replace(edge, target=self._target(edge.name, edge.wanted))
            for edge in entry.edges
        )
        return msgspec.structs.replace(entry, edges=edges)

    def _target(self, name: str, wanted: str) -> str:
        raise NotImplementedError


class _Classic(_Joining):
    def __init__(self, lockfile: Lockfile, manifests: Manifests) -> None:
        super().__init__(lockfile, manifests)
        self._workspaces = {
            _text(manifest, "name"): (folder, _text(manifest, "version"))
            for folder, manifest in manifests.items()
            if folder
        }

    def joined(self) -> Lockfile:
        own = tuple(self._project(folder, manifest) for folder, manifest in sorted(self._manifests.items()))
        others = (
            entry
            for entry in self._lockfile.entries
            if entry.kind not in (EntryKind.ROOT, EntryKind.WORKSPACE)
        )
        if "" not in self._manifests:
            own = (*(entry for entry in self._lockfile.entries if entry.kind is EntryKind.ROOT), *own)
        entries = (*own, *(self._answered(entry) for entry in others))
        return msgspec.structs.replace(self._lockfile, entries=entries)

    def _project(self, folder: str, manifest: Mapping[str, object]) -> Entry:
        name = _text(manifest, "name") or folder
        return Entry(
            location=folder,
            kind=EntryKind.WORKSPACE if folder else EntryKind.ROOT,
            release=Release(name, _text(manifest, "version"), FromDirectory(folder)),
            installed_as=name,
            edges=tuple(self._edges(manifest)),
            at=Location(self._lockfile.path, 1, 1),
        )

    def _edges(self, manifest: Mapping[str, object]) -> Iterator[Edge]:
        for kind in _SECTIONS:
            for name, wanted in _table(manifest, kind.value):
                yield Edge(name, wanted, kind, kind is EdgeKind.OPTIONAL, self._target(name, wanted))

    def _target(self, name: str, wanted: str) -> str:
        folder, version = self._workspaces.get(name, ("", ""))
        if folder and (not wanted or satisfies(version, wanted, loose=True)):
            return folder
        return self._answers.get(f"{name}@{wanted}") or self._by_resolutions(name)


class _Berry(_Joining):
    def joined(self) -> Lockfile:
        root = next((entry for entry in self._lockfile.entries if entry.kind is EntryKind.ROOT), None)
        self._locator = quote(root.resolved, safe="-_.!~*'()") if root is not None else ""
        entries = tuple(self._answered(self._sorted(entry)) for entry in self._lockfile.entries)
        return msgspec.structs.replace(self._lockfile, entries=entries)

    def _sorted(self, entry: Entry) -> Entry:
        """A workspace's edges with those of its `devDependencies` told apart."""
        origin = entry.release.origin
        if entry.kind not in (EntryKind.ROOT, EntryKind.WORKSPACE) or not isinstance(origin, FromDirectory):
            return entry
        manifest = self._manifests.get(origin.path.removeprefix("."), {})
        needed = {name for name, _ in _table(manifest, "dependencies")}
        for_development = {name for name, _ in _table(manifest, "devDependencies")} - needed
        edges = tuple(
            msgspec.structs.replace(edge, kind=EdgeKind.DEV)
            if edge.kind is EdgeKind.PROD and edge.name in for_development
            else edge
            for edge in entry.edges
        )
        return msgspec.structs.replace(entry, edges=edges)

    def _descriptors(self, name: str, wanted: str) -> Iterator[str]:
        descriptor = f"{name}@{wanted}" if ":" in wanted else f"{name}@npm:{wanted}"
        yield descriptor
        yield f"{name}@{wanted}"
        yield f"{descriptor}::locator={self._locator}"

    def _target(self, name: str, wanted: str) -> str:
        del wanted  # what was asked for is not answered, or there would be a target
        return self._by_resolutions(name)


def _resolved_name(path: str) -> str:
    """The package that a key of `resolutions` means: the last of `a/**/@s/b@npm:^1`."""
    parts = path.split("/")
    last = "/".join(parts[-2:]) if len(parts) > 1 and parts[-2].startswith("@") else parts[-1]
    at = last.find("@", 1)
    return last if at < 0 else last[:at]


def _table(manifest: Mapping[str, object], section: str) -> list[tuple[str, str]]:
    found = manifest.get(section)
    if not isinstance(found, dict):
        return []
    return [
        (name, wanted) for name, wanted in found.items() if isinstance(name, str) and isinstance(wanted, str)
    ]


def _text(manifest: Mapping[str, object], field: str) -> str:
    found = manifest.get(field)
    return found if isinstance(found, str) else ""
