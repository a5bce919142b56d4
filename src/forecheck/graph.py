"""Wire evidence: which source gives what each check needs. Gaps, twins and cycles are refused at start-up."""

from collections.abc import Iterable, Mapping

import msgspec

from forecheck.check import Check
from forecheck.model import Package, Release, Unresolved
from forecheck.source import Source


class WiringError(Exception):
    """A check or source needs evidence nobody gives, two sources give the same, or they need each other."""


class Wiring(msgspec.Struct, frozen=True):
    """`by_type` is the source of each evidence type; `levels` orders the fetching ones so that each comes
    after what it needs.
    """

    by_type: Mapping[type, Source]
    levels: tuple[tuple[Source, ...], ...]


def wire(checks: Iterable[Check], sources: Iterable[Source], context: Iterable[type]) -> Wiring:
    """The sources that these checks need, closed over what sources themselves need.

    `context` are the types the caller provides (ports, clock, configuration).
    """
    given = frozenset(context)
    by_type: dict[type, Source] = {}
    for source in sources:
        if source.gives in by_type or source.gives in given:
            raise WiringError(f"two sources give {source.gives.__name__}")
        by_type[source.gives] = source
    depth: dict[type, int] = {}
    for check in checks:
        for need in check.evidence.values():
            _visit(need, by_type, given, depth, (), f"check {check.id}")
    needed = {gives: source for gives, source in by_type.items() if gives in depth}
    fetching = [source for source in needed.values() if source.fetches]
    highest = max((depth[source.gives] for source in fetching), default=-1)
    levels = (tuple(s for s in fetching if depth[s.gives] == level) for level in range(highest + 1))
    return Wiring(by_type=needed, levels=tuple(level for level in levels if level))


def _visit(
    need: type,
    by_type: Mapping[type, Source],
    context: frozenset[type],
    depth: dict[type, int],
    trail: tuple[type, ...],
    asked_by: str,
) -> int:
    if need in context or need in (Package, Release, Unresolved):
        return -1
    if need in depth:
        return depth[need]
    if need in trail:
        names = " → ".join(step.__name__ for step in (*trail, need))
        raise WiringError(f"evidence needs itself: {names}")
    source = by_type.get(need)
    if source is None:
        raise WiringError(f"{asked_by} needs {need.__name__}, which no source gives")
    below = [
        _visit(part, by_type, context, depth, (*trail, need), f"source {source.id}")
        for part in source.needs.values()
    ]
    depth[need] = max(below, default=-1) + 1
    return depth[need]
