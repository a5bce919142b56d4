"""One fresh home, project and registry for each test."""

import sys
from pathlib import Path

import pytest

from tests.e2e.harness import Lab
from tests.fakes.npm import npm_command
from tests.fakes.registry import Registry

STABLE = {"plain": 5_000_000, "other": 5_000_000, "old": 5_000_000, "evil": 5_000_000}


@pytest.fixture
def lab(tmp_path: Path, registry: Registry) -> Lab:
    """With `plain` and `other` (nothing against them), `old` (a warning) and `evil` (a block)."""
    if not npm_command():
        pytest.skip("there is no npm")
    if sys.platform == "win32":
        pytest.skip("the harness needs a POSIX system")
    registry.set_downloads(STABLE)
    registry.publish("plain", "1.0.0", manifest={"license": "MIT"})
    registry.publish("other", "1.0.0", manifest={"license": "MIT"})
    registry.publish("old", "1.0.0", deprecated="use plain")
    registry.publish("evil", "0.0.1-security")
    return Lab(tmp_path, registry)
