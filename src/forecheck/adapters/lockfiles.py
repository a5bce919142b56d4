"""Lockfiles on disk: found by name or named by path, read, and put together with what stands beside them."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from forecheck.adapters.files import LocalFiles
from forecheck.adapters.registries import registries_at
from forecheck.analysis.locators import folder_of
from forecheck.decode import Malformed
from forecheck.evidence.lock_project import (
    ConfiguredRegistries,
    LockfileNeighbours,
    Manifest,
    ProjectManifests,
)
from forecheck.lint import Dossier
from forecheck.lockfiles.format import Format, format_of
from forecheck.lockfiles.origins import RegistryFor
from forecheck.model import EntryKind, LockedFile, Lockfile, Unavailable, UnavailableKind

MAX_FOLDERS = 200_000
MAX_WORKSPACES = 5_000
NOT_SEARCHED = frozenset({"node_modules", ".git", ".hg", ".svn", ".yarn", ".pnpm-store"})
_GLOB = frozenset("*?[")
_INSTALLED = {"npm": "node_modules/.package-lock.json", "pnpm": "node_modules/.pnpm/lock.yaml"}
_MANIFEST_BYTES = 16 * 1024 * 1024


class NoLockfile(Exception):  # noqa: N818  (the person's to know, shown as a message)
    """A path that is not there, or a pattern or folder without a lockfile; `given` is what was asked for."""

    def __init__(self, given: str, why: str) -> None:
        super().__init__(f"{given}: {why}")
        self.given = given


class Found(msgspec.Struct, frozen=True):
    """A file to look at: where it is, and how to call it."""

    full: str
    shown: str


class ReadFile(msgspec.Struct, frozen=True):
    """A file that was read: its bytes, and what they are; without a lockfile `problem` says why."""

    data: bytes
    subject: LockedFile
    lockfile: Lockfile | None
    problem: str = ""


def lockfile_names(formats: Iterable[Format]) -> frozenset[str]:
    """Every name that a package manager gives its lockfile."""
    return frozenset(name for one in formats for name in one.names)


def find(folder: str, shown: str, names: Collection[str]) -> Iterator[Found]:
    """The lockfiles of a folder and those below it, in order of their paths; symbolic links are not followed.

    Raises `NoLockfile` for a tree of more than `MAX_FOLDERS` folders.
    """
    for visited, (where, folders, files) in enumerate(os.walk(folder)):
        if visited > MAX_FOLDERS:
            raise NoLockfile(shown, f"holds more than {MAX_FOLDERS} folders; name the lockfiles")
        folders[:] = sorted(name for name in folders if name not in NOT_SEARCHED)
        inside = os.path.relpath(where, folder)
        prefix = shown if inside == "." else os.path.join(shown, inside) if shown not in ("", ".") else inside
        for name in sorted(one for one in files if one in names):
            path = name if prefix in ("", ".") else os.path.join(prefix, name)
            yield Found(os.path.join(where, name), path.replace(os.sep, "/"))


def expand(paths: Sequence[str], cwd: str, names: Collection[str]) -> list[Found]:
    """Files, folders and patterns as files, each once; raises `NoLockfile` where one of them leads to none."""
    found: dict[str, Found] = {}
    for path in paths:
        full = os.path.join(cwd, path)
        if os.path.isdir(full):
            ones = list(find(full, path, names))
        elif os.path.lexists(full):
            ones = [Found(full, path.replace(os.sep, "/"))]
        elif _GLOB & set(path):
            ones = list(_matching(path, cwd, names))
        else:
            raise NoLockfile(path, "does not exist")
        if not ones:
            raise NoLockfile(path, "there is no lockfile")
        for one in ones:
            found.setdefault(os.path.realpath(one.full), one)
    return list(found.values())


def _matching(pattern: str, cwd: str, names: Collection[str]) -> Iterator[Found]:
    import glob

    inside = "node_modules" in pattern
    for match in sorted(glob.iglob(pattern, root_dir=cwd, recursive=True, include_hidden=True)):
        if not inside and NOT_SEARCHED & set(match.split(os.sep)):
            continue
        full = os.path.join(cwd, match)
        if os.path.isdir(full):
            yield from (Found(os.path.join(full, name), f"{match}/{name}") for name in _among(full, names))
        else:
            yield Found(full, match.replace(os.sep, "/"))


def _among(folder: str, names: Collection[str]) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name in names)
    except OSError:
        return []


def read(found: Found, formats: Sequence[Format], registry_for: RegistryFor) -> ReadFile:
    """The file, parsed; a file that is not there, too large or broken is a `problem`, never an exception."""
    name = os.path.basename(found.full)
    try:
        data = LocalFiles("/").read(found.full)
    except Unavailable as missing:
        why = "does not exist" if missing.kind is UnavailableKind.NOT_FOUND else missing.reason
        return ReadFile(b"", LockedFile(found.shown, "unknown"), None, why)
    return parsed(data, name, found.shown, formats, registry_for)


def parsed(
    data: bytes, name: str, shown: str, formats: Sequence[Format], registry_for: RegistryFor
) -> ReadFile:
    """Bytes as a lockfile, by what they begin with and by the file's name."""
    format_ = format_of(formats, name, data)
    if format_ is None:
        why = "is no lockfile that forecheck knows" if data.strip() else "is empty"
        return ReadFile(data, LockedFile(shown, "unknown"), None, why)
    subject = LockedFile(shown, format_.id)
    try:
        return ReadFile(data, subject, format_.read(data, shown, registry_for))
    except Malformed as wrong:
        place = f" ({wrong.place})" if wrong.place else ""
        return ReadFile(data, subject, None, f"cannot be read{place}: {wrong.why}")


