"""The use cases: what a run does, given a package manager, the world as ports, and a configuration."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from forecheck import __version__
from forecheck.check import Check
from forecheck.config import Config
from forecheck.engine import Concurrently, Facts, run_checks
from forecheck.evidence.contents import Manifest
from forecheck.evidence.packument import Freshness, Packument, document_of
from forecheck.evidence.planned import PlanIndex
from forecheck.evidence.tarball import Tarball
from forecheck.graph import wire
from forecheck.lint import Dossier, Rules, with_places, without_repeats
from forecheck.lockfiles.pinning import is_sha1, is_strong
from forecheck.model import (
    FromRegistry,
    FromUnknown,
    LockedFile,
    Now,
    Package,
    Plan,
    Release,
    Service,
    Step,
    Subject,
    Unavailable,
    UnavailableKind,
)
from forecheck.policy import judge
from forecheck.ports import Guess, PackageManager, Progress, Resolution
from forecheck.report import DataVersion, Report
from forecheck.resolve.plan import plan_of
from forecheck.source import Source

_NOT_IN_AUDITS = frozenset(
    {"lock-bad-integrity", "lock-no-integrity", "lock-weak-integrity", "lock-project-registry"}
)
"""Lockfile rules that say what `unpinned` says of each package, and what npm's configuration has settled already."""


