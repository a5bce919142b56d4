import os
import sys

import pytest

from forecheck.adapters.machine import machine_for
from forecheck.evidence.tarball_place import Machine
from forecheck.npm.config import load
from forecheck.npm.layers import Place

PLACE = Place(home="/home/me", cwd="/p", env={}, windows=False, node="/usr/bin/node")


@pytest.mark.parametrize(
    ("key", "value"), [("os", "darwin"), ("cpu", "arm64"), ("libc", "musl"), ("force", True)]
)
def test_whoever_installs_for_other_machines_gets_everything_read(key: str, value: str | bool) -> None:
    assert machine_for(load(PLACE, cli=[(key, value)])) == Machine()


@pytest.mark.skipif(sys.platform != "linux", reason="tells of Linux")
def test_this_machine_in_nodes_words() -> None:
    found = machine_for(load(PLACE, cli=[("force", False)]))
    assert found.os == ("linux",)
    assert ("x64" in found.cpu) is (os.uname().machine == "x86_64")
