"""The report for people: a verdict first, then why, then what to do."""

from forecheck.model import Decision
from forecheck.report import Report
from forecheck.reporter import Style, reporter
from forecheck.reporters.tally import Tally, grouped, tally
from forecheck.reporters.text_changes import changed
from forecheck.reporters.text_ending import allowing, counted, notices, summary
from forecheck.reporters.text_findings import findings, listing
from forecheck.reporters.text_headline import headline
from forecheck.reporters.text_missing import crashed, missing, unminded
from forecheck.reporters.text_pen import Pen


@reporter
def text(report: Report, style: Style) -> str:
    """For people: the verdict, the reasons by package, and what to do."""
    found, pen = tally(report), Pen(style)
    lines = [
        *headline(report, found, pen),
        *changed(report, pen),
        *findings(report, found, pen),
        *crashed(found, pen),
        *missing(report, found, pen),
        *_everything(report, found, pen),
        *counted(report, found, pen),
        *allowing(report, found, pen),
        *notices(report, pen),
    ]
    if style.summary:
        lines += ["", summary(report, found)] if _long(lines, report) else [summary(report, found)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _everything(report: Report, found: Tally, pen: Pen) -> list[str]:
    if not pen.verbose:
        return []
    return [
        *listing("Notes", grouped(found.quiet), report, found, pen),
        *listing("Accepted by exceptions", grouped(found.accepted), report, found, pen),
        *listing("There already", grouped(found.settled), report, found, pen),
        *unminded(found, pen),
    ]


def _long(lines: list[str], report: Report) -> bool:
    return len(lines) > 2 or report.verdict.decision is not Decision.ALLOW
