import pytest

from forecheck.evidence.standing import standing
from forecheck.model import Unavailable, UnavailableKind
from tests.evidence.packuments import day, packument, release
from tests.evidence.test_packument import document

TIMES = {"1.0.0": "01-01", "1.0.1": "02-01", "2.0.0-rc.1": "03-01"}
BAD = {"deprecated": "broken"}


def test_the_successor_is_the_highest_sound_stable_version() -> None:
    found = standing(release("1.0.0"), packument(TIMES, versions={"1.0.0": BAD}))
    assert (found.deprecated, found.successor) == ("broken", "1.0.1")


def test_every_stable_version_may_be_deprecated() -> None:
    found = standing(release("1.0.0"), packument(TIMES, versions={"1.0.0": BAD, "1.0.1": BAD}))
    assert found.successor == ""
    assert standing(release("2.88.2", "request"), document("request")).successor == ""


def test_an_old_answer_condemns_but_does_not_clear() -> None:
    import msgspec

    old = msgspec.structs.replace(packument(TIMES, versions={"1.0.0": BAD}), stale_since=day("05-01"))
    assert standing(release("1.0.0"), old).deprecated == "broken"
    with pytest.raises(Unavailable) as caught:
        standing(release("1.0.1"), old)
    assert caught.value.kind is UnavailableKind.OFFLINE
    assert "2026-05-01" in caught.value.reason


def test_a_registry_that_says_nothing_of_deprecations_clears_nothing() -> None:
    with pytest.raises(Unavailable) as caught:
        standing(release("1.0.0"), packument(TIMES, created=False))
    assert caught.value.kind is UnavailableKind.UNSUPPORTED
    assert (
        standing(release("1.0.1"), packument(TIMES, created=False, versions={"1.0.0": BAD})).deprecated == ""
    )
