"""What stands beside a lockfile: the manifests, the configured registries, other lockfiles. Given by the caller."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from forecheck.model import EdgeKind, LockedFile, Lockfile

PUBLIC_REGISTRIES = ("https://registry.npmjs.org/", "https://registry.yarnpkg.com/")
"""The same content at two addresses; npm and yarn write either, whatever is configured."""

JSR_REGISTRY = "https://npm.jsr.io/"
_MAX_DEPTH = 20  # of overrides in overrides


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """The parts of a package.json that a lockfile copies or goes by; values as they stand in the file."""

    name: Any = None
    workspaces: Any = None
    package_manager: Any = None
    dependencies: Any = None
    dev_dependencies: Any = None
    optional_dependencies: Any = None
    peer_dependencies: Any = None
    overrides: Any = None
    resolutions: Any = None
    pnpm: Any = None
    trusted_dependencies: Any = None

    def sections(self) -> Iterator[tuple[EdgeKind, Mapping[str, Any]]]:
        """Each section that is there, as a mapping."""
        for kind, section in (
            (EdgeKind.PROD, self.dependencies),
            (EdgeKind.DEV, self.dev_dependencies),
            (EdgeKind.OPTIONAL, self.optional_dependencies),
            (EdgeKind.PEER, self.peer_dependencies),
        ):
            if isinstance(section, dict):
                yield kind, section

    def plain(self) -> Mapping[str, object]:
        """The fields that are there, by their names in the file."""
        return {key: value for key, value in msgspec.to_builtins(self).items() if value is not None}

    def workspace_globs(self) -> tuple[str, ...]:
        """The globs of `workspaces`: a list, or an object with the list in `packages`."""
        listed = self.workspaces.get("packages") if isinstance(self.workspaces, dict) else self.workspaces
        return tuple(glob for glob in listed if isinstance(glob, str)) if isinstance(listed, list) else ()


class ProjectManifests(msgspec.Struct, frozen=True):
    """The package.json beside the lockfile and those of its workspaces, by folder relative to it ("" is the root).

    Without the root's there is nothing to compare with, and checks that need it are skipped.
    """

    by_folder: Mapping[str, Manifest] = {}

    @property
    def root(self) -> Manifest | None:
        return self.by_folder.get("")

    def overridden(self) -> frozenset[str]:
        """The names whose versions the project sets itself (npm's `overrides`, yarn's `resolutions`, pnpm's and
        bun's): what other packages ask for does not count for them.
        """
        found: set[str] = set()
        for table in self._override_tables():
            _collect_names(table, found, 0)
        return frozenset(found)

    def override_texts(self) -> tuple[str, ...]:
        """What the project sets for those names: versions, ranges and addresses."""
        found: dict[str, None] = {}
        for table in self._override_tables():
            _collect_texts(table, found, 0)
        return tuple(found)

    def _override_tables(self) -> tuple[object, ...]:
        root = self.root
        if root is None:
            return ()
        pnpm = root.pnpm.get("overrides") if isinstance(root.pnpm, dict) else None
        return root.overrides, root.resolutions, pnpm


def _collect_names(table: object, found: set[str], depth: int) -> None:
    """`a`, `a@^1`, `a/b`, `a>b@1`, `**/@s/b`, nested: the name at the end is the one that is set."""
    if not isinstance(table, dict) or depth > _MAX_DEPTH:
        return
    for key, value in table.items():
        last = str(key).rpartition(">")[2].strip()
        parts = last.split("/")
        scoped = len(parts) > 1 and parts[-2].startswith("@")
        name = "/".join(parts[-2:]) if scoped else parts[-1]
        found.add(name[0:1] + name[1:].partition("@")[0])
        _collect_names(value, found, depth + 1)


def _collect_texts(table: object, found: dict[str, None], depth: int) -> None:
    if isinstance(table, str):
        found[table] = None
    elif isinstance(table, dict) and depth <= _MAX_DEPTH:
        for value in table.values():
            _collect_texts(value, found, depth + 1)


class ConfiguredRegistries(msgspec.Struct, frozen=True):
    """Where packages may come from by configuration: bases with a trailing slash.

    `own` are those of the user's configuration (command line, environment, user's and global files). `project` are
    those that only a file of the repository names, by base, with the file that does. `scopes` maps `@scope` to its
    base, `default` serves the rest. `extra_hosts` were allowed on the command line.
    """

    default: str = PUBLIC_REGISTRIES[0]
    scopes: Mapping[str, str] = {}
    own: tuple[str, ...] = ()
    project: Mapping[str, str] = {}
    extra_hosts: tuple[str, ...] = ()

    def registry_for(self, name: str) -> str:
        """The configured base of a name's registry."""
        if self.scopes and name.startswith("@"):
            return self.scopes.get(name.partition("/")[0], self.default)
        return self.default

    def bases(self) -> tuple[str, ...]:
        """Every registry that a tarball may come from."""
        return tuple(dict.fromkeys((*PUBLIC_REGISTRIES, JSR_REGISTRY, *self.own, *self.project)))

    def bases_by_host(self) -> Mapping[str, tuple[str, ...]]:
        """The bases of each host, port included where it is not the scheme's own."""
        found: dict[str, tuple[str, ...]] = {}
        for base in self.bases():
            host = host_of(base)
            found[host] = (*found.get(host, ()), base)
        return found


class LockfileNeighbours(msgspec.Struct, frozen=True):
    """Other lockfiles of the same folder: their names and formats, and those that could be read.

    `installed` is the package manager's own record of what is in node_modules, where there is one.
    """

    files: tuple[LockedFile, ...] = ()
    records: tuple[Lockfile, ...] = ()
    installed: Lockfile | None = None


class LockfileReading(msgspec.Struct, frozen=True):
    """What came of reading the file: empty when it could be read, else why not."""

    problem: str = ""


def host_of(url: str) -> str:
    """The host of a base URL in lower case, with a port that is not its scheme's own."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    own = {"http": 80, "https": 443}.get(parts.scheme)
    return host if parts.port in (None, own) else f"{host}:{parts.port}"


GIVEN: tuple[type, ...] = (
    Lockfile,
    ProjectManifests,
    ConfiguredRegistries,
    LockfileNeighbours,
    LockfileReading,
)
"""What whoever looks at a lockfile has to give; everything else is worked out from it."""
