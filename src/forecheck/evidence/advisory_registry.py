"""What the registries themselves say: their bulk advisory endpoint, which private registries often pass on.

https://github.com/npm/npm-audit-report and npm's own client show the shape; there is no other description.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from forecheck.advisories.bulk import MAX_BYTES, question, read_bulk
from forecheck.advisories.record import Advisory
from forecheck.decode import Malformed
from forecheck.evidence.advisory_sources import AdvisorySources, Answer, Asked, nameable
from forecheck.model import FromRegistry, Release, Unavailable, UnavailableKind
from forecheck.ports import Http, Request
from forecheck.source import source

PATH: Final = "-/npm/v1/security/advisories/bulk"

_NO_ENDPOINT: Final = frozenset({UnavailableKind.NOT_FOUND, UnavailableKind.REFUSED})
"""What registries without the endpoint answer: 404, 403 or 405."""


class RegistryAnswer(Answer, frozen=True):
    """Of the release's own registry."""


@source(batch=True)
def registry_answers(
    releases: tuple[Release, ...], sources: AdvisorySources, asked: Asked, http: Http
) -> Mapping[Release, RegistryAnswer | Unavailable]:
    """One question for each registry, about the packages that come from it."""
    answers: dict[Release, RegistryAnswer | Unavailable] = dict.fromkeys(releases, RegistryAnswer())
    if not asked.registry:
        return answers
    by_registry: dict[str, list[Release]] = {}
    for release in releases:
        if isinstance(release.origin, FromRegistry) and nameable(release, sources):
            by_registry.setdefault(release.origin.url, []).append(release)
    for registry, ours in by_registry.items():
        try:
            found = _ask(http, registry, ours)
        except Unavailable as missing:
            answers.update(dict.fromkeys(ours, RegistryAnswer(asked=True, missing=missing)))
            continue
        for release in ours:
            records = found[release.name, release.version]
            answers[release] = RegistryAnswer(asked=True, records=records)
    return answers


def _ask(
    http: Http, registry: str, releases: Sequence[Release]
) -> Mapping[tuple[str, str], tuple[Advisory, ...]]:
    pairs = [(release.name, release.version) for release in releases]
    request = Request(
        url=registry + PATH,
        source="registry-advisories",
        max_bytes=MAX_BYTES,
        body=question(pairs),
        content_type="application/json",
    )
    try:
        return read_bulk(http.get(request).body, request.url, pairs)
    except Malformed as wrong:
        raise Unavailable(UnavailableKind.MALFORMED, str(wrong)) from None
    except Unavailable as missing:
        if missing.kind in _NO_ENDPOINT:
            reason = f"{registry} answers no questions about advisories ({missing.reason})"
            raise Unavailable(UnavailableKind.UNSUPPORTED, reason) from None
        raise
