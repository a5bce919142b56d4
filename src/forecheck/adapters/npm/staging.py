"""Commands that install named packages outside a project: resolved alone, applied from what was audited.

`npm install -g` reads no lockfile, so it is given a cache that holds the audited packuments and tarballs and
nothing else, and is kept from asking anywhere: what was not audited is not to be had. `npm exec` and `npm init`
look into their own folder first, so that folder is filled from the audited lockfile.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence

from forecheck.adapters.npm.ahead import asked_for, fetch_ahead
from forecheck.adapters.npm.applying import run_npm
from forecheck.adapters.npm.cacache import NpmCache
from forecheck.adapters.npm.comparing import installed_at, strangers_below, strangers_in
from forecheck.adapters.npm.installing import EMPTY_LOCKFILE, NpmSettings
from forecheck.adapters.npm.program import NpmError, NpmProgram
from forecheck.adapters.npm.project import HIDDEN_LOCKFILE, Inputs, read_file
from forecheck.adapters.npm.resolving import RegistryFor, explain, run_resolution
from forecheck.adapters.npm.rewriting import held
from forecheck.adapters.npm.scratch import Scratch, private_environment
from forecheck.analysis.digests import fits
from forecheck.decode import Malformed
from forecheck.lockfiles import npm as npm_lockfile
from forecheck.model import Entry, EntryKind, FromGit, FromRegistry, Lockfile, Package
from forecheck.ports import Guess, Resolution
from forecheck.resolve.npm_commands import ExecCommand, GlobalCommand, StagedCommand

# With the linked strategy npm compares nothing it downloads with the lockfile's integrity (npm 11).
CHECKED = "--install-strategy=hoisted"


class Stage:
    """An empty private project in which npm resolves a few specs."""

    def __init__(
        self,
        program: NpmProgram,
        command: StagedCommand,
        cwd: str,
        settings: NpmSettings,
        registry_for: RegistryFor,
    ) -> None:
        self.scratch = Scratch()
        self.program = program
        self.lock_bytes = EMPTY_LOCKFILE
        self.manifest_bytes = b"{}\n"
        self.lockfile = Lockfile("package-lock.json", "npm", "3", ())
        self._command = command
        self._cwd = cwd
        self._settings = settings
        self.registry_for = registry_for
        self._folder = self.scratch.mirror(cwd)

    def resolve(self, while_waiting: Callable[[Sequence[Guess]], None], cache: str) -> Resolution:
        self.scratch.lay_out(Inputs(self._cwd, {}), self._settings.project_npmrc)
        self.scratch.bring_local(self._command.specs, self._cwd)
        wanted = asked_for((), self._command.specs, self._cwd, frozenset())
        guesses = tuple(Package(name, self.registry_for(name)) for name in wanted)
        env = self._environment(cache)
        if not self._settings.offline:
            ahead = os.path.join(self.scratch.folder, "ahead")
            fetch_ahead(self.program, wanted, ahead, self._settings.project_npmrc, env)
        failure = run_resolution(
            self.program, self._command.resolve, self._folder, env, lambda: while_waiting(guesses)
        )
        if failure:
            missing = explain(failure, self.registry_for, self.scratch.unmirrored, self._settings.age_limit)
            return Resolution(after=self.lockfile, unresolved=(missing,))
        self.lock_bytes = read_file(os.path.join(self._folder, "package-lock.json")) or EMPTY_LOCKFILE
        self.manifest_bytes = read_file(os.path.join(self._folder, "package.json")) or b"{}\n"
        self.lockfile = npm_lockfile.parse(self.lock_bytes, "package-lock.json", self.registry_for)
        return Resolution(after=self.lockfile)

    def download(self, cache: str, pins: Mapping[str, str]) -> bool:
        """Fetch the audited tarballs into a cache, integrity checked, no script run; whether it holds just those.

        What the packument has only a SHA-1 of, npm later finds by that alone (make-fetch-happen 15), so it is fetched
        by it too; then what is there has to fit the stronger pin as well.
        """
        quiet = ["--no-audit", "--no-fund", "--silent"]
        arguments = ["ci", "--ignore-scripts", CHECKED, *quiet]
        if run_npm(self.program, arguments, self._folder, self._environment(cache)) != 0:
            return False
        fetched = NpmCache(cache)
        own = {entry.location: entry.integrity for entry in self.lockfile.entries}
        return all(fits(fetched.find(own.get(location) or pin) or b"", pin) for location, pin in pins.items())

    def requested(self) -> tuple[Entry, ...]:
        """The entries the specs themselves resolved to, in the order npm saved them."""
        root = next((entry for entry in self.lockfile.entries if entry.kind is EntryKind.ROOT), None)
        by_location = {entry.location: entry for entry in self.lockfile.entries}
        wanted = [f"node_modules/{edge.name}" for edge in root.edges] if root else []
        return tuple(by_location[location] for location in wanted if location in by_location)

    def _environment(self, cache: str) -> dict[str, str]:
        return private_environment(
            self._settings.environment,
            self.scratch,
            {
                "userconfig": self.scratch.write_home("user.npmrc", self._settings.user_npmrc),
                "globalconfig": self.scratch.write_home("global.npmrc", self._settings.global_npmrc),
                "cache": cache,
                "offline": "true" if self._settings.offline else "false",
            },
        )


class NpmGlobal:
    """A `PackageManager` for `npm install -g` and `npm update -g`; `modules` is the global node_modules folder."""

    name = "npm"

    def __init__(
        self, stage: Stage, command: GlobalCommand, cwd: str, env: Mapping[str, str], modules: str
    ) -> None:
        self.version = stage.program.version_text
        self._stage = stage
        self._command = command
        self._cwd = cwd
        self._env = env
        self._modules = modules
        self._placed: Sequence[Entry] = ()
        self._cache = os.path.join(stage.scratch.folder, "cache")

    def resolve(self, while_waiting: Callable[[Sequence[Guess]], None]) -> Resolution:
        return self._stage.resolve(while_waiting, self._cache)

    def apply(self, pins: Mapping[str, str]) -> int:
        wanted = [entry for entry in self._stage.requested() if not self._is_there(entry)]
        if not wanted:
            return 0
        if not self._stage.download(self._cache, pins):
            raise NpmError("the audited packages could not be downloaded unchanged; nothing was installed")
        self._placed = wanted
        specs = [pinned(entry) for entry in wanted]
        arguments = ["install", *self._command.options, "--offline", f"--cache={self._cache}", "--", *specs]
        return run_npm(self._stage.program, arguments, self._cwd, self._env)

    def _is_there(self, entry: Entry) -> bool:
        """Whether an update would leave the package as it is; npm install puts it there anew."""
        if not self._command.updates:
            return False
        found = installed_at(os.path.join(self._modules, entry.installed_as))
        return found is not None and (found.name, found.version) == (
            entry.release.name,
            entry.release.version,
        )

    def unaudited(self) -> tuple[str, ...]:
        """What lies in the global folder under the names that were asked for and was not audited."""
        names = [entry.installed_as for entry in self._placed]
        return strangers_below(self._modules, names, self._stage.lockfile)

    def close(self) -> None:
        self._stage.scratch.close()


class NpmExec:
    """A `PackageManager` for `npm exec`, `npx` and `npm init NAME`."""

    name = "npm"

    def __init__(
        self, stage: Stage, command: ExecCommand, cwd: str, env: Mapping[str, str], cache: str
    ) -> None:
        self.version = stage.program.version_text
        self._stage = stage
        self._command = command
        self._cwd = cwd
        self._env = env
        self._cache = cache
        self._filled = ""
        self._pins: Mapping[str, str] = {}

    def resolve(self, while_waiting: Callable[[Sequence[Guess]], None]) -> Resolution:
        return self._stage.resolve(while_waiting, self._cache)

    def apply(self, pins: Mapping[str, str]) -> int:
        self._pins = pins
        entries = self._stage.requested()
        for entry in entries:
            if not isinstance(entry.release.origin, FromRegistry):
                raise NpmError(f"{entry.release.spec} does not come from a registry; npm exec cannot pin it")
        specs = [entry.release.spec for entry in entries]
        words = self._words(entries[0])
        self._filled = os.path.join(self._cache, "_npx", npx_folder(specs))
        code = self._fill(self._filled)
        if code != 0:
            return code
        strangers = self.unaudited()
        if strangers:
            raise NpmError(
                f"npm's cache holds what was not audited, so nothing was run: {', '.join(strangers)}"
            )
        packages = [f"--package={spec}" for spec in specs]
        tail = [f"--call={self._command.call}"] if self._command.call else ["--", *words]
        arguments = ["exec", *self._command.options, *packages, *tail]
        return run_npm(self._stage.program, arguments, self._cwd, self._env)

    def unaudited(self) -> tuple[str, ...]:
        """What npm's own folder for these packages holds that was not audited."""
        written = self._written(self._filled)
        if written is None:
            return (f"whatever is in {self._filled}, of which npm has no record",)
        return strangers_in(written, self._stage.lockfile, self._pins)

    def close(self) -> None:
        self._stage.scratch.close()

    def _words(self, first: Entry) -> tuple[str, ...]:
        if self._command.call or self._command.command_named:
            return self._command.words
        return (own_binary(first), *self._command.words)

    def _fill(self, folder: str) -> int:
        if self._is_filled(folder):
            return 0
        os.makedirs(folder, exist_ok=True)
        for name, data in (
            ("package.json", self._stage.manifest_bytes),
            ("package-lock.json", held(self._stage.lock_bytes, self._pins)),
        ):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        quiet = [CHECKED, "--no-audit", "--no-fund", "--loglevel=error", "--include=prod"]
        return run_npm(self._stage.program, ["ci", *quiet], folder, self._env, quiet=True)

    def _is_filled(self, folder: str) -> bool:
        written = self._written(folder)
        pinned_ = written is not None and all(entry.integrity for entry in written.entries)
        return pinned_ and not strangers_in(written, self._stage.lockfile, self._pins)

    def _written(self, folder: str) -> Lockfile | None:
        """What npm has noted of what is in the folder; None where there is none, or an empty one."""
        try:
            data = read_file(os.path.join(folder, HIDDEN_LOCKFILE))
            there = data and npm_lockfile.parse(data, HIDDEN_LOCKFILE, self._stage.registry_for)
        except Malformed:
            return None
        return there if there and there.entries else None


def npx_folder(specs: Sequence[str]) -> str:
    """The folder name npm keeps a set of packages under (libnpmexec 10): a hash of the specs as typed."""
    return hashlib.sha512("\n".join(sorted(specs)).encode()).hexdigest()[:16]


def own_binary(entry: Entry) -> str:
    """The command npm exec runs for a package: its only one, or the one named like it; raises `NpmError`."""
    bins = entry.bins or ()
    unscoped = entry.release.name.rpartition("/")[2]
    if unscoped in bins:
        return unscoped
    if len(bins) == 1:
        return bins[0]
    raise NpmError(
        f"{entry.release.spec} offers {len(bins)} commands and none is called {unscoped}",
        f"npm exec --package={entry.release.name} -- COMMAND",
    )


def pinned(entry: Entry) -> str:
    """The spec that names exactly this release: version, commit, or the URL whose bytes were audited."""
    origin = entry.release.origin
    alias = f"{entry.installed_as}@npm:" if entry.installed_as != entry.release.name else ""
    if isinstance(origin, FromRegistry):
        return f"{alias}{entry.release.spec}"
    if isinstance(origin, FromGit):
        return f"{origin.url}#{origin.commit}"
    return entry.resolved
