"""What was found, by package: worst first, each with what brings the package in and what to do."""

from collections.abc import Sequence

import msgspec

from forecheck.model import Decision, Finding, Fix, LockedFile, Missing, Release, Service, Subject, Unresolved
from forecheck.report import Report
from forecheck.reporters.origins import is_usual, origin_words, usual_registry, without_secrets
from forecheck.reporters.tally import Group, Tally, Weighed, count_by
from forecheck.reporters.text_layout import command, hung, labelled, marked, wrap
from forecheck.reporters.text_pen import Ink, Pen, plural
from forecheck.text import cells

GROUPS = 20
"""How many packages are listed at most, unless more of them block."""

SCREEN = 40
"""After so many lines no more packages are listed, unless they block."""

PER_PACKAGE = 8
"""How many warnings of one package are listed."""

_NPM = "https://registry.npmjs.org/"
_HEADER = 2
_LABEL = 6
_WIDEST_LABEL = 24
_WIDEST_NAME = 40


class Sheet(msgspec.Struct, frozen=True):
    """Where the columns are, and what has been said already: a hint that only repeats itself is left out."""

    pen: Pen
    found: Tally
    registry: str
    by_file: bool
    paths: int
    texts: int
    explained: set[str]


def findings(report: Report, found: Tally, pen: Pen) -> list[str]:
    """Every package with findings that count; the mildest of very many are only counted."""
    sheet = _sheet(report, found, found.groups[: None if pen.verbose else GROUPS], pen)
    lines: list[str] = []
    rest: list[Group] = []
    file = ""
    for at, group in enumerate(found.groups):
        room = pen.verbose or (at < GROUPS and len(lines) < SCREEN and not rest)
        if room or group.decision is Decision.BLOCK:
            lines += _file(group, report, pen) if group.file != file else []
            lines += _package(group, sheet)
            file = group.file
        else:
            rest.append(group)
    return [*lines, *_rest(rest, pen), *_lost(sheet)]


def _file(group: Group, report: Report, pen: Pen) -> list[str]:
    """The lockfile that the packages below stand in."""
    known = next((one for one in report.files if one.file.path == group.file), None)
    counted = f" ({known.file.format}, {plural(known.packages, 'package')})" if known else ""
    return [
        "",
        *(pen.paint(line, Ink.BOLD) for line in hung(f"{pen.name(group.file)}{counted}", _HEADER, pen.width)),
    ]


def listing(title: str, groups: tuple[Group, ...], report: Report, found: Tally, pen: Pen) -> list[str]:
    """Findings that do not count, with the reason, under a title."""
    if not groups:
        return []
    sheet = _sheet(report, found, groups, pen)
    return [
        "",
        f"  {pen.paint(title, Ink.BOLD)}",
        *(line for group in groups for line in _package(group, sheet)),
    ]


