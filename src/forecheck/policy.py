"""What the outcomes of a run mean: ALLOW, WARN or BLOCK, each with its reasons (pure)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from enum import Enum

import msgspec

from forecheck.check import Unknown
from forecheck.config import Config, NonInteractive
from forecheck.config.exceptions import PackagePattern, pattern
from forecheck.model import (
    Crashed,
    Decision,
    Finding,
    Outcome,
    Passed,
    Plan,
    Release,
    Severity,
    Skipped,
    Subject,
)
from forecheck.report import Exit, Ignore, Judged, Verdict

_RANK = {Decision.ALLOW: 0, Decision.WARN: 1, Decision.BLOCK: 2}
_MEANINGS = {Unknown.NOTE: Decision.ALLOW, Unknown.WARN: Decision.WARN, Unknown.BLOCK: Decision.BLOCK}


class Next(Enum):
    """What follows from a verdict."""

    GO = "go"
    ASK = "ask"
    STOP = "stop"


def judge(
    outcomes: Sequence[Outcome], plan: Plan, config: Config, now: datetime, more: Iterable[Subject] = ()
) -> Verdict:
    """The verdict on a run. Every outcome but a pass is in `judged`, with what it means and why.

    Nothing counts as examined where the plan would put nothing on disk, or where no check looked at anything. `more`
    is what was looked at beside what is in the plan.
    `now` is aware; exceptions are dated in UTC and hold to the end of their last day.
    """
    exceptions = _Exceptions(config, now.astimezone(UTC).date())
    settled = _settled(plan)
    judged = tuple(
        _judged(outcome, config, exceptions, settled)
        for outcome in outcomes
        if not isinstance(outcome, Passed)
    )
    decision = max((one.decision for one in judged), key=_RANK.__getitem__, default=Decision.ALLOW)
    decisive = [one for one in judged if one.decision is decision is not Decision.ALLOW]
    concerned: dict[Subject, None] = dict.fromkeys(step.entry.release for step in plan.installs())
    concerned.update(dict.fromkeys(plan.unresolved))
    concerned.update(dict.fromkeys(more))
    return Verdict(
        decision=decision,
        judged=judged,
        unknown_only=bool(decisive) and all(isinstance(one.outcome, Skipped) for one in decisive),
        examined=bool(concerned) and bool(outcomes),
        unused=exceptions.unused(concerned),
        expired=exceptions.expired(concerned),
    )


def relative_to(verdict: Verdict, before: Verdict) -> Verdict:
    """The verdict on a change: what was so before, and no milder, does not stand against it.

    An outcome is the same if check, subject and key are; a crash never is.
    """
    known: dict[tuple[str, Subject, str], Decision] = {}
    for one in before.judged:
        if not isinstance(one.outcome, Crashed):
            same = _identity(one.outcome)
            known[same] = max(one.decision, known.get(same, Decision.ALLOW), key=_RANK.__getitem__)

    def was_so(one: Judged) -> bool:
        earlier = known.get(_identity(one.outcome), Decision.ALLOW)
        return one.decision is not Decision.ALLOW and _RANK[one.decision] <= _RANK[earlier]

    judged = tuple(
        msgspec.structs.replace(one, decision=Decision.ALLOW, why="it was so before") if was_so(one) else one
        for one in verdict.judged
    )
    decision = max((one.decision for one in judged), key=_RANK.__getitem__, default=Decision.ALLOW)
    decisive = [one for one in judged if one.decision is decision is not Decision.ALLOW]
    only = bool(decisive) and all(isinstance(one.outcome, Skipped) for one in decisive)
    return msgspec.structs.replace(verdict, decision=decision, judged=judged, unknown_only=only)


def _identity(outcome: Outcome) -> tuple[str, Subject, str]:
    return (
        outcome.check,
        outcome.subject,
        outcome.key if isinstance(outcome, Finding) else type(outcome).__name__,
    )


def next_step(verdict: Verdict, config: Config, *, terminal: bool) -> Next:
    """Whether to go on, ask or stop; `terminal` says that there is somebody to ask."""
    if verdict.decision is Decision.BLOCK:
        return Next.STOP
    if verdict.decision is Decision.ALLOW:
        return Next.GO
    if config.thresholds.strict:
        return Next.STOP
    if terminal:
        return Next.ASK
    return Next.GO if config.thresholds.non_interactive is NonInteractive.ALLOW else Next.STOP


def exit_code(verdict: Verdict, *, went_on: bool, asked: bool = False) -> int:
    """The exit code of a run that ended with this verdict.

    `went_on` is what came of `next_step`: the verdict was good enough, or somebody said yes. `asked` says that
    somebody was asked. A block is never gone past. Where findings and missing evidence stop a run together, the
    findings give the code; a check that crashed comes second.
    """
    if verdict.decision is Decision.BLOCK:
        return _cause(verdict)
    if verdict.decision is Decision.WARN and not went_on:
        return Exit.DECLINED if asked else _cause(verdict)
    return Exit.ALLOW if verdict.examined else Exit.NOTHING


def _cause(verdict: Verdict) -> int:
    decisive = [one.outcome for one in verdict.judged if one.decision is verdict.decision]
    if any(isinstance(outcome, Finding) for outcome in decisive):
        return Exit.FINDINGS
    if any(isinstance(outcome, Crashed) for outcome in decisive):
        return Exit.BUG
    return Exit.UNKNOWN


def _settled(plan: Plan) -> frozenset[Release]:
    """The releases that are already on disk in every place the plan has them."""
    there: dict[Release, bool] = {}
    for step in plan.installs():
        release = step.entry.release
        there[release] = there.get(release, True) and step.on_disk
    return frozenset(release for release, everywhere in there.items() if everywhere)


def _judged(
    outcome: Finding | Skipped | Crashed,
    config: Config,
    exceptions: "_Exceptions",
    settled: frozenset[Release],
) -> Judged:
    if isinstance(outcome, Crashed):
        return Judged(outcome, Decision.BLOCK, "the check crashed, which is a bug of forecheck")
    applies = exceptions.use(outcome.check, outcome.subject)
    if applies is not None:
        return Judged(outcome, Decision.ALLOW, f"accepted: {applies.reason}", applies)
    if isinstance(outcome, Finding):
        decision, why = _finding(outcome, config)
        tolerable = decision is Decision.WARN or config.checks[outcome.check].tolerates_installed
        if decision is not Decision.ALLOW and tolerable and outcome.subject in settled:
            return Judged(outcome, Decision.ALLOW, "already installed")
        return Judged(outcome, decision, why)
    meaning, says = config.meaning(outcome.check, outcome.kind)
    return Judged(outcome, _MEANINGS[meaning], f"{outcome.kind.value} means {meaning.value}: {says}")


def _finding(finding: Finding, config: Config) -> tuple[Decision, str]:
    limits = config.thresholds
    floor = config.checks[finding.check].floor
    severity, raised = finding.severity, ""
    if floor is not None and floor > severity:
        severity, raised = floor, f" (raised from {finding.severity.label} by the project)"
    grade = f"{severity.label} severity{raised}, {finding.confidence.label} confidence"
    if severity >= limits.block_at and finding.confidence >= limits.block_confidence:
        return Decision.BLOCK, grade
    if severity >= min(limits.warn_at, limits.block_at):
        return Decision.WARN, grade
    return Decision.ALLOW, f"{grade}: below {Severity(min(limits.warn_at, limits.block_at)).label}"


class _Exception(msgspec.Struct, frozen=True):
    ignore: Ignore
    pattern: PackagePattern
    everywhere: bool


class _Exceptions:
    """The recorded exceptions, and which of them did something."""

    def __init__(self, config: Config, today: date) -> None:
        recorded = [
            *(_Exception(ignore, pattern(ignore.package), False) for ignore in config.ignores),
            *(_Exception(ignore, pattern(ignore.package), True) for ignore in config.user_ignores),
        ]
        recorded.sort(key=lambda one: one.ignore.until or date.max, reverse=True)
        self._active = [one for one in recorded if (one.ignore.until or date.max) >= today]
        self._over = [one for one in recorded if (one.ignore.until or date.max) < today]
        self._by_check: dict[str, list[_Exception]] = {}
        for one in self._active:
            self._by_check.setdefault(one.ignore.check, []).append(one)
        self._used: set[Ignore] = set()

    def use(self, check: str, subject: Subject) -> Ignore | None:
        """The exception that holds longest of those for the check and subject, noted as used."""
        for one in self._by_check.get(check, ()):
            if one.pattern.matches(subject):
                self._used.add(one.ignore)
                return one.ignore
        return None

    def unused(self, concerned: Collection[Subject]) -> tuple[Ignore, ...]:
        """The active exceptions that accepted nothing."""
        idle = (one for one in self._active if one.ignore not in self._used)
        return tuple(_relevant(idle, concerned))

    def expired(self, concerned: Collection[Subject]) -> tuple[Ignore, ...]:
        """The exceptions whose day is over."""
        return tuple(_relevant(self._over, concerned))


def _relevant(exceptions: Iterable[_Exception], concerned: Collection[Subject]) -> Iterator[Ignore]:
    """The user's own file is for every project: only what concerns packages of this one is worth a word."""
    for one in exceptions:
        if not one.everywhere or any(one.pattern.matches(subject) for subject in concerned):
            yield one.ignore
