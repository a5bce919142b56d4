"""The two sides of `forecheck lockfile diff`: which lockfiles differ, read with the manifests beside them."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

import msgspec

from forecheck.cli.ports import Ports
from forecheck.cli.refusal import NothingThere, UsageRefused
from forecheck.model import EntryKind, Unavailable

if TYPE_CHECKING:
    from forecheck.adapters.revisions import Tree
    from forecheck.comparison import Sides
    from forecheck.lint import Dossier
    from forecheck.model import Lockfile

MANIFESTS: Final = frozenset({"package.json", "pnpm-workspace.yaml", "deno.json", "deno.jsonc", "vlt.json"})
MAX_WORKSPACES: Final = 1_000
_MAX_MANIFEST: Final = 16 * 1024 * 1024

Manifests = Mapping[str, Mapping[str, object]]
"""The package.json files of a project, by folder relative to its lockfile."""


def of_files(base: str, head: str, ports: Ports) -> "Sides":
    """Two files that are named; nothing is known of what stands beside them."""
    from forecheck.adapters.revisions import OnDisk
    from forecheck.comparison import Sides

    dossiers = []
    for path in (base, head):
        full = os.path.realpath(os.path.join(ports.cwd, path))
        try:
            data = OnDisk(os.path.dirname(full)).read(os.path.basename(full))
        except Unavailable as missing:
            raise UsageRefused(missing.reason) from None
        if data is None:
            raise UsageRefused(f"{path} is no file")
        dossiers.append(_dossier(path, data, lambda _: {}, ports))
    return Sides(head, dossiers[0], dossiers[1], manifests_changed=True)


def of_trees(before: "Tree", after: "Tree", ports: Ports) -> "list[Sides]":
    """Every lockfile that differs. Raises `NothingThere` where neither side has one, `UsageRefused` for a lockfile
    that cannot be read.
    """
    from forecheck import discover
    from forecheck.adapters.lockfiles import lockfile_names
    from forecheck.comparison import Sides

    names = lockfile_names(discover.formats())
    old, new = (tree.identities(_called(names)) for tree in (before, after))
    if not old and not new:
        raise NothingThere(
            "there is no lockfile in this folder or below, on neither side",
            "forecheck lockfile diff BASE HEAD",
        )
    declared = [tree.identities(_called(MANIFESTS)) for tree in (before, after)]
    found = []
    for was, now in _paired(old, new):
        path = now or was
        changed = _manifests_changed(declared[0], declared[1], _folder(path))
        one, other = _read(before, was, ports), _read(after, now, ports)
        found.append(Sides(path, one, other, changed, was if was != path else ""))
    return found


def _called(names: frozenset[str]) -> Callable[[str], bool]:
    from forecheck.adapters.lockfiles import NOT_SEARCHED

    def wanted(path: str) -> bool:
        *folders, name = path.split("/")
        return name in names and NOT_SEARCHED.isdisjoint(folders)

    return wanted


def _paired(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The paths before and after of lockfiles that differ, one of them empty where the lockfile is added or removed.

    A lockfile that goes where another comes in the same folder is a change of package managers; one that comes
    elsewhere with the same contents, or as the only one of its name, was moved.
    """
    gone = sorted(old.keys() - new.keys())
    pairs = [(path, path) for path in old.keys() & new.keys() if old[path] != new[path]]
    for path in sorted(new.keys() - old.keys()):
        was = _predecessor(path, new[path], gone, old)
        if was:
            gone.remove(was)
        pairs.append((was, path))
    yield from sorted([*pairs, *((path, "") for path in gone)], key=lambda pair: pair[1] or pair[0])


def _predecessor(path: str, ident: str, gone: Iterable[str], old: Mapping[str, str]) -> str:
    beside = [one for one in gone if _folder(one) == _folder(path)]
    same = [one for one in gone if old[one] == ident]
    named = [one for one in gone if one.rpartition("/")[2] == path.rpartition("/")[2]]
    return next(iter((*same, *beside, *(named if len(named) == 1 else ()))), "")


