"""Collect each fact once per subject, run the checks, give an outcome for every check and subject."""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from forecheck.check import Check, NoOptions
from forecheck.graph import Wiring
from forecheck.model import (
    Crashed,
    Finding,
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


class Facts:
    """The evidence of one run: each fact collected once, its absence remembered with the reason."""

    def __init__(self, wiring: Wiring, context: Mapping[type, Any]) -> None:
        self._wiring = wiring
        self._context = dict(context)
        self._known: dict[tuple[type, object], Any] = {}

    def provide(self, kind: type, value: Any) -> None:
        """Add context that was not known when the run began (what it is about, once npm has said)."""
        self._context[kind] = value

    def get(self, evidence: type, subject: Subject) -> Any:
        """The fact about the subject; raises `Unavailable` as the source did."""
        if evidence in self._context:
            return self._context[evidence]
        if evidence is type(subject):
            return subject
        source = self._wiring.by_type.get(evidence)
        if source is None:
            raise Unavailable(UnavailableKind.UNSUPPORTED, "no enabled check asks for it")
        key = (evidence, _narrow(source, subject))
        if key not in self._known:
            self._known[key] = self._collect(source, subject)
        found = self._known[key]
        if isinstance(found, Unavailable):
            raise found
        return found

    def forget(self, evidence: type, subjects: Iterable[Subject]) -> None:
        """Drop what was collected about the subjects, so that the next `fetch` asks again."""
        source = self._wiring.by_type.get(evidence)
        if source is None:
            return
        for subject in subjects:
            self._known.pop((evidence, _narrow(source, subject)), None)

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
        unique = [
            subject
            for subject in dict.fromkeys(_subjects_of(source, subjects))
            if (source.gives, subject) not in self._known
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
        self._known[source.gives, subject] = self._collect(source, subject)
        progress.advance()

    def _fetch_batch(self, source: Source, subjects: tuple[Any, ...], progress: Progress) -> None:
        try:
            given = source.run(subjects, **self._needs(source, None))
        except Unavailable as missing:
            given = dict.fromkeys(subjects, missing)
        for subject in subjects:
            self._known[source.gives, subject] = given[subject]
        progress.advance()

    def _collect(self, source: Source, subject: Any) -> Any:
        try:
            arguments = self._needs(source, subject)
            if source.subject is not None:
                narrowed = _narrow(source, subject)
                if narrowed is None:
                    raise Unavailable(UnavailableKind.UNSUPPORTED, _no_such_subject(source, subject))
                arguments[source.subject_parameter] = narrowed
            return source.run(**arguments)
        except Unavailable as missing:
            return missing

    def _needs(self, source: Source, subject: Any) -> dict[str, Any]:
        return {name: self.get(need, subject) for name, need in source.needs.items()}


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
    for check in checks:
        chosen = options.get(check.id) or (check.options or NoOptions)()
        severity = severities.get(check.id)
        for subject in subjects:
            if isinstance(subject, check.subject) and check.concerns(subject):
                outcomes.extend(_run(check, chosen, severity, facts, subject))
    return tuple(outcomes)


def _run(
    check: Check, options: msgspec.Struct, severity: Severity | None, facts: Facts, subject: Subject
) -> list[Outcome]:
    evidence: dict[str, Any] = {}
    for name, need in check.evidence.items():
        try:
            evidence[name] = facts.get(need, subject)
        except Unavailable as missing:
            return [Skipped(check.id, subject, missing.kind, missing.reason, need.__name__)]
    if check.options is not None:
        evidence["options"] = options
    try:
        hits = list(check.run(subject, **evidence))
    except Unavailable as missing:
        return [Skipped(check.id, subject, missing.kind, missing.reason, check.id)]
    except Exception:  # one broken check must not hide what the others saw; policy blocks on Crashed
        return [Crashed(check.id, subject, traceback.format_exc())]
    if not hits:
        return [Passed(check.id, subject)]
    return [
        Finding(
            check=check.id,
            subject=subject if hit.about is None else hit.about,
            severity=severity
            if severity is not None
            else check.severity
            if hit.severity is None
            else hit.severity,
            confidence=check.confidence if hit.confidence is None else hit.confidence,
            message=hit.message,
            fix=hit.fix,
            at=hit.at,
            key=hit.key,
        )
        for hit in hits
    ]
