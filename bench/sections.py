"""What is measured. Each section starts its own registry, so that none inherits another's warmth."""

import os
import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import msgspec

from bench.packages import TREE_DIRECT, TREE_SIZE, publish_flat, publish_tree, write_project
from bench.place import FORECHECK, NPQ, Home
from bench.timing import Line, alternately, compared, measure
from tests.fakes.advisory_export import advisory, fill_database
from tests.fakes.registry import Registry

LATENCY = 0.1
NPQ_OFF = ("DOWNLOADS", "MAINTAINERS_EXPIRED_EMAILS")
"""npq's checks that ask hosts other than the registry and cannot be sent elsewhere."""
_ADVISORIES = Path(__file__).parent / "advisories.cjs"


class Section(msgspec.Struct, frozen=True):
    """A table with its heading, and a sentence on what it means."""

    title: str
    text: str
    lines: tuple[Line, ...]


def direct(folder: Path, commands: Path, runs: int, counts: tuple[int, ...]) -> Iterator[Section]:
    """A project with so many direct dependencies and no lockfile, every cache cold: time to the verdict."""
    for count in counts:
        with Registry(latency=LATENCY) as registry:
            names = publish_flat(registry, count)
            registry.serve("advisories", b"{}", content_type="application/json")
            registry.warm()
            home = Home(folder / f"direct-{count}", registry.url)
            project = write_project(home.folder / "project", names)
            env = home.environment({"PATH": _path(commands)})
            npq = measure(
                f"npq {NPQ}: `npq install --dry-run --plain`",
                [str(commands / "npq"), "install", "--dry-run", "--plain"],
                cwd=project,
                env={**env, **_npq_settings(registry.url)},
                runs=runs,
                prepare=partial(_cold, home),
                codes=(0, 1),
            )
            ours = measure(
                "`forecheck --dry-run npm install`",
                [*FORECHECK, "--dry-run", "npm", "install"],
                cwd=project,
                env=env,
                runs=runs,
                prepare=partial(_cold, home),
            )
            bare = measure(
                "bare `npm install --package-lock-only`, which only resolves",
                ["npm", "install", "--package-lock-only"],
                cwd=project,
                env=env,
                runs=runs,
                prepare=partial(_unlocked, home, project),
            )
        faster = msgspec.structs.replace(
            ours, beside=f"npq takes {npq.median / ours.median:.1f} times as long"
        )
        text = (
            f"No lockfile, every cache empty but for the advisory database, {LATENCY * 1000:.0f} ms before every "
            "answer of the registry."
        )
        yield Section(f"{count} direct dependencies", text, (npq, faster, bare))


def tree(folder: Path, runs: int, latency: float) -> Section:
    """An application with a lockfile: what the audit adds to the install."""
    with Registry(latency=latency) as registry:
        names = publish_tree(registry)
        registry.warm()
        home = Home(folder / f"tree-{latency:g}", registry.url)
        project = write_project(home.folder / "project", names)
        env = home.environment()

        def prepare() -> None:
            shutil.rmtree(project / "node_modules", ignore_errors=True)

        _know_advisories(home)
        measure("warm-up", ["npm", "install"], cwd=project, env=env, runs=1)
        measure("warm-up", [*FORECHECK, "audit"], cwd=project, env=env, runs=1)
        lines: list[Line] = []
        for word in ("install", "ci"):
            pair = {f"bare `npm {word}`": ["npm", word], f"`forecheck npm {word}`": [*FORECHECK, "npm", word]}
            bare, ours = alternately(pair, cwd=project, env=env, runs=runs, prepare=prepare)
            lines += [bare, compared(ours, bare)]
        dry = [*FORECHECK, "--dry-run", "npm", "ci"]
        lines.append(
            measure("`forecheck --dry-run npm ci` (the verdict alone)", dry, cwd=project, env=env, runs=runs)
        )
    text = (
        f"{TREE_DIRECT} direct dependencies, {TREE_SIZE} packages of about 20 kB, a lockfile, warm caches, an "
        f"advisory database, no node_modules, {latency * 1000:.0f} ms before every answer of the registry."
    )
    return Section(f"A tree of {TREE_SIZE} packages, {latency * 1000:.0f} ms", text, tuple(lines))


def start(folder: Path, folder_of_npq: Path, runs: int) -> Section:
    """Commands that install nothing."""
    with Registry() as registry:
        home = Home(folder / "start", registry.url)
        project = write_project(home.folder / "project", [])
        env = home.environment({"PATH": _path(folder_of_npq)})
        x = ["run", "x"]
        commands = {
            "bare `npm run x`": ["npm", *x],
            "`forecheck npm run x`": [*FORECHECK, "npm", *x],
            f"npq {NPQ}: `npq-hero run x`": [str(folder_of_npq / "npq-hero"), *x],
            "bare `python -I -c pass`": [FORECHECK[0], "-I", "-c", "pass"],
            "`forecheck --version`": [*FORECHECK, "--version"],
        }
        bare, ours, hero, python, version = alternately(commands, cwd=project, env=env, runs=runs)
    lines = (bare, compared(ours, bare), compared(hero, bare), python, compared(version, python))
    return Section("Commands that install nothing", "Cold start and pass-through.", lines)


def _cold(home: Home) -> None:
    home.forget()
    _know_advisories(home)


def _know_advisories(home: Home) -> None:
    fill_database(home.caches[1], [advisory("GHSA-0000-0000-0000", "unheard-of")])


def _unlocked(home: Home, project: Path) -> None:
    home.forget()
    (project / "package-lock.json").unlink(missing_ok=True)


def _npq_settings(registry: str) -> Mapping[str, str]:
    sent = {"NODE_OPTIONS": f"--require={_ADVISORIES}", "BENCH_ADVISORIES": f"{registry}advisories"}
    return {**sent, **{f"MARSHALL_DISABLE_{name}": "1" for name in NPQ_OFF}}


def _path(commands: Path) -> str:
    return f"{commands}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