def _manifests_changed(old: Mapping[str, str], new: Mapping[str, str], folder: str) -> bool:
    """Whether a manifest of the lockfile's project changed: in its folder or below. A lockfile that stands alone
    (Rush keeps it in common/config) goes with all manifests there are.
    """
    prefix = f"{folder}/" if folder else ""
    beside = {f"{prefix}{name}" for name in MANIFESTS}
    if beside.isdisjoint(old) and beside.isdisjoint(new):
        return old != new
    ours = [{path: one[path] for path in one if path.startswith(prefix)} for one in (old, new)]
    return ours[0] != ours[1]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _read(tree: "Tree", path: str, ports: Ports) -> "Dossier | None":
    if not path:
        return None
    try:
        data = tree.read(path)
    except Unavailable as missing:
        raise UsageRefused(f"{tree.label}: {missing.reason}") from None
    if data is None:
        return None
    return _dossier(path, data, lambda lockfile: _manifests(tree, _folder(path), lockfile), ports, tree.label)


def _dossier(
    path: str, data: bytes, manifests: "Callable[[Lockfile], Manifests]", ports: Ports, label: str = ""
) -> "Dossier":
    """A lockfile by its contents, with the manifests of its project. Raises `UsageRefused`."""
    from forecheck import discover
    from forecheck.adapters.lockfiles import parsed
    from forecheck.adapters.registries import registries_at
    from forecheck.evidence.lock_project import Manifest, ProjectManifests
    from forecheck.lint import Dossier
    from forecheck.lockfiles.positions import locate
    from forecheck.lockfiles.yarn_manifests import with_manifests

    folder = os.path.join(ports.cwd, *_folder(path).split("/"))
    registries = registries_at(folder if os.path.isdir(folder) else ports.cwd, ports.env)
    name = path.rpartition("/")[2]
    one = parsed(data, name, path, discover.formats(), registries.registry_for)
    if one.lockfile is None:
        raise UsageRefused(f"{path} of {label} {one.problem}" if label else f"{path} {one.problem}")
    declared = manifests(one.lockfile)
    return Dossier(
        one.subject,
        with_manifests(one.lockfile, declared) if declared else one.lockfile,
        registries,
        ProjectManifests({where: msgspec.convert(said, Manifest) for where, said in declared.items()}),
        places=lambda pointers: locate(data, pointers),
    )


def _manifests(tree: "Tree", folder: str, lockfile: "Lockfile") -> Manifests:
    """The root's and the workspaces'; those that cannot be read are left out, which the checks that miss them say."""
    from forecheck.analysis.locators import folder_of
    from forecheck.evidence.lock_project import Manifest

    root = _manifest(tree, folder, "")
    if root is None:
        return {}
    found: dict[str, Mapping[str, object]] = {"": root}
    listed = [folder_of(entry) for entry in lockfile.entries if entry.kind is EntryKind.WORKSPACE]
    globs = msgspec.convert(root, Manifest).workspace_globs()
    if not listed and globs:
        listed = list(_workspaces(tree, folder, globs))
    for where in listed[:MAX_WORKSPACES]:
        inside = where.removeprefix("./").strip("/")
        manifest = _manifest(tree, folder, inside) if inside not in ("", ".") else None
        if manifest is not None:
            found[inside] = manifest
    return found


def _manifest(tree: "Tree", folder: str, inside: str) -> Mapping[str, object] | None:
    from forecheck.decode import Malformed, read_json

    path = "/".join(part for part in (folder, inside, "package.json") if part)
    if ".." in path.split("/"):
        return None
    try:
        data = tree.read(path)
        return read_json(data, dict[str, object], path, max_bytes=_MAX_MANIFEST) if data is not None else None
    except (Malformed, Unavailable):
        return None


def _workspaces(tree: "Tree", folder: str, globs: tuple[str, ...]) -> Iterator[str]:
    """The folders that the globs of `workspaces` name (npm's map-workspaces)."""
    prefix = f"{folder}/" if folder else ""
    patterns = [glob.removeprefix("!").removeprefix("./").strip("/").split("/") for glob in globs]
    for path in sorted(tree.identities(_called(frozenset({"package.json"})))):
        where = _folder(path.removeprefix(prefix)) if path.startswith(prefix) else ""
        matching = [
            glob for glob, parts in zip(globs, patterns, strict=True) if _fits(where.split("/"), parts)
        ]
        if where and matching and not matching[-1].startswith("!"):
            yield where


def _fits(folders: list[str], pattern: list[str]) -> bool:
    if not pattern or not folders:
        return not folders and all(part == "**" for part in pattern)
    if pattern[0] == "**":
        return _fits(folders, pattern[1:]) or _fits(folders[1:], pattern)
    return fnmatchcase(folders[0], pattern[0]) and _fits(folders[1:], pattern[1:])
