"""One npm command on a project: resolved in a private copy, applied from exactly the audited lockfile."""

import os
from collections.abc import Callable, Mapping, Sequence

import msgspec

from forecheck.adapters.npm.ahead import asked_for, fetch_ahead, not_cached
from forecheck.adapters.npm.answered import lockfile_answers
from forecheck.adapters.npm.applying import Planned, apply
from forecheck.adapters.npm.comparing import installed_at, strangers_in
from forecheck.adapters.npm.program import NpmError, NpmProgram
from forecheck.adapters.npm.project import HIDDEN_LOCKFILE, manifests, read_file, read_inputs
from forecheck.adapters.npm.resolving import RegistryFor, explain, run_resolution
from forecheck.adapters.npm.scratch import Scratch, private_environment
from forecheck.decode import Malformed
from forecheck.lockfiles import npm as npm_lockfile
from forecheck.model import Entry, EntryKind, Lockfile, Package, Unresolved
from forecheck.ports import Guess, Resolution
from forecheck.resolve.npm_commands import ProjectCommand

EMPTY_LOCKFILE = b'{"lockfileVersion": 3, "packages": {"": {}}}'


class NpmSettings(msgspec.Struct, frozen=True):
    """What npm goes by in the private copy: configuration files' text and environment, sanitised; its cache.

    `age_limit` names the setting, if there is one, by which npm takes no version that is too young.
    """

    project_npmrc: str
    user_npmrc: str
    global_npmrc: str
    environment: Mapping[str, str]
    cache: str
    offline: bool
    age_limit: str = ""


