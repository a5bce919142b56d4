"""Find the npm on PATH and say which version it is, without running it where that can be helped."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import NamedTuple

OLDEST = (10, 0, 0)


class NpmError(Exception):
    """npm is missing, too old, or said no; `code` is npm's own error code where it gave one."""

    def __init__(self, message: str, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.code = code


class NpmProgram(NamedTuple):
    """How to start npm, where it lives, and its version as (major, minor, patch)."""

    argv: tuple[str, ...]
    folder: str
    version: tuple[int, int, int]

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))


def find_npm(env: Mapping[str, str], name: str = "npm") -> NpmProgram:
    """The first npm (or npx) on PATH; raises `NpmError` when there is none or it is too old.

    On Windows `npm.cmd` is bypassed for the script it starts: a .cmd file would have cmd.exe read the arguments.
    """
    found = shutil.which(name, path=env.get("PATH"))
    if found is None:
        raise NpmError(
            f"{name} was not found on PATH",
            "install Node.js with npm (https://nodejs.org), or put it on PATH",
        )
    folder = _npm_folder(found)
    if folder and found.lower().endswith((".cmd", ".ps1", ".bat")):
        script = os.path.join(folder, "bin", f"{name}-cli.js")
        beside = os.path.join(os.path.dirname(found), "node.exe")
        node = beside if os.path.exists(beside) else shutil.which("node", path=env.get("PATH")) or "node"
        argv: tuple[str, ...] = (node, script)
    else:
        argv = (found,)
    version = _version_in(folder) if folder else _version_said(argv, env)
    if version < OLDEST:
        raise NpmError(
            f"npm {'.'.join(map(str, version))} is too old: forecheck needs npm {OLDEST[0]} or newer",
            "npm install -g npm@latest",
        )
    return NpmProgram(argv, folder, version)


def _npm_folder(found: str) -> str:
    """The folder of the npm package behind a path on PATH, empty when a version manager's shim hides it."""
    real = os.path.realpath(found)
    beside = os.path.join(os.path.dirname(real), "node_modules", "npm")
    for folder in (os.path.dirname(os.path.dirname(real)), beside):
        if os.path.basename(folder) == "npm" and os.path.isfile(os.path.join(folder, "package.json")):
            return folder
    return ""


def _version_in(folder: str) -> tuple[int, int, int]:
    path = os.path.join(folder, "package.json")
    try:
        with open(path, encoding="utf-8") as file:
            manifest = json.load(file)
        return _parse(str(manifest["version"]))
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise NpmError(f"cannot tell npm's version from {path}: {wrong}", "reinstall npm") from None


def _version_said(argv: tuple[str, ...], env: Mapping[str, str]) -> tuple[int, int, int]:
    try:
        said = subprocess.run(
            [*argv, "--version"], env=dict(env), capture_output=True, text=True, timeout=60, check=False
        )
        return _parse(said.stdout.strip())
    except (OSError, ValueError, subprocess.TimeoutExpired) as wrong:
        raise NpmError(f"{argv[0]} --version did not answer: {wrong}", "reinstall npm") from None


def _parse(version: str) -> tuple[int, int, int]:
    major, minor, patch = version.partition("-")[0].split(".")[:3]
    return int(major), int(minor), int(patch)
