"""GitLab's Code Quality report.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from forecheck.model import Severity
from forecheck.report import Report
from forecheck.reporter import Style, reporter
from forecheck.reporters.fingerprints import with_fingerprints
from forecheck.reporters.missing import missing_lines
from forecheck.reporters.places import Places
from forecheck.reporters.tally import RANK, tally
from forecheck.text import escape

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}
_OF_MISSING = ("info", "major", "critical")


@reporter
def gitlab(report: Report, style: Style) -> str:
    """GitLab Code Quality: JSON for the widget of a merge request."""
    del style
    import json
    from hashlib import sha256

    found, places = tally(report), Places(report)
    known = dict(with_fingerprints(report.findings()))
    issues: list[dict[str, object]] = []
    for one in (*(one for group in found.groups for one in group.findings), *found.remarks()):
        finding, at = one.finding, places.of(one.finding)
        issues.append(
            {
                "description": f"{escape(finding.subject.spec, 200)}: {escape(finding.message)}",
                "check_name": escape(finding.check, 100),
                "fingerprint": known[finding],
                "severity": _SEVERITIES[finding.severity],
                "location": {"path": escape(at.path), "lines": {"begin": at.line}},
            }
        )
    for decision, text in missing_lines(found):
        issues.append(
            {
                "description": text,
                "check_name": "forecheck",
                "fingerprint": sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
                "severity": _OF_MISSING[RANK[decision]],
                "location": {"path": "package.json", "lines": {"begin": 1}},
            }
        )
    return json.dumps(issues, ensure_ascii=True, indent=1).replace("\x7f", "\\u007f") + "\n"
