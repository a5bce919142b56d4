"""The composition root of every audit: settings, npm's configuration, the network, and the managers on top."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, timedelta
from typing import Any

import msgspec

from forecheck import discover
from forecheck.adapters import settings as settings_files
from forecheck.adapters.advisories.store import DiskAdvisories
from forecheck.adapters.cache import DiskCache
from forecheck.adapters.cache_place import default_directory
from forecheck.adapters.commits import GitCommits
from forecheck.adapters.concurrency import run_at_hand_first
from forecheck.adapters.files import LocalFiles
from forecheck.adapters.http import HttpClient
from forecheck.adapters.machine import machine_for
from forecheck.adapters.npm.cacache import NpmCache
from forecheck.adapters.npm.comparing import names_in
from forecheck.adapters.npm.configuration import Configuration, read_configuration
from forecheck.adapters.npm.installing import NpmProject
from forecheck.adapters.npm.locked import InstalledProject, LockedProject, read_lockfile
from forecheck.adapters.npm.program import NpmProgram, find_npm
from forecheck.adapters.npm.project import (
    HIDDEN_LOCKFILE,
    MAX_MANIFEST,
    ManifestFile,
    read_file,
)
from forecheck.adapters.npm.staging import NpmExec, NpmGlobal, Stage
from forecheck.adapters.pins import PinFolder
from forecheck.adapters.progress import progress_for
from forecheck.adapters.trust_root import SigstoreTrust, TrustSettings
from forecheck.app import Audit, Session, audit
from forecheck.checks.advisories.stale_advisories import ADVISORIES
from forecheck.checks.confusion.unclaimed_workspace_name import WORKSPACES
from forecheck.cli.first_database import ensure_database, without_database
from forecheck.cli.identity import github_token, identity_context, identity_limits, with_token
from forecheck.cli.options import Options
from forecheck.cli.ports import Ports
from forecheck.cli.refusal import NothingThere
from forecheck.config import Config
from forecheck.config.settings import AdvisorySource
from forecheck.decode import Malformed, read_json
from forecheck.evidence.advisory_sources import AdvisorySources
from forecheck.evidence.attestations import TrustRoots
from forecheck.evidence.downloads import DownloadsSettings
from forecheck.evidence.packument import Freshness
from forecheck.evidence.public_registries import PublicRegistries
from forecheck.evidence.registry_keys import AskedRegistries
from forecheck.evidence.tarball_place import Machine
from forecheck.lint import Dossier
from forecheck.lockfiles.npm_wire import bin_names, text
from forecheck.model import Lockfile, Unavailable
from forecheck.npm.commandline import Invocation
from forecheck.npm.ini import Value
from forecheck.popularity import Popularity
from forecheck.ports import (
    AdvisoryStore,
    Cache,
    Commits,
    Downloaded,
    Files,
    Http,
    PackageManager,
    Pins,
    SourceLimits,
)
from forecheck.report import DataVersion
from forecheck.resolve.npm_commands import (
    GlobalCommand,
    StagedCommand,
    audit_command,
    check_command,
    exec_command,
    global_command,
    project_command,
)

KEYS_DEADLINE = timedelta(seconds=30)
"""What is known of a registry's keys is enough to go on with: no run waits minutes for the list."""


