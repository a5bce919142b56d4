"""The files of a project that decide what npm installs, read as they are, never through npm."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from typing import Any

import msgspec

from forecheck.decode import Malformed, read_json

LOCKFILES = ("npm-shrinkwrap.json", "package-lock.json")
HIDDEN_LOCKFILE = os.path.join("node_modules", ".package-lock.json")
MAX_MANIFEST = 16 * 1024 * 1024
MAX_FOLDERS = 100_000
_NOT_PLAIN = frozenset("[](){}!+@\\")


class ManifestFile(msgspec.Struct, frozen=True, rename="camel"):
    """The parts of a package.json that matter here."""

    name: Any = None
    bin: Any = None
    workspaces: Any = None
    dependencies: Any = None
    dev_dependencies: Any = None
    optional_dependencies: Any = None
    peer_dependencies: Any = None
    bundle_dependencies: Any = None

    def specs(self) -> Iterator[str]:
        """Every dependency's wanted text."""
        for section in (
            self.dependencies,
            self.dev_dependencies,
            self.optional_dependencies,
            self.peer_dependencies,
        ):
            if isinstance(section, dict):
                yield from (wanted for wanted in section.values() if isinstance(wanted, str))

    def workspace_patterns(self) -> list[str]:
        """The globs of `workspaces`: a list, or an object with the list in `packages`."""
        listed = self.workspaces.get("packages") if isinstance(self.workspaces, dict) else self.workspaces
        return [pattern for pattern in listed if isinstance(pattern, str)] if isinstance(listed, list) else []


class Inputs(msgspec.Struct, frozen=True):
    """What a resolution was made from: bytes by path relative to the project root, empty for absent files.

    `root` is absolute. Comparing two snapshots tells whether somebody changed the project in between.
    """

    root: str
    files: Mapping[str, bytes]

    def digest(self) -> str:
        together = hashlib.sha256()
        for path in sorted(self.files):
            together.update(f"{path}\0{len(self.files[path])}\0".encode())
            together.update(self.files[path])
        return together.hexdigest()

    @property
    def lockfile(self) -> str:
        """The name of the lockfile npm would read: a shrinkwrap wins. Empty when there is none."""
        return next((name for name in LOCKFILES if name in self.files), "")


def read_inputs(root: str) -> Inputs:
    """Snapshot the manifests (workspaces included), the lockfiles and the project's .npmrc."""
    files: dict[str, bytes] = {}
    for name in ("package.json", *LOCKFILES, ".npmrc"):
        data = read_file(os.path.join(root, name))
        if data is not None:
            files[name] = data
    own = _manifest(files["package.json"], root, "package.json") if "package.json" in files else None
    if own is not None and own.workspaces:
        for path in _nested_manifests(root, own.workspace_patterns()):
            data = read_file(os.path.join(root, path))
            if data is not None:
                _manifest(data, root, path)
                files[path] = data
    return Inputs(root, files)


def manifests(inputs: Inputs) -> Iterator[tuple[str, ManifestFile]]:
    """Each package.json of the snapshot with its folder relative to the root."""
    for path, data in inputs.files.items():
        if os.path.basename(path) == "package.json":
            yield os.path.dirname(path), _manifest(data, inputs.root, path)


def read_file(path: str) -> bytes | None:
    """The bytes of a file, None when there is none; other failures are `Malformed` with the path."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as wrong:
        raise Malformed(path, f"cannot be read: {wrong.strerror}") from None


def _manifest(data: bytes, root: str, path: str) -> ManifestFile:
    return read_json(data, ManifestFile, os.path.join(root, path), max_bytes=MAX_MANIFEST)


def _nested_manifests(root: str, patterns: Sequence[str]) -> Iterator[str]:
    """Every package.json below the root outside node_modules: npm's own globs then pick the workspaces.

    Raises `Malformed` for a symbolic link that may be one, since npm would follow it.
    """
    for visited, (folder, folders, names) in enumerate(os.walk(root)):
        if visited > MAX_FOLDERS:
            raise Malformed(root, f"holds more than {MAX_FOLDERS} folders; cannot find its workspaces")
        folders[:] = [name for name in folders if name != "node_modules"]
        for name in folders:
            full = os.path.join(folder, name)
            if os.path.islink(full) and _may_match(os.path.relpath(full, root), patterns):
                raise Malformed(full, "is a symbolic link where npm looks for workspaces; make it a folder")
        if folder != root and "package.json" in names:
            yield os.path.relpath(os.path.join(folder, "package.json"), root)


def _may_match(path: str, patterns: Sequence[str]) -> bool:
    """Whether a folder may be a workspace or hold one, by a reading of the globs that is never too narrow."""
    return any(_may_lead_to(path.split(os.sep), pattern) for pattern in patterns)


def _may_lead_to(parts: Sequence[str], pattern: str) -> bool:
    wanted = [part for part in pattern.replace("\\", "/").split("/") if part not in ("", ".")]
    if pattern.startswith("!") or len(wanted) < len(parts):
        return "**" in wanted and not pattern.startswith("!")
    return all(
        _NOT_PLAIN & set(glob) or fnmatch(part, glob) for part, glob in zip(parts, wanted, strict=False)
    )
