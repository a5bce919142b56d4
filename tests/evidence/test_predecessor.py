import pytest

from forecheck.evidence.predecessor import Predecessor, predecessor
from forecheck.model import Unavailable, UnavailableKind
from tests.evidence.packuments import day, packument, release


def names(found: Predecessor) -> tuple[str, ...]:
    return tuple(earlier.version for earlier in found.all())


@pytest.mark.parametrize(
    ("times", "version", "expected"),
    [
        pytest.param({"1.0.0": "01-01"}, "1.0.0", (), id="first version"),
        pytest.param({"1.0.0": "01-01", "1.0.1": "02-01"}, "1.0.1", ("1.0.0",), id="the one before"),
        pytest.param(
            {"1.9.0": "01-01", "2.0.0": "02-01", "1.9.1": "03-01"},
            "1.9.1",
            ("1.9.0",),
            id="backport: its own line",
        ),
        pytest.param(
            {"1.9.0": "01-01", "2.0.0": "02-01", "1.9.1": "03-01"},
            "2.0.0",
            ("1.9.0",),
            id="a later backport is not",
        ),
        pytest.param(
            {"1.0.0": "01-01", "2.0.0-rc.1": "02-01", "2.0.0": "03-01"},
            "2.0.0",
            ("1.0.0", "2.0.0-rc.1"),
            id="stable after betas",
        ),
        pytest.param(
            {"1.0.0": "01-01", "2.0.0-rc.1": "02-25", "2.0.0": "03-01"},
            "2.0.0",
            ("1.0.0",),
            id="a beta of the same week is no witness",
        ),
        pytest.param(
            {"1.0.0": "01-01", "2.0.0-rc.1": "01-20", "2.0.0-rc.2": "02-20"},
            "2.0.0-rc.2",
            ("2.0.0-rc.1",),
            id="pre-release after pre-release",
        ),
        pytest.param(
            {"1.0.0-a": "01-01", "1.0.0": "02-01"}, "1.0.0", ("1.0.0-a",), id="only pre-releases before"
        ),
        pytest.param(
            {"1.0.0": "01-01", "1.0.1": "03-01", "1.0.2": "03-01", "1.0.3": "03-02"},
            "1.0.3",
            ("1.0.0",),
            id="a burst is compared with what came before it",
        ),
        pytest.param(
            {"1.0.0": "02-28", "1.0.1": "03-01"}, "1.0.1", ("1.0.0",), id="nothing settled: the young one"
        ),
        pytest.param(
            {"1.0.0": "02-22", "1.0.1": "02-28", "1.0.2": "03-01"}, "1.0.2", ("1.0.1",), id="six days"
        ),
        pytest.param(
            {"1.0.0": "02-21", "1.0.1": "02-28", "1.0.2": "03-01"}, "1.0.2", ("1.0.0",), id="eight days"
        ),
        pytest.param(
            {"5.0.0": "01-01", "4.0.0": "02-01"}, "4.0.0", ("5.0.0",), id="lower than all before it"
        ),
        pytest.param({"4.0.0": "02-01", "5.0.0": "01-01"}, "5.0.0", (), id="lower but published later"),
        pytest.param(
            {"0.9.0": "", "1.0.0": "01-01", "1.0.1": "03-01"}, "1.0.1", ("1.0.0",), id="some without time"
        ),
    ],
)
def test_what_a_release_is_compared_with(
    times: dict[str, str], version: str, expected: tuple[str, ...]
) -> None:
    assert names(predecessor(release(version), packument(times))) == expected


def test_without_believable_times_the_order_of_versions_decides() -> None:
    mirror = packument({"1.0.0": "05-20", "1.0.1": "05-01", "1.0.2": "05-10"}, created=False)
    found = predecessor(release("1.0.2"), mirror)
    assert found.main is not None
    assert (found.main.version, found.main.at) == ("1.0.1", None)


def test_it_brings_time_and_manifest_along() -> None:
    package = packument({"1.0.0": "01-01", "1.0.1": "02-01"}, versions={"1.0.0": {"license": "MIT"}})
    found = predecessor(release("1.0.1"), package)
    assert found.main is not None
    assert found.main.at == day("01-01")
    assert found.main.manifest.declared.license == "MIT"


def test_what_is_no_version_has_no_order() -> None:
    with pytest.raises(Unavailable) as caught:
        predecessor(release("junk"), packument({"junk": "01-01", "1.0.0": "01-01"}))
    assert caught.value.kind is UnavailableKind.UNSUPPORTED


def test_an_unlisted_version_has_none() -> None:
    with pytest.raises(Unavailable) as caught:
        predecessor(release("9.9.9"), packument({"1.0.0": "01-01"}))
    assert caught.value.kind is UnavailableKind.NOT_FOUND
