"""Which folders a package.json makes its workspaces (the globs of npm's map-workspaces)."""

import glob
import os
from collections.abc import Iterator

from forecheck.adapters.npm.project import MAX_MANIFEST, ManifestFile, read_file
from forecheck.decode import read_json
from forecheck.npm.locations import Folder

MAX_PATTERNS = 1_000


def look_at(path: str) -> Folder:
    """What npm would see in a folder while it looks for the project."""
    where = os.path.join(path, "package.json")
    data = read_file(where)
    manifest = read_json(data, ManifestFile, where, max_bytes=MAX_MANIFEST) if data is not None else None
    return Folder(
        path=path,
        has_package_json=data is not None,
        has_node_modules=os.path.isdir(os.path.join(path, "node_modules")),
        workspaces=frozenset(workspace_folders(path, manifest)) if manifest else frozenset(),
    )


def workspace_folders(root: str, manifest: ManifestFile) -> Iterator[str]:
    """The absolute folders of a project's workspaces: those its globs name that hold a package.json."""
    included: list[str] = []
    excluded: list[str] = []
    for pattern in manifest.workspace_patterns()[:MAX_PATTERNS]:
        bare = pattern.lstrip("!")
        plain = bare.removeprefix(".").lstrip("/") if bare.startswith(("/", "./")) else bare
        if (len(pattern) - len(bare)) % 2:
            excluded.append(plain)
        else:
            excluded = [other for other in excluded if not _names(plain, other, root)]
            included.append(plain)
    without = {folder for pattern in excluded for folder in _folders(root, pattern)}
    found = dict.fromkeys(folder for pattern in included for folder in _folders(root, pattern))
    yield from (folder for folder in found if folder not in without)


def _names(pattern: str, excluded: str, root: str) -> bool:
    """Whether a pattern asks by name for what an earlier one excluded; that one then counts no longer."""
    if pattern == excluded:
        return True
    if "{" in pattern or glob.has_magic(pattern):
        return False
    return bool(set(_folders(root, pattern)) & set(_folders(root, excluded)))


def _folders(root: str, pattern: str) -> Iterator[str]:
    for plain in _without_braces(pattern.rstrip("/")):
        for match in glob.iglob(os.path.join(plain, "package.json"), root_dir=root, recursive=True):
            folder = os.path.dirname(match)
            if folder and "node_modules" not in folder.split(os.sep):
                yield os.path.normpath(os.path.join(root, folder))


def _without_braces(pattern: str) -> Iterator[str]:
    """`a/{b,c}` as `a/b` and `a/c`; one level, as in real manifests."""
    before, opening, rest = pattern.partition("{")
    inside, closing, after = rest.partition("}")
    if not (opening and closing):
        yield pattern
        return
    for choice in inside.split(",")[:MAX_PATTERNS]:
        yield from _without_braces(f"{before}{choice}{after}")
