"""The files of a project at a git revision, in the index, or on disk; git is asked for stored bytes only."""

import hashlib
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from forecheck.adapters.lockfiles import NOT_SEARCHED
from forecheck.model import Unavailable, UnavailableKind

SECONDS = 60
MAX_FILE = 256 * 1024 * 1024
INDEX = ""
"""As a revision: what is staged."""

_LINK = "120000"
_SUBMODULE = "160000"

# A repository that came as an archive brings its own .git/config. `git cat-file`, `ls-tree` and `ls-files` run no
# filters, hooks, aliases or external diffs; what is left is what git starts to watch files, and what it starts to
# fetch objects that a partial clone lacks.
_SAFELY = ("--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
_ENVIRONMENT: Mapping[str, str] = {
    "GIT_ALLOW_PROTOCOL": "none",  # before any `protocol.*.allow` of the repository's own
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class Tree(Protocol):
    """The files of one side of a comparison, by path relative to the folder, with slashes. `label` names the side."""

    label: str

    def identities(self, wanted: Callable[[str], bool]) -> Mapping[str, str]:
        """The wanted files and symbolic links, each with what tells its bytes and kind from others."""
        ...

    def read(self, path: str) -> bytes | None:
        """A file's bytes, None where there is none; raises `Unavailable`, also for a symbolic link."""
        ...


class OnDisk:
    """The working tree, ignored and untracked files included; other repositories in it are left out."""

    def __init__(self, root: str, *, sha256: bool = False) -> None:
        self.label = "the working tree"
        self._root = root
        self._hash = hashlib.sha256 if sha256 else hashlib.sha1

    def identities(self, wanted: Callable[[str], bool]) -> Mapping[str, str]:
        return {path: self._identity(path) for path in self._paths() if wanted(path)}

    def read(self, path: str) -> bytes | None:
        full = self._full(path)
        try:
            if os.path.islink(full):
                raise _a_link(path)
            with open(os.open(full, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return None
                data = file.read(MAX_FILE + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as wrong:
            raise Unavailable(UnavailableKind.REFUSED, f"{path} cannot be read: {wrong.strerror}") from None
        if len(data) > MAX_FILE:
            raise _too_large(path)
        return data

    def _paths(self) -> Iterator[str]:
        for where, folders, files in os.walk(self._root):
            if where != self._root and os.path.lexists(os.path.join(where, ".git")):
                folders.clear()
                continue
            folders[:] = sorted(name for name in folders if name not in NOT_SEARCHED)
            for name in files:
                yield os.path.relpath(os.path.join(where, name), self._root).replace(os.sep, "/")

    def _identity(self, path: str) -> str:
        full = self._full(path)
        if os.path.islink(full):
            return f"{_LINK} {self._object(os.fsencode(os.readlink(full)))}"
        return self._object(self.read(path) or b"")

    def _object(self, data: bytes) -> str:
        """The id git gives to these bytes."""
        return self._hash(b"blob %d\0" % len(data) + data).hexdigest()

    def _full(self, path: str) -> str:
        return os.path.join(self._root, *path.split("/"))


class AtRevision:
    """A commit, branch or tag, or the index: what of it lies in this folder and below.

    Raises `Unavailable`, NOT_FOUND where git knows no such revision, UNSUPPORTED where there is no git.
    """

    def __init__(self, root: str, revision: str, env: Mapping[str, str]) -> None:
        self.label = revision or "the index"
        self._git = Git(root, env)
        self._commit = self._git.commit(revision) if revision else ""
        self._entries: dict[str, str] = {}
        self._conflicts: set[str] = set()
        self._list()

    @property
    def sha256(self) -> bool:
        """Whether the repository names its objects by SHA-256."""
        return any(len(one.rpartition(" ")[2]) == 64 for one in self._entries.values())

    def identities(self, wanted: Callable[[str], bool]) -> Mapping[str, str]:
        return {path: ident for path, ident in self._entries.items() if wanted(path)}

    def read(self, path: str) -> bytes | None:
        if path in self._conflicts:
            raise Unavailable(UnavailableKind.REFUSED, f"{path} has conflicts that are not resolved")
        ident = self._entries.get(path)
        if ident is not None and ident.startswith(_LINK):
            raise _a_link(path)
        return None if ident is None else self._git.blob(ident, path)

    def _list(self) -> None:
        """`ls-tree` writes `MODE TYPE ID<tab>PATH`, `ls-files --stage` `MODE ID STAGE<tab>PATH`."""
        listing = ("ls-tree", "-r", "-z", self._commit) if self._commit else ("ls-files", "--stage", "-z")
        for row in self._git.run(*listing).decode("utf-8", "surrogateescape").split("\0"):
            said, tab, path = row.partition("\t")
            if not tab or said.startswith(_SUBMODULE):
                continue
            mode, second, third = said.split()
            if not self._commit and third != "0":
                self._conflicts.add(path)
            ident = third if self._commit else second
            self._entries[path] = f"{mode} {ident}" if mode == _LINK else ident


class Git:
    """The git program in one folder; paths are relative to that folder."""

    def __init__(self, root: str, env: Mapping[str, str]) -> None:
        self._root = root
        self._env = {**env, **_ENVIRONMENT}
        self._program = shutil.which("git", path=env.get("PATH"))

    def commit(self, revision: str) -> str:
        """The full id of a revision's commit."""
        if revision.startswith("-") or "\0" in revision:
            raise Unavailable(UnavailableKind.NOT_FOUND, f"{revision} is no revision")
        self.run("rev-parse", "--git-dir")
        try:
            asked = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except Unavailable as missing:
            if missing.kind is not UnavailableKind.REFUSED:
                raise
            reason = f"git knows no revision {revision} in {self._root}"
            raise Unavailable(UnavailableKind.NOT_FOUND, reason) from None
        return asked.decode().split()[-1]

    def blob(self, ident: str, path: str) -> bytes:
        size = int(self.run("cat-file", "-s", ident))
        if size > MAX_FILE:
            raise _too_large(path)
        return self.run("cat-file", "blob", ident)

    def run(self, *arguments: str) -> bytes:
        if self._program is None:
            raise Unavailable(UnavailableKind.UNSUPPORTED, "git was not found on PATH")
        try:
            done = subprocess.run(  # noqa: S603  (by absolute path, no shell)
                [self._program, *_SAFELY, "-C", self._root, *arguments],
                env=self._env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Unavailable(UnavailableKind.TIMEOUT, f"git did not answer in {SECONDS} seconds") from None
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
            raise Unavailable(UnavailableKind.REFUSED, f"git: {said.removeprefix('fatal: ') or 'failed'}")
        return done.stdout


def _a_link(path: str) -> Unavailable:
    return Unavailable(UnavailableKind.REFUSED, f"{path} is a symbolic link, which is not followed")


def _too_large(path: str) -> Unavailable:
    return Unavailable(UnavailableKind.TOO_LARGE, f"{path} is larger than {MAX_FILE} bytes")
