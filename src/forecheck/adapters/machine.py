"""The platform that packages are installed for, in package.json's words (`process.platform`, `process.arch`)."""

import os
import sys
from typing import Final

from forecheck.evidence.tarball_place import Machine
from forecheck.npm.config import NpmConfig
from forecheck.npm.layers import Refusal

_PROCESSORS: Final = {
    "x86_64": ("x64", "ia32"),
    "amd64": ("x64", "ia32"),
    "i686": ("ia32",),
    "aarch64": ("arm64", "arm"),
    "armv7l": ("arm",),
    "ppc64le": ("ppc64",),
    "s390x": ("s390x",),
    "riscv64": ("riscv64",),
}
"""Node may be built for the smaller of two; and on macOS and Windows for a processor that is only emulated."""

_SYSTEMS: Final = frozenset({"linux", "darwin", "win32"})
_OVERRULED_BY: Final = ("os", "cpu", "libc", "force")
"""Settings with which npm installs what is for other platforms."""


def machine_for(config: NpmConfig) -> Machine:
    """What this machine is; any, where npm's configuration says otherwise or the system is not known here."""
    told = (config.lookup(key) for key in _OVERRULED_BY)
    if any(
        isinstance(found, Refusal) or (found is not None and found.text not in ("", "false"))
        for found in told
    ):
        return Machine()
    if sys.platform not in _SYSTEMS:
        return Machine()
    if sys.platform != "linux":
        return Machine(os=(sys.platform,))
    return Machine(os=(sys.platform,), cpu=_PROCESSORS.get(os.uname().machine, ()))
