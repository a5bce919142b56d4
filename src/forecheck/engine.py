"""Collect each fact once per subject, run the checks, give an outcome for every check and subject."""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from forecheck.check import Check, NoOptions
from forecheck.graph import Wiring
from forecheck.model import (
    Crashed,
    Finding,
    Hit,
    Outcome,
    Package,
    Passed,
    Release,
    Severity,
    Skipped,
    Subject,
    Unavailable,
    UnavailableKind,
    Unresolved,
)
from forecheck.ports import Guess, Progress
from forecheck.source import COLLECTING, SUBJECTS, Source

Task = Callable[[], None]
Concurrently = Callable[[Sequence[Task]], None]


_NOT_ASKED: Final = object()


class Facts:
    """The evidence of one run: each fact collected once, its absence remembered with the reason."""

    def __init__(self, wiring: Wiring, context: Mapping[type, Any]) -> None:
        self._wiring = wiring
        self._context = dict(context)
        # By evidence, then by what it was collected for; and again by each subject that somebody asked it about.
        self._known: dict[type, dict[object, Any]] = {evidence: {} for evidence in wiring.by_type}

    def provide(self, kind: type, value: Any) -> None:
        """Add context that was not known when the run began (what it is about, once npm has said)."""
        self._context[kind] = value

    def get(self, evidence: type, subject: Subject) -> Any:
        """The fact about the subject; raises `Unavailable` as the source did."""
        found = self.find(evidence, subject)
        if isinstance(found, Unavailable):
            raise found
        return found

    def find(self, evidence: type, subject: Subject) -> Any:
        """The same, with what the source raised as a value."""
        known = self._known.get(evidence)
        if known is None:  # sources and context give different things: `wire` sees to that
            return self._given(evidence, subject)
        found = known.get(subject, _NOT_ASKED)
        return self._find_out(self._wiring.by_type[evidence], subject) if found is _NOT_ASKED else found

    def finder(self, evidence: type) -> Callable[[Any], Any]:
        """`find` for one type of evidence and many subjects."""
        if evidence in self._context:
            given = self._context[evidence]
            return lambda _: given
        return lambda subject: self.find(evidence, subject)

    def _given(self, evidence: type, subject: Subject) -> Any:
        if evidence in self._context:
            return self._context[evidence]
        if evidence is type(subject):
            return subject
        return Unavailable(UnavailableKind.UNSUPPORTED, "no enabled check asks for it")

    def forget(self, evidence: type, subjects: Iterable[Subject]) -> None:
        """Drop what was collected about the subjects, so that the next `fetch` asks again."""
        source = self._wiring.by_type.get(evidence)
        if source is None:
            return
        known = self._known[evidence]
        gone = {_narrow(source, subject) for subject in subjects}
        for key in [key for key in known if _narrow(source, key) in gone]:
            del known[key]

    def fetch(
        self,
        subjects: Sequence[Guess],
        concurrently: Concurrently,
        progress: Progress,
        only: type | None = None,
    ) -> None:
        """Collect what has to be waited for, many at once, level by level; of one type, or all that is wanted."""
        for level in self._wiring.levels:
            wanted = [source for source in level if only in (None, source.gives) and self._ready(source)]
            tasks = [task for source in wanted for task in self._tasks(source, subjects, progress)]
            if tasks:
                progress.stage(_doing(wanted), len(tasks))
                concurrently(tasks)

    def _tasks(self, source: Source, subjects: Sequence[Guess], progress: Progress) -> Iterable[Task]:
        known = self._known[source.gives]
        unique = [
            subject for subject in dict.fromkeys(_subjects_of(source, subjects)) if subject not in known
        ]
        if not unique:
            return
        if source.batch:
            yield lambda: self._fetch_batch(source, tuple(unique), progress)
            return
        for subject in unique:
            yield lambda subject=subject: self._fetch_one(source, subject, progress)  # type: ignore[misc]

    def _ready(self, source: Source) -> bool:
        """Whether the context it stands on is there: the plan is not before the manager has said what it is."""
        return all(self._can_give(need) for need in source.needs.values())

    def _can_give(self, need: type) -> bool:
        if need in self._context or need in SUBJECTS:
            return True
        below = self._wiring.by_type.get(need)
        return below is not None and self._ready(below)

    def _fetch_one(self, source: Source, subject: Any, progress: Progress) -> None:
        self._known[source.gives][subject] = self._collect(source, subject)
        progress.advance()

    def _fetch_batch(self, source: Source, subjects: tuple[Any, ...], progress: Progress) -> None:
        needed = self._needs(source, None)
        given: Mapping[Any, Any]
        try:
            given = (
                dict.fromkeys(subjects, needed)
                if isinstance(needed, Unavailable)
                else source.run(subjects, **needed)
            )
        except Unavailable as missing:
            given = dict.fromkeys(subjects, missing)
        self._known[source.gives].update((subject, given[subject]) for subject in subjects)
        progress.advance()

    def _find_out(self, source: Source, subject: Any) -> Any:
        """Collect the fact, unless it is known of what the source collects it for."""
        known = self._known[source.gives]
        narrowed = _narrow(source, subject)
        if narrowed is None and source.subject is not None:
            found: Any = Unavailable(UnavailableKind.UNSUPPORTED, _no_such_subject(source, subject))
        else:
            found = known.get(narrowed, _NOT_ASKED)
            if found is _NOT_ASKED:
                found = known[narrowed] = self._collect(source, narrowed)
        known[subject] = found
        return found

    def _collect(self, source: Source, subject: Any) -> Any:
        needed = self._needs(source, subject)
        if isinstance(needed, Unavailable):
            return needed
        try:
            if source.subject is None:
                return source.run(**needed)
            return source.run(**{source.subject_parameter: subject}, **needed)
        except Unavailable as missing:
            return missing

    def _needs(self, source: Source, subject: Any) -> dict[str, Any] | Unavailable:
        given: dict[str, Any] = {}
        for name, need in source.needs.items():
            found = given[name] = self.find(need, subject)
            if isinstance(found, Unavailable):
                return found
        return given


