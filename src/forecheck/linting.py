"""The use case of `forecheck lockfile lint`: any number of lockfiles, each looked at on its own, one report."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from forecheck import __version__
from forecheck.check import Check
from forecheck.config import Config
from forecheck.lint import Dossier, Rules
from forecheck.model import EntryKind, LockedFile, Outcome, Plan, Release, Subject
from forecheck.policy import judge
from forecheck.report import ExaminedFile, Report
from forecheck.source import Source

NO_PLAN = Plan("", "", ())


def lint(
    command: str,
    dossiers: Iterable[Dossier],
    *,
    config: Config,
    checks: Sequence[Check],
    sources: Sequence[Source],
    clock: Callable[[], datetime],
    notices: Callable[[], tuple[str, ...]] = tuple,
) -> Report:
    """Run every rule on every file; `dossiers` are taken one by one, so that only one tree is held at a time."""
    started = clock()
    rules = Rules(checks, sources, config)
    outcomes: list[Outcome] = []
    files: list[ExaminedFile] = []
    concerned: list[Subject] = []
    for dossier in dossiers:
        outcomes.extend(rules.look_at(dossier))
        packages = _packages(dossier)
        files.append(ExaminedFile(dossier.subject, len(packages)))
        concerned.extend(packages if config.user_ignores else packages[:1])
        concerned.extend(_unreadable(dossier))
    told = tuple(outcomes)
    return Report(
        command=command,
        plan=NO_PLAN,
        outcomes=told,
        verdict=judge(told, NO_PLAN, config, started, concerned),
        tool_version=__version__,
        data=(),
        notices=notices(),
        checks=rules.checks,
        files=tuple(files),
        started=started,
        elapsed=clock() - started,
    )


def _packages(dossier: Dossier) -> list[Release]:
    """The packages of the file, each copy counted."""
    if dossier.lockfile is None:
        return []
    return [entry.release for entry in dossier.lockfile.entries if entry.kind is EntryKind.PACKAGE]


def _unreadable(dossier: Dossier) -> tuple[LockedFile, ...]:
    return (dossier.subject,) if dossier.lockfile is None else ()
