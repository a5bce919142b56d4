"""Where the benchmark works: npq installed once, and a home for every run that nothing of the machine reaches."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.fakes.npm import npm_environment, write_npmrc

NPQ = "3.27.0"
FORECHECK = (sys.executable, "-I", "-m", "forecheck")


def cache_folder() -> Path:
    """`$XDG_CACHE_HOME/forecheck-bench`: what is kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return Path(base if os.path.isabs(base) else Path.home() / ".cache") / "forecheck-bench"


def npq_commands() -> Path:
    """The folder of npq's commands, installed from the npm registry on first use; no script of it is run."""
    folder = cache_folder() / f"npq-{NPQ}"
    commands = folder / "node_modules" / ".bin"
    if not (commands / "npq").exists():
        folder.mkdir(parents=True, exist_ok=True)
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        subprocess.run(["npm", "install", f"npq@{NPQ}", "--prefix", str(folder), *quiet], check=True)
    return commands


class Home:
    """A user of the benchmark: npm's configuration points to the test registry, and every cache is their own."""

    def __init__(self, folder: Path, registry: str, config: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.caches = (folder / "npm-cache", folder / "forecheck-cache", folder / ".cache")
        write_npmrc(folder, registry, config)
        settings = folder / ".config" / "forecheck" / "forecheck.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(f'[sources.downloads]\nurl = "{registry}"\n')

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        own = {"FORECHECK_CACHE": str(self.caches[1])}
        return {**npm_environment(self.folder), **own, **(more or {})}

    def forget(self) -> None:
        """Empty every cache, so that the next run starts cold."""
        for cache in self.caches:
            shutil.rmtree(cache, ignore_errors=True)
