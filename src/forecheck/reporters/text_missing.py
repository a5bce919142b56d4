"""What could not be looked at, by evidence and reason; and what broke on our side."""

from collections.abc import Sequence

from forecheck.model import Crashed, Decision, Subject, UnavailableKind
from forecheck.report import Report
from forecheck.reporters.tally import RANK, Missed, Tally
from forecheck.reporters.text_headline import KINDS
from forecheck.reporters.text_layout import hung, labelled, marked, wrap
from forecheck.reporters.text_pen import Ink, Pen, plural
from forecheck.text import escape_lines

_INDENT = 6
_WIDEST_SOURCE = 24
_REASONS = 2
"""Where one fact is missing for more reasons than that, they are put in one word."""


def missing(report: Report, found: Tally, pen: Pen) -> list[str]:
    """The missing evidence that policy minds, a line for each reason, and what can be done."""
    if not found.missing:
        return []
    alone = report.verdict.unknown_only and not found.groups and not found.lost
    title = [] if alone else ["", f"  {pen.paint('Could not look', Ink.BOLD)}"]
    return [*title, *_rows(found.missing, found, pen), *_advice(report, found, pen)]


def unminded(found: Tally, pen: Pen) -> list[str]:
    """The rest, for who asks for everything."""
    if not found.unminded or not pen.verbose:
        return []
    title = hung("Could not look, which the policy accepts", 2, pen.width)
    return ["", *(pen.paint(line, Ink.BOLD) for line in title), *_rows(found.unminded, found, pen)]


def crashed(found: Tally, pen: Pen) -> list[str]:
    """Our own bugs."""
    if not found.crashed:
        return []
    lines = ["", f"  {pen.paint('Checks that crashed', Ink.BOLD)}"] if found.groups or found.missing else []
    by_check: dict[str, list[Crashed]] = {}
    for one in found.crashed:
        by_check.setdefault(one.check, []).append(one)
    for check, ones in by_check.items():
        lines += _row(
            check, f"crashed on {_whom([one.subject for one in ones], found, pen)}", Decision.BLOCK, pen
        )
        if pen.verbose:
            lines += _traceback(ones[0].detail, pen)
    way = (
        "please report it, with what --verbose adds"
        if not pen.verbose
        else "please report it, with these lines"
    )
    return [*lines, *marked(pen.arrow, way, _INDENT, pen.width)]


def _rows(missed: Sequence[Missed], found: Tally, pen: Pen) -> list[str]:
    by_fact: dict[tuple[str, UnavailableKind], list[Missed]] = {}
    for one in missed:
        by_fact.setdefault((one.skipped.source, one.skipped.kind), []).append(one)
    lines: list[str] = []
    for (source, kind), ones in sorted(by_fact.items(), key=lambda item: _weight(item[1])):
        decision = max((one.decision for one in ones), key=RANK.__getitem__)
        for at, text in enumerate(_reasons(kind, ones, found, pen)):
            lines += _row(_words(source) if at == 0 else "", text, decision, pen)
        checks = ", ".join(pen.name(check) for check in sorted({one.skipped.check for one in ones}))
        lines += hung(f"not checked: {checks}", _column(pen), pen.width)
        if pen.verbose or decision is Decision.BLOCK:
            whys = sorted({one.why for one in ones if one.decision is decision})
            lines += hung("; ".join(pen.say(why) for why in whys[:_REASONS]), _column(pen), pen.width)
    return lines


def _weight(ones: list[Missed]) -> tuple[int, int, str]:
    return min(-RANK[one.decision] for one in ones), -len(ones), ones[0].skipped.source


def _reasons(kind: UnavailableKind, ones: list[Missed], found: Tally, pen: Pen) -> list[str]:
    by_reason: dict[str, dict[Subject, None]] = {}
    everybody: dict[Subject, None] = {}
    for one in ones:
        by_reason.setdefault(one.skipped.reason, {})[one.skipped.subject] = None
        everybody[one.skipped.subject] = None
    if len(by_reason) > _REASONS and not pen.verbose:
        return [f"{KINDS[kind]} for {_whom(list(everybody), found, pen)}"]
    return [
        f"{pen.say(reason)} ({_whom(list(subjects), found, pen)})" for reason, subjects in by_reason.items()
    ]


def _whom(subjects: Sequence[Subject], found: Tally, pen: Pen) -> str:
    unique = list(dict.fromkeys(subjects))
    if len(unique) == 1:
        return pen.spec(unique[0])
    count = plural(len(unique), "package")
    if set(unique) == found.steps.keys():
        return f"all {count}"
    if not pen.verbose:
        return count
    names = (f"{pen.name(one.name)}@{pen.name(pen.version(one))}" for one in unique)
    return f"{count}: {', '.join(names)}"


def _column(pen: Pen) -> int:
    return _INDENT + min(_WIDEST_SOURCE, pen.width // 4)


def _row(label: str, text: str, decision: Decision, pen: Pen) -> list[str]:
    name = pen.name(label) if label else ""
    lead, rest = labelled(name, text, indent=_INDENT, column=_column(pen), width=pen.width)
    mark = pen.mark(decision) if label else " "
    return [f"    {mark} {pen.by(decision, name)}{lead[_INDENT + len(name) :]}{rest[0]}", *rest[1:]]


def _words(source: str) -> str:
    """`RegistryManifest`, the evidence's type, as `registry-manifest`; a check's own id stays."""
    if not source.isalnum():
        return source
    parted = "".join(f"-{char.lower()}" if char.isupper() else char for char in source)
    return parted.removeprefix("-")


def _advice(report: Report, found: Tally, pen: Pen) -> list[str]:
    kinds = {one.skipped.kind for one in found.missing}
    ways = []
    if UnavailableKind.OFFLINE in kinds and report.offline:
        ways.append("run it again without --offline")
    elif kinds & {UnavailableKind.OFFLINE, UnavailableKind.TIMEOUT}:
        ways.append("try again")
    ways.append("policy.unknown in forecheck.toml says what missing facts mean")
    return marked(pen.arrow, "; ".join(ways), _INDENT, pen.width)


def _traceback(detail: str, pen: Pen) -> list[str]:
    """Behind a rule of its own: a message inside can hold anything."""
    lines = escape_lines(detail).rstrip("\n").split("\n")
    return [line for text in lines for line in _ruled(text, pen)]


def _ruled(text: str, pen: Pen) -> list[str]:
    bare = text.lstrip(" ")
    hang = 8 + len(text) - len(bare)
    rows = wrap(pen.say(bare), hang, hang, pen.width)
    return [
        "      | " + line[8:] if at else "      | " + " " * (hang - 8) + line for at, line in enumerate(rows)
    ]
