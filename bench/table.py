"""Markdown out of the measurements."""

import os
import platform
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from bench.place import NPQ
from bench.sections import NPQ_OFF, Section

_SPARED = ", ".join(f"`MARSHALL_DISABLE_{name}=1`" for name in NPQ_OFF)
INTRODUCTION = f"""\
Medians of wall-clock seconds, whole commands, all in one run on one machine against the same local registry.
What npq is spared: its checks that ask hosts nobody can stand in for ({_SPARED}),
retries (`fetch-retries=0`), and the page of each package's repository (the packages name none). Its question to
osv.dev is answered by the registry, with the same delay (bench/advisories.cjs). forecheck's download counts come
from the same registry, with the same delay. npq looks at the direct dependencies, forecheck at the whole tree.
"""


def machine() -> str:
    """CPU, cores and versions, in one line."""
    said = {
        name: subprocess.run([name, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        for name in ("node", "npm")
    }
    day = datetime.now(UTC).date()
    load = "/".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{_processor()}, {os.cpu_count()} cores, load {load}; Python {platform.python_version()}, "
        f"node {said['node'].lstrip('v')}, npm {said['npm']}, npq {NPQ}; {day}"
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return next(iter(names), platform.processor() or platform.machine())


def render(sections: Iterable[Section], runs: int) -> Iterator[str]:
    """The page piece by piece, as the sections become known."""
    yield f"# Speed\n\n{machine()}; {runs} runs each.\n\n{INTRODUCTION}"
    for section in sections:
        rows = [
            f"| {line.label} | {line.median:.2f} | {line.best:.2f} | {line.beside} |"
            for line in section.lines
        ]
        head = "| command | median s | best s | beside |\n| --- | ---: | ---: | --- |\n"
        yield f"\n## {section.title}\n\n{section.text}\n\n{head}" + "\n".join(rows) + "\n"