def _doing(sources: Sequence[Source]) -> str:
    """What the progress line says while these run: whatever is worth a word of its own."""
    words = dict.fromkeys(source.doing for source in sources if source.doing != COLLECTING)
    return ", ".join(words) or COLLECTING


def _subjects_of(source: Source, subjects: Sequence[Guess]) -> Iterable[Any]:
    if source.subject is None:
        yield None
        return
    for subject in subjects:
        narrowed = _narrow(source, subject)
        if narrowed is not None:
            yield narrowed


def _narrow(source: Source, subject: Any) -> Any:
    """What the source is collected for when the question is about `subject`: a release's package, or itself."""
    if source.subject is None:
        return None
    if isinstance(subject, source.subject):
        return subject
    if source.subject is Package:
        if isinstance(subject, Release):
            return subject.package
        if isinstance(subject, Unresolved):
            return Package(subject.name, subject.registry)
    return None


def _no_such_subject(source: Source, subject: Any) -> str:
    if source.subject is Package and isinstance(subject, Release):
        return f"it does not come from a registry but from a {_origin_word(subject)}"
    return f"{source.id} says nothing about this kind of subject"


def _origin_word(release: Release) -> str:
    words = {"FromGit": "git repository", "FromTarball": "tarball", "FromDirectory": "folder"}
    return words.get(type(release.origin).__name__, "source no registry vouches for")


def run_checks(
    checks: Sequence[Check],
    options: Mapping[str, msgspec.Struct],
    severities: Mapping[str, Severity],
    facts: Facts,
    subjects: Sequence[Subject],
) -> tuple[Outcome, ...]:
    """Every check on every subject of its kind. `options` and `severities` are by check id, defaults left out."""
    outcomes: list[Outcome] = []
    of_kind = {
        kind: [one for one in subjects if isinstance(one, kind)] for kind in {c.subject for c in checks}
    }
    for check in checks:
        look = _look(
            check,
            options.get(check.id) or (check.options or NoOptions)(),
            severities.get(check.id),
            [(name, need, facts.finder(need)) for name, need in check.evidence.items()],
        )
        for subject in of_kind[check.subject]:
            if check.concerns(subject):
                outcomes.extend(look(subject))
    return tuple(outcomes)


def _look(
    check: Check,
    options: msgspec.Struct,
    severity: Severity | None,
    evidence: Sequence[tuple[str, type, Callable[[Any], Any]]],
) -> Callable[[Any], list[Outcome]]:
    """The check as a function of its subject; `evidence` is the name, type and finder of each fact it needs."""
    given: dict[str, Any] = {} if check.options is None else {"options": options}

    def look(subject: Any) -> list[Outcome]:
        facts = given.copy()
        for name, need, find in evidence:
            found = facts[name] = find(subject)
            if isinstance(found, Unavailable):
                return [Skipped(check.id, subject, found.kind, found.reason, need.__name__)]
        try:
            hits = list(check.run(subject, **facts))
        except Unavailable as missing:
            return [Skipped(check.id, subject, missing.kind, missing.reason, check.id)]
        except Exception:  # one broken check must not hide what the others saw; policy blocks on Crashed
            return [Crashed(check.id, subject, traceback.format_exc())]
        if not hits:
            return [Passed(check.id, subject)]
        return [_finding(check, severity, subject, hit) for hit in hits]

    return look


def _finding(check: Check, severity: Severity | None, subject: Subject, hit: Hit) -> Finding:
    graded = check.severity if hit.severity is None else hit.severity
    return Finding(
        check=check.id,
        subject=subject if hit.about is None else hit.about,
        severity=graded if severity is None else severity,
        confidence=check.confidence if hit.confidence is None else hit.confidence,
        message=hit.message,
        fix=hit.fix,
        at=hit.at,
        key=hit.key,
    )
