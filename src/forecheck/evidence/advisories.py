"""Everything known against a release, from all sources together."""

from collections.abc import Sequence

import msgspec

from forecheck.advisories.flaws import Flaw, flaws_of
from forecheck.evidence.advisory_api import ApiAnswer
from forecheck.evidence.advisory_database import DatabaseAnswer
from forecheck.evidence.advisory_registry import RegistryAnswer
from forecheck.evidence.advisory_sources import AdvisorySources, Answer
from forecheck.model import Release, Unavailable, UnavailableKind
from forecheck.source import source


class Advisories(msgspec.Struct, frozen=True):
    """The flaws of a release, worst first.

    `missing` is why finding nothing is no all-clear: nobody answered, or not everybody whom the user wants asked.
    `malware_missing` is the same for malware, which registries' own advisories hardly tell of.
    """

    flaws: tuple[Flaw, ...]
    missing: Unavailable | None = None
    malware_missing: Unavailable | None = None


@source()
def advisories(
    release: Release,
    sources: AdvisorySources,
    database: DatabaseAnswer,
    api: ApiAnswer,
    registry: RegistryAnswer,
) -> Advisories:
    """The records of all sources, those about the same flaw as one."""
    everybody = [answer for answer in (database, api, registry) if answer.asked]
    if not everybody:
        raise Unavailable(UnavailableKind.UNSUPPORTED, _why_nobody(release))
    wanted = [
        answer
        for answer, always in ((api, sources.always_api), (registry, sources.always_registry))
        if always and answer.asked
    ]
    flaws = flaws_of(
        [record for answer in everybody for record in answer.records], release.name, release.version
    )
    missing = _missing(everybody) or _failed(wanted)
    reports = [answer for answer in (database, api) if answer.asked]
    return Advisories(flaws, missing, _missing(reports) if reports else _NO_REPORTS)


_NO_REPORTS = Unavailable(
    UnavailableKind.UNSUPPORTED, "its registry was asked, whose advisories hardly tell of malware"
)


def _missing(answers: Sequence[Answer]) -> Unavailable | None:
    """Why none of them has an answer; None where one has."""
    if any(answer.missing is None for answer in answers):
        return None
    return _failed(answers)


def _failed(answers: Sequence[Answer]) -> Unavailable | None:
    """Of several reasons the one that somebody can do something about: not that a registry has no such endpoint."""
    failed = [answer.missing for answer in answers if answer.missing is not None]
    useful = [one for one in failed if one.kind is not UnavailableKind.UNSUPPORTED]
    return next(iter((*useful, *failed)), None)


def _why_nobody(release: Release) -> str:
    if not release.version:
        return "it has no version that an advisory could be about"
    return "no advisory source is asked about it: it is private, or a folder of this machine"