class Workbench(msgspec.Struct, frozen=True):
    """Everything one command needs, put together; made by `open_workbench`."""

    session: Session
    configuration: Configuration
    advisories: DiskAdvisories
    options: Options
    ports: Ports

    def audit(self, command: str, manager: PackageManager, dossier: Dossier | None = None) -> Audit:
        """As `app.audit`; where advisories are looked up, a first database is offered before."""
        if ADVISORIES not in self.session.services:
            return audit(command, manager, self.session, dossier)
        config = self.session.config
        ensure_database(self.advisories, config, self.options, self.ports)
        made = audit(command, manager, self.session, dossier)
        notices = (*made.report.notices, *without_database(self.advisories, config))
        return Audit(msgspec.structs.replace(made.report, notices=notices), made.facts)

    @property
    def root(self) -> str:
        return self.configuration.root.path

    def project_manager(self, call: Invocation, program: NpmProgram) -> NpmProject:
        return self._project(program, project_command(call), call)

    def _project(self, program: NpmProgram, command: Any, call: Invocation | None) -> NpmProject:
        return NpmProject(
            program,
            command,
            self.root,
            self.ports.cwd,
            self.ports.env,
            self.configuration.settings,
            self.configuration.registry_for,
            call.specs if call else (),
            self.root if call and call.prefix else self.ports.cwd,
        )

    def global_manager(self, call: Invocation, program: NpmProgram) -> NpmGlobal:
        return self._global(global_command(call, names_in(self.configuration.global_modules)), program)

    def exec_manager(self, call: Invocation, program: NpmProgram) -> NpmExec:
        command = exec_command(call)
        stage = self._stage(program, command.staged)
        return NpmExec(stage, command, self.ports.cwd, self.ports.env, self.configuration.settings.cache)

    def check_manager(self, specs: tuple[str, ...], program: NpmProgram) -> NpmGlobal:
        return self._global(GlobalCommand(staged=check_command(specs), options=()), program)

    def _global(self, command: GlobalCommand, program: NpmProgram) -> NpmGlobal:
        stage = self._stage(program, command.staged)
        modules = self.configuration.global_modules
        return NpmGlobal(stage, command, self.ports.cwd, self.ports.env, modules)

    def rebuild_manager(self, call: Invocation, program: NpmProgram) -> InstalledProject:
        installed = self._lockfile(HIDDEN_LOCKFILE)
        if installed is None:
            raise NothingThere(f"nothing is installed in {self.root}", "forecheck npm install")
        return InstalledProject(program, installed, self.root, call.argv, self.ports.cwd, self.ports.env)

    def own_lockfile(self, manager: str = "") -> Dossier | None:
        """The lockfile, of any or of that package manager, that the project is installed from; raises Malformed."""
        from forecheck.adapters.lockfiles import project_lockfile

        formats = discover.formats()
        registry_for = self.configuration.registry_for
        found = project_lockfile(self.root, formats, self.ports.env, registry_for, manager)
        if found is not None and found.problem:
            raise Malformed(found.subject.path, found.problem)
        return found

    def lockfile_manager(self, dossier: Dossier | None) -> LockedProject | NpmProject:
        """The project as its own lockfile says; without one, what npm would write for its package.json."""
        if dossier is not None and dossier.lockfile is not None:
            return LockedProject(dossier.lockfile)
        if not os.path.isfile(os.path.join(self.root, "package.json")):
            raise NothingThere(
                f"there is no package.json and no lockfile in {self.root}", "forecheck audit DIR"
            )
        return self._project(find_npm(self.ports.env), audit_command(), None)

    def binary_folders(self) -> Iterator[str]:
        """Where npm exec looks for a command before it thinks of installing one."""
        folder = self.ports.cwd
        while True:
            yield os.path.join(folder, "node_modules", ".bin")
            above = os.path.dirname(folder)
            if above == folder:
                break
            folder = above
        yield self.configuration.global_binaries

    def own_binaries(self) -> tuple[str, ...]:
        """The commands the project's own package.json offers."""
        where = os.path.join(self.root, "package.json")
        data = read_file(where)
        if data is None:
            return ()
        manifest = read_json(data, ManifestFile, where, max_bytes=MAX_MANIFEST)
        return bin_names(manifest.bin, text(manifest.name))

    def _stage(self, program: NpmProgram, command: StagedCommand) -> Stage:
        return Stage(
            program,
            command,
            self.ports.cwd,
            self.configuration.settings,
            self.configuration.registry_for,
        )

    def _lockfile(self, name: str) -> Lockfile | None:
        return read_lockfile(self.root, name, self.configuration.registry_for)


