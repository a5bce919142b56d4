"""Annotations for GitHub Actions: workflow commands on standard output, and one line that sums up.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from forecheck.model import Decision, Finding
from forecheck.report import Report
from forecheck.reporter import Style, reporter
from forecheck.reporters.missing import missing_lines
from forecheck.reporters.places import Places
from forecheck.reporters.tally import tally
from forecheck.reporters.text_ending import summary
from forecheck.text import escape

_LEVELS = {Decision.BLOCK: "error", Decision.WARN: "warning", Decision.ALLOW: "notice"}


@reporter
def github(report: Report, style: Style) -> str:
    """Annotations in GitHub Actions: one for every finding and for what could not be looked at."""
    del style
    found, places = tally(report), Places(report)
    lines = []
    for group in found.groups:
        for one in group.findings:
            at = places.of(one.finding)
            where = {"file": at.path, "line": str(at.line)} | ({"col": str(at.column)} if at.column else {})
            lines.append(
                _command(_LEVELS[one.decision], where | {"title": _title(one.finding)}, _said(one.finding))
            )
    lines += [
        _command("notice", {"title": _title(one.finding)}, _said(one.finding)) for one in found.remarks()
    ]
    lines += [
        _command(_LEVELS[decision], {"title": "forecheck"}, text) for decision, text in missing_lines(found)
    ]
    lines.append(summary(report, found))
    return "\n".join(lines) + "\n"


def _title(finding: Finding) -> str:
    return f"{escape(finding.check, 60)}: {escape(finding.subject.spec, 120)}"


def _said(finding: Finding) -> str:
    fix = finding.fix
    advice = [part for part in (fix.title, fix.command) if part] if fix else []
    return "\n".join([escape(finding.message), *(f"→ {escape(part)}" for part in advice)])


def _command(level: str, properties: dict[str, str], message: str) -> str:
    """A workflow command; its own escapes keep what is said inside it."""
    shown = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {shown}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(escape(text, 1_000)).replace(":", "%3A").replace(",", "%2C")
