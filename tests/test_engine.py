from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec
import pytest

from forecheck.check import Option, Stricter, check
from forecheck.engine import Facts, run_checks
from forecheck.graph import wire
from forecheck.model import (
    Confidence,
    Crashed,
    Finding,
    FromDirectory,
    FromGit,
    FromRegistry,
    Hit,
    Missing,
    Outcome,
    Package,
    Passed,
    Release,
    Severity,
    Skipped,
    Subject,
    Unavailable,
    UnavailableKind,
    Unresolved,
)
from forecheck.source import source

PUBLIC = "https://registry.npmjs.org/"
ONE = Release("a", "1.0.0", FromRegistry(PUBLIC))
TWO = Release("a", "2.0.0", FromRegistry(PUBLIC))
OTHER = Release("b", "1.0.0", FromRegistry(PUBLIC))
GIT = Release("g", "1.0.0", FromGit("git+https://host/g.git", ""))
LOST = Unresolved("lost", "*", PUBLIC, Missing.PACKAGE)


class Asked(msgspec.Struct):
    """Context: who was asked about, in order, and who has no answer."""

    names: list[str] = []
    broken: set[str] = set()


class Page(msgspec.Struct, frozen=True):
    name: str


class Size(msgspec.Struct, frozen=True):
    value: int


class Counts(msgspec.Struct, frozen=True):
    value: int


class Weather(msgspec.Struct, frozen=True):
    pass


@source(fetches=True)
def page(package: Package, asked: Asked) -> Page:
    asked.names.append(package.name)
    if package.name in asked.broken:
        raise Unavailable(UnavailableKind.TIMEOUT, "too slow")
    return Page(package.name)


@source()
def size(release: Release, page: Page) -> Size:
    return Size(len(page.name + release.version))


@source(batch=True)
def counts(packages: Sequence[Package], asked: Asked) -> Mapping[Package, Counts | Unavailable]:
    asked.names.append(" ".join(package.name for package in packages))
    if "everything" in asked.broken:
        raise Unavailable(UnavailableKind.OFFLINE, "no network")
    missing = Unavailable(UnavailableKind.NOT_FOUND, "never counted")
    return {package: missing if package.name in asked.broken else Counts(7) for package in packages}


@source(fetches=True)
def weather(asked: Asked) -> Weather:
    asked.names.append("weather")
    return Weather()


class Limits(msgspec.Struct, frozen=True):
    most: Annotated[int, Option("the most", Stricter.LOWER)] = 5


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def too_big(release: Release, size: Size, options: Limits) -> Iterator[Hit]:
    """Too big."""
    if size.value > options.most:
        yield Hit(f"{size.value} of {options.most}")


@check(severity=Severity.LOW, confidence=Confidence.LOW)
def counted(release: Release, counts: Counts, weather: Weather) -> Iterator[Hit]:
    """Counted."""
    yield Hit("low", severity=Severity.INFO, confidence=Confidence.HIGH, key="1")
    yield Hit("plain", key="2")


@check(severity=Severity.LOW, confidence=Confidence.LOW)
def breaks(release: Release) -> Iterator[Hit]:
    """Breaks."""
    yield Hit("before")
    raise ValueError("our bug")


@check(severity=Severity.LOW, confidence=Confidence.LOW)
def gives_up(release: Release) -> Iterator[Hit]:
    """Gives up."""
    yield Hit("before")
    raise Unavailable(UnavailableKind.MALFORMED, "no sense in it")


@check(severity=Severity.LOW, confidence=Confidence.LOW)
def missing_one(unresolved: Unresolved, page: Page) -> Iterator[Hit]:
    """Missing one."""
    yield Hit(page.name)


