"""The real pnpm, for its own opinion: it verifies registry signatures without a word of ours (``pnpm audit signatures``).

Installed once, by the machine's own npm configuration, into the same cache folder as the test servers. Version 12.21
is the newest that runs on node 20 and knows the command.
"""

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.fakes.npm import INHERITED, npm_command
from tests.fakes.verdaccio import InstallError, cache_folder

__all__ = ["InstallError", "install", "run_pnpm"]

VERSION = "12.21.0"
SETTINGS = "minimumReleaseAge: 0\nupdateNotifier: false\n"


def install(environ: Mapping[str, str]) -> Path:
    """pnpm's start script.

    :raises InstallError: no npm, or npm could not install it
    """
    folder = cache_folder(environ) / f"pnpm-{VERSION}"
    script = Path("node_modules", "pnpm", "bin", "pnpm.mjs")
    if (folder / script).exists():
        return folder / script
    if not npm_command():
        raise InstallError("there is no npm")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="pnpm-") as fresh:
        (Path(fresh) / "package.json").write_text(
            json.dumps({"private": True, "dependencies": {"pnpm": VERSION}})
        )
        command = [*npm_command(), "install", "--ignore-scripts", "--no-audit", "--no-fund"]
        run = subprocess.run(
            command, cwd=fresh, env=dict(environ), capture_output=True, text=True, check=False
        )
        if run.returncode:
            raise InstallError(f"npm could not install pnpm {VERSION}: {run.stderr.strip()[-500:]}")
        with contextlib.suppress(OSError):  # another worker was first
            Path(fresh).rename(folder)
            Path(fresh).mkdir()  # for the context manager to remove
    return folder / script


def run_pnpm(
    script: Path, args: Sequence[str], *, cwd: Path, registry: str, home: Path
) -> subprocess.CompletedProcess[str]:
    """Run pnpm in a home of its own and give its exit code and output, whatever they are."""
    home.mkdir(parents=True, exist_ok=True)
    (home / ".npmrc").write_text(f"registry={registry}\n")
    (cwd / "pnpm-workspace.yaml").write_text(SETTINGS)
    (cwd / ".npmrc").write_text(f"registry={registry}\n")
    return subprocess.run(
        ["node", str(script), *args],
        cwd=cwd,
        env={
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "HOME": str(home),
            "USERPROFILE": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "CI": "true",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