def dossiers(
    found: Sequence[Found],
    formats: Sequence[Format],
    env: Mapping[str, str],
    extra_hosts: tuple[str, ...] = (),
) -> Iterator[Dossier]:
    """Each file with what is beside it; one folder's files after another."""
    by_folder: dict[str, list[Found]] = {}
    for one in found:
        by_folder.setdefault(os.path.dirname(os.path.abspath(one.full)), []).append(one)
    names = lockfile_names(formats)
    for folder, ones in by_folder.items():
        registries = registries_at(folder, env, extra_hosts)
        asked = [read(one, formats, registries.registry_for) for one in ones]
        given = {os.path.basename(one.full) for one in ones}
        shown = ones[0].shown.rpartition("/")[0]
        others = [
            read(
                Found(os.path.join(folder, name), f"{shown}/{name}" if shown else name),
                formats,
                registries.registry_for,
            )
            for name in _among(folder, names)
            if name not in given
        ]
        for file in asked:
            beside = [other for other in (*asked, *others) if other is not file]
            yield _dossier(file, beside, folder, registries, formats)


def project_lockfile(
    root: str,
    formats: Sequence[Format],
    env: Mapping[str, str],
    registry_for: RegistryFor,
    manager: str = "",
) -> Dossier | None:
    """The lockfile that the project in `root` is installed from, with what is beside it; None where there is none.

    npm's comes first, as before, unless the `packageManager` of package.json names another one that is there.
    `manager` wants that one's or none. Origins of its packages are told by `registry_for`.
    """
    there = {
        format_.manager: name
        for format_ in reversed(formats)
        for name in reversed(format_.names)
        if manager in ("", format_.manager) and os.path.isfile(os.path.join(root, name))
    }
    if not there:
        return None
    manifest = _manifest(os.path.join(root, "package.json"))
    said = str(manifest.package_manager).partition("@")[0] if manifest else ""
    name = there.get(said) or there.get("npm") or next(iter(there.values()))
    found = Found(os.path.join(root, name), name)
    dossier = next(dossiers([found], formats, env))
    one = read(found, formats, registry_for)
    lockfile = _joined(one.lockfile, dossier.manifests)
    return msgspec.structs.replace(dossier, lockfile=lockfile, problem=one.problem)


