"""`python -m bench.lockfile [--runs N] [--write]`: forecheck lockfile lint beside lockfile-lint, in time and memory.

Generated files of 1,000, 10,000 and 50,000 packages in which neither finds anything, every rule of both switched on.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.lockfile_files import pnpm, yarn_classic
from bench.lockfile_files_npm import npm1, npm2, npm3
from bench.place import FORECHECK, cache_folder
from bench.table import machine

LOCKFILE_LINT = "5.0.1"
RESULTS = Path(__file__).parent / "LOCKFILE.md"
SIZES = (1_000, 10_000, 50_000)
FORMATS: dict[str, tuple[Callable[[int], bytes], str, tuple[str, ...]]] = {
    "npm v3": (npm3, "package-lock.json", ("-s", "-a", "npm", "-n", "-i")),
    "npm v2": (npm2, "package-lock.json", ("-s", "-a", "npm", "-n", "-i")),
    "npm v1": (npm1, "package-lock.json", ("-s", "-a", "npm", "-i")),
    "yarn 1": (yarn_classic, "yarn.lock", ("-s", "-a", "npm", "-n", "-i")),
}
"""Generator, file name and the peer's options. In npm v1 its `-n` takes every scoped name for a wrong one."""


class Cost(NamedTuple):
    """Of one command: median and best wall-clock seconds, median CPU seconds, peak memory in MiB."""

    wall: float
    best: float
    cpu: float
    memory: float


def peer() -> Path:
    """The command of lockfile-lint, installed from the npm registry on first use; no script of it is run."""
    folder = cache_folder() / f"lockfile-lint-{LOCKFILE_LINT}"
    command = folder / "node_modules" / ".bin" / "lockfile-lint"
    if not command.exists():
        folder.mkdir(parents=True, exist_ok=True)
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        wanted = f"lockfile-lint@{LOCKFILE_LINT}"
        subprocess.run(["npm", "install", wanted, "--prefix", str(folder), *quiet], check=True)
    return command


def cost(command: Sequence[str], folder: Path, runs: int) -> Cost:
    """Run it and add up what the kernel says of it; raises RuntimeError unless it ends with 0."""
    walls, cpus, memory = [], [], 0.0
    env = {**os.environ, "HOME": str(folder), "FORECHECK_CONFIG": ""}
    for _ in range(runs):
        before = time.perf_counter()
        with subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        ) as run:
            said = run.stdout.read() if run.stdout else b""
            _, status, used = os.wait4(run.pid, 0)
            run.returncode = os.waitstatus_to_exitcode(status)
        walls.append(time.perf_counter() - before)
        cpus.append(used.ru_utime + used.ru_stime)
        memory = max(memory, used.ru_maxrss / 1024)
        if run.returncode:
            raise RuntimeError(f"{command} in {folder} gave {run.returncode}:\n{said[-1000:].decode()}")
    return Cost(statistics.median(walls), min(walls), statistics.median(cpus), memory)


def rows(folder: Path, runs: int) -> Iterator[str]:
    """The table's rows, one by one as they are measured."""
    lint = [*FORECHECK, "lockfile", "lint"]
    for name, (generate, file, options) in FORMATS.items():
        for size in SIZES:
            place = folder / f"{name}-{size}"
            place.mkdir()
            _generate(generate, size, place / file)
            theirs = cost([str(peer()), "-p", file, *options], place, runs)
            yield _row(f"{name}, {size:,}", cost(lint, place, runs), theirs)
            shutil.rmtree(place)
    place = folder / "pnpm"
    place.mkdir()
    _generate(pnpm, 10_000, place / "pnpm-lock.yaml")
    yield _row("pnpm 9, 10,000", cost(lint, place, runs), None)
    forty = folder / "forty"
    for at in range(40):
        (forty / f"p{at}").mkdir(parents=True)
        _generate(npm3, 1_000, forty / f"p{at}" / "package-lock.json")
    options = ("-s", "-a", "npm", "-n", "-i")
    theirs = cost([str(peer()), "-p", "**/package-lock.json", *options], forty, 1)
    yield _row("40 files of npm v3, 1,000 each", cost(lint, forty, runs), theirs)


def _generate(generate: Callable[[int], bytes], size: int, path: Path) -> None:
    """In a process of its own: what this one once held counts as memory of every command it starts."""
    code = f"import sys; from {generate.__module__} import {generate.__name__} as make; "
    code += "open(sys.argv[2], 'wb').write(make(int(sys.argv[1])))"
    subprocess.run([sys.executable, "-c", code, str(size), str(path)], check=True)


def _row(label: str, ours: Cost, theirs: Cost | None) -> str:
    mine = f"{ours.wall:.2f} | {ours.best:.2f} | {ours.cpu:.2f} | {ours.memory:.0f}"
    if theirs is None:
        return f"| {label} | {mine} | - | - | - | - | - | - |"
    beside = f"{theirs.wall:.2f} | {theirs.best:.2f} | {theirs.cpu:.2f} | {theirs.memory:.0f}"
    return (
        f"| {label} | {mine} | {beside} | {theirs.cpu / ours.cpu:.1f} | {theirs.memory / ours.memory:.1f} |"
    )


HEAD = """\
# Speed of `forecheck lockfile lint`

{machine}; {runs} runs each (40 files: lockfile-lint once).
lockfile-lint {version} with every validator it has for the format. Medians and best of wall-clock seconds, medians of
CPU seconds, peak memory in MiB; the last two columns are how many times as much CPU time and memory it takes.

| packages | s | best | CPU s | MiB | lockfile-lint s | best | CPU s | MiB | times CPU | times MiB |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""


def main() -> int:
    """Measure; needs npm, and its registry once to install lockfile-lint."""
    parser = argparse.ArgumentParser(prog="python -m bench.lockfile", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each command; the median counts")
    parser.add_argument("--write", action="store_true", help=f"keep the table in bench/{RESULTS.name}")
    chosen = parser.parse_args()
    text = HEAD.format(machine=machine(), runs=chosen.runs, version=LOCKFILE_LINT)
    print(text, end="", flush=True)
    with tempfile.TemporaryDirectory(prefix="forecheck-bench-") as folder:
        for row in rows(Path(folder), chosen.runs):
            print(row, flush=True)
            text += row + "\n"
    if chosen.write:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
