"""Projects whose tree is written down already: audited as the file says, with nothing to resolve."""

import os
from collections.abc import Callable, Mapping, Sequence

import msgspec

from forecheck.adapters.npm.applying import run_npm
from forecheck.adapters.npm.comparing import packages_below
from forecheck.adapters.npm.program import NpmError, NpmProgram
from forecheck.adapters.npm.project import read_file
from forecheck.adapters.npm.resolving import RegistryFor
from forecheck.lockfiles import npm as npm_lockfile
from forecheck.model import EntryKind, Lockfile, Subject
from forecheck.ports import Resolution

_EDITED = (
    "what was audited are the releases that npm says it installed; files edited in node_modules since then run all "
    "the same (forecheck npm ci puts everything there anew)"
)


def read_lockfile(root: str, name: str, registry_for: RegistryFor) -> Lockfile | None:
    """A lockfile of the project, None when there is none; raises Malformed."""
    data = read_file(os.path.join(root, name))
    return None if data is None else npm_lockfile.parse(data, name, registry_for)


class LockedProject:
    """A `PackageManager` that only reads: what an existing lockfile would bring in."""

    version = ""

    def __init__(self, lockfile: Lockfile) -> None:
        self.name = lockfile.manager
        self._lockfile = lockfile

    def resolve(self, while_waiting: Callable[[Sequence[Subject]], None]) -> Resolution:
        while_waiting(tuple(e.release for e in self._lockfile.entries if e.kind is EntryKind.PACKAGE))
        return Resolution(after=self._lockfile)

    def apply(self, pins: Mapping[str, str]) -> int:
        """Nothing is installed from a lockfile that is only read."""
        del pins
        return 0

    def close(self) -> None:
        """Holds nothing open."""


class InstalledProject(LockedProject):
    """A `PackageManager` for commands that run what is in node_modules already, such as `npm rebuild`."""

    def __init__(
        self,
        program: NpmProgram,
        installed: Lockfile,
        root: str,
        arguments: Sequence[str],
        cwd: str,
        env: Mapping[str, str],
    ) -> None:
        super().__init__(installed)
        self._locations = {entry.location for entry in installed.entries}
        self._root = root
        self.version = program.version_text
        self._program = program
        self._arguments = arguments
        self._cwd = cwd
        self._env = env

    def resolve(self, while_waiting: Callable[[Sequence[Subject]], None]) -> Resolution:
        """Raises `NpmError` where node_modules holds a package that npm's record of it, and so the audit, lacks."""
        for location in packages_below(self._root, ""):
            if location not in self._locations:
                raise NpmError(
                    f"{location} is there, but npm has no record of having installed it; nothing was run",
                    "forecheck npm ci",
                )
        resolution = super().resolve(while_waiting)
        return msgspec.structs.replace(resolution, notices=(_EDITED,))

    def apply(self, pins: Mapping[str, str]) -> int:
        del pins
        return run_npm(self._program, self._arguments, self._cwd, self._env)

    def unaudited(self) -> tuple[str, ...]:
        return ()