@contextmanager
def open_workbench(
    options: Options, ports: Ports, program: NpmProgram | None, call: Invocation | None = None
) -> Iterator[Workbench]:
    """Read every setting, open cache and network; both are closed, the cache written, when the block ends."""
    configuration = read_configuration(
        ports.env,
        ports.cwd,
        program.folder if program else "",
        _pairs(call) if call else (),
        offline=options.offline,
    )
    checks = discover.checks()
    settings = settings_files.load(configuration.root.path, ports.env, checks, cwd=ports.cwd)
    config = settings.config.strictly() if options.strict else settings.config
    registries = configuration.registries
    http = HttpClient(
        credentials_for=with_token(registries.credentials_for, github_token(config, ports.env)),
        tls_for=registries.tls_for,
        proxy_for=registries.proxy_for,
        limits=_limits(config),
        offline=options.offline,
        concurrency=config.network.max_concurrency,
    )
    cache = DiskCache(config.network.cache_dir or default_directory(ports.env))
    tuf = config.sources["sigstore-tuf"]
    trust = SigstoreTrust(http, cache, TrustSettings(tuf.url, tuf.enabled), ports.now)
    pins = PinFolder(settings_files.places(ports.env, ports.cwd).registry_keys)
    advisories = DiskAdvisories(config.network.cache_dir or default_directory(ports.env))
    asked = AskedRegistries()
    session = Session(
        config=config,
        checks=checks,
        sources=discover.sources(),
        context={
            Http: http,
            Cache: cache,
            AdvisoryStore: advisories,
            TrustRoots: trust,
            Pins: pins,
            AskedRegistries: asked,
            **_context(configuration, config, options, ports),
        },
        concurrently=lambda tasks: run_at_hand_first(tasks, config.network.max_concurrency),
        progress=progress_for(ports.stderr, ports.env),
        clock=ports.now,
        data=lambda: (DataVersion("popularity", "2026-03"), *_advisory_data(advisories), *trust.data()),
        notices=lambda: (
            *(notice.text for notice in settings.notices),
            *configuration.notices,
            *cache.notices,
            *pins.notices,
            *asked.notices(),
            *trust.notices(),
        ),
        offline=options.offline,
        services=(ADVISORIES, WORKSPACES),
    )
    try:
        yield Workbench(session, configuration, advisories, options, ports)
    finally:
        session.progress.done()
        http.close()
        cache.close()
        advisories.close()


def _context(
    configuration: Configuration, config: Config, options: Options, ports: Ports
) -> Mapping[type, Any]:
    """What sources are given by type, beside the network and the cache."""
    registries = configuration.registries
    downloads = config.sources["downloads"]

    def may_tell(name: str, registry: str) -> bool:
        return registries.may_tell_public(name, registry) and config.registries.may_tell(name, registry)

    return {
        Files: LocalFiles(configuration.root.path),
        Commits: GitCommits(ports.env, offline=options.offline),
        Downloaded: NpmCache(configuration.settings.cache),
        Machine: machine_for(configuration.config),
        AdvisorySources: _advisory_sources(config),
        Freshness: Freshness(config.network.cache_max_age),
        Popularity: Popularity.load(),
        PublicRegistries: PublicRegistries(may_tell),
        DownloadsSettings: DownloadsSettings(url=downloads.url, enabled=downloads.enabled),
        **identity_context(config, ports.env, offline=options.offline),
    }


def _advisory_data(store: DiskAdvisories) -> Iterator[DataVersion]:
    """How old the advisory database is; why it cannot be used is told by the checks that need it."""
    with suppress(Unavailable):
        status = store.status()
        if status is not None:
            yield DataVersion("advisories", status.as_of.astimezone(UTC).date().isoformat())


def _advisory_sources(config: Config) -> AdvisorySources:
    chosen = config.advisories
    api, endpoint = config.sources["osv-api"], config.sources["registry-advisories"]
    return AdvisorySources(
        private=config.registries.is_private,
        database=AdvisorySource.DATABASE in chosen.sources,
        api=api.url if api.enabled else "",
        registry_endpoint=endpoint.enabled,
        always_api=AdvisorySource.OSV_API in chosen.sources,
        always_registry=AdvisorySource.REGISTRY in chosen.sources,
        max_age=chosen.max_age,
    )


def _limits(config: Config) -> Mapping[str, SourceLimits]:
    """The configured limits, by the source names that requests carry."""
    registry = config.sources["registry"].limits()
    return {
        "packument": registry,
        "contents": registry,
        "registry-keys": SourceLimits(min(registry.deadline, KEYS_DEADLINE), registry.attempts),
        "attestations": registry,
        "osv-api": config.sources["osv-api"].limits(),
        "registry-advisories": config.sources["registry-advisories"].limits(),
        "sigstore-tuf": config.sources["sigstore-tuf"].limits(),
        "tarball": config.sources["tarballs"].limits(),
        "downloads": config.sources["downloads"].limits(),
        **identity_limits(config),
    }


def _pairs(call: Invocation) -> tuple[tuple[str, Value], ...]:
    """Npm's command-line options as its configuration sees them."""
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value) for name, value in call.cli.items()
    )
