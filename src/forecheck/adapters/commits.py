"""The `Commits` port on the git program: one commit is fetched into a bare repository, and files are read from it."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence

from forecheck.adapters.patience import about_to_wait
from forecheck.model import Unavailable, UnavailableKind

SECONDS = 120
MAX_FILE = 1024 * 1024

# Nothing of a repository may choose a program: no hooks, no helpers by URL (`ext::`), no submodules, no prompts.
_SAFELY = (
    "-c",
    "core.hooksPath=",
    "-c",
    "protocol.ext.allow=never",
    "-c",
    "fetch.recurseSubmodules=false",
    "-c",
    "core.fsmonitor=false",
)


class GitCommits:
    """Fetches by commit where the server allows it, else everything, without blobs larger than is read."""

    def __init__(self, env: Mapping[str, str], *, offline: bool) -> None:
        self._env = {**env, "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": ""}
        self._offline = offline

    def read(self, url: str, commit: str, paths: Sequence[str]) -> Mapping[str, bytes]:
        remote = url.removeprefix("git+")
        if self._offline and not remote.startswith("file:"):
            raise Unavailable(UnavailableKind.OFFLINE, f"{url} was not asked: this run is offline")
        if remote.startswith("-") or not set(commit) <= set("0123456789abcdef"):
            raise Unavailable(UnavailableKind.MALFORMED, f"{url} at {commit} names no commit")
        about_to_wait()
        folder = tempfile.mkdtemp(prefix="forecheck-git-")
        try:
            self._git(folder, "init", "--quiet", "--bare", "--template=")
            self._fetch(folder, remote, commit)
            return {path: data for path in paths if (data := self._show(folder, commit, path)) is not None}
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _fetch(self, folder: str, remote: str, commit: str) -> None:
        try:
            self._git(folder, "fetch", "--quiet", "--no-tags", "--depth=1", "--", remote, commit)
        except Unavailable as refused:
            if refused.kind is not UnavailableKind.REFUSED:
                raise
            everything = "+refs/*:refs/remotes/all/*"
            self._git(folder, "fetch", "--quiet", "--no-tags", "--", remote, everything)

    def _show(self, folder: str, commit: str, path: str) -> bytes | None:
        listed = self._git(folder, "ls-tree", "-l", commit, "--", path).split()
        if len(listed) < 4 or listed[1] != b"blob":
            return None
        if int(listed[3]) > MAX_FILE:
            raise Unavailable(UnavailableKind.TOO_LARGE, f"{path} is larger than {MAX_FILE} bytes")
        return self._git(folder, "cat-file", "blob", listed[2].decode())

    def _git(self, folder: str, *arguments: str) -> bytes:
        program = shutil.which("git", path=self._env.get("PATH"))
        if program is None:
            raise Unavailable(UnavailableKind.UNSUPPORTED, "git was not found on PATH")
        try:
            done = subprocess.run(  # noqa: S603  (by absolute path, no shell)
                [program, *_SAFELY, "-C", folder, *arguments],
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
