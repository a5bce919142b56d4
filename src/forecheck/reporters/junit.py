"""JUnit XML, which every CI system shows: a test case for each package, failed where it must not be installed.

The dialect is that of the Jenkins xunit plug-in's schema (`testsuites`, `testsuite`, `testcase`, `failure`, `error`,
`skipped`, `system-out`).
"""

from collections.abc import Iterable

from forecheck.model import Crashed, Decision, Finding, Skipped, Subject
from forecheck.report import Judged, Report
from forecheck.reporter import Style, reporter
from forecheck.text import escape


@reporter
def junit(report: Report, style: Style) -> str:
    """JUnit XML: a test case for each package, for any CI system."""
    del style
    by_subject: dict[Subject, list[Judged]] = {subject: [] for subject in report.subjects()}
    for one in report.verdict.judged:
        by_subject.setdefault(one.outcome.subject, []).append(one)
    cases = [_case(subject, ones) for subject, ones in by_subject.items()]
    counts = {kind: sum(kind == case[0] for case in cases) for kind in ("failure", "error", "skipped")}
    if not cases and report.verdict.examined:
        cases = [("", f'    <testcase classname="forecheck" name={_quoted(report.command)}/>')]
    elif not cases:
        cases = [("error", _nothing())]
        counts["error"] = 1
    numbers = (
        f'tests="{len(cases)}" failures="{counts["failure"]}" errors="{counts["error"]}" '
        f'skipped="{counts["skipped"]}" time="{max(report.elapsed.total_seconds(), 0):.3f}"'
    )
    name = _quoted(f"forecheck {report.command}")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {numbers}>",
        f'  <testsuite name={name} timestamp="{report.started.strftime("%Y-%m-%dT%H:%M:%S")}" {numbers}>',
        *(text for _, text in cases),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _case(subject: Subject, judged: Iterable[Judged]) -> tuple[str, str]:
    """What became of the package, and its element. Only what blocks fails it, as with the exit code."""
    blocking = [one for one in judged if one.decision is Decision.BLOCK]
    findings = [one for one in blocking if isinstance(one.outcome, Finding)]
    minded = [one for one in judged if one.decision is Decision.WARN]
    missing = [one for one in minded if isinstance(one.outcome, Skipped)]
    said = "\n".join(_line(one) for one in (*blocking, *minded))
    kind = (
        "failure"
        if findings
        else "error"
        if blocking
        else "skipped"
        if missing and len(missing) == len(minded)
        else ""
    )
    head = f'    <testcase classname="forecheck" name={_quoted(subject.spec)}'
    if not said:
        return "", f"{head}/>"
    first = _quoted(said.partition("\n")[0])
    if kind == "skipped":
        inside = f"<skipped message={first}/><system-out>{_text(said)}</system-out>"
    elif kind:
        what = _quoted(escape((findings or blocking)[0].outcome.check, 100))
        inside = f"<{kind} message={first} type={what}>{_text(said)}</{kind}>"
    else:
        inside = f"<system-out>{_text(said)}</system-out>"
    return kind, f"{head}>{inside}</testcase>"


def _line(one: Judged) -> str:
    outcome = one.outcome
    check = escape(outcome.check, 100)
    if isinstance(outcome, Finding):
        return f"{check} ({outcome.severity.label}): {escape(outcome.message)}"
    if isinstance(outcome, Crashed):
        return f"{check} crashed, which is a bug of forecheck"
    if isinstance(outcome, Skipped):
        return f"{check} could not look: {escape(outcome.reason)}"
    return f"{check} passed"


def _nothing() -> str:
    why = "nothing was examined"
    return (
        f'    <testcase classname="forecheck" name="{why}"><error message="{why}" type="nothing"/></testcase>'
    )


def _text(text: str) -> str:
    return _characters(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(text: str) -> str:
    return '"' + _text(escape(text, 300)).replace('"', "&quot;").replace("\n", "&#10;") + '"'


def _characters(text: str) -> str:
    """Without the two code points XML 1.0 has no way to write that are not control characters (section 2.2)."""
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
