import pytest

from forecheck.evidence.history import history
from forecheck.evidence.packument import Publisher
from forecheck.evidence.published import published
from forecheck.evidence.published_by import published_by
from forecheck.evidence.registry_manifest import registry_manifest
from forecheck.model import Package, Unavailable, UnavailableKind
from tests.evidence.packuments import day, packument, release
from tests.evidence.test_packument import document
from tests.fakes.ports import PUBLIC

THING = Package("thing", PUBLIC)


def test_published_knows_this_version_the_first_and_the_last() -> None:
    package = packument({"1.0.0": "01-01", "2.0.0": "03-01", "1.0.1": "04-01"})
    found = published(release("2.0.0"), package)
    assert (found.at, found.created, found.first, found.last) == (
        day("03-01"),
        day("01-01"),
        day("01-01"),
        day("04-01"),
    )


def test_first_is_later_than_created_where_early_versions_are_gone() -> None:
    package = packument(
        {"1.0.0": "05-01"}, time={"created": "2015-01-01T00:00:00Z", "1.0.0": "2026-05-01T00:00:00Z"}
    )
    found = published(release("1.0.0"), package)
    assert found.created.year == 2015
    assert found.first == day("05-01")


@pytest.mark.parametrize(
    "time",
    [
        pytest.param({"1.0.0": "2025-12-11T09:30:00.123456+00:00"}, id="a mirror's own clock: no created"),
        pytest.param({"created": "2020-01-01T00:00:00Z"}, id="no time for the version"),
        pytest.param({"created": "2020-01-01T00:00:00Z", "1.0.0": "soon"}, id="garbage"),
        pytest.param({"created": "never", "1.0.0": "2025-12-11T00:00:00Z"}, id="garbage for created"),
        pytest.param([], id="no object"),
    ],
)
def test_times_that_say_nothing_are_unsupported(time: object) -> None:
    with pytest.raises(Unavailable) as caught:
        published(release("1.0.0"), packument({"1.0.0": ""}, time=time))
    assert caught.value.kind is UnavailableKind.UNSUPPORTED


def test_an_unpublished_package_says_so() -> None:
    with pytest.raises(Unavailable) as caught:
        registry_manifest(release("1.0.4", "code-snippet"), document("code-snippet"))
    assert caught.value.kind is UnavailableKind.NOT_FOUND
    assert "unpublished on 2015-07-31" in caught.value.reason


def test_a_version_taken_down_is_not_found() -> None:
    with pytest.raises(Unavailable) as caught:
        registry_manifest(release("1.0.1"), packument({"1.0.0": "01-01"}))
    assert caught.value.kind is UnavailableKind.NOT_FOUND
    assert "1.0.1" in caught.value.reason


def test_history_is_in_the_order_of_publishing() -> None:
    package = packument(
        {"1.0.0": "01-01", "2.0.0": "03-01", "1.0.1": "04-01", "0.9.0": ""},
        versions={"1.0.1": {"_npmUser": {"name": "b"}, "maintainers": [{"name": "b"}], "deprecated": "x"}},
    )
    first, second, third = history(THING, package).publications()
    assert [first.version, second.version, third.version] == ["1.0.0", "2.0.0", "1.0.1"]
    assert third.publisher == Publisher("b")
    assert (first.publisher, first.team) == (None, None)
    assert third.deprecated


@pytest.mark.parametrize("created", [True, False])
def test_no_history_without_people_or_times(created: bool) -> None:
    people = {} if created else {"1.0.0": {"_npmUser": {"name": "b"}}}
    with pytest.raises(Unavailable) as caught:
        history(THING, packument({"1.0.0": "01-01"}, created=created, versions=people))
    assert caught.value.kind is UnavailableKind.UNSUPPORTED


def test_a_publisher_nobody_names_is_unsupported() -> None:
    manifest = registry_manifest(release("1.0.0"), packument({"1.0.0": "01-01"}))
    with pytest.raises(Unavailable) as caught:
        published_by(release("1.0.0"), manifest)
    assert caught.value.kind is UnavailableKind.UNSUPPORTED
