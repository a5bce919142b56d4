"""A git repository of a test's own: no configuration, hook or signature of the machine's reaches it."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.fakes.npm import INHERITED

PROGRAM = shutil.which("git") or ""


class Repository:
    """`folder` becomes a repository on branch `main`. Commits have one author and one time."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self("init", "--quiet", "--initial-branch=main", *options)

    def __call__(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run git; gives standard output."""
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=cwd or self.folder,
            env={
                **{name: os.environ[name] for name in INHERITED if name in os.environ},
                "HOME": str(self.folder.parent / "no-home"),
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_AUTHOR_NAME": "ann",
                "GIT_AUTHOR_EMAIL": "ann@example.com",
                "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
                "GIT_COMMITTER_NAME": "ann",
                "GIT_COMMITTER_EMAIL": "ann@example.com",
                "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
                "GIT_ALLOW_PROTOCOL": "file",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def commit(self, message: str = "change") -> str:
        """Everything there is; gives the commit's id."""
        self("add", "--all", "--force")
        self("commit", "--quiet", "--allow-empty", "--no-verify", "-m", message)
        return self("rev-parse", "HEAD").strip()
