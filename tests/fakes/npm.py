"""The real npm in a home of its own: no configuration, cache, token or proxy of the machine reaches it.

``FORECHECK_TEST_NPM`` names another npm: an executable, or its ``npm-cli.js``.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

DEFAULTS = {
    "audit": "false",
    "fund": "false",
    "update-notifier": "false",
    "fetch-retries": "0",
    "omit-lockfile-registry-resolved": "false",
    "progress": "false",
}
INHERITED = ("PATH", "LANG", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PATHEXT", "COMSPEC")


@cache
def npm_command() -> tuple[str, ...]:
    """How npm is started; empty if there is none."""
    chosen = os.environ.get("FORECHECK_TEST_NPM") or shutil.which("npm")
    if not chosen:
        return ()
    return ("node", chosen) if chosen.endswith(".js") else (chosen,)


@cache
def npm_version() -> tuple[int, ...]:
    """E.g. ``(11, 19, 1)``; empty if there is no npm."""
    if not npm_command():
        return ()
    run = subprocess.run([*npm_command(), "--version"], capture_output=True, text=True, check=True)
    return tuple(int(part) for part in run.stdout.strip().split("-")[0].split("."))


def write_npmrc(home: Path, registry: str, config: Mapping[str, str] | None = None) -> None:
    """The user's npmrc: `DEFAULTS`, the registry, then ``config`` (which may hold ``//host/:_authToken``)."""
    settings = {**DEFAULTS, "registry": registry, **(config or {})}
    home.mkdir(parents=True, exist_ok=True)
    (home / ".npmrc").write_text("".join(f"{key}={value}\n" for key, value in settings.items()))


def npm_environment(home: Path) -> dict[str, str]:
    """The whole environment of a child: a few inherited names, and a home with its own npm files. The
    registry is left to the npmrc, so that a project's own .npmrc ranks above it as it does for people."""
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        "LC_ALL": "C.UTF-8",  # without a locale Python gives its children one (PEP 538), and npm draws other trees
        "HOME": str(home),
        "USERPROFILE": str(home),
        "npm_config_userconfig": str(home / ".npmrc"),
        "npm_config_globalconfig": str(home / "global-npmrc"),
        "npm_config_cache": str(home / "npm-cache"),
    }


def run_npm(
    args: Sequence[str],
    *,
    cwd: Path,
    registry: str,
    home: Path,
    config: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run npm and give its exit code and output, whatever they are; ``registry`` is a URL."""
    write_npmrc(home, registry, config)
    return subprocess.run(
        [*npm_command(), *args],
        cwd=cwd,
        env={**npm_environment(home), **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
