"""`python -m bench.advisories [--export FILE.zip]`: making the advisory database, following changes, looking up."""

import argparse
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.advisory_records import SEED, write_export
from bench.place import FORECHECK
from bench.sections import Section
from bench.timing import Failed, Line
from forecheck.adapters.advisories.database import FILE
from forecheck.adapters.advisories.store import DiskAdvisories

LOOKUPS = 5_000
_VERSIONS = ("1.0.0", "4.17.20", "0.1.2", "7.23.1", "2.0.0-beta.1")
_MEGABYTE = 1_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.advisories")
    parser.add_argument(
        "--export", type=Path, help="an OSV export (npm/all.zip); one of its size is made if left out"
    )
    parser.add_argument("--runs", type=int, default=5, help="runs of each; the median counts")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forecheck-bench-") as folder:
        for line in advisories(Path(folder), chosen.runs, chosen.export).lines:
            print(f"{line.label:<60} {line.median:8.3f} s  best {line.best:8.3f} s  {line.beside}")
    return 0


def advisories(folder: Path, runs: int, export: Path | None = None) -> Section:
    """The whole export taken in by one process, then questions of another kind each."""
    home = folder / "advisories"
    home.mkdir()
    if export is None:
        export = home / "all.zip"
        write_export(export)
    size = export.stat().st_size / _MEGABYTE
    lines = (_importing(home, export, runs), *_lookups(home / "data", runs))
    made = "generated" if export.parent == home else "from osv.dev"
    text = f"{made}: an export of {size:.0f} MB. Each lookup opens the database anew; {LOOKUPS:,} exact versions."
    return Section("Advisories", text, lines)


def _importing(home: Path, export: Path, runs: int) -> Line:
    env = {"HOME": str(home), "PATH": os.environ.get("PATH", ""), "FORECHECK_CACHE": str(home / "data")}
    seconds, memory = [], 0.0
    for _ in range(runs):
        before = time.perf_counter()
        process = subprocess.Popen(
            [*FORECHECK, "db", "import", str(export)], env=env, cwd=home, stdout=subprocess.DEVNULL
        )
        peak = _waited(process)
        seconds.append(time.perf_counter() - before)
        if process.returncode:
            raise Failed(f"forecheck db import gave {process.returncode}")
        memory = max(memory, peak)
    disk = (home / "data" / FILE).stat().st_size / _MEGABYTE
    beside = f"{memory:.0f} MB of memory, {disk:.1f} MB on disk"
    return Line("`forecheck db import all.zip`", statistics.median(seconds), min(seconds), beside)


def _waited(process: "subprocess.Popen[bytes]") -> float:
    """Wait for the end; the process's own peak of memory in MB, 0 where the system does not tell."""
    if not hasattr(os, "wait4"):
        process.wait()
        return 0.0
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit / _MEGABYTE


def _lookups(data: Path, runs: int) -> Iterator[Line]:
    connection = sqlite3.connect(data / FILE)
    busiest = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM package GROUP BY name ORDER BY count(*) DESC, name"
        )
    ]
    connection.close()
    dice = random.Random(SEED)
    some = dice.sample(busiest, min(LOOKUPS, len(busiest)))
    asked = {
        "packages that no advisory is about": [(f"{name}-not", "1.0.0") for name in some],
        "packages at random from the database": [(name, dice.choice(_VERSIONS)) for name in some],
        "the packages with the most advisories": [
            (name, dice.choice(_VERSIONS)) for name in busiest[:LOOKUPS]
        ],
    }
    for label, pairs in asked.items():
        held, seconds = _asked(data, pairs, runs)
        beside = f"{held:,} of the versions are affected"
        yield Line(f"lookup: {label}", statistics.median(seconds), min(seconds), beside)


def _asked(data: Path, pairs: Sequence[tuple[str, str]], runs: int) -> tuple[int, list[float]]:
    seconds, held = [], 0
    for _ in range(runs):
        store = DiskAdvisories(str(data))
        before = time.perf_counter()
        held = len(store.lookup(pairs))
        seconds.append(time.perf_counter() - before)
        store.close()
    return held, seconds


if __name__ == "__main__":
    sys.exit(main())
