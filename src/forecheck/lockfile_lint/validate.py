"""All validators of a request on one lockfile."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import msgspec

from forecheck.lint import Dossier
from forecheck.lockfile_lint.integrity import integrity_problems
from forecheck.lockfile_lint.knowledge import Knowledge, Sources
from forecheck.lockfile_lint.names import NameRules
from forecheck.lockfile_lint.problem import Problem
from forecheck.lockfile_lint.request import Request
from forecheck.lockfile_lint.second_sources import may_have_second_sources, second_sources
from forecheck.lockfile_lint.sources import SourceRules
from forecheck.model import Entry, EntryKind, Location, Lockfile, RemarkKind

MAX_LINES = 10_000
"""So many problems get their line and column looked up; a file with more is wrong as a whole."""


_PROJECT = (EntryKind.ROOT, EntryKind.WORKSPACE)


class Validated(msgspec.Struct, frozen=True):
    """What came of one file: `packages` it holds, and what stands against it, each problem once."""

    problems: tuple[Problem, ...]
    packages: int


def validate(dossier: Dossier, request: Request, sources: Sources, read: Callable[[], bytes]) -> Validated:
    """Run what was asked for on a file; one that cannot be read has that as its problem. `read` reads it again."""
    lockfile = dossier.lockfile
    if lockfile is None:
        at = Location(dossier.subject.path)
        return Validated((Problem(f"{dossier.subject.path} {dossier.problem}", at),), 0)
    found = tuple(dict.fromkeys(_problems(lockfile, request, Knowledge(lockfile, dossier, sources), read)))
    packages = sum(entry.kind not in _PROJECT for entry in lockfile.entries)
    if not packages and _wants_packages(lockfile, dossier):
        what = f"{dossier.subject.path} holds no packages, though the project depends on some"
        found = (*found, Problem(what, Location(dossier.subject.path)))
    return Validated(_placed(found, dossier), packages)


def _problems(
    lockfile: Lockfile, request: Request, knowledge: Knowledge, read: Callable[[], bytes]
) -> Iterator[Problem]:
    sources = SourceRules(request, knowledge) if request.sources else None
    names = NameRules(request, knowledge) if request.names else None
    others: Iterable[Entry] = ()
    if request.sources and may_have_second_sources(lockfile):
        others = second_sources(read(), lockfile)
    for entry in chain(lockfile.entries, others):
        if sources is not None:
            yield from sources.look_at(entry)
        if names is not None:
            yield from names.look_at(entry)
    if names is not None:
        yield from names.finish()
    if request.integrity:
        yield from integrity_problems(lockfile, request.excluded)
    for remark in lockfile.remarks:
        if remark.kind is RemarkKind.HALVES_DISAGREE:
            yield Problem(f"halves that disagree: {remark.message}", remark.at)


def _wants_packages(lockfile: Lockfile, dossier: Dossier) -> bool:
    declared = any(entry.edges for entry in lockfile.entries)
    root = dossier.manifests.root
    return declared or (root is not None and any(section for _, section in root.sections()))


def _placed(problems: tuple[Problem, ...], dossier: Dossier) -> tuple[Problem, ...]:
    pointers = {one.at.pointer for one in problems[:MAX_LINES] if one.at.pointer and not one.at.line}
    places = dossier.places(pointers) if pointers else {}
    if not places:
        return problems
    return tuple(_at(one, *places.get(one.at.pointer, (one.at.line, one.at.column))) for one in problems)


def _at(problem: Problem, line: int, column: int) -> Problem:
    at = Location(problem.at.path, line, column, problem.at.pointer)
    return msgspec.structs.replace(problem, at=at)
