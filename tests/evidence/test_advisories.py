"""Who is asked about advisories, what is told to whom, and what a missing answer means."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from forecheck.advisories.osv_wire import decode
from forecheck.advisories.record import Advisory
from forecheck.engine import Facts
from forecheck.evidence.advisories import Advisories
from forecheck.evidence.advisory_sources import AdvisorySources
from forecheck.evidence.public_registries import PublicRegistries
from forecheck.graph import wire
from forecheck.model import (
    FromBundle,
    FromDirectory,
    FromGit,
    FromRegistry,
    Now,
    Release,
    Unavailable,
    UnavailableKind,
)
from forecheck.ports import AdvisoryStore, Cache, Http, Request
from tests.checks.examples import NoProgress, one_by_one
from tests.fakes.advisories import ListedAdvisories
from tests.fakes.cache import MemoryCache
from tests.fakes.ports import NOW, PUBLIC, Answers, FakeHttp

API = "https://api.osv.dev"
BATCH = f"{API}/v1/querybatch"
BULK = f"{PUBLIC}-/npm/v1/security/advisories/bulk"
CORP = "https://npm.corp.example/"
A = Release("a", "1.0.0", FromRegistry(PUBLIC))
OURS = Release("@corp/ours", "1.0.0", FromRegistry(CORP))


def raw(ident: str, name: str = "a", **more: Any) -> dict[str, Any]:
    package = {"ecosystem": "npm", "name": name}
    affected = [{"package": package, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]
    return {"id": ident, "modified": "2026-05-31T00:00:00Z", "affected": affected, "summary": "S", **more}


def record(ident: str, name: str = "a", **more: Any) -> Advisory:
    return decode(json.dumps(raw(ident, name, **more)).encode(), "record")


def look(
    *releases: Release,
    store: ListedAdvisories | None = None,
    http: FakeHttp | None = None,
    **settings: Any,
) -> Callable[[Release], Advisories]:
    sources = AdvisorySources(lambda name, _: name.startswith("@corp/"), **settings)
    context: dict[type, Any] = {
        AdvisorySources: sources,
        AdvisoryStore: store if store is not None else ListedAdvisories(),
        Http: http if http is not None else FakeHttp({}),
        Cache: MemoryCache(),
        Now: NOW,
        PublicRegistries: PublicRegistries(lambda _, registry: registry == PUBLIC),
    }
    from forecheck import discover

    check = next(check for check in discover.checks() if check.id == "known-malware")
    facts = Facts(wire([check], discover.sources(), context), context)
    facts.fetch(releases, one_by_one, NoProgress())
    found: Callable[[Release], Advisories] = lambda release: facts.get(Advisories, release)  # noqa: E731
    return found


def batch(*ids: list[str]) -> dict[str, object]:
    return {"results": [{"vulns": [{"id": one} for one in many]} if many else {} for many in ids]}


def missing(found: Advisories) -> UnavailableKind | None:
    return found.missing.kind if found.missing else None


def test_a_current_database_is_all_that_is_asked() -> None:
    http = FakeHttp({})
    store = ListedAdvisories([record("GHSA-1111-1111-1111")])
    found = look(A, store=store, http=http)(A)
    assert [flaw.id for flaw in found.flaws] == ["GHSA-1111-1111-1111"]
    assert found.missing is None
    assert http.asked == []
    assert store.lookups == [[("a", "1.0.0")]]


def test_without_a_database_the_services_are_asked() -> None:
    http = FakeHttp(
        {
            BATCH: batch(["MAL-2026-1"]),
            f"{API}/v1/vulns/MAL-2026-1": raw("MAL-2026-1"),
            BULK: {
                "a": [
                    {
                        "id": 1,
                        "url": "https://github.com/advisories/GHSA-2222-2222-2222",
                        "vulnerable_versions": "*",
                    }
                ]
            },
        }
    )
    found = look(A, store=ListedAdvisories(None), http=http)(A)
    assert [flaw.id for flaw in found.flaws] == ["MAL-2026-1", "GHSA-2222-2222-2222"]
    assert found.missing is found.malware_missing is None
    asked = {request.url: request for request in http.requests}
    assert json.loads(asked[BATCH].body) == {
        "queries": [{"package": {"ecosystem": "npm", "name": "a"}, "version": "1.0.0"}]
    }
    assert json.loads(asked[BULK].body) == {"a": ["1.0.0"]}


def test_an_old_database_is_asked_and_the_services_as_well() -> None:
    store = ListedAdvisories([record("GHSA-1111-1111-1111", modified="2026-04-01T00:00:00Z")])
    http = FakeHttp({BATCH: batch([])})
    found = look(A, store=store, http=http, max_age=timedelta(days=7))(A)
    assert [flaw.id for flaw in found.flaws] == ["GHSA-1111-1111-1111"]
    assert BATCH in http.asked


def test_nobody_answering_is_never_an_all_clear() -> None:
    gone = Unavailable(UnavailableKind.OFFLINE, "no network")
    http = FakeHttp({BATCH: gone, BULK: gone})
    found = look(A, store=ListedAdvisories(None), http=http)(A)
    assert found.flaws == ()
    assert (
        missing(found) is UnavailableKind.NOT_FOUND
    )  # the database: the one thing a person can change at once


def test_a_registry_alone_says_nothing_of_malware() -> None:
    http = FakeHttp({BATCH: Unavailable(UnavailableKind.TIMEOUT, "slow"), BULK: {}})
    found = look(A, store=ListedAdvisories(None), http=http)(A)
    assert found.missing is None
    assert found.malware_missing is not None


def test_a_broken_database_is_told_unless_somebody_else_answers() -> None:
    broken = ListedAdvisories(broken=Unavailable(UnavailableKind.MALFORMED, "it is cut off"))
    alone = look(A, store=broken, api="", registry_endpoint=False)(A)
    assert alone.missing is not None
    assert alone.missing.reason == "it is cut off"
    helped = look(A, store=broken, http=FakeHttp({BATCH: batch([])}))(A)
    assert helped.missing is None


def test_a_source_that_was_chosen_may_not_stay_silent() -> None:
    slow = FakeHttp({BATCH: Unavailable(UnavailableKind.TIMEOUT, "slow")})
    assert missing(look(A, http=slow, always_api=True)(A)) is UnavailableKind.TIMEOUT
    assert missing(look(A, http=slow)(A)) is None


@pytest.mark.parametrize(
    "release",
    [
        OURS,
        Release("b", "1.0.0", FromRegistry(CORP)),
        Release("c", "1.0.0", FromGit("git+ssh://git@corp/c.git", "a" * 40)),
        Release("d", "1.0.0", FromDirectory("d")),
        Release("e", "1.0.0", FromBundle("a")),
    ],
    ids=lambda release: release.name,
)
def test_no_private_name_goes_to_a_public_service(release: Release) -> None:
    http = FakeHttp({BATCH: batch([])})
    look(A, release, store=ListedAdvisories(None), http=http)
    told = b"".join(request.body for request in http.requests if request.url.startswith(API))
    assert b'"a"' in told
    assert f'"{release.name}"'.encode() not in told


def test_a_private_registry_is_asked_about_its_own_packages_only() -> None:
    theirs = Release("b", "2.0.0", FromRegistry(CORP))
    http = FakeHttp({BATCH: batch([]), BULK: {}})
    look(A, theirs, OURS, store=ListedAdvisories(None), http=http)
    asked = {
        request.url: json.loads(request.body) for request in http.requests if request.url.endswith("/bulk")
    }
    assert asked == {BULK: {"a": ["1.0.0"]}, f"{CORP}-/npm/v1/security/advisories/bulk": {"b": ["2.0.0"]}}


def test_what_the_user_calls_private_nothing_public_is_about() -> None:
    store = ListedAdvisories([record("MAL-2026-1", "@corp/ours")])
    with pytest.raises(Unavailable) as raised:
        look(OURS, store=store)(OURS)
    assert raised.value.kind is UnavailableKind.UNSUPPORTED


def test_a_package_from_git_or_a_bundle_is_looked_up_by_name() -> None:
    store = ListedAdvisories([record("GHSA-1111-1111-1111", "c")])
    for origin in (FromGit("git+https://github.com/c/c.git", "a" * 40), FromBundle("b")):
        release = Release("c", "1.0.0", origin)
        assert len(look(release, store=store)(release).flaws) == 1


def test_paging_is_followed() -> None:
    def answer(request: Request) -> dict[str, object]:
        [query] = msgspec.json.decode(request.body)["queries"]
        if "page_token" not in query:
            return {"results": [{"vulns": [{"id": "GHSA-1111-1111-1111"}], "next_page_token": "more"}]}
        assert query["page_token"] == "more"
        return batch(["GHSA-2222-2222-2222"])

    http = FakeHttp(
        {BATCH: answer}
        | {f"{API}/v1/vulns/{one}": raw(one) for one in ("GHSA-1111-1111-1111", "GHSA-2222-2222-2222")}
    )
    found = look(A, store=ListedAdvisories(None), http=http)(A)
    assert len(found.flaws) == 2


def test_paging_without_end_is_given_up() -> None:
    endless = FakeHttp({BATCH: {"results": [{"vulns": [], "next_page_token": "again"}]}})
    found = look(A, http=endless, always_api=True)(A)
    assert missing(found) is UnavailableKind.TOO_LARGE


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        {"results": []},
        {"results": [{}, {}]},
        {},
        batch(["../../etc/passwd"]),
        batch(["GHSA-1111-1111-1111?x=y"]),
    ],
)
def test_an_answer_that_makes_no_sense_is_no_answer(answer: Answers) -> None:
    found = look(A, http=FakeHttp({BATCH: answer}), always_api=True)(A)
    assert missing(found) is UnavailableKind.MALFORMED


def test_a_record_that_cannot_be_had_is_no_all_clear() -> None:
    found = look(A, http=FakeHttp({BATCH: batch(["GHSA-1111-1111-1111"])}), always_api=True)(A)
    assert missing(found) is UnavailableKind.NOT_FOUND


def test_many_packages_take_few_questions() -> None:
    def answer(request: Request) -> dict[str, object]:
        return batch(*([] for _ in msgspec.json.decode(request.body)["queries"]))

    http = FakeHttp({BATCH: answer, BULK: {}})
    many = [Release(f"p{number}", "1.0.0", FromRegistry(PUBLIC)) for number in range(2500)]
    look(*many, store=ListedAdvisories(None), http=http)
    assert http.asked.count(BATCH) == 3
    assert http.asked.count(BULK) == 1


def test_a_clock_before_the_database_makes_it_old() -> None:
    class Early(ListedAdvisories):
        pass

    store = Early([record("GHSA-1111-1111-1111")])
    http = FakeHttp({BATCH: batch([])})
    sources = AdvisorySources(lambda _name, _registry: False)
    context: dict[type, Any] = {
        AdvisorySources: sources,
        AdvisoryStore: store,
        Http: http,
        Cache: MemoryCache(),
        Now: Now(NOW.at - timedelta(days=400)),
        PublicRegistries: PublicRegistries(lambda _, registry: registry == PUBLIC),
    }
    from forecheck import discover

    check = next(check for check in discover.checks() if check.id == "known-malware")
    facts = Facts(wire([check], discover.sources(), context), context)
    facts.fetch([A], one_by_one, NoProgress())
    assert BATCH in http.asked
