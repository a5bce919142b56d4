"""`python -m bench.verify`: a lockfile of 1,000 packages against a registry with a round trip of 50 ms."""

import argparse
import json
import tempfile
from pathlib import Path

import msgspec

from bench.packages import names
from bench.place import FORECHECK, Home
from bench.sections import Section
from bench.timing import Line, measure
from tests.fakes.packages import EPOCH
from tests.fakes.registry import Registry
from tests.fakes.signing import Signer

PACKAGES = 1_000
LATENCY = 0.05
_VERSIONS = 12
_COLD, _WARM = 10.0, 1.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.verify")
    parser.add_argument("--runs", type=int, default=3, help="runs of each; the median counts")
    parser.add_argument("--packages", type=int, default=PACKAGES)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forecheck-bench-") as folder:
        for line in verify(Path(folder), chosen.runs, chosen.packages).lines:
            print(f"{line.label:<60} {line.median:8.2f} s  best {line.best:8.2f} s  {line.beside}")
    return 0


def verify(folder: Path, runs: int, packages: int = PACKAGES) -> Section:
    """Every version asked about, its integrity, file, signature and age compared; then the same from the cache."""
    with Registry(latency=LATENCY) as registry:
        chosen = _publish(registry, packages)
        registry.warm()
        home = Home(folder / "verify", registry.url)
        project = home.folder / "project"
        project.mkdir(parents=True)
        (project / "package-lock.json").write_text(_lock(registry, chosen))
        command = [*FORECHECK, "lockfile", "verify"]
        env = home.environment()
        label = f"`forecheck lockfile verify`, {packages:,} packages"
        cold = measure(
            f"{label}, nothing cached", command, cwd=project, env=env, runs=runs, prepare=home.forget
        )
        warm = measure(f"{label}, again", command, cwd=project, env=env, runs=runs * 2)
    text = (
        f"{LATENCY * 1000:.0f} ms before every answer of the registry, {_VERSIONS} versions in every document, "
        "every release signed."
    )
    return Section("lockfile verify", text, (_goal(cold, _COLD), _goal(warm, _WARM)))


def _goal(line: Line, seconds: float) -> Line:
    return msgspec.structs.replace(line, beside=f"the goal is {seconds:.0f} s")


def _publish(registry: Registry, count: int) -> list[str]:
    signer = Signer()
    registry.set_keys([signer.document()])
    chosen = names(count)
    for name in chosen:
        for minor in range(_VERSIONS):
            newest = minor == _VERSIONS - 1
            time = EPOCH.replace(year=EPOCH.year - 1, month=minor + 1)
            registry.publish(name, f"1.{minor}.0", time=time, manifest={"license": "MIT"}, signed=newest)
    return chosen


def _lock(registry: Registry, chosen: list[str]) -> str:
    version = f"1.{_VERSIONS - 1}.0"
    packages: dict[str, object] = {
        "": {"name": "application", "dependencies": dict.fromkeys(chosen, version)}
    }
    for name in chosen:
        packages[f"node_modules/{name}"] = {
            "version": version,
            "resolved": registry.tarball_url(name, version),
            "integrity": registry.release(name, version).integrity,
        }
    return json.dumps({"name": "application", "lockfileVersion": 3, "packages": packages}, indent=2)


if __name__ == "__main__":
    raise SystemExit(main())
