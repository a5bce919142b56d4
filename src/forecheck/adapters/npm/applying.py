"""Let npm install exactly what was audited: the planned manifests and lockfile go in, and out again if it fails."""

import subprocess
from collections.abc import Mapping, Sequence

import msgspec

from forecheck.adapters.npm.exchange import Exchange
from forecheck.adapters.npm.program import NpmError, NpmProgram
from forecheck.adapters.npm.project import Inputs, read_inputs
from forecheck.adapters.npm.rewriting import held
from forecheck.resolve.npm_commands import ProjectCommand


class Planned(msgspec.Struct, frozen=True):
    """What was audited: the project as it was then, and its files as npm is to find them, by path from its root."""

    program: NpmProgram
    command: ProjectCommand
    inputs: Inputs
    files: Mapping[str, bytes]

    @property
    def lockfile(self) -> str:
        """The name of the lockfile to install from; empty where npm wrote none."""
        name = self.inputs.lockfile or "package-lock.json"
        return name if name in self.files else ""


def apply(planned: Planned, pins: Mapping[str, str], cwd: str, env: Mapping[str, str]) -> int:
    """Run npm on the planned lockfile and give its exit code. `pins` are integrities to add, by location.

    Raises `NpmError`, with nothing changed, where the project is not what it was when it was audited.
    """
    original = planned.inputs
    if read_inputs(original.root).digest() != original.digest():
        raise NpmError(
            f"the project's manifests or lockfile changed in {original.root} since they were audited; "
            "nothing was installed",
            "run the command again",
        )
    command = planned.command
    files = _held(planned, pins)
    if command.verbatim and files == planned.files:
        return _run_all(planned, cwd, env)
    exchange = Exchange(original.root, original.files, files)
    code = 1
    try:
        exchange.put()
        code = _run_all(planned, cwd, env)
    finally:
        if code != 0 or command.verbatim:
            exchange.restore()
        else:
            exchange.restore(manifests=not command.saves, lockfiles=not command.locks)
    return code


def _held(planned: Planned, pins: Mapping[str, str]) -> Mapping[str, bytes]:
    name = planned.lockfile
    return {**planned.files, name: held(planned.files[name], pins)} if name else planned.files


def _run_all(planned: Planned, cwd: str, env: Mapping[str, str]) -> int:
    code = 0
    for arguments in planned.command.apply:
        code = run_npm(planned.program, arguments, cwd, env)
        if code != 0:
            break
    return code


def run_npm(
    program: NpmProgram,
    arguments: Sequence[str],
    cwd: str,
    env: Mapping[str, str],
    *,
    quiet: bool = False,
) -> int:
    """Run npm on the person's own terminal; a death by signal gives 128 + the signal, as a shell would.

    `quiet` keeps npm's own summary off standard output, which belongs to what the person asked to run.
    """
    stdout = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen([*program.argv, *arguments], cwd=cwd, env=dict(env), stdout=stdout)
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            continue  # the terminal sent it to npm as well, and npm decides what it means
        return code if code >= 0 else 128 - code
