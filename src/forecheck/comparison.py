"""The use case of `forecheck lockfile diff`: two states of each lockfile, and one report of what lies between."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from forecheck import __version__
from forecheck.check import Check
from forecheck.config import Config
from forecheck.engine import Facts, run_checks
from forecheck.graph import wire
from forecheck.lint import Dossier, Rules, with_places
from forecheck.lockfiles.compare import Changes, compare
from forecheck.model import Change, Crashed, Finding, LockedFile, Outcome, Passed, Plan, Step, Subject
from forecheck.policy import judge
from forecheck.report import ComparedLockfile, Report
from forecheck.resolve.paths import dependency_paths
from forecheck.source import Source


class Sides(msgspec.Struct, frozen=True):
    """A lockfile before and after; None where there is none. Both can be read. `manifests_changed`: see `Changes`.
    `was` is its path before, where that is another one.
    """

    path: str
    before: Dossier | None
    after: Dossier | None
    manifests_changed: bool
    was: str = ""

    @property
    def subject(self) -> LockedFile:
        one = self.after or self.before
        if one is None:
            raise ValueError("a comparison has a before or an after")
        return one.subject

    def compared(self, base: str, head: str) -> ComparedLockfile:
        """What changed, with the paths that lead to what is there now."""
        after = self.after.lockfile if self.after else None
        before = self.before.lockfile if self.before else None
        changes = compare(before, after, manifests_changed=self.manifests_changed)
        origin = f"{base}:{self.was}" if self.was else base
        return ComparedLockfile(
            self.subject, origin, head, changes, dependency_paths(after) if after is not None else {}
        )


def arriving(compared: ComparedLockfile) -> frozenset[str]:
    """The locations of what was not there before, or not like that."""
    return frozenset(one.after.location for one in compared.changes.arriving() if one.after is not None)


def change_report(
    command: str,
    pairs: Sequence[tuple[Sides, ComparedLockfile]],
    audits: Sequence[Report],
    *,
    config: Config,
    checks: Sequence[Check],
    sources: Sequence[Source],
    clock: Callable[[], datetime],
    notices: tuple[str, ...] = (),
) -> Report:
    """One report: what the changes say by themselves, what the lockfile rules say now and did not before, and the
    audits of what arrives.

    `audits` are about what arrives in each file; none where nobody is to be asked. Without `pairs` nothing differs,
    which was looked at too.
    """
    started = audits[0].started if audits else clock()
    ours = config.enabled(check for check in checks if Changes in check.evidence.values())
    rules = Rules(checks, sources, config)
    told: list[Outcome] = []
    for sides, compared in pairs:
        context: dict[type, Any] = {Changes: compared.changes}
        facts = Facts(wire(ours, sources, context), context)
        found = run_checks(ours, config.options(), config.severities(), facts, [compared.subject])
        told += found
        told += _news(rules, sides, compared)
    told += [outcome for audit in audits for outcome in audit.outcomes]
    outcomes = tuple(dict.fromkeys(told))
    for sides, _ in pairs:
        outcomes = with_places(outcomes, sides.after) if sides.after else outcomes
    audited = tuple(step for audit in audits for step in audit.plan.steps)
    plan = Plan("", "", audited or tuple(step for pair in pairs for step in _steps(*pair)))
    concerned: list[Subject] = [compared.subject for _, compared in pairs]
    seen = {check.id: check for audit in audits for check in audit.checks}
    verdict = judge(outcomes, plan, config, started, concerned)
    return Report(
        command=command,
        plan=plan,
        outcomes=outcomes,
        verdict=verdict if pairs else msgspec.structs.replace(verdict, examined=True),
        tool_version=__version__,
        data=audits[0].data if audits else (),
        notices=tuple(dict.fromkeys((*notices, *(line for audit in audits for line in audit.notices)))),
        offline=any(audit.offline for audit in audits),
        checks=(*ours, *rules.checks, *seen.values()),
        compared=tuple(compared for _, compared in pairs),
        started=started,
        elapsed=clock() - started,
    )


def _steps(sides: Sides, compared: ComparedLockfile) -> Iterable[Step]:
    """What arrives, as an audit would have it."""
    for change in compared.changes.arriving():
        if change.after is not None and sides.after is not None:
            because = compared.paths.get(change.after.location, ())
            yield Step(Change.ADDED, change.after, because, before=change.before)


def _news(rules: Rules, sides: Sides, compared: ComparedLockfile) -> Iterable[Outcome]:
    """What the rules say of entries that arrive, and of the rest what they did not say before: that is no doing of
    this change.
    """
    if sides.after is None:
        return ()
    known = {_identity(one) for one in rules.look_at(sides.before)} if sides.before else set()
    new = {one.after.release for one in compared.changes.arriving() if one.after is not None}
    return [
        outcome
        for outcome in rules.look_at(sides.after)
        if isinstance(outcome, Crashed)
        or (not isinstance(outcome, Passed) and (outcome.subject in new or _identity(outcome) not in known))
    ]


def _identity(outcome: Outcome) -> tuple[object, ...]:
    """What makes two outcomes the same to a reader, wherever in the file, and in whichever file, they are."""
    about_file = isinstance(outcome.subject, LockedFile)
    told_apart = (
        (outcome.key or (outcome.message if about_file else "")) if isinstance(outcome, Finding) else ""
    )
    return type(outcome), outcome.check, None if about_file else outcome.subject, told_apart