class NpmProject:
    """A `PackageManager` for commands that install into a project's node_modules."""

    name = "npm"

    def __init__(
        self,
        program: NpmProgram,
        command: ProjectCommand,
        root: str,
        cwd: str,
        env: Mapping[str, str],
        settings: NpmSettings,
        registry_for: RegistryFor,
        local_specs: Sequence[str] = (),
        resolve_in: str = "",
    ) -> None:
        self.version = program.version_text
        self._program = program
        self._command = command
        self._root = root
        self._cwd = cwd
        self._env = env
        self._settings = settings
        self._registry_for = registry_for
        self._local_specs = local_specs
        self._resolve_in = resolve_in or cwd
        self._inputs = read_inputs(root)
        self._planned: dict[str, bytes] = {}
        self._after: Lockfile | None = None
        self._pins: Mapping[str, str] = {}
        self._scratch = Scratch()

    def close(self) -> None:
        self._scratch.close()

    def resolve(self, while_waiting: Callable[[Sequence[Guess]], None]) -> Resolution:
        installed = self._installed_lockfile()
        locked = self._project_lockfile()
        unresolved: tuple[Unresolved, ...] = ()
        guesses = tuple(dict.fromkeys(e.release for e in locked.entries if e.kind is EntryKind.PACKAGE))
        if self._command.resolve is None:
            if not self._inputs.lockfile:
                raise NpmError(
                    "npm ci needs a package-lock.json or npm-shrinkwrap.json, and there is none in "
                    f"{self._root}",
                    "forecheck npm install",
                )
            while_waiting(guesses)
            self._planned = dict(self._inputs.files)
            after = locked
        elif self._command.keeps and lockfile_answers(self._program, self._inputs):
            while_waiting(guesses)
            self._planned = dict(self._inputs.files)
            after = locked
        else:
            wanted = self._asked_for(locked)
            asked = tuple(Package(name, self._registry_for(name)) for name in wanted)
            missing = self._run(wanted, lambda: while_waiting((*guesses, *asked)))
            unresolved = (missing,) if missing else ()
            after = locked if missing else self._resolved_lockfile()
        self._after = after
        return Resolution(
            after=after,
            before=installed,
            on_disk=frozenset(self._present(installed, after) if installed else ()),
            unresolved=unresolved,
            rewritten=self._command.resolve is not None,
        )

    def _asked_for(self, locked: Lockfile) -> dict[str, str]:
        names = frozenset(entry.installed_as for entry in locked.entries if entry.kind is EntryKind.PACKAGE)
        declared = [manifest for _, manifest in manifests(self._inputs)]
        return asked_for(declared, self._local_specs, self._cwd, names)

    def _run(self, wanted: Mapping[str, str], while_waiting: Callable[[], None]) -> Unresolved | None:
        scratch = self._scratch
        scratch.lay_out(self._inputs, self._settings.project_npmrc)
        scratch.seed_from_installed(self._inputs)
        for base in {self._cwd, self._root}:
            scratch.bring_local(self._local_specs, base)
        env = private_environment(
            self._settings.environment,
            scratch,
            {
                "userconfig": scratch.write_home("user.npmrc", self._settings.user_npmrc),
                "globalconfig": scratch.write_home("global.npmrc", self._settings.global_npmrc),
                "cache": self._settings.cache,
                "offline": "true" if self._settings.offline else "false",
            },
        )
        cwd = scratch.mirror(self._resolve_in)
        os.makedirs(cwd, exist_ok=True)
        if not self._settings.offline:
            ahead = os.path.join(scratch.folder, "ahead")
            unknown = not_cached(wanted, self._settings.cache, self._registry_for)
            fetch_ahead(self._program, unknown, ahead, self._settings.project_npmrc, env)
        arguments = [self._mirrored(argument) for argument in self._command.resolve or ()]
        failure = run_resolution(self._program, arguments, cwd, env, while_waiting)
        if failure is None:
            return None
        return explain(failure, self._registry_for, scratch.unmirrored, self._settings.age_limit)

    def _mirrored(self, argument: str) -> str:
        return self._scratch.mirror(argument) if os.path.isabs(argument) else argument

    def _resolved_lockfile(self) -> Lockfile:
        for path in (*self._inputs.files, "package.json", *self._lockfile_names()):
            data = read_file(self._scratch.mirror(os.path.join(self._root, path)))
            if data is not None and path != ".npmrc":
                self._planned[path] = data
        name = next((name for name in self._lockfile_names() if name in self._planned), "")
        if not name:
            raise NpmError(f"npm wrote no lockfile for {self._root}; nothing was installed")
        return npm_lockfile.parse(self._planned[name], name, self._registry_for)

    def _lockfile_names(self) -> tuple[str, ...]:
        return (self._inputs.lockfile,) if self._inputs.lockfile else ("package-lock.json",)

    def _project_lockfile(self) -> Lockfile:
        name = self._inputs.lockfile
        data = self._inputs.files.get(name, EMPTY_LOCKFILE)
        return npm_lockfile.parse(data, name or "package-lock.json", self._registry_for)

    def _installed_lockfile(self) -> Lockfile | None:
        data = read_file(os.path.join(self._root, HIDDEN_LOCKFILE))
        if data is None:
            return None
        try:
            return npm_lockfile.parse(data, HIDDEN_LOCKFILE, self._registry_for)
        except Malformed:
            return None

    def _present(self, installed: Lockfile, after: Lockfile) -> list[str]:
        """What npm would leave as it is: nothing for `npm ci`, which removes node_modules first."""
        if self._command.resolve is None:
            return []
        wanted = {entry.location: entry for entry in after.entries}
        return [
            entry.location
            for entry in installed.entries
            if _kept_by_npm(entry, wanted.get(entry.location))
            and self._holds(entry)
            and self._has_binaries(wanted[entry.location])
        ]

    def _has_binaries(self, entry: Entry) -> bool:
        modules = entry.location.removesuffix(entry.installed_as)
        paths = [os.path.join(self._root, modules, ".bin", name) for name in entry.bins or ()]
        return all(os.path.exists(path) or os.path.exists(f"{path}.cmd") for path in paths)

    def _holds(self, entry: Entry) -> bool:
        found = installed_at(os.path.join(self._root, entry.location))
        return found is not None and (found.name, found.version) == (
            entry.release.name,
            entry.release.version,
        )

    def apply(self, pins: Mapping[str, str]) -> int:
        self._pins = pins
        planned = Planned(self._program, self._command, self._inputs, self._planned)
        return apply(planned, pins, self._cwd, self._env)

    def unaudited(self) -> tuple[str, ...]:
        """What npm left in node_modules that is not, version and integrity, what was audited."""
        return strangers_in(self._installed_lockfile(), self._after, self._pins)


def _kept_by_npm(there: Entry, wanted: Entry | None) -> bool:
    """Whether npm takes the two for the same bits; otherwise it unpacks anew and runs scripts (Arborist's diff)."""
    if wanted is None:
        return False
    if wanted.integrity or there.integrity:
        return there.integrity == wanted.integrity
    return there.resolved == wanted.resolved
