"""The findings of forecheck's own rules in lockfile-lint's shape."""

from forecheck.lockfile_lint.problem import Problem
from forecheck.model import Decision, Finding, Location, LockedFile, Skipped
from forecheck.report import Judged, Report


def problems_of(report: Report) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """What blocks and what warns; what is only noted is left out."""
    blocking: list[Problem] = []
    warning: list[Problem] = []
    for one in report.verdict.judged:
        if one.decision is Decision.BLOCK:
            blocking.append(_problem(one))
        elif one.decision is Decision.WARN:
            warning.append(_problem(one))
    return tuple(blocking), tuple(warning)


def _problem(judged: Judged) -> Problem:
    outcome = judged.outcome
    subject = outcome.subject
    path = subject.path if isinstance(subject, LockedFile) else ""
    spec = subject.spec
    if isinstance(outcome, Finding):
        at = outcome.at or Location(path)
        return Problem(f"{outcome.check}: {spec} {outcome.message}", at, within=outcome.key[:200])
    why = outcome.reason if isinstance(outcome, Skipped) else "the check crashed"
    return Problem(f"{outcome.check}: {spec} could not be looked at: {why}", Location(path))
