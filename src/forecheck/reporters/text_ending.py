"""What stands below the reasons: what was only counted, how to record an exception, notices, the summary."""

from collections.abc import Iterator
from datetime import UTC, timedelta

from forecheck.model import Decision, Release
from forecheck.report import Ignore, Report
from forecheck.reporters.tally import Tally, facts
from forecheck.reporters.text_headline import asides, elapsed
from forecheck.reporters.text_layout import command, hung, shell_word
from forecheck.reporters.text_pen import Ink, Pen, plural

EXCEPTION_DAYS = 30
_COMMANDS = 3
_EXCEPTIONS = 5


def counted(report: Report, found: Tally, pen: Pen) -> list[str]:
    """What has no line of its own above."""
    lines: list[str] = []
    if (report.verdict.decision is not Decision.ALLOW or found.lost) and report.examined():
        lines += _also(report, found, pen)
    if found.settled and not pen.verbose:
        concern = plural(len(found.settled), "finding concerns", "findings concern")
        text = f"{concern} what is there already: forecheck audit lists them"
        lines += [pen.paint(line, Ink.DIM) for line in hung(text, 2, pen.width)]
    return lines


def allowing(report: Report, found: Tally, pen: Pen) -> list[str]:
    """How to record an exception for each finding that blocks; what does not exist no exception brings in."""
    orders = list(
        dict.fromkeys(
            _order(one.finding.check, one.finding.subject)
            for group in found.groups
            for one in group.findings
            if one.decision is Decision.BLOCK and isinstance(one.finding.subject, Release)
        )
    )
    if not orders:
        return []
    until = (report.started.astimezone(UTC) + timedelta(days=EXCEPTION_DAYS)).date()
    lines = ["", *hung("To go on all the same, record why:", 2, pen.width)]
    for order in orders[: len(orders) if pen.verbose else _COMMANDS]:
        lines += command(pen.say(f'{order} --reason "…" --until {until}'), 4, pen.width)
    more = len(orders) - _COMMANDS
    if more > 0 and not pen.verbose:
        lines += [f"    and {more} more: --verbose lists them"]
    return lines


def notices(report: Report, pen: Pen) -> list[str]:
    """Exceptions that did nothing, and what the run has to say about itself."""
    verdict = report.verdict
    texts = [
        *_exceptions("expired", verdict.expired, pen),
        *_exceptions("unused", verdict.unused, pen),
        *(f"note: {pen.say(notice)}" for notice in report.notices),
    ]
    if pen.verbose:
        texts.append(_versions(report, pen))
    lines = [pen.paint(line, Ink.DIM) for text in texts for line in _note(text, pen)]
    return ["", *lines] if lines else []


def summary(report: Report, found: Tally) -> str:
    """The one line for logs: subjects by what they come to, releases examined, facts that could not be had."""
    counts = found.counts
    missing = len(facts([*found.missing, *found.unminded]))
    return (
        f"forecheck: BLOCK {counts[Decision.BLOCK]}, WARN {counts[Decision.WARN]}, "
        f"examined {report.examined()}, unavailable {missing}"
    )


def _also(report: Report, found: Tally, pen: Pen) -> list[str]:
    text = f"{plural(report.examined(), 'package')} examined in {elapsed(report.elapsed)}"
    text += ", offline" if report.offline else ""
    parts = asides(found)
    if parts:
        text += f"; also {', '.join(parts)}{'' if pen.verbose else ' (--verbose lists them)'}"
    return ["", *(pen.paint(line, Ink.DIM) for line in hung(text, 2, pen.width))]


def _order(check: str, release: Release) -> str:
    return f"forecheck allow {shell_word(check)} {shell_word(_pattern(release))}"


def _pattern(release: Release) -> str:
    """What `forecheck allow` takes: a version only where it is one."""
    from forecheck.config.exceptions import pattern

    try:
        pattern(release.spec)
    except ValueError:
        return release.name
    return release.spec


def _exceptions(word: str, exceptions: tuple[Ignore, ...], pen: Pen) -> Iterator[str]:
    shown = exceptions if pen.verbose else exceptions[:_EXCEPTIONS]
    for one in shown:
        until = f" {one.until}" if one.until else ""
        where = f" in {pen.name(one.where)}" if one.where else ""
        what = f"{pen.name(one.check)} for {pen.name(one.package)}"
        yield f"{word}{until if word != 'unused' else ''}: the exception from {what}{where}"
    if len(exceptions) > len(shown):
        yield f"{word}: {len(exceptions) - len(shown)} more exceptions (--verbose lists them)"


def _versions(report: Report, pen: Pen) -> str:
    plan = report.plan
    data = "".join(f", {pen.name(one.name)} data of {pen.name(one.version)}" for one in report.data)
    version = f" {pen.name(plan.manager_version)}" if plan.manager_version else ""
    manager = f", {pen.name(plan.manager)}{version}" if plan.manager else ""
    return f"forecheck {pen.name(report.tool_version)}{manager}{data}"


def _note(text: str, pen: Pen) -> list[str]:
    first, *rest = hung(text, 2, pen.width)
    return [first, *(f"  {line}" for line in rest)]
