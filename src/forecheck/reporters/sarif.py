"""SARIF 2.1.0 (OASIS standard), as code scanning services read it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from forecheck.check import Check
from forecheck.model import Confidence, Decision, Finding, Location, Severity
from forecheck.pages import check_markdown, check_page
from forecheck.report import Judged, Report
from forecheck.reporter import Style, reporter
from forecheck.reporters.fingerprints import with_fingerprints
from forecheck.reporters.missing import missing_lines
from forecheck.reporters.places import Places, relative_uri
from forecheck.reporters.tally import tally
from forecheck.text import escape

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_NUMBERS = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.0",
}
_PRECISION = {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}
_NOTICES = {Decision.BLOCK: "error", Decision.WARN: "warning", Decision.ALLOW: "note"}


@reporter
def sarif(report: Report, style: Style) -> str:
    """SARIF 2.1.0 for code scanning services."""
    del style
    import json

    found, places = tally(report), Places(report)
    rules = _rules(report)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    judged = {one.outcome: one for one in report.verdict.judged if isinstance(one.outcome, Finding)}
    results = [
        _result(finding, judged.get(finding), fingerprint, places, numbers)
        for finding, fingerprint in with_fingerprints(report.findings())
    ]
    notifications = [
        {"level": _NOTICES[decision], "message": {"text": _message(text)}}
        for decision, text in missing_lines(found)
    ]
    notifications += [{"level": "note", "message": {"text": _message(text)}} for text in report.notices]
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(report, rules)},
                "invocations": [_invocation(report, notifications, crashed=bool(found.crashed))],
                "results": results,
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {
                    "PROJECT": {"description": {"text": "The folder of the audited project."}}
                },
                "properties": {"verdict": report.verdict.decision.value, "examined": report.examined()},
            }
        ],
    }
    return json.dumps(document, ensure_ascii=True, indent=1).replace("\x7f", "\\u007f") + "\n"


def _driver(report: Report, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "forecheck",
        "version": escape(report.tool_version),
        "rules": rules,
        "properties": {"data": {escape(one.name): escape(one.version) for one in report.data}},
    }


def _invocation(report: Report, notifications: list[dict[str, Any]], *, crashed: bool) -> dict[str, Any]:
    started = report.started.astimezone(UTC)
    return {
        "commandLine": escape(f"forecheck {report.command}"),
        "executionSuccessful": not crashed and report.verdict.examined,
        "startTimeUtc": started.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "toolExecutionNotifications": notifications,
    }


def _rules(report: Report) -> list[dict[str, Any]]:
    """Every check that ran; a finding of one that is not described gets a rule with its id alone."""
    described = {check.id: _rule(check) for check in report.checks}
    fired = dict.fromkeys(finding.check for finding in report.findings())
    return [*described.values(), *({"id": escape(one, 100)} for one in fired if one not in described)]


def _rule(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "shortDescription": {"text": f"{check.title}."},
        "help": {"text": check_page(check), "markdown": check_markdown(check)},
        "defaultConfiguration": {"level": _LEVELS[check.severity]},
        "properties": {
            "tags": ["security", "supply-chain", check.category],
            "security-severity": _NUMBERS[check.severity],
            "precision": _PRECISION[check.confidence],
        },
    }


def _result(
    finding: Finding, judged: Judged | None, fingerprint: str, places: Places, numbers: dict[str, int]
) -> dict[str, Any]:
    rule = escape(finding.check, 100)
    against = finding.severity is not Severity.INFO
    result: dict[str, Any] = {
        "ruleId": rule,
        "kind": "fail" if against else "informational",
        "level": _LEVELS[finding.severity] if against else "none",
        "message": {"text": _message("\n".join(_said(finding)))},
        "locations": [_location(places.of(finding), finding)],
        "partialFingerprints": {"forecheck/v1": fingerprint},
        "properties": {
            "severity": finding.severity.label,
            "confidence": finding.confidence.label,
            "decision": judged.decision.value if judged else "",
        },
    }
    if rule in numbers:
        result["ruleIndex"] = numbers[rule]
    if judged is not None and judged.ignored is not None:
        result["suppressions"] = [{"kind": "external", "justification": escape(judged.ignored.reason)}]
    return result


def _said(finding: Finding) -> Iterable[str]:
    yield f"{escape(finding.subject.spec, 200)}: {escape(finding.message)}"
    if finding.fix is not None:
        yield from (escape(part) for part in (finding.fix.title, finding.fix.command) if part)


def _location(at: Location, finding: Finding) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": relative_uri(at.path), "uriBaseId": "PROJECT"},
            "region": dict(_region(at)),
        },
        "logicalLocations": [{"fullyQualifiedName": escape(finding.subject.spec, 200), "kind": "package"}],
    }


def _region(at: Location) -> Iterator[tuple[str, int]]:
    yield "startLine", at.line
    if at.column:
        yield "startColumn", at.column


def _message(text: str) -> str:
    """A plain-text message whose brackets cannot become a link (SARIF 2.1.0, 3.11.6)."""
    lines = (escape(line) for line in text.split("\n"))
    return "\n".join(line.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]") for line in lines)
