"""`python -m bench.lockfile_lint_dropin [--runs N] [--write]`: forecheck lockfile-lint beside lockfile-lint.

The same options for both, on generated files in which neither finds anything.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.lockfile import FORMATS, LOCKFILE_LINT, SIZES, cost, peer
from bench.place import FORECHECK
from bench.table import machine

RESULTS = Path(__file__).parent / "LOCKFILE_LINT_DROPIN.md"
FILES = 40
HEAD = """\
# Speed of `forecheck lockfile-lint`

{machine}; {runs} runs each ({files} files: lockfile-lint once).
lockfile-lint {version}, the same options for both: {options} (npm v1 without -n).
Medians of wall-clock and CPU seconds, peak memory in MiB.

| packages | s | CPU s | MiB | lockfile-lint s | CPU s | MiB | times CPU | times MiB |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""


def rows(folder: Path, runs: int) -> Iterator[str]:
    """The table's rows, one by one as they are measured."""
    for name, (generate, file, options) in FORMATS.items():
        for size in SIZES:
            place = folder / f"{name}-{size}".replace(" ", "-")
            _generate(generate.__module__, generate.__name__, size, place / file)
            yield _row(f"{name}, {size:,}", place, ("-p", file, *options), runs, runs)
    forty = folder / "forty"
    for at in range(FILES):
        _generate("bench.lockfile_files_npm", "npm3", 1_000, forty / f"p{at}" / "package-lock.json")
    options = FORMATS["npm v3"][2]
    arguments = ("-p", "**/package-lock.json", *options)
    yield _row(f"{FILES} files of npm v3, 1,000 each", forty, arguments, runs, 1)


def _generate(module: str, name: str, size: int, path: Path) -> None:
    """In a process of its own: what this one once held counts as memory of every command it starts."""
    path.parent.mkdir(parents=True)
    code = f"import sys; from {module} import {name} as make; open(sys.argv[2], 'wb').write(make(int(sys.argv[1])))"
    subprocess.run([sys.executable, "-c", code, str(size), str(path)], check=True)


def _row(label: str, place: Path, arguments: tuple[str, ...], runs: int, their_runs: int) -> str:
    ours = cost([*FORECHECK, "lockfile-lint", *arguments], place, runs)
    theirs = cost([str(peer()), *arguments], place, their_runs)
    columns = [f"{one.wall:.2f} | {one.cpu:.2f} | {one.memory:.0f}" for one in (ours, theirs)]
    times = f"{theirs.cpu / ours.cpu:.1f} | {theirs.memory / ours.memory:.1f}"
    return f"| {label} | {' | '.join(columns)} | {times} |"


def main() -> int:
    """Measure; needs npm, and its registry once to install lockfile-lint."""
    parser = argparse.ArgumentParser(prog="python -m bench.lockfile_lint_dropin", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each command; the median counts")
    parser.add_argument("--write", action="store_true", help=f"keep the table in bench/{RESULTS.name}")
    chosen = parser.parse_args()
    options = " ".join(FORMATS["npm v3"][2])
    head = {"machine": machine(), "runs": chosen.runs, "version": LOCKFILE_LINT, "files": FILES}
    text = HEAD.format(**head, options=options)
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
