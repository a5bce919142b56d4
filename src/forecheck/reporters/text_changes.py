"""What changed in lockfiles, for people: what a reviewer has to see first, the long tail counted."""

from collections.abc import Iterator

from forecheck.lockfiles.compare import ChangeKind, LockChange
from forecheck.report import ComparedLockfile, Report
from forecheck.reporters.text_layout import hung, labelled, wrap
from forecheck.reporters.text_pen import Ink, Pen, plural
from forecheck.text import cells

SHOWN = 40
"""So many changes of a file are listed; the dangerous ones always are."""

GRAVE = (ChangeKind.INTEGRITY, ChangeKind.SOURCE)
_SIGNS = {
    ChangeKind.INTEGRITY: "≠",
    ChangeKind.SOURCE: "≠",
    ChangeKind.REPINNED: "~",
    ChangeKind.DOWNGRADED: "↓",
    ChangeKind.UPGRADED: "↑",
    ChangeKind.ADDED: "+",
    ChangeKind.REMOVED: "-",
}
_ASCII = dict(zip(_SIGNS, ("!=", "!=", "~", "v", "^", "+", "-"), strict=True))
_INKS = {
    ChangeKind.INTEGRITY: Ink.RED,
    ChangeKind.SOURCE: Ink.RED,
    ChangeKind.REPINNED: Ink.YELLOW,
    ChangeKind.DOWNGRADED: Ink.YELLOW,
}


def changed(report: Report, pen: Pen) -> list[str]:
    """A block for each lockfile that was compared."""
    return [line for one in report.compared for line in _file(one, pen)]


def counts(compared: ComparedLockfile) -> str:
    """`2 added, 1 upgraded, 66 unchanged`."""
    parts = [f"{len(found)} {kind.value}" for kind in ChangeKind if (found := compared.changes.of(kind))]
    return ", ".join([*parts, f"{compared.changes.kept} unchanged"])


def versions(change: LockChange) -> str:
    """`1.0.0 → 2.0.0`, or the one version that there is; not escaped."""
    before, after = change.before, change.after
    if before is None or after is None or before.release.version == after.release.version:
        return change.entry.release.version
    return f"{before.release.version or '?'} → {after.release.version or '?'}"


def remarks(change: LockChange, compared: ComparedLockfile) -> Iterator[str]:
    """What there is to say of a change beside its versions; not escaped."""
    if change.kind in (*GRAVE, ChangeKind.REPINNED):
        yield change.kind.value
    if change.new_script:
        yield "now runs something on install"
    if change.entry.installed_as not in ("", change.entry.release.name):
        yield f"as {change.entry.installed_as}"
    path = compared.paths.get(change.entry.location, ()) if change.after else ()
    if len(path) == 1:
        yield "the project asks for it"
    elif path:
        yield " > ".join(part.rpartition("@")[0] or part for part in path)
    elif change.after:
        yield "nothing depends on it"


def _file(compared: ComparedLockfile, pen: Pen) -> list[str]:
    arrow = "→" if pen.style.unicode else "->"
    path = pen.name(compared.subject.path)
    sides = f"{pen.say(compared.base)} {arrow} {pen.say(compared.head)}"
    first, *more = wrap(sides, cells(path) + 4, 4, pen.width)
    lines = ["", f"  {pen.paint(path, Ink.BOLD)}  {pen.paint(first, Ink.DIM)}"]
    if cells(path) + 4 + cells(sides) > pen.width:
        more = wrap(sides, 4, 4, pen.width)
        lines = ["", *(pen.paint(line, Ink.BOLD) for line in hung(path, 2, pen.width))]
        more[0] = f"    {more[0]}"
    lines += [pen.paint(line, Ink.DIM) for line in more]
    counted = wrap(counts(compared), 4, 4, pen.width)
    lines += [f"    {counted[0]}", *counted[1:]]
    listed = compared.changes.changes if pen.verbose else _most_telling(compared)
    lines += [line for change in listed for line in _change(change, compared, pen)]
    rest = len(compared.changes.changes) - len(listed)
    return (
        [*lines, *hung(f"and {plural(rest, 'more change')}: --verbose lists them", 4, pen.width)]
        if rest
        else lines
    )


def _most_telling(compared: ComparedLockfile) -> tuple[LockChange, ...]:
    """All that is grave, then what is new by name or runs something, then the rest in order, up to the limit."""
    every = compared.changes.changes
    grave = [one for one in every if one.kind in GRAVE or one.new_script]
    room = max(SHOWN - len(grave), 0)
    rest = sorted((one for one in every if one not in grave), key=lambda one: not one.new_name)[:room]
    chosen = {id(one) for one in (*grave, *rest)}
    return tuple(one for one in every if id(one) in chosen)


def _change(change: LockChange, compared: ComparedLockfile, pen: Pen) -> list[str]:
    signs = _SIGNS if pen.style.unicode else _ASCII
    ink = _INKS.get(change.kind)
    said = versions(change) if pen.style.unicode else versions(change).replace("→", "->")
    label = f"{signs[change.kind]} {pen.name(change.entry.release.name)} {pen.say(said)}"
    about = "; ".join(pen.say(text) for text in remarks(change, compared))
    lead, rest = labelled(label, about, indent=4, column=min(44, pen.width // 2), width=pen.width)
    painted = pen.paint(label, ink) if ink else label
    return [f"    {painted}{lead[4 + len(label) :]}{rest[0] if rest else ''}", *rest[1:]]
