"""The outcomes of a run sorted by what a reader does with them."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from forecheck.model import (
    Crashed,
    Decision,
    Finding,
    LockedFile,
    Release,
    Service,
    Severity,
    Skipped,
    Step,
    Subject,
    UnavailableKind,
    Unresolved,
)
from forecheck.report import Ignore, Report

RANK = {Decision.ALLOW: 0, Decision.WARN: 1, Decision.BLOCK: 2}
SETTLED = ("already installed", "it was so before")
"""The words in which policy says that a finding is about what is on disk in every place the plan has it, or that it
stood against the tree before a change to it.
"""

_Thing = TypeVar("_Thing", Finding, Skipped, Crashed, tuple[str, UnavailableKind])


class Weighed(msgspec.Struct, frozen=True):
    """A finding and what policy makes of it."""

    finding: Finding
    decision: Decision
    why: str
    accepted: Ignore | None


class Missed(msgspec.Struct, frozen=True):
    """A skipped check and what policy makes of it."""

    skipped: Skipped
    decision: Decision
    why: str
    accepted: Ignore | None


class Group(msgspec.Struct, frozen=True):
    """A subject and its findings, worst first; never empty. `file` is where they are, in a report on files."""

    subject: Subject
    findings: tuple[Weighed, ...]
    file: str = ""

    @property
    def decision(self) -> Decision:
        return self.findings[0].decision


class Tally(msgspec.Struct, frozen=True):
    """`groups` matter to the verdict, worst first; `quiet` are findings that do not, and are neither accepted by
    an exception nor about what is there already. `missing` is missing evidence that policy minds,
    `unminded` the rest.
    """

    groups: tuple[Group, ...]
    quiet: tuple[Weighed, ...]
    settled: tuple[Weighed, ...]
    accepted: tuple[Weighed, ...]
    missing: tuple[Missed, ...]
    unminded: tuple[Missed, ...]
    crashed: tuple[Crashed, ...]
    steps: dict[Release, tuple[Step, ...]]
    lost: tuple[Unresolved, ...]
    counts: dict[Decision, int]

    def remarks(self) -> tuple[Weighed, ...]:
        """Of the quiet ones those that say something against a subject; the rest is information."""
        return tuple(one for one in self.quiet if one.finding.severity is not Severity.INFO)

    def decided(self, decision: Decision) -> tuple[Group, ...]:
        """The releases whose findings come to that; what does not exist is in `lost`."""
        return tuple(g for g in self.groups if g.decision is decision and isinstance(g.subject, Release))

    def decided_files(self, decision: Decision) -> tuple[Group, ...]:
        """The lockfiles whose own findings, not those of a package in them, come to that."""
        return tuple(g for g in self.groups if g.decision is decision and isinstance(g.subject, LockedFile))

    def decided_services(self, decision: Decision) -> tuple[Group, ...]:
        """Things the run relied on whose findings come to that."""
        return tuple(g for g in self.groups if g.decision is decision and isinstance(g.subject, Service))


def tally(report: Report) -> Tally:
    """Sort the outcomes of a report. `counts` is how many subjects come to each decision at worst."""
    weighed: list[Weighed] = []
    missed: list[Missed] = []
    crashed: list[Crashed] = []
    worst: dict[Subject, Decision] = {}
    for one in report.verdict.judged:
        outcome = one.outcome
        if isinstance(outcome, Finding):
            weighed.append(Weighed(outcome, one.decision, one.why, one.ignored))
        elif isinstance(outcome, Skipped):
            missed.append(Missed(outcome, one.decision, one.why, one.ignored))
        elif isinstance(outcome, Crashed):
            crashed.append(outcome)
        worst[outcome.subject] = max(
            one.decision, worst.get(outcome.subject, Decision.ALLOW), key=RANK.__getitem__
        )
    quiet = [one for one in weighed if one.decision is Decision.ALLOW]
    decisions = list(worst.values())
    return Tally(
        groups=grouped(
            (one for one in weighed if one.decision is not Decision.ALLOW), by_file=bool(report.files)
        ),
        quiet=tuple(one for one in quiet if one.accepted is None and one.why not in SETTLED),
        settled=tuple(one for one in quiet if one.accepted is None and one.why in SETTLED),
        accepted=tuple(one for one in quiet if one.accepted is not None),
        missing=tuple(one for one in missed if one.decision is not Decision.ALLOW),
        unminded=tuple(one for one in missed if one.decision is Decision.ALLOW),
        crashed=tuple(crashed),
        steps=_steps(report),
        lost=report.plan.unresolved,
        counts={decision: decisions.count(decision) for decision in Decision},
    )


def grouped(findings: Iterable[Weighed], *, by_file: bool = False) -> tuple[Group, ...]:
    """The findings by subject: worst subject first, worst finding first, then by name. With `by_file` those of one
    file stand together, the file of the worst first.
    """
    by_subject: dict[tuple[str, Subject], list[Weighed]] = {}
    for one in findings:
        at = one.finding.at
        by_subject.setdefault((at.path if by_file and at else "", one.finding.subject), []).append(one)
    groups = [
        Group(subject, tuple(sorted(ones, key=_weight)), file) for (file, subject), ones in by_subject.items()
    ]
    groups.sort(key=lambda group: (_weight(group.findings[0])[:3], group.subject.spec))
    order = {file: at for at, file in enumerate(dict.fromkeys(group.file for group in groups))}
    return tuple(sorted(groups, key=lambda group: order[group.file]))


def facts(missed: Iterable[Missed]) -> dict[tuple[str, Subject], Skipped]:
    """Each thing that could not be looked at once, however many checks wanted it."""
    return {(one.skipped.source, one.skipped.subject): one.skipped for one in missed}


def rows(missed: Iterable[Missed]) -> list[tuple[str, UnavailableKind]]:
    """Each kind of thing that could not be looked at once, and why, however many packages it concerns."""
    return list(dict.fromkeys((one.skipped.source, one.skipped.kind) for one in missed))


def count_by(things: Iterable[_Thing], key: Callable[[_Thing], str]) -> dict[str, int]:
    """How many there are by key, most first."""
    counts: dict[str, int] = {}
    for thing in things:
        counts[key(thing)] = counts.get(key(thing), 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _weight(one: Weighed) -> tuple[int, int, int, str]:
    finding = one.finding
    return -RANK[one.decision], -finding.severity, -finding.confidence, finding.check


def _steps(report: Report) -> dict[Release, tuple[Step, ...]]:
    steps: dict[Release, list[Step]] = {}
    for step in report.plan.installs():
        steps.setdefault(step.entry.release, []).append(step)
    return {release: tuple(places) for release, places in steps.items()}
