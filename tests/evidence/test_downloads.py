from typing import Any

import pytest

from forecheck.evidence.downloads import (
    BULK,
    BulkAnswer,
    DownloadsSettings,
    Usage,
    counted_in_bulk,
    downloads,
    usage,
)
from forecheck.evidence.popular import Popular
from forecheck.evidence.public_registries import PublicRegistries
from forecheck.model import Package, Unavailable, UnavailableKind
from forecheck.popularity import Popularity
from tests.fakes.cache import MemoryCache
from tests.fakes.ports import NOW, PUBLIC, Answer, FakeHttp

COUNTER = "https://api.npmjs.org/"
MONTH = COUNTER + "downloads/point/last-month/"
PRIVATE = "https://npm.corp.example/"
SETTINGS = DownloadsSettings()
PUBLIC_ONLY = PublicRegistries(lambda name, registry: registry == PUBLIC and not name.startswith("@corp/"))
LIST = Popularity({"lodash": 500_000_000, "uncounted": None})


def ask_bulk(
    http: FakeHttp, *names: str, cache: MemoryCache | None = None, settings: DownloadsSettings = SETTINGS
) -> dict[str, Any]:
    packages = tuple(Package(name, PUBLIC) for name in names)
    cache = MemoryCache() if cache is None else cache
    found = counted_in_bulk(packages, settings, PUBLIC_ONLY, LIST, http, cache, NOW)
    assert set(found) == set(packages)
    return {package.name: answer for package, answer in found.items()}


def ask_one(http: FakeHttp, package: Package, bulk: BulkAnswer = BulkAnswer(), **settings: Any) -> Usage:  # noqa: B008
    popular = Popular(LIST.rank(package.name), LIST.monthly_downloads(package.name))
    given = DownloadsSettings(**settings)
    found: Usage = usage(package, bulk, given, PUBLIC_ONLY, popular, http, MemoryCache(), NOW)
    return found


def test_names_on_the_bundled_list_are_not_asked_about() -> None:
    http = FakeHttp({})
    assert ask_bulk(http, "lodash")["lodash"] == BulkAnswer()
    assert ask_one(http, Package("lodash", PUBLIC)) == Usage(500_000_000)
    assert http.asked == []


def test_unscoped_names_are_asked_about_together() -> None:
    http = FakeHttp(
        {MONTH + "a,uncounted,c": {"a": {"downloads": 7}, "uncounted": {"downloads": 0}, "c": None}}
    )
    found = ask_bulk(http, "a", "uncounted", "c", "@s/d")
    assert found["a"] == BulkAnswer(7)
    assert found["uncounted"] == BulkAnswer(0)
    assert found["c"].missing.kind is UnavailableKind.NOT_FOUND
    assert found["@s/d"] == BulkAnswer()


def test_a_single_name_has_another_shape() -> None:
    assert ask_bulk(FakeHttp({MONTH + "a": {"downloads": 7, "package": "a"}}), "a")["a"] == BulkAnswer(7)
    assert ask_bulk(FakeHttp({}), "a")["a"].missing.kind is UnavailableKind.NOT_FOUND


@pytest.mark.parametrize(("count", "requests"), [(BULK, 1), (BULK + 1, 2), (2 * BULK, 2)])
def test_requests_hold_no_more_names_than_the_counter_takes(count: int, requests: int) -> None:
    http = FakeHttp({})
    ask_bulk(http, *(f"p{n}" for n in range(count)))
    assert len(http.asked) == requests


def test_counts_are_kept_by_name() -> None:
    cache = MemoryCache()
    ask_bulk(FakeHttp({MONTH + "a,b": {"a": {"downloads": 7}, "b": {"downloads": 8}}}), "a", "b", cache=cache)
    http = FakeHttp({MONTH + "c": {"downloads": 9}})
    found = ask_bulk(http, "a", "c", "b", cache=cache)
    assert [found[name].monthly for name in "abc"] == [7, 8, 9]
    assert http.asked == [MONTH + "c"]