def _sheet(report: Report, found: Tally, groups: tuple[Group, ...], pen: Pen) -> Sheet:
    checks = [cells(pen.name(one.finding.check)) for group in groups for one in group.findings]
    subjects = [*(group.subject for group in groups), *found.lost]
    names = [cells(pen.spec(subject)) for subject in subjects]
    widest = min(_WIDEST_LABEL, pen.width // 3)
    return Sheet(
        pen=pen,
        found=found,
        registry=_NPM if report.files else usual_registry(report.plan),
        by_file=bool(report.files),
        paths=min(max(names, default=0), _WIDEST_NAME, pen.width // 2) + _HEADER + 2,
        texts=min(max(checks, default=0), widest) + _LABEL + 2,
        explained=set(),
    )


def _package(group: Group, sheet: Sheet) -> list[str]:
    pen = sheet.pen
    cap = len(group.findings) if pen.verbose else PER_PACKAGE
    shown = [one for at, one in enumerate(group.findings) if at < cap or one.decision is Decision.BLOCK]
    lines = ["", *_title(group.subject, sheet)]
    for at, one in enumerate(shown):
        lines += _finding(one, sheet)
        following = shown[at + 1] if at + 1 < len(shown) else None
        if one.accepted is None and (following is None or _remedy(following.finding) != _remedy(one.finding)):
            lines += _advice(one.finding, sheet)
    hidden = len(group.findings) - len(shown)
    more = f"and {plural(hidden, 'more finding')}: --verbose lists them"
    return [*lines, *hung(more, _LABEL, pen.width)] if hidden else lines


def _title(subject: Subject, sheet: Sheet) -> list[str]:
    """The name, and what brings it in: beside it where there is room, else below."""
    pen = sheet.pen
    spec = "the file itself" if sheet.by_file and isinstance(subject, LockedFile) else pen.spec(subject)
    reason = "" if sheet.by_file else _because(subject, sheet)
    name = wrap(spec, _HEADER, _HEADER + 2, pen.width)
    lines = [pen.paint(line, Ink.BOLD) for line in (" " * _HEADER + name[0], *name[1:])]
    beside = len(name) == 1 and cells(spec) + _HEADER + 2 <= sheet.paths
    if not reason:
        pass
    elif beside and sheet.paths + cells(reason) <= pen.width:
        gap = " " * (sheet.paths - _HEADER - cells(spec))
        lines[0] += f"{gap}{pen.paint(reason, Ink.DIM)}"
    else:
        lines += [pen.paint(line, Ink.DIM) for line in hung(reason, _LABEL, pen.width)]
    if isinstance(subject, Release) and not is_usual(subject, sheet.registry):
        origin = pen.say(origin_words(subject.origin))
        lines += [pen.paint(line, Ink.DIM) for line in hung(origin, _LABEL, pen.width)]
    return lines


def _because(subject: Subject, sheet: Sheet) -> str:
    """The shortest dependency path, with how many others there are."""
    if isinstance(subject, Unresolved):
        what = "package" if subject.missing is Missing.PACKAGE else "version"
        where = without_secrets(subject.registry).removeprefix("https://").removesuffix("/")
        return f"{sheet.pen.say(where)} has no such {what}"
    if isinstance(subject, LockedFile):
        return f"{subject.format} lockfile"
    if isinstance(subject, Service):
        return subject.role
    steps = sheet.found.steps.get(subject, ())
    paths = sorted({step.because for step in steps if step.because}, key=lambda path: (len(path), path))
    if not paths:
        return "nothing depends on it"
    others = f" (and {plural(len(paths) - 1, 'other way')})" if len(paths) > 1 else ""
    if len(paths[0]) == 1:
        return f"you asked for it{others}"
    room = sheet.pen.width - _LABEL - len(others)
    return _path(paths[0], subject, room, sheet.pen) + others


def _path(path: tuple[str, ...], release: Release, room: int, pen: Pen) -> str:
    """The path without versions, the middle left out where it does not fit."""
    if pen.verbose:
        return " > ".join(pen.name(part) for part in path)
    names = [*(pen.name(_without_version(part)) for part in path[:-1]), pen.name(release.name)]
    for kept in range(len(names) - 1, 0, -1):
        left_out = len(names) - 1 - kept
        middle = [f"{pen.dots} {left_out} more {pen.dots}"] if left_out else []
        line = " > ".join([names[0], *middle, *names[-kept:]])
        if cells(line) <= room:
            return line
    return " > ".join([names[0], f"{pen.dots} {len(names) - 2} more {pen.dots}", names[-1]])


def _without_version(part: str) -> str:
    """`@scope/name@1.0.0` without the version; a workspace's folder stays as it is."""
    name, at, version = part.rpartition("@")
    return name if at and name and "/" not in version else part


def _finding(one: Weighed, sheet: Sheet) -> list[str]:
    pen, finding = sheet.pen, one.finding
    label = pen.name(finding.check)
    lead, rest = labelled(label, _message(one, pen), indent=_LABEL, column=sheet.texts, width=pen.width)
    painted = f"    {pen.mark(one.decision)} {pen.by(one.decision, label)}{lead[_LABEL + len(label) :]}"
    return [painted + rest[0], *rest[1:]]


def _message(one: Weighed, pen: Pen) -> str:
    finding = one.finding
    message = pen.say(finding.message)
    if finding.at is not None:
        place = ":".join(str(part) for part in (finding.at.line, finding.at.column) if part)
        message += f" ({pen.name(finding.at.path)}{':' if place else ''}{place})"
    if one.accepted is not None:
        until = f" until {one.accepted.until}" if one.accepted.until else ""
        return f"{message} (accepted{until}: {pen.say(one.accepted.reason)})"
    if pen.verbose:
        return f"{message} ({pen.say(one.why)})"
    return message


def _remedy(finding: Finding) -> Fix | str:
    return finding.fix or finding.check


def _advice(finding: Finding, sheet: Sheet) -> list[str]:
    pen, column = sheet.pen, sheet.texts
    fix = finding.fix
    if fix is None:
        if finding.check in sheet.explained:
            return []
        sheet.explained.add(finding.check)
        fix = Fix(title="", command=f"forecheck explain {pen.name(finding.check)}")
    title, order = pen.say(fix.title), pen.say(fix.command)
    if title and order:
        title += "" if title[-1] in ".:?!" else ":"
    inner = column + cells(pen.arrow) + 1
    lead = " " * column + pen.arrow + " "
    if not order:
        return marked(pen.arrow, title, column, pen.width)
    if inner + cells(f"{title} {order}".strip()) <= pen.width:
        return [lead + f"{title} {order}".strip()]
    lines = wrap(title, inner, inner, pen.width) if title else []
    orders = command(order, inner, pen.width)
    if not lines:
        return [lead + orders[0].lstrip(), *orders[1:]]
    return [lead + lines[0], *lines[1:], *orders]


def _lost(sheet: Sheet) -> list[str]:
    """What does not exist and has not been listed for that."""
    said = {group.subject for group in sheet.found.groups}
    silent = [one for one in sheet.found.lost if one not in said]
    shown = silent if sheet.pen.verbose else silent[:GROUPS]
    lines = [line for one in shown for line in ("", *_title(one, sheet))]
    more = len(silent) - len(shown)
    return [*lines, "", f"  and {more} more: --verbose lists them"] if more else lines


def _rest(groups: Sequence[Group], pen: Pen) -> list[str]:
    if not groups:
        return []
    checks = count_by((one.finding for group in groups for one in group.findings), lambda one: one.check)
    counted = ", ".join(f"{pen.name(check)} {count}" for check, count in list(checks.items())[:6])
    text = f"and {plural(len(groups), 'more package')} ({counted}): --verbose lists them"
    return ["", *hung(text, _HEADER, pen.width)]
