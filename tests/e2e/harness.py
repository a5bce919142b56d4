"""forecheck as a person runs it: a process with the real npm, a home of its own and a test registry.

    lab = Lab(tmp_path, registry)
    lab.project(dependencies={"plain": "^1.0.0"})
    run = lab.run("npm", "install")
    assert run.code == 0, run
    assert lab.installed() == {"plain": "1.0.0"}

`Lab.ask` runs it on a terminal instead, and answers the prompt.
"""

import contextlib
import hashlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from forecheck.config.settings import SOURCES as SOURCES_BY_NAME
from tests.fakes.advisory_export import Record, advisory, fill_database
from tests.fakes.npm import npm_environment, write_npmrc
from tests.fakes.registry import Registry

SOURCES = Path(__file__).parents[2] / "src"
SECONDS = 60
SOURCES_OUTSIDE = sorted(
    name
    for name, settings in SOURCES_BY_NAME.items()
    if name == "dns" or (settings.url and name != "downloads")
)
PROMPT = "Install anyway? [y/N] "


class Run(msgspec.Struct, frozen=True):
    """What one run came to. On a terminal, `out` holds everything and `err` is empty."""

    code: int
    out: str
    err: str

    def says(self, *words: str) -> bool:
        """Whether standard error holds each text, and no traceback."""
        return all(word in self.err for word in words) and "Traceback" not in self.err + self.out


class Lab:
    """`home` holds an npmrc for the registry, `folder` is the project and where commands start."""

    def __init__(self, place: Path, registry: Registry) -> None:
        self.place = place
        self.registry = registry
        self.home = place / "home"
        self.folder = place / "project"
        self.folder.mkdir()
        self.npmrc()
        self.environment: dict[str, str] = {
            **npm_environment(self.home),
            "FORECHECK_CACHE": str(place / "forecheck-cache"),
            "PYTHONPATH": str(SOURCES),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.settings("")
        self.advisories(advisory("GHSA-0000-0000-0000", "unheard-of"))

    def npmrc(self, **config: str) -> None:
        """Write the user's .npmrc anew; `//host/:_authToken` and the like go in by `**{…}`."""
        write_npmrc(self.home, self.registry.url, config)

    def advisories(self, *records: Record) -> None:
        """What the advisory database on this machine holds; without records there is no database."""
        folder = Path(self.environment["FORECHECK_CACHE"])
        if records:
            fill_database(folder, records)
        else:
            shutil.rmtree(folder, ignore_errors=True)

    def settings(self, text: str) -> None:
        """The user's own forecheck.toml; services that it does not mention are on the test registry, or off."""
        for name in SOURCES_OUTSIDE:
            if f"[sources.{name}]" not in text:
                text += f"\n[sources.{name}]\nenabled = false\n"
        if "[sources.downloads]" not in text:
            text += f'\n[sources.downloads]\nurl = "{self.registry.url}"\n'
        path = self.home / ".config" / "forecheck" / "forecheck.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.environment["FORECHECK_CONFIG"] = str(path)

    def project(self, folder: Path | None = None, **fields: Any) -> Path:
        """Write a package.json; gives its folder."""
        where = folder or self.folder
        where.mkdir(parents=True, exist_ok=True)
        manifest = {"name": where.name, "version": "1.0.0", **fields}
        (where / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")
        return where

    def run(self, *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "forecheck", *arguments],
            cwd=cwd or self.folder,
            env={**self.environment, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def ask(
        self, *arguments: str, answer: str | Callable[[], str], env: Mapping[str, str] | None = None
    ) -> Run:
        """Run on a terminal; `answer` is typed at the prompt (a callable is called while it is shown).
        `\\x03` is Ctrl-C, `\\x04` the end of input."""
        with self._terminal(arguments, env) as (process, terminal):
            seen = _read_until(terminal, PROMPT)
            if PROMPT in seen:
                os.write(terminal, (answer if isinstance(answer, str) else answer()).encode())
                seen += _read_until(terminal, None)
            return Run(process.wait(SECONDS), seen.replace("\r\n", "\n"), "")

    @contextmanager
    def _terminal(
        self, arguments: tuple[str, ...], env: Mapping[str, str] | None
    ) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
        import pty

        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", _CONTROLLING, sys.executable, "-m", "forecheck", *arguments],
            cwd=self.folder,
            env={**self.environment, "TERM": "dumb", **(env or {})},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        try:
            yield process, ours
        finally:
            os.close(ours)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    # -- what there is afterwards

    def installed(self, folder: Path | None = None) -> dict[str, str]:
        """Path below node_modules → version, read from the package.json files that really are there."""
        modules = (folder or self.folder) / "node_modules"
        found = {}
        for path in sorted(modules.rglob("package.json")):
            where = path.parent.relative_to(modules).as_posix()
            with contextlib.suppress(ValueError, KeyError):
                if not path.is_symlink():
                    found[where] = json.loads(path.read_text())["version"]
        return found

    def lock(self, name: str = "package-lock.json") -> dict[str, Any]:
        """The `packages` of a lockfile."""
        packages: dict[str, Any] = json.loads((self.folder / name).read_text())["packages"]
        return packages

    def manifest(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.folder / "package.json").read_text())
        return read

    def snapshot(self) -> dict[str, str]:
        """Every file of the project (node_modules included) and what it holds, as a digest."""
        return {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


_CONTROLLING = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
"""The terminal must control the process's session, or Ctrl-C would be a mere character."""


def _read_until(terminal: int, text: str | None) -> str:
    """What the terminal shows up to `text`, or to the end of the program."""
    seen = b""
    deadline = time.monotonic() + SECONDS
    while (text is None or text.encode() not in seen) and time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 1)
        if not ready:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux reports the end of the other side so
            break
        if not piece:
            break
        seen += piece
    return seen.decode(errors="replace")
