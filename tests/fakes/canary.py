"""Proof that nothing ran: packages and projects that leave a mark from every place npm would execute.

A mark is a line in one file, appended by ``node -e`` so that any shell can do it. `Canary.tripped` gives the
marks found; an empty answer means that no script ran.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.fakes.registry import Registry, Release

LIFECYCLE = (
    *("preinstall", "install", "postinstall", "dependencies"),
    *("preprepare", "prepare", "postprepare", "prepublish", "prepublishOnly", "publish", "postpublish"),
    *("prepack", "postpack", "preversion", "version", "postversion"),
    *("preuninstall", "uninstall", "postuninstall", "preupdate", "update", "postupdate"),
    *(
        "pretest",
        "test",
        "posttest",
        "prestart",
        "start",
        "poststart",
        "prerestart",
        "restart",
        "postrestart",
    ),
)
"""npm-run-script's life cycle events (npm 11), and the older ones that npm 6 and yarn 1 still ran."""


class Canary:
    """Marks go to one file under ``folder``, which must exist and outlive the client."""

    def __init__(self, folder: Path) -> None:
        self.marker = folder / "tripped.txt"

    def tripped(self) -> frozenset[str]:
        """The marks left so far, e.g. ``{"evil:postinstall", "npmrc:git"}``."""
        if not self.marker.exists():
            return frozenset()
        return frozenset(self.marker.read_text().split())

    def reset(self) -> None:
        self.marker.unlink(missing_ok=True)

    def command(self, mark: str) -> str:
        """A shell command, for sh and cmd alike, that leaves ``mark``."""
        return f'node -e "{self.statement(mark)}"'

    def statement(self, mark: str) -> str:
        """JavaScript that leaves ``mark``; holds no double quote."""
        return f"require('fs').appendFileSync('{self.marker.as_posix()}', '{mark} ')"

    def scripts(self, owner: str) -> dict[str, str]:
        return {event: self.command(f"{owner}:{event}") for event in LIFECYCLE}

    def binding(self, owner: str) -> str:
        """A binding.gyp whose evaluation already runs a command."""
        source = f"<!({self.command(f'{owner}:binding.gyp')})"
        return json.dumps({"targets": [{"target_name": "canary", "type": "none", "sources": [source]}]})

    def publish(
        self,
        registry: Registry,
        name: str = "canary",
        version: str = "1.0.0",
        *,
        dependencies: Mapping[str, str] | None = None,
    ) -> Release:
        """A package with a script for every event, an executable, and a main file that marks when loaded."""
        return registry.publish(
            name,
            version,
            scripts=self.scripts(name),
            bin="./bin.js",
            dependencies=dependencies,
            files={
                "bin.js": f"#!/usr/bin/env node\n{self.statement(f'{name}:bin')}\n",
                "index.js": f"{self.statement(f'{name}:main')}\n",
            },
        )

    def publish_native(self, registry: Registry, name: str = "canary-native") -> Release:
        """A package without any script of its own: npm builds what has a binding.gyp (``gypfile``)."""
        return registry.publish(name, files={"binding.gyp": self.binding(name)})

    def arm_project(self, folder: Path, *, dependencies: Mapping[str, str] | None = None) -> None:
        """A checked-out project that is hostile itself: scripts, binding.gyp, and an .npmrc whose keys name
        programs of the project."""
        manifest = {
            "name": "project",
            "version": "1.0.0",
            "scripts": self.scripts("project"),
            "dependencies": dict(dependencies or {}),
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(json.dumps(manifest, indent=2))
        (folder / "binding.gyp").write_text(self.binding("project"))
        (folder / "preload.js").write_text(self.statement("npmrc:node-options"))
        lines = [f"node-options=--require {(folder / 'preload.js').as_posix()}", "ignore-scripts=false"]
        for key in ("git", "script-shell", "node-gyp", "python", "editor", "viewer", "init-module"):
            program = folder / f"{key}.sh"
            program.write_text(f"#!/bin/sh\n{self.command(f'npmrc:{key}')}\nexit 1\n")
            program.chmod(0o755)
            lines.append(f"{key}={program.as_posix()}")  # script-shell is looked up where the script runs
        (folder / ".npmrc").write_text("\n".join(lines) + "\n")
