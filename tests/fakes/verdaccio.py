"""A registry that is not ours: verdaccio, installed once into a cache and run on loopback.

The cache is ``$FORECHECK_TEST_CACHE``, or ``forecheck-tests`` in the platform's cache folder. Version 6.2 is
the last for node 20; node-fetch is pinned because its ``cjs`` tag is not on every registry.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fakes.npm import npm_command, run_npm

VERSION = "6.2.4"
START_SECONDS = 30
MANIFEST = {
    "private": True,
    "dependencies": {"verdaccio": VERSION},
    "overrides": {"node-fetch": "2.7.0"},
}
CONFIG = """
storage: ./storage
auth: {{htpasswd: {{file: ./htpasswd, algorithm: bcrypt, rounds: 4}}}}
uplinks: {{}}
packages: {{"**": {{access: $all, publish: $authenticated, unpublish: $authenticated}}}}
userRateLimit: {{windowMs: 1000, max: 10000}}
web: {{enable: false}}
log: {{type: stdout, level: error}}
listen: 127.0.0.1:{port}
"""


class InstallError(Exception):
    """verdaccio cannot be had here; the message says why."""


def cache_folder(environ: Mapping[str, str]) -> Path:
    if chosen := environ.get("FORECHECK_TEST_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(environ["LOCALAPPDATA"])
    elif sys.platform == "darwin":
        base = Path(environ["HOME"]) / "Library" / "Caches"
    else:
        base = Path(environ.get("XDG_CACHE_HOME") or Path(environ["HOME"]) / ".cache")
    return base / "forecheck-tests"


def install(environ: Mapping[str, str]) -> Path:
    """verdaccio's start script; installed by the machine's own npm configuration if the cache has none.

    :raises InstallError: no npm, or npm could not install it
    """
    folder = cache_folder(environ) / f"verdaccio-{VERSION}"
    script = Path("node_modules", "verdaccio", "bin", "verdaccio")
    if (folder / script).exists():
        return folder / script
    if not npm_command():
        raise InstallError("there is no npm")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="verdaccio-") as fresh:
        (Path(fresh) / "package.json").write_text(json.dumps(MANIFEST))
        command = [*npm_command(), "install", "--ignore-scripts", "--no-audit", "--no-fund"]
        run = subprocess.run(
            command, cwd=fresh, env=dict(environ), capture_output=True, text=True, check=False
        )
        if run.returncode:
            raise InstallError(f"npm could not install verdaccio {VERSION}: {run.stderr.strip()[-500:]}")
        with contextlib.suppress(OSError):  # another worker was first
            Path(fresh).rename(folder)
            Path(fresh).mkdir()  # for the context manager to remove
    return folder / script


class Verdaccio:
    """A running server with one user. ``folder`` holds its storage and the home of the npm that publishes."""

    def __init__(self, script: Path, folder: Path) -> None:
        self._script, self._folder = script, folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.token = ""

    def __enter__(self) -> Self:
        for _ in range(3):  # the free port may be taken before verdaccio binds it
            if self._start(_free_port()):
                self.token = self._add_user()
                return self
        log = (self._folder / "log.txt").read_text()
        raise RuntimeError(f"verdaccio did not start: {log[-2000:]}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()

    def npm_config(self) -> dict[str, str]:
        """The npmrc lines a client needs to publish."""
        return {f"//{self.url.removeprefix('http://')}:_authToken": self.token}

    def publish(self, package: Path) -> None:
        """``npm publish`` a folder (or tarball) with the real npm."""
        run = run_npm(
            ["publish", str(package), "--ignore-scripts", "--access", "public"],
            cwd=self._folder,
            registry=self.url,
            home=self._folder / "home",
            config=self.npm_config(),
        )
        if run.returncode:
            raise RuntimeError(f"npm publish failed: {run.stderr}")

    def _start(self, port: int) -> bool:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "config.yaml").write_text(CONFIG.format(port=port))
        self.url = f"http://127.0.0.1:{port}/"
        node = shutil.which("node") or "node"
        command = [node, str(self._script), "--config", str(self._folder / "config.yaml")]
        with (self._folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self._folder, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}-/ping", timeout=1):
                return True
            time.sleep(0.05)
        self._stop()
        return False

    def _stop(self) -> None:
        process = self._process
        if process is None:
            return
        for ending in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, ending)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
                break

    def _add_user(self) -> str:
        body = json.dumps({"name": "alice", "password": "alice's secret"}).encode()
        headers = {"content-type": "application/json"}
        url = f"{self.url}-/user/org.couchdb.user:alice"
        request = urllib.request.Request(url, data=body, headers=headers, method="PUT")
        with urllib.request.urlopen(request) as answer:
            token: str = json.load(answer)["token"]
        return token


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
