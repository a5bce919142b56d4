"""What npm exec would not find locally is not taken for local."""

import pytest

from tests.e2e.harness import Lab
from tests.fakes.registry import Registry
from tests.security.conftest import MARK, Trap

pytestmark = pytest.mark.e2e


def test_a_folder_called_like_the_command_is_no_command(lab: Lab, registry: Registry, trap: Trap) -> None:
    registry.publish("tool", "1.0.0", scripts={"postinstall": MARK}, bin="./index.js")
    lab.project()
    (lab.folder / "node_modules" / ".bin" / "tool").mkdir(parents=True)
    run = lab.run("npx", "-y", "tool")
    assert run.code == 1, run
    assert not trap.sprung