def dossier_of_bytes(
    data: bytes,
    name: str,
    cwd: str,
    formats: Sequence[Format],
    env: Mapping[str, str],
    extra_hosts: tuple[str, ...],
) -> Dossier:
    """A lockfile that came from somewhere else (standard input): nothing is beside it."""
    registries = registries_at(cwd, env, extra_hosts)
    one = parsed(data, name, name, formats, registries.registry_for)
    return Dossier(one.subject, one.lockfile, registries, problem=one.problem, places=_places_in(data))


def _dossier(
    one: ReadFile,
    beside: Sequence[ReadFile],
    folder: str,
    registries: ConfiguredRegistries,
    formats: Sequence[Format],
) -> Dossier:
    neighbours = LockfileNeighbours(
        files=tuple(other.subject for other in beside),
        records=tuple(other.lockfile for other in beside if other.lockfile is not None),
        installed=_installed(one, folder, registries, formats),
    )
    manifests = _manifests(folder, one.lockfile)
    return Dossier(
        subject=one.subject,
        lockfile=_joined(one.lockfile, manifests),
        registries=registries,
        manifests=manifests,
        neighbours=neighbours,
        problem=one.problem,
        places=_places_in(one.data),
    )


def _joined(lockfile: Lockfile | None, manifests: ProjectManifests) -> Lockfile | None:
    """A yarn.lock with what only the manifests know: who asks for what, and what `resolutions` answer."""
    if lockfile is None or lockfile.manager != "yarn" or manifests.root is None:
        return lockfile
    from forecheck.lockfiles.yarn_manifests import with_manifests

    return with_manifests(lockfile, {folder: one.plain() for folder, one in manifests.by_folder.items()})


def _places_in(data: bytes) -> Callable[[Collection[str]], Mapping[str, tuple[int, int]]]:
    def places(pointers: Collection[str]) -> Mapping[str, tuple[int, int]]:
        from forecheck.lockfiles.positions import locate

        return locate(data, pointers)

    return places


def _installed(
    one: ReadFile, folder: str, registries: ConfiguredRegistries, formats: Sequence[Format]
) -> Lockfile | None:
    """The package manager's own record of node_modules, if there is one that can be read."""
    record = _INSTALLED.get(one.lockfile.manager) if one.lockfile is not None else None
    if record is None or one.subject.path.endswith(record):
        return None
    full = os.path.join(folder, *record.split("/"))
    if not os.path.isfile(full):
        return None
    name = "pnpm-lock.yaml" if record.endswith(".yaml") else "package-lock.json"
    data = read(Found(full, record), formats, registries.registry_for).data
    return parsed(data, name, record, formats, registries.registry_for).lockfile


def _manifests(folder: str, lockfile: Lockfile | None) -> ProjectManifests:
    root = _manifest(os.path.join(folder, "package.json"))
    if root is None:
        return ProjectManifests()
    found = {"": root}
    for location in list(_workspaces(folder, root, lockfile))[:MAX_WORKSPACES]:
        parts = location.split("/")
        if location and not location.startswith("/") and ".." not in parts and "node_modules" not in parts:
            manifest = _manifest(os.path.join(folder, *parts, "package.json"))
            if manifest is not None:
                found[location] = manifest
    return ProjectManifests(found)


def _workspaces(folder: str, root: Manifest, lockfile: Lockfile | None) -> Iterator[str]:
    """Folders relative to the project: those the lockfile lists; yarn 1 lists none, so its globs are followed."""
    listed = [folder_of(e) for e in lockfile.entries if e.kind is EntryKind.WORKSPACE] if lockfile else []
    yield from listed
    if not listed and root.workspace_globs():
        from forecheck.adapters.npm.project import ManifestFile
        from forecheck.adapters.npm.workspaces import workspace_folders

        for full in workspace_folders(folder, ManifestFile(workspaces=root.workspaces)):
            yield os.path.relpath(full, folder).replace(os.sep, "/")


def _manifest(path: str) -> Manifest | None:
    """A package.json; None where there is none that can be read, which the checks that need it then say."""
    if not os.path.isfile(path) or os.path.getsize(path) > _MANIFEST_BYTES:
        return None
    try:
        return msgspec.json.decode(LocalFiles("/").read(path).removeprefix(b"\xef\xbb\xbf"), type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Unavailable):
        return None