class Silent:
    """Implements the `Progress` port."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int]] = []
        self.count = 0

    def stage(self, what: str, total: int = 0) -> None:
        self.stages.append((what, total))

    def advance(self, count: int = 1) -> None:
        self.count += count

    def done(self) -> None: ...


def one_by_one(tasks: Sequence[Callable[[], None]]) -> None:
    for task in tasks:
        task()


def plug(function: Any) -> Any:
    return function.__forecheck__


CHECKS = [plug(found) for found in (too_big, counted, breaks, gives_up, missing_one)]
SOURCES = [plug(found) for found in (page, size, counts, weather)]


def facts(asked: Asked) -> Facts:
    return Facts(wire(CHECKS, SOURCES, [Asked]), {Asked: asked})


def outcomes(
    asked: Asked, function: Any, *subjects: Subject, **more: Mapping[str, Any]
) -> tuple[Outcome, ...]:
    options, severities = more.get("options", {}), more.get("severities", {})
    return run_checks([plug(function)], options, severities, facts(asked), subjects)


def test_a_fact_is_collected_once_for_all_releases_of_a_package() -> None:
    asked = Asked([])
    known = facts(asked)
    assert known.get(Size, ONE) == known.get(Size, TWO) == Size(6)
    assert known.get(Page, ONE) is known.get(Page, TWO)
    assert asked.names == ["a"]


def test_absence_is_remembered_with_its_reason() -> None:
    asked = Asked([], {"a"})
    known = facts(asked)
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            known.get(Size, ONE)
        assert (caught.value.kind, caught.value.reason) == (UnavailableKind.TIMEOUT, "too slow")
    assert asked.names == ["a"]


def test_fetching_asks_for_each_package_once_and_batches_in_one_call() -> None:
    asked = Asked([])
    known, progress = facts(asked), Silent()
    subjects: list[Subject] = [ONE, TWO, OTHER, GIT, LOST]
    known.fetch(subjects, one_by_one, progress)
    assert sorted(asked.names) == ["a", "a b lost", "b", "lost", "weather"]
    assert (progress.stages, progress.count) == ([("collecting", 5)], 5)
    known.fetch(subjects, one_by_one, progress)
    assert len(asked.names) == 5


def test_a_source_may_say_what_it_is_doing() -> None:
    telling = [msgspec.structs.replace(one, doing="reading") if one.gives is Page else one for one in SOURCES]
    progress = Silent()
    asked = Asked([])
    Facts(wire(CHECKS, telling, [Asked]), {Asked: asked}).fetch([ONE], one_by_one, progress)
    assert [what for what, _ in progress.stages] == ["reading"]


def test_fetching_can_be_limited_to_one_type_and_repeated_after_forgetting() -> None:
    asked = Asked([])
    known = facts(asked)
    known.fetch([ONE, OTHER], one_by_one, Silent(), only=Page)
    assert asked.names == ["a", "b"]
    known.forget(Page, [TWO])
    known.forget(Missing, [TWO])
    known.fetch([ONE, OTHER], one_by_one, Silent(), only=Page)
    assert asked.names == ["a", "b", "a"]


def test_a_batch_that_fails_fails_for_each() -> None:
    known = facts(Asked([], {"everything"}))
    known.fetch([ONE, OTHER], one_by_one, Silent())
    for release in (ONE, OTHER):
        with pytest.raises(Unavailable, match="no network"):
            known.get(Counts, release)


def test_context_that_comes_later_replaces_what_was_given() -> None:
    known = facts(Asked([]))
    later = Asked(["later"])
    known.provide(Asked, later)
    assert known.get(Asked, ONE) is later
    assert known.get(Release, ONE) is ONE


def test_a_hit_is_stamped_with_the_checks_own_grades_or_its_own() -> None:
    known = facts(Asked([]))
    known.fetch([ONE], one_by_one, Silent())
    low, plain = run_checks([plug(counted)], {}, {}, known, [ONE])
    assert low == Finding("counted", ONE, Severity.INFO, Confidence.HIGH, "low", key="1")
    assert plain == Finding("counted", ONE, Severity.LOW, Confidence.LOW, "plain", key="2")
    chosen = run_checks([plug(counted)], {}, {"counted": Severity.INFO}, known, [ONE])
    assert [found.severity for found in chosen if isinstance(found, Finding)] == [Severity.INFO] * 2


def test_options_are_the_defaults_or_the_configured_ones() -> None:
    (found,) = outcomes(Asked([]), too_big, ONE)
    assert isinstance(found, Finding)
    assert (found.message, found.severity) == ("6 of 5", Severity.HIGH)
    assert outcomes(Asked([]), too_big, ONE, options={"too-big": Limits(6)}) == (Passed("too-big", ONE),)


def test_missing_evidence_skips_and_says_what_is_missing() -> None:
    assert outcomes(Asked([], {"a"}), too_big, ONE, OTHER)[0] == Skipped(
        "too-big", ONE, UnavailableKind.TIMEOUT, "too slow", "Size"
    )


@pytest.mark.parametrize(
    ("release", "words"),
    [(GIT, "a git repository"), (Release("d", "1.0.0", FromDirectory("../d")), "a folder")],
)
def test_a_package_fact_of_something_no_registry_serves_is_unsupported(release: Release, words: str) -> None:
    (found,) = outcomes(Asked([]), too_big, release)
    assert isinstance(found, Skipped)
    assert found.kind is UnavailableKind.UNSUPPORTED
    assert found.reason.endswith(words)


def test_a_check_that_breaks_hides_nothing_of_the_others() -> None:
    asked = Asked([])
    found = run_checks([plug(breaks), plug(gives_up), plug(too_big)], {}, {}, facts(asked), [ONE])
    crashed, skipped, finding = found
    assert isinstance(crashed, Crashed)
    assert "our bug" in crashed.detail
    assert skipped == Skipped("gives-up", ONE, UnavailableKind.MALFORMED, "no sense in it", "gives-up")
    assert isinstance(finding, Finding)


def test_checks_see_the_subjects_of_their_kind_only() -> None:
    found = outcomes(Asked([]), missing_one, ONE, LOST)
    assert [(one.subject, type(one)) for one in found] == [(LOST, Finding)]
    assert outcomes(Asked([]), too_big, LOST) == ()


def test_evidence_that_no_check_asks_for_is_unavailable() -> None:
    known = Facts(wire([plug(breaks)], SOURCES, [Asked]), {Asked: Asked([])})
    with pytest.raises(Unavailable, match="no enabled check asks for it") as caught:
        known.get(Page, ONE)
    assert caught.value.kind is UnavailableKind.UNSUPPORTED


class Plan(msgspec.Struct, frozen=True):
    """Context that comes late."""


class Rank(msgspec.Struct, frozen=True):
    value: int


class Nearness(msgspec.Struct, frozen=True):
    value: int


@source()
def rank(plan: Plan) -> Rank:
    return Rank(1)


@source(fetches=True)
def nearness(package: Package, rank: Rank) -> Nearness:
    return Nearness(rank.value)


@check(severity=Severity.LOW, confidence=Confidence.HIGH)
def near(release: Release, nearness: Nearness) -> Iterator[Hit]:
    yield Hit(f"{nearness.value}")


def test_what_needs_context_that_comes_late_waits_for_it() -> None:
    known = Facts(wire([plug(near)], [plug(rank), plug(nearness)], [Plan]), {})
    known.fetch([ONE], one_by_one, Silent())
    known.provide(Plan, Plan())
    known.fetch([ONE], one_by_one, Silent())
    assert known.get(Nearness, ONE) == Nearness(1)


def test_each_subject_gets_its_own_reason() -> None:
    known = facts(Asked([]))
    for release, words in (
        (GIT, "a git repository"),
        (Release("d", "1.0.0", FromDirectory("../d")), "a folder"),
    ):
        with pytest.raises(Unavailable, match=f"{words}$"):
            known.get(Page, release)


def test_forgetting_a_package_forgets_what_was_answered_about_its_releases() -> None:
    asked = Asked([])
    known = facts(asked)
    first = [known.get(Page, release) for release in (ONE, TWO, OTHER)]
    known.forget(Page, [TWO])
    again = [known.get(Page, release) for release in (ONE, TWO, OTHER)]
    assert asked.names == ["a", "b", "a"]
    assert again[0] is again[1]
    assert again[0] is not first[0]
    assert again[2] is first[2]
