"""`python -m bench [--quick] [--runs N] [--write]`: print the tables, and with --write keep them."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.advisories import advisories
from bench.place import npq_commands
from bench.sections import Section, direct, start, tree
from bench.table import render
from bench.verify import verify

RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> int:
    """Measure everything; needs npm, and the npm registry once to install npq."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="forecheck's speed beside npq and npm."
    )
    parser.add_argument("--runs", type=int, default=5, help="runs of each command; the median counts")
    parser.add_argument("--quick", action="store_true", help="one run each, without the 50 dependencies")
    parser.add_argument("--write", action="store_true", help="keep the tables in bench/RESULTS.md")
    chosen = parser.parse_args()
    runs = 1 if chosen.quick else chosen.runs
    pieces: list[str] = []
    with tempfile.TemporaryDirectory(prefix="forecheck-bench-") as folder:
        for piece in render(_sections(Path(folder), runs, quick=chosen.quick), runs):
            print(piece, end="", flush=True)
            pieces.append(piece)
    if chosen.write:
        RESULTS.write_text("".join(pieces))
    return 0


def _sections(folder: Path, runs: int, *, quick: bool) -> Iterator[Section]:
    commands = npq_commands()
    yield start(folder, commands, runs if quick else runs * 3)
    yield from direct(folder, commands, runs, (1, 10) if quick else (1, 10, 50))
    for latency in (0.0, 0.02):
        yield tree(folder, runs, latency)
    yield advisories(folder, runs)
    yield verify(folder, runs)


if __name__ == "__main__":
    sys.exit(main())
