import pytest

from forecheck.evidence.alternatives import alternatives
from forecheck.evidence.demand import Demand, demand, demands
from forecheck.evidence.planned import PlanIndex, planned
from forecheck.model import Change, Edge, EdgeKind, Entry, EntryKind, Step
from tests.evidence.packuments import day, packument, release

TIMES = {"1.0.0": "01-01", "1.1.0": "02-01", "1.2.0": "05-30", "2.0.0-rc.1": "03-01", "2.0.0": "05-31"}


def asked_by(
    *wanted: str, version: str = "2.0.0", direct: bool = False, kind: EdgeKind = EdgeKind.PROD
) -> Demand:
    target = release(version)
    edges = tuple(Edge("thing", text, kind) for text in wanted)
    askers = [
        Entry(
            f"node_modules/asker{n}",
            EntryKind.PACKAGE,
            release("1.0.0", f"asker{n}"),
            f"asker{n}",
            edges=(edge,),
        )
        for n, edge in enumerate(edges)
    ]
    entry = Entry("node_modules/thing", EntryKind.PACKAGE, target, "thing")
    because = ("thing@2.0.0",) if direct else ("asker0@1.0.0", "thing@2.0.0")
    index = PlanIndex(
        {
            target: (Step(Change.ADDED, entry, because),),
            **{asker.release: (Step(Change.ADDED, asker, ("a",)),) for asker in askers},
        }
    )
    found: Demand = demand(target, planned(target, index), demands(index))
    return found


@pytest.mark.parametrize(
    ("wanted", "before", "version"),
    [
        pytest.param(("*",), "05-25", "1.1.0", id="the newest that is old enough"),
        pytest.param(("*",), "05-30", "1.2.0", id="exactly old enough"),
        pytest.param(("<1.1 || 2",), "05-25", "1.0.0", id="the range decides"),
        pytest.param(("*", "<1.1 || 2"), "05-25", "1.0.0", id="every range decides"),
        pytest.param(("^2.0.0",), "05-25", None, id="none in the range"),
        pytest.param(("^1.1.0 || ^2", "^0.5.0"), "05-25", "1.1.0", id="ranges of other copies do not count"),
        pytest.param(("npm:thing@<1.1 || 2",), "05-25", "1.0.0", id="an alias's range"),
        pytest.param(("next",), "05-25", None, id="asked for by a tag"),
        pytest.param((), "05-25", "1.1.0", id="nobody else asks"),
        pytest.param(("*",), "01-01", "1.0.0", id="the first version"),
    ],
)
def test_the_newest_alternative(wanted: tuple[str, ...], before: str, version: str | None) -> None:
    found = alternatives(release("2.0.0"), packument(TIMES), asked_by(*wanted)).newest(day(before))
    assert (found.version if found else None) == version


def test_nothing_deprecated_is_an_alternative() -> None:
    package = packument(TIMES, versions={"1.1.0": {"deprecated": "broken"}})
    found = alternatives(release("2.0.0"), package, asked_by("*")).newest(day("05-25"))
    assert found is not None
    assert found.version == "1.0.0"


def test_only_lower_versions_are_alternatives() -> None:
    found = alternatives(release("1.2.0"), packument(TIMES), asked_by("*", version="1.2.0")).newest(
        day("05-31")
    )
    assert found is not None
    assert found.version == "1.1.0"


def test_a_dependency_for_development_asks_for_nothing() -> None:
    assert asked_by("<1.1 || 2", kind=EdgeKind.DEV).ranges == ()


@pytest.mark.parametrize("direct", [True, False])
def test_the_project_asks_too_where_the_dependency_is_direct(direct: bool) -> None:
    assert asked_by("*", direct=direct).direct is direct