class RegistryUnreachable(Exception):  # noqa: N818  (the world's failure, shown as a message)
    """Not one of the packages could be looked up at their registry; `reason` is the last one given."""

    def __init__(self, registry: str, reason: str) -> None:
        super().__init__(f"no package could be looked up at {registry}: {reason}")
        self.hint = "is the network up, and the registry's address right? (npm config get registry)"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What one run works with. `context` gives sources their ports and settings by type; `services` are what the run
    relies on as a whole, to be judged beside the releases.
    """

    config: Config
    checks: Sequence[Check]
    sources: Sequence[Source]
    context: Mapping[type, Any]
    concurrently: Concurrently
    progress: Progress
    clock: Callable[[], datetime]
    data: Callable[[], tuple[DataVersion, ...]] = tuple
    notices: Callable[[], tuple[str, ...]] = tuple
    offline: bool = False
    services: tuple[Service, ...] = ()


class Audit(msgspec.Struct, frozen=True):
    """A report, and the facts behind it for whoever acts on it next."""

    report: Report
    facts: Facts

    def pins(self) -> tuple[dict[str, str], tuple[Step, ...]]:
        """Integrity for entries the lockfile leaves without a strong one that npm would hold to, by location: the
        registry's, or else that of the very bytes that were looked into; and the entries that nothing pins at all or
        whose source is not understood: none of these may be installed.
        """
        pins: dict[str, str] = {}
        loose: list[Step] = []
        for step in self.report.plan.installs():
            entry = step.entry
            if not _fetched(entry.release):
                continue
            known = not isinstance(entry.release.origin, FromUnknown)
            if known and is_strong(entry.integrity):
                continue
            pinnable = entry.at is not None and entry.at.pointer.startswith("/packages/")
            integrity = self._integrity(entry.release) if pinnable and known else ""
            if is_strong(integrity):
                pins[entry.location] = integrity
            elif not known or not is_sha1(entry.integrity):
                loose.append(step)
        return pins, tuple(loose)

    def unseen(self, config: Config) -> dict[Release, Unavailable]:
        """What would be new on disk though its registry said nothing about it, and why; without what the user said
        of such missing evidence, and what `--offline` accepts.
        """
        found: dict[Release, Unavailable] = {}
        for step in self.report.plan.installs():
            release = step.entry.release
            if step.on_disk or self.report.offline or not isinstance(release.origin, FromRegistry):
                continue
            missing = self.facts.find(Packument, release)
            if not isinstance(missing, Unavailable) or missing.kind is UnavailableKind.UNSUPPORTED:
                continue
            if config.unknown.generally(missing.kind) is None:
                found[release] = missing
        return found

    def _integrity(self, release: Release) -> str:
        own = self._registry_integrity(release)
        return own if is_strong(own) else self._seen(release)

    def _registry_integrity(self, release: Release) -> str:
        if not isinstance(release.origin, FromRegistry):
            return ""
        try:
            packument: Packument = self.facts.get(Packument, release)
        except Unavailable:
            return ""
        row = packument.row(release.version)
        return document_of(row).dist.integrity if row else ""

    def _seen(self, release: Release) -> str:
        """The SHA-512 of what was downloaded for the audit; empty where nothing was, or not what was expected."""
        tarball = self.facts.find(Tarball, release)
        if isinstance(tarball, Tarball) and tarball.strange:
            return ""
        if isinstance(tarball, Tarball) and tarball.looked is not None:
            return tarball.looked.integrity
        manifest = self.facts.find(Manifest, release)
        return manifest.integrity if isinstance(manifest, Manifest) else ""


def audit(command: str, manager: PackageManager, session: Session, dossier: Dossier | None = None) -> Audit:
    """Find out what the command would bring in and judge every release of it; installs nothing.

    `dossier` is the project's own lockfile, where the command goes by it: then its rules are run too. Raises
    `RegistryUnreachable` when a registry answered nothing at all, and what the manager raises.
    """
    started = session.clock()
    enabled = session.config.enabled(one for one in session.checks if one.subject is not LockedFile)
    provided = {**session.context, Now: Now(started)}
    facts = Facts(wire(enabled, session.sources, [*provided, PlanIndex]), provided)

    def while_waiting(guesses: Sequence[Guess]) -> None:
        served = [guess for guess in guesses if _served(guess)]
        facts.fetch(served, session.concurrently, session.progress)
        session.progress.stage("resolving")

    session.progress.stage("resolving")
    resolution = manager.resolve(while_waiting)
    plan = _plan(manager, resolution)
    releases = index_by_release(plan)
    facts.provide(PlanIndex, PlanIndex(releases, plan.projects, resolution.after.format))
    subjects: list[Subject] = [*releases, *plan.unresolved, *session.services]
    _renew_outdated(facts, releases, session)
    facts.fetch(subjects, session.concurrently, session.progress)
    _refuse_silence(facts, releases, session)
    session.progress.stage("checking", len(subjects))
    outcomes = run_checks(enabled, session.config.options(), session.config.severities(), facts, subjects)
    if dossier is not None:
        rules = Rules(session.checks, session.sources, session.config, without=_NOT_IN_AUDITS)
        outcomes = (*with_places(outcomes, dossier), *rules.look_at_what_stays(dossier, resolution))
        enabled = (*enabled, *rules.checks)
    outcomes = without_repeats(outcomes)
    session.progress.done()
    finished = session.clock()
    report = Report(
        command=command,
        plan=plan,
        outcomes=outcomes,
        verdict=judge(outcomes, plan, session.config, started),
        tool_version=__version__,
        data=session.data(),
        notices=(*session.notices(), *resolution.notices),
        offline=session.offline,
        checks=enabled,
        started=started,
        elapsed=finished - started,
    )
    return Audit(report, facts)


def index_by_release(plan: Plan) -> dict[Release, tuple[Step, ...]]:
    """The steps that put each release on disk, in plan order."""
    index: dict[Release, list[Step]] = {}
    for step in plan.installs():
        index.setdefault(step.entry.release, []).append(step)
    return {release: tuple(steps) for release, steps in index.items()}


def _plan(manager: PackageManager, resolution: Resolution) -> Plan:
    plan = plan_of(
        resolution.after,
        resolution.before,
        manager=manager.name,
        manager_version=manager.version,
        on_disk=resolution.on_disk,
        unresolved=resolution.unresolved,
    )
    if resolution.only is None:
        return plan
    steps = tuple(step for step in plan.steps if step.entry.location in resolution.only)
    return msgspec.structs.replace(plan, steps=steps)


def _served(guess: Guess) -> bool:
    """Whether a registry answers for it; the rest has to wait until npm has said what it is."""
    return isinstance(guess, Package) or (
        isinstance(guess, Release) and isinstance(guess.origin, FromRegistry)
    )


def _fetched(release: Release) -> bool:
    """Whether npm would download it: folders and bundled packages it would not, and git commits pin themselves."""
    return type(release.origin).__name__ in ("FromRegistry", "FromTarball", "FromUnknown")


def _renew_outdated(facts: Facts, releases: Mapping[Release, object], session: Session) -> None:
    """Ask again where a cached packument is too old to know the version that the manager has just found."""
    served = [release for release in releases if isinstance(release.origin, FromRegistry)]
    facts.fetch(served, session.concurrently, session.progress, only=Packument)
    outdated = [release for release in served if _lacks(facts, release)]
    if outdated:
        facts.provide(Freshness, Freshness(timedelta(0)))
        facts.forget(Packument, outdated)


def _lacks(facts: Facts, release: Release) -> bool:
    try:
        packument: Packument = facts.get(Packument, release)
    except Unavailable:
        return False
    return packument.row(release.version) is None


def _refuse_silence(facts: Facts, releases: Mapping[Release, object], session: Session) -> None:
    """A registry that answers nothing is an error of its own, not a page of skipped checks."""
    if session.offline:
        return
    silent: dict[str, str] = {}
    for release in releases:
        if not isinstance(release.origin, FromRegistry):
            continue
        try:
            facts.get(Packument, release)
        except Unavailable as missing:
            if missing.kind in (UnavailableKind.OFFLINE, UnavailableKind.TIMEOUT):
                silent[release.origin.url] = missing.reason
                continue
        return
    for registry, reason in silent.items():
        raise RegistryUnreachable(registry, reason)
