"""The first line: the verdict in one sentence, with the counts that belong to it."""

from datetime import timedelta

from forecheck.model import Change, Decision, UnavailableKind
from forecheck.report import Report
from forecheck.reporters.tally import Tally, count_by, rows
from forecheck.reporters.text_layout import wrap
from forecheck.reporters.text_pen import Ink, Pen, plural
from forecheck.text import cells

KINDS = {
    UnavailableKind.OFFLINE: "out of reach",
    UnavailableKind.NOT_FOUND: "not found",
    UnavailableKind.REFUSED: "refused",
    UnavailableKind.TOO_LARGE: "too large",
    UnavailableKind.TIMEOUT: "timed out",
    UnavailableKind.MALFORMED: "unreadable",
    UnavailableKind.UNSUPPORTED: "not offered",
}
"""What happened to a fact that could not be had: `3 kinds of fact timed out`."""


def headline(report: Report, found: Tally, pen: Pen) -> list[str]:
    """The verdict. Everything in it is ours: no package has a say here."""
    decision = report.verdict.decision
    if decision is Decision.BLOCK or (decision is Decision.ALLOW and found.lost):
        return _stated(pen.bad, _blocked(report, found), (Ink.BOLD, Ink.RED), pen)
    if decision is Decision.WARN:
        return _stated("!", _warned(report, found), (Ink.BOLD, Ink.YELLOW), pen)
    if not report.verdict.examined:
        return _stated("!", _nothing(report), (Ink.BOLD, Ink.YELLOW), pen)
    return _clean(report, found, pen)


def elapsed(time: timedelta) -> str:
    """`2.1 s`, `1 min 12 s`."""
    seconds = max(time.total_seconds(), 0.0)
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def asides(found: Tally) -> list[str]:
    """What was seen or missed without being the verdict's business, counted.

    What a registry does not offer it does not offer for any package: a count of packages would only say how large
    the tree is.
    """
    kinds = count_by(rows(found.unminded), lambda row: KINDS[row[1]])
    missing = [f"{count} {kind}" for kind, count in kinds.items()]
    if missing:
        first, _, rest = missing[0].partition(" ")
        missing[0] = f"{plural(int(first), 'kind')} of fact {rest}"
    parts = [plural(len(found.quiet), "note")] if found.quiet else []
    parts += [f"{len(found.accepted)} accepted by exception"] if found.accepted else []
    return [*parts, *missing]


def _stated(mark: str, sentence: str, inks: tuple[Ink, ...], pen: Pen) -> list[str]:
    lines = wrap(f"{mark} {sentence}", 0, cells(mark) + 1, pen.width)
    return [pen.paint(line, *inks) for line in lines]


def _blocked(report: Report, found: Tally) -> str:
    reasons = _reasons(report, found)
    warned = len(found.decided(Decision.WARN))
    more = f" {plural(warned, 'more deserves', 'more deserve')} a look." if warned else ""
    said = "; ".join(reasons)
    if _installs(report):
        return f"Nothing was installed: {said}.{more}"
    return f"{said[:1].upper()}{said[1:]}.{more}"


def _reasons(report: Report, found: Tally) -> list[str]:
    blocked = len(found.decided(Decision.BLOCK))
    reasons = []
    if blocked and _installs(report):
        reasons.append(f"{plural(blocked, 'package')} must not be")
    elif blocked:
        reasons.append(f"{_share(report, blocked)} must not be installed")
    files = len(found.decided_files(Decision.BLOCK))
    if files:
        reasons.append(
            f"{plural(files, 'lockfile')} must not be used as {'it is' if files == 1 else 'they are'}"
        )
    if found.decided_services(Decision.BLOCK):
        reasons.append("something that this run relied on is not to be trusted")
    if found.lost:
        reasons.append(_lost(found))
    if found.crashed:
        crashed = len({one.check for one in found.crashed})
        reasons.append(f"{plural(crashed, 'check')} crashed, which is a bug of forecheck")
    if any(one.decision is Decision.BLOCK for one in found.missing):
        reasons.append("facts could not be had that the policy insists on")
    return reasons


def _lost(found: Tally) -> str:
    asked = plural(len(found.lost), "package that was asked for does", "packages that were asked for do")
    return f"{asked} not exist"


def _warned(report: Report, found: Tally) -> str:
    warned = len(found.decided(Decision.WARN))
    if report.verdict.unknown_only and not found.lost:
        examined = plural(report.examined(), "package")
        return f"{examined} examined; not a clean bill, as some facts could not be had:"
    parts = [f"{_share(report, warned)} {'deserves' if warned == 1 else 'deserve'} a look"] if warned else []
    files = len(found.decided_files(Decision.WARN))
    if files and not warned:
        parts.append(f"{plural(files, 'lockfile')} {'deserves' if files == 1 else 'deserve'} a look")
    if found.lost:
        parts.append(_lost(found))
    if found.decided_services(Decision.WARN):
        examined = plural(report.examined(), "package")
        parts = parts or [
            f"{examined} examined, nothing against {'it' if report.examined() == 1 else 'them'}"
        ]
        parts.append("what this run relied on deserves a look")
    if found.missing:
        parts.append("some facts could not be had")
    return "; ".join(parts)


def _nothing(report: Report) -> str:
    removed = sum(step.change is Change.REMOVED for step in report.plan.steps)
    if report.examined():
        return f"Nothing was examined: no check looked at {plural(report.examined(), 'package')}"
    if removed:
        return f"Nothing was examined: {plural(removed, 'package')} would go and none would come"
    return "Nothing was examined: there is no package to look at"


def _clean(report: Report, found: Tally, pen: Pen) -> list[str]:
    """One line wherever the width allows; else the parenthesis stands below."""
    new = " new" if found.accepted or found.settled else ""
    sentence = f"{plural(report.examined(), 'package')} examined, nothing{new} against them"
    if report.examined() == 1:
        sentence = f"1 package examined, nothing{new} against it"
    if report.command.startswith("lockfile diff") and not report.examined():
        sentence = "No package arrives, and nothing stands against the change"
    counted = asides(found)
    listed = [*counted, "see --verbose"] if counted and not pen.verbose else counted
    time = elapsed(report.elapsed) + (", offline" if report.offline else "")
    aside = f"({'; '.join(part for part in (time, ', '.join(listed)) if part)})"
    indent = cells(pen.good) + 1
    lead = f"{pen.paint(pen.good, Ink.BOLD, Ink.GREEN)} {pen.paint(sentence, Ink.BOLD)}"
    if indent + cells(sentence) + 1 + cells(aside) <= pen.width:
        return [f"{lead} {pen.paint(aside, Ink.DIM)}"]
    lines = wrap(f"{pen.good} {sentence}", 0, indent, pen.width)
    below = wrap(aside, indent, indent, pen.width)
    return [
        *([lead] if len(lines) == 1 else [pen.paint(line, Ink.BOLD) for line in lines]),
        *(pen.paint(line, Ink.DIM) for line in [" " * indent + below[0], *below[1:]]),
    ]


def _installs(report: Report) -> bool:
    return report.command.startswith("npm ")


def _share(report: Report, count: int) -> str:
    return f"{count} of {plural(report.examined(), 'package')}"
