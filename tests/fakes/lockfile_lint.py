"""The real lockfile-lint, to compare with: installed once, by the machine's own npm configuration, beside the test
servers."""

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.fakes.npm import INHERITED, npm_command
from tests.fakes.verdaccio import InstallError, cache_folder

__all__ = ["InstallError", "Ran", "install", "read_options", "run_all"]

VERSION = "5.0.1"
API_VERSION = "5.9.2"
DRIVER = Path(__file__).with_suffix(".cjs")
_OPTIONS = """
const read = require(`${process.argv[1]}/node_modules/lockfile-lint/src/config.js`)
const lines = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const write = process.stdout.write.bind(process.stdout)
console.error = console.log = () => {}
;(async () => {
  for (const line of lines) {
    let said
    try { said = await read(['node', 'lockfile-lint', ...line]) } catch { said = null }
    write(JSON.stringify(said) + '\\n')
  }
})()
"""


class Ran(NamedTuple):
    """What one run of it came to."""

    code: int
    out: str
    err: str


def install(environ: Mapping[str, str]) -> Path:
    """The folder it is installed in.

    :raises InstallError: no npm, or npm could not install it
    """
    folder = cache_folder(environ) / f"lockfile-lint-{VERSION}"
    if (folder / "node_modules" / "lockfile-lint" / "package.json").exists():
        return folder
    if not npm_command():
        raise InstallError("there is no npm")
    folder.parent.mkdir(parents=True, exist_ok=True)
    wanted = {"lockfile-lint": VERSION, "lockfile-lint-api": API_VERSION}
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="lockfile-lint-") as fresh:
        (Path(fresh) / "package.json").write_text(json.dumps({"private": True, "dependencies": wanted}))
        command = [*npm_command(), "install", "--ignore-scripts", "--no-audit", "--no-fund"]
        run = subprocess.run(
            command, cwd=fresh, env=dict(environ), capture_output=True, text=True, check=False
        )
        if run.returncode:
            raise InstallError(f"npm could not install lockfile-lint {VERSION}: {run.stderr.strip()[-500:]}")
        with contextlib.suppress(OSError):  # another worker was first
            Path(fresh).rename(folder)
            Path(fresh).mkdir()  # for the context manager to remove
    return folder


def run_all(folder: Path, cases: Sequence[tuple[Path, Sequence[str]]]) -> list[Ran]:
    """Run its command in a folder with arguments, for each case."""
    asked = json.dumps([{"cwd": str(cwd), "argv": list(argv)} for cwd, argv in cases])
    lines = _node([str(DRIVER), str(folder)], asked)
    assert len(lines) == len(cases)
    return [Ran(**json.loads(line)) for line in lines]


def read_options(folder: Path, lines: Sequence[Sequence[str]]) -> list[dict[str, object] | None]:
    """What its own option reader makes of each command line; None where it refuses."""
    return [json.loads(line) for line in _node(["-e", _OPTIONS, str(folder)], json.dumps(lines))]


def _node(arguments: Sequence[str], given: str) -> list[str]:
    env = {name: os.environ[name] for name in INHERITED if name in os.environ}
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            ["node", *arguments],
            input=given,
            cwd=empty,
            env=env,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
    return done.stdout.splitlines()
