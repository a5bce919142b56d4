"""Wall-clock times of whole commands."""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec


class Line(msgspec.Struct, frozen=True):
    """One row of a table: what was run, the median, the fastest run, and what to compare it with (seconds)."""

    label: str
    median: float
    best: float
    beside: str = ""


class Failed(Exception):  # noqa: N818  (what the command said is the message)
    """A timed command did not do what it was timed for."""


def measure(
    label: str,
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    runs: int,
    prepare: Callable[[], object] = lambda: None,
    codes: tuple[int, ...] = (0,),
) -> Line:
    """Run a command `runs` times, `prepare` before each outside the clock; raises `Failed` for another exit code."""
    seconds: list[float] = []
    for _ in range(runs):
        prepare()
        before = time.perf_counter()
        done = subprocess.run(
            command,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds.append(time.perf_counter() - before)
        if done.returncode not in codes:
            raise Failed(f"{label} gave {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return Line(label, statistics.median(seconds), min(seconds))


def compared(line: Line, bare: Line) -> Line:
    """The line with what it costs beside another one."""
    extra = (line.median - bare.median) * 1000
    share = (line.median / bare.median - 1) * 100
    return msgspec.structs.replace(line, beside=f"{extra:+.0f} ms ({share:+.0f} %)")


def alternately(
    commands: Mapping[str, Sequence[str]],
    *,
    cwd: Path,
    env: Mapping[str, str],
    runs: int,
    prepare: Callable[[], object] = lambda: None,
) -> list[Line]:
    """Measure several commands in turns, so that a machine that grows slower is slower for all of them."""
    seconds: dict[str, list[float]] = {label: [] for label in commands}
    for _ in range(runs):
        for label, command in commands.items():
            line = measure(label, command, cwd=cwd, env=env, runs=1, prepare=prepare)
            seconds[label].append(line.median)
    return [Line(label, statistics.median(each), min(each)) for label, each in seconds.items()]
