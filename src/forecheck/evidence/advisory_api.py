"""What the OSV service says, for resolved versions of public packages.

https://google.github.io/osv.dev/post-v1-querybatch/
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from forecheck.advisories.osv_wire import decode, is_id
from forecheck.advisories.record import Advisory
from forecheck.decode import Malformed, read_json
from forecheck.evidence.advisory_sources import AdvisorySources, Answer, Asked, nameable, tellable
from forecheck.evidence.fetching import fetch_cached
from forecheck.evidence.public_registries import PublicRegistries
from forecheck.model import Now, Release, Unavailable, UnavailableKind
from forecheck.ports import Cache, Http, Request
from forecheck.source import source

BATCH: Final = 1000
"""Queries in one request: the service's limit."""

PAGES: Final = 20
"""Follow-up requests for one batch. The service pages beyond 1,000 answers to a query or 3,000 in all."""

_MAX_BYTES: Final = 32 * 1024 * 1024
_RECORD_BYTES: Final = 4 * 1024 * 1024
_RECORD_FRESH: Final = timedelta(days=1)

Pair = tuple[str, str]


class ApiAnswer(Answer, frozen=True):
    """Of the OSV service."""


@source(batch=True)
def api_answers(
    releases: tuple[Release, ...],
    sources: AdvisorySources,
    asked: Asked,
    public: PublicRegistries,
    http: Http,
    cache: Cache,
    now: Now,
) -> Mapping[Release, ApiAnswer | Unavailable]:
    """Ids for all releases in as few questions as it takes, then each record once."""
    answers: dict[Release, ApiAnswer | Unavailable] = dict.fromkeys(releases, ApiAnswer())
    if not asked.api:
        return answers
    wanted = [release for release in releases if nameable(release, sources) and tellable(release, public)]
    pairs = list(dict.fromkeys((release.name, release.version) for release in wanted))
    try:
        ids = _ids(http, sources.api.removesuffix("/"), pairs)
        records = _records(http, cache, now, sources.api.removesuffix("/"), ids.values())
    except Unavailable as missing:
        answers.update(dict.fromkeys(wanted, ApiAnswer(asked=True, missing=missing)))
        return answers
    for release in wanted:
        found = tuple(records[one] for one in ids[release.name, release.version])
        answers[release] = ApiAnswer(asked=True, records=found)
    return answers


class _Vuln(msgspec.Struct):
    id: str


class _Result(msgspec.Struct):
    vulns: list[_Vuln] = []
    next_page_token: str = ""


class _Results(msgspec.Struct):
    results: list[_Result | None]


def _ids(http: Http, url: str, pairs: Sequence[Pair]) -> dict[Pair, list[str]]:
    found: dict[Pair, list[str]] = {pair: [] for pair in pairs}
    for start in range(0, len(pairs), BATCH):
        open_questions = [(pair, "") for pair in pairs[start : start + BATCH]]
        for _ in range(PAGES):
            open_questions = _ask(http, url, open_questions, found)
            if not open_questions:
                break
        else:
            raise Unavailable(UnavailableKind.TOO_LARGE, f"{url} has more than {PAGES} pages of answers")
    return found


def _ask(
    http: Http, url: str, questions: Sequence[tuple[Pair, str]], found: dict[Pair, list[str]]
) -> list[tuple[Pair, str]]:
    """Put the questions, file the ids, give the questions that have another page."""
    queries = [
        {"package": {"ecosystem": "npm", "name": name}, "version": version}
        | ({"page_token": token} if token else {})
        for (name, version), token in questions
    ]
    request = Request(
        url=f"{url}/v1/querybatch",
        source="osv-api",
        max_bytes=_MAX_BYTES,
        body=msgspec.json.encode({"queries": queries}),
        content_type="application/json",
    )
    body = http.get(request).body
    try:
        answer = read_json(body, _Results, request.url, max_bytes=_MAX_BYTES)
    except Malformed as wrong:
        raise Unavailable(UnavailableKind.MALFORMED, str(wrong)) from None
    if len(answer.results) != len(questions):
        reason = f"{request.url} answered {len(answer.results)} of {len(questions)} questions"
        raise Unavailable(UnavailableKind.MALFORMED, reason)
    further = []
    for (pair, _), result in zip(questions, answer.results, strict=True):
        if result is None:
            continue
        found[pair] += [vuln.id for vuln in result.vulns]
        if result.next_page_token:
            further.append((pair, result.next_page_token))
    return further


def _records(
    http: Http, cache: Cache, now: Now, url: str, ids: Iterable[Sequence[str]]
) -> dict[str, Advisory]:
    records = {}
    for one in dict.fromkeys(text for many in ids for text in many):
        if not is_id(one):
            raise Unavailable(UnavailableKind.MALFORMED, f"{url} names a record {one!r}, which is no id")
        request = Request(url=f"{url}/v1/vulns/{one}", source="osv-api", max_bytes=_RECORD_BYTES)

        def read(body: bytes, where: str = request.url) -> Advisory:
            return decode(body, where)

        records[one] = fetch_cached(http, cache, now, request, read, Advisory, _RECORD_FRESH).value
    return records
