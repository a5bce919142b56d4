"""What the advisory database on this machine says."""

from collections.abc import Mapping

from forecheck.evidence.advisory_sources import AdvisorySources, Answer, Asked, DatabaseState, nameable
from forecheck.model import Release, Unavailable
from forecheck.ports import AdvisoryStore
from forecheck.source import source


class DatabaseAnswer(Answer, frozen=True):
    """Of the database."""


@source(batch=True)
def database_answers(
    releases: tuple[Release, ...],
    sources: AdvisorySources,
    asked: Asked,
    state: DatabaseState,
    store: AdvisoryStore,
) -> Mapping[Release, DatabaseAnswer | Unavailable]:
    """One look-up for all releases; no name leaves the machine."""
    nothing = DatabaseAnswer(asked=sources.database, missing=state.missing)
    answers: dict[Release, DatabaseAnswer | Unavailable] = dict.fromkeys(releases, nothing)
    wanted = [release for release in releases if nameable(release, sources)]
    for release in set(releases).difference(wanted):
        answers[release] = DatabaseAnswer()
    if not asked.database or not wanted:
        return answers
    try:
        found = store.lookup([(release.name, release.version) for release in wanted])
    except Unavailable as missing:
        answers.update(dict.fromkeys(wanted, DatabaseAnswer(asked=True, missing=missing)))
        return answers
    for release in wanted:
        answers[release] = DatabaseAnswer(asked=True, records=found.get((release.name, release.version), ()))
    return answers