def test_a_damaged_entry_is_asked_about_again() -> None:
    import msgspec

    cache = MemoryCache()
    ask_bulk(FakeHttp({MONTH + "a": {"downloads": 7}}), "a", cache=cache)
    cache.entries = {
        key: msgspec.structs.replace(entry, payload=b"\xc1") for key, entry in cache.entries.items()
    }
    assert ask_bulk(FakeHttp({MONTH + "a": {"downloads": 8}}), "a", cache=cache)["a"] == BulkAnswer(8)


def test_after_a_failure_the_host_is_left_alone() -> None:
    http = FakeHttp({})
    dead = Unavailable(UnavailableKind.OFFLINE, "no route to api.npmjs.org")
    names = [f"p{n}" for n in range(BULK + 1)]
    http.answers[MONTH + ",".join(names[:BULK])] = dead
    found = ask_bulk(http, *names)
    assert {answer.missing for answer in found.values()} == {dead}
    assert len(http.asked) == 1


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"a": 5}', b'{"a": {"downloads": "7"}}'])
def test_an_answer_of_another_shape_is_malformed(answer: Answer) -> None:
    for names in (("a",), ("a", "b")):
        found = ask_bulk(FakeHttp({MONTH + ",".join(names): answer}), *names)
        assert found["a"].missing.kind is UnavailableKind.MALFORMED


@pytest.mark.parametrize(
    "package",
    [
        pytest.param(Package("secret", PRIVATE), id="private registry"),
        pytest.param(Package("@corp/secret", PUBLIC), id="private scope"),
        pytest.param(Package("lodash", PRIVATE), id="private package with a popular name"),
        pytest.param(Package("a,b", PUBLIC), id="two names in one"),
        pytest.param(Package("../keys", PUBLIC), id="leads elsewhere"),
        pytest.param(Package("a?b", PUBLIC), id="query"),
        pytest.param(Package("@s/", PUBLIC), id="no name"),
    ],
)
def test_what_may_not_be_told_is_not(package: Package) -> None:
    http = FakeHttp({})
    counted_in_bulk((package,), SETTINGS, PUBLIC_ONLY, LIST, http, MemoryCache(), NOW)
    popular = Popular(None, None)
    found = usage(package, BulkAnswer(), SETTINGS, PUBLIC_ONLY, popular, http, MemoryCache(), NOW)
    assert found.missing is not None
    assert found.missing.kind is UnavailableKind.UNSUPPORTED
    assert http.asked == []


def test_scoped_names_are_asked_about_alone() -> None:
    assert ask_one(FakeHttp({MONTH + "@s/a": {"downloads": 7}}), Package("@s/a", PUBLIC)) == Usage(7)
    unknown = ask_one(FakeHttp({}), Package("@s/a", PUBLIC))
    assert unknown.missing is not None
    assert unknown.missing.kind is UnavailableKind.NOT_FOUND


def test_turned_off_means_no_request() -> None:
    http = FakeHttp({})
    found = ask_one(http, Package("@s/a", PUBLIC), enabled=False)
    assert found.missing is not None
    assert ask_bulk(http, "a", settings=DownloadsSettings(enabled=False))["a"] == BulkAnswer()
    assert http.asked == []


def test_another_counter_can_be_asked() -> None:
    url = "https://counter.corp.example"
    http = FakeHttp({url + "/downloads/point/last-month/@s/a": {"downloads": 7}})
    assert ask_one(http, Package("@s/a", PUBLIC), url=url) == Usage(7)


def test_the_strict_fact_is_missing_for_the_reason_usage_has() -> None:
    package = Package("a", PUBLIC)
    assert downloads(package, Usage(7)).monthly == 7
    with pytest.raises(Unavailable, match="turned off"):
        downloads(package, ask_one(FakeHttp({}), package, enabled=False))
