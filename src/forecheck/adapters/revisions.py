"""The files of a project at a git revision, in the index, or on disk; git is asked for stored bytes only."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Protocol

from forecheck.adapters.lockfiles import NOT_SEARCHED
from forecheck.model import Unavailable, UnavailableKind

SECONDS = 60
MAX_FILE = 256 * 1024 * 1024
INDEX = ""
"""As a revision: what is staged."""

# A repository that came as an archive brings its own .git/config: nothing in it may choose a program, no object is
# fetched (`git cat-file` and `git ls-tree` run no filters, hooks or external diffs).
_SAFELY = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=", "-c", "protocol.allow=never")


class Tree(Protocol):
    """The files of one side of a comparison, by path relative to the project, with slashes."""

    label: str

    def identities(self, wanted: Callable[[str], bool]) -> Mapping[str, str]:
        """The wanted files, each with the id git gives (or would give) its bytes."""
        ...

    def read(self, path: str) -> bytes | None:
        """A file's bytes, None where there is none."""
        ...


class OnDisk:
    """The working tree, ignored and untracked files included."""

    def __init__(self, root: str, *, sha256: bool = False) -> None:
        self.label = "the working tree"
        self._root = root
        self._hash = hashlib.sha256 if sha256 else hashlib.sha1

    def identities(self, wanted: Callable[[str], bool]) -> Mapping[str, str]:
        found = {}
        for where, folders, files in os.walk(self._root):
            folders[:] = [name for name in folders if name not in NOT_SEARCHED]
            for name in files:
                path = os.path.relpath(os.path.join(where, name), self._root).replace(os.sep, "/")
                data = self.read(path) if wanted(path) else None
                if data is not None:
                    found[path] = self._hash(b"blob %d\0" % len(data) + data).hexdigest()
        return found

    def read(self, path: str) -> bytes | None:
        try:
            with open(os.path.join(self._root, *path.split("/")), "rb") as file:
                data = file.read(MAX_FILE + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as wrong:
            raise Unavailable(UnavailableKind.REFUSED, f"{path} cannot be read: {wrong.strerror}") from None
        if len(data) > MAX_FILE:
            raise Unavailable(UnavailableKind.TOO_LARGE, f"{path} is larger than {MAX_FILE} bytes")
        return data


class AtRevision:
    """A commit, branch or tag, or the index. Raises `Unavailable` (NOT_FOUND) where git knows no such revision."""

    def __init__(self, root: str, revision: str, env: Mapping[str, str]) -> None:
        self.label = revision or "the index"
        self._git = Git(root, env)
        self._commit = self._git.commit(revision) if revision else ""
        self._entries = self._list()

    @property
    def sha256(self) -> bool:
        """Whether the repository names its objects by SHA-256."""
        return any(len(ident) == 64 for ident in self._entries.values())

    def identities(self, wanted: Callable[[str], bool]) -> Mapping[str, str]:
        return {path: ident for path, ident in self._entries.items() if wanted(path)}

    def read(self, path: str) -> bytes | None:
        ident = self._entries.get(path)
        return None if ident is None else self._git.blob(ident, path)

    def _list(self) -> dict[str, str]:
        if self._commit:
            lines = self._git.run("ls-tree", "-r", "-z", self._commit)
            rows = (line.partition("\t") for line in lines.decode("utf-8", "surrogateescape").split("\0"))
            return {path: said.split()[2] for said, tab, path in rows if tab and said.split()[1] == "blob"}
        lines = self._git.run("ls-files", "-s", "-z")
        rows = (line.partition("\t") for line in lines.decode("utf-8", "surrogateescape").split("\0"))
        return {path: said.split()[1] for said, tab, path in rows if tab and not said.startswith("160000")}


class Git:
    """The git program in one folder; paths are relative to that folder."""

    def __init__(self, root: str, env: Mapping[str, str]) -> None:
        self._root = root
        quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
        self._env = {**env, **quiet}
        self._program = shutil.which("git", path=env.get("PATH"))

    def commit(self, revision: str) -> str:
        """The full id of a revision's commit."""
        if revision.startswith("-"):
            raise Unavailable(UnavailableKind.NOT_FOUND, f"{revision} is no revision")
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
            raise Unavailable(UnavailableKind.TOO_LARGE, f"{path} is larger than {MAX_FILE} bytes")
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
            said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise Unavailable(UnavailableKind.REFUSED, f"git: {said or 'failed'}")
        return done.stdout
