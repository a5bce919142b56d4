"""The report for programs: see `docs/json-report.md` and `schemas/report-v1.schema.json`."""

from collections.abc import Callable, Iterator
from datetime import UTC

import msgspec

from forecheck import model
from forecheck.report import Ignore, Judged, Report
from forecheck.reporter import Style, reporter
from forecheck.reporters import json_wire as wire
from forecheck.reporters import json_words as words
from forecheck.reporters.json_plan import compared, plan, subject
from forecheck.reporters.tally import facts, tally

_OPEN = 2
"""So many levels of objects are opened."""


@reporter
def json(report: Report, style: Style) -> str:
    """For programs: JSON in a documented, versioned format."""
    del style
    return dump(on_the_wire(report))


def on_the_wire(report: Report) -> wire.Report:
    """The report as it is written: nothing left out, nothing escaped yet."""
    verdict = report.verdict
    return wire.Report(
        forecheck_report=wire.VERSION,
        tool=wire.Named(name="forecheck", version=report.tool_version),
        command=report.command,
        started=report.started.astimezone(UTC),
        elapsed_seconds=max(round(report.elapsed.total_seconds(), 3), 0.0),
        offline=report.offline,
        data=[wire.Named(name=one.name, version=one.version) for one in report.data],
        verdict=wire.Verdict(
            decision=words.Decision(verdict.decision.value),
            unknown_only=verdict.unknown_only,
            examined=verdict.examined,
            counts=_counts(report),
        ),
        plan=plan(report.plan),
        outcomes=list(_outcomes(report)),
        exceptions=wire.Exceptions(
            expired=[_exception(one) for one in verdict.expired],
            unused=[_exception(one) for one in verdict.unused],
        ),
        compared=[compared(one) for one in report.compared],
        notices=list(report.notices),
    )


def dump(report: wire.Report) -> str:
    r"""JSON in ASCII, one package and one outcome a line.

    Whatever a terminal could take for a command is a `\u` escape, so that reading the file does no harm while
    parsing it gives every string exactly.
    """
    from json import JSONEncoder

    write = JSONEncoder(ensure_ascii=True, allow_nan=False).encode
    text = "".join(_expanded(msgspec.to_builtins(report), write, "\n", depth=0))
    # DEL is the one control character that JSON lets stand as it is in ASCII.
    return text.replace("\x7f", "\\u007f") + "\n"


def _expanded(value: object, write: Callable[[object], str], line: str, depth: int) -> Iterator[str]:
    """The report's own fields and those one level below on lines of their own; of arrays, every element."""
    if isinstance(value, dict) and depth < _OPEN:
        opened, closed = "{", "}"
        items = [(f"{write(key)}: ", item) for key, item in value.items()]
    elif isinstance(value, list) and value and depth <= _OPEN:
        opened, closed = "[", "]"
        items = [("", item) for item in value]
        depth = _OPEN
    else:
        yield write(value)
        return
    yield opened
    for at, (name, item) in enumerate(items):
        yield f"{',' if at else ''}{line}  {name}"
        yield from _expanded(item, write, f"{line}  ", depth + 1)
    yield f"{line}{closed}"


def _counts(report: Report) -> wire.Counts:
    found = tally(report)
    return wire.Counts(
        examined=report.examined(),
        blocked=found.counts[model.Decision.BLOCK],
        warned=found.counts[model.Decision.WARN],
        findings=len(report.findings()),
        unavailable=len(facts([*found.missing, *found.unminded])),
        crashed=len(found.crashed),
        passed=report.passed(),
    )


def _outcomes(report: Report) -> Iterator[wire.Outcome]:
    judged = {one.outcome: one for one in report.verdict.judged}
    for outcome in report.outcomes:
        if isinstance(outcome, model.Passed):
            yield wire.Passed(check=outcome.check, subject=subject(outcome.subject))
        else:
            yield _judged(outcome, judged[outcome])


def _judged(outcome: model.Finding | model.Skipped | model.Crashed, one: Judged) -> wire.Outcome:
    about = subject(outcome.subject)
    decision = words.Decision(one.decision.value)
    accepted = _exception(one.ignored) if one.ignored else None
    if isinstance(outcome, model.Crashed):
        return wire.Crashed(
            check=outcome.check, subject=about, detail=outcome.detail, decision=decision, why=one.why
        )
    if isinstance(outcome, model.Skipped):
        return wire.Skipped(
            check=outcome.check,
            subject=about,
            source=outcome.source,
            kind=words.Absence(outcome.kind.value),
            reason=outcome.reason,
            decision=decision,
            why=one.why,
            exception=accepted,
        )
    return wire.Finding(
        check=outcome.check,
        subject=about,
        severity=words.Severity(outcome.severity.label),
        confidence=words.Confidence(outcome.confidence.label),
        message=outcome.message,
        key=outcome.key,
        location=_location(outcome.at) if outcome.at else None,
        fix=wire.Fix(title=outcome.fix.title, command=outcome.fix.command) if outcome.fix else None,
        decision=decision,
        why=one.why,
        exception=accepted,
    )


def _location(at: model.Location) -> wire.Location:
    return wire.Location(path=at.path, line=at.line, column=at.column, pointer=at.pointer)


def _exception(one: Ignore) -> wire.RecordedException:
    return wire.RecordedException(
        check=one.check, package=one.package, reason=one.reason, until=one.until, where=one.where
    )
