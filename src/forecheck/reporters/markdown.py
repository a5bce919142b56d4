"""Markdown for a comment on a pull request, or a job summary."""

from collections.abc import Iterator

from forecheck.lockfiles.compare import LockChange
from forecheck.model import Decision, LockedFile, Release, Subject
from forecheck.report import ComparedLockfile, Report
from forecheck.reporter import Style, reporter
from forecheck.reporters.missing import missing_lines
from forecheck.reporters.tally import Group, Tally, Weighed, tally
from forecheck.reporters.text_changes import GRAVE, counts, remarks, versions
from forecheck.reporters.text_ending import summary
from forecheck.reporters.text_pen import plural
from forecheck.text import escape

_SHOWN = 50
"""So many packages are listed; a comment has room for 65,536 characters."""

_CHANGES = 200
_UNFOLDED = 20

_MARKS = {Decision.BLOCK: "🛑", Decision.WARN: "⚠️", Decision.ALLOW: "💬"}


@reporter
def markdown(report: Report, style: Style) -> str:
    """Markdown for a pull-request comment or a job summary."""
    found = tally(report)
    lines = [f"### {_headline(report)}", ""]
    lines += [line for one in report.compared for line in _compared(one)]
    shown = found.groups if style.verbose else found.groups[:_SHOWN]
    for group in shown:
        lines += [*_group(group, found), ""]
    if len(shown) < len(found.groups):
        lines += [f"… and {plural(len(found.groups) - len(shown), 'more package')}.", ""]
    lines += list(_aside("Notes", [_finding(one, subject=True) for one in found.quiet]))
    missing = [f"- {_MARKS[decision]} {code(text)}" for decision, text in missing_lines(found)]
    lines += list(_aside("Could not look", missing))
    lines += list(_aside("About this run", [f"- {code(escape(one))}" for one in report.notices]))
    lines.append(f"<sub>{summary(report, found)} · forecheck {code(report.tool_version)}</sub>")
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """A code span (CommonMark 6.1): inside it nothing is a link, a mention, markup or HTML. One line, never empty."""
    flat = escape(text, 2_000).replace("\n", " ").strip() or "(empty)"
    fence = "`"
    while fence in flat:
        fence += "`"
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def _headline(report: Report) -> str:
    decision = report.verdict.decision
    examined = plural(report.examined(), "package")
    if decision is Decision.BLOCK:
        return f"🛑 forecheck: this must not be installed ({examined} examined)"
    if decision is Decision.WARN:
        return f"⚠️ forecheck: worth a look ({examined} examined)"
    if not report.verdict.examined:
        return "⚠️ forecheck: nothing was examined"
    if report.command.startswith("lockfile diff") and not report.examined():
        return "✅ forecheck: no package arrives, and nothing stands against the change"
    return f"✅ forecheck: {examined} examined, nothing against them"


def _compared(one: ComparedLockfile) -> Iterator[str]:
    """What changed in a lockfile, the grave first; folded where it is long."""
    listed = [f"- {_change(change, one)}" for change in one.changes.changes[:_CHANGES]]
    if len(one.changes.changes) > _CHANGES:
        listed.append(f"- … and {plural(len(one.changes.changes) - _CHANGES, 'more change')}")
    yield f"**{code(one.subject.path)}** {code(one.base)} → {code(one.head)}: {counts(one)}"
    yield ""
    grave = [change for change in one.changes.changes if change.kind in GRAVE]
    if listed and (grave or len(listed) <= _UNFOLDED):
        yield from (*listed, "")
    elif listed:
        yield from (
            f"<details><summary>{plural(len(listed), 'change')}</summary>",
            "",
            *listed,
            "",
            "</details>",
            "",
        )


def _change(change: LockChange, one: ComparedLockfile) -> str:
    about = "; ".join(code(text) for text in remarks(change, one) if text != change.kind.value)
    mark = "🛑 " if change.kind in GRAVE else ""
    said = f"{mark}{change.kind.value}: {code(change.entry.release.name)} {code(versions(change))}"
    return f"{said} ({about})" if about else said


def _group(group: Group, found: Tally) -> Iterator[str]:
    yield f"**{_MARKS[group.decision]} {code(group.subject.spec)}**{_because(group.subject, found)}"
    for one in group.findings:
        yield _finding(one, subject=False)


def _because(subject: Subject, found: Tally) -> str:
    if isinstance(subject, LockedFile):
        return ""
    steps = found.steps.get(subject, ()) if isinstance(subject, Release) else ()
    paths = sorted((step.because for step in steps if step.because), key=lambda path: (len(path), path))
    return f" — {code(' > '.join(paths[0]))}" if paths and len(paths[0]) > 1 else ""


def _finding(one: Weighed, *, subject: bool) -> str:
    finding = one.finding
    place = f", {code(f'{finding.at.path}:{finding.at.line}')}" if finding.at and finding.at.line else ""
    whom = f"{code(finding.subject.spec)}: " if subject else ""
    fix = finding.fix
    advice = [part for part in (fix.title, fix.command) if part] if fix else []
    todo = f" → {code(': '.join(advice))}" if advice else ""
    severity = finding.severity.label
    return f"- {whom}{code(finding.check)} ({severity}{place}): {code(finding.message)}{todo}"


def _aside(title: str, lines: list[str]) -> Iterator[str]:
    """A folded section; blank lines make GitHub read Markdown inside."""
    if lines:
        yield from (f"<details><summary>{title} ({len(lines)})</summary>", "", *lines, "", "</details>", "")
