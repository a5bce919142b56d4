from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest

from forecheck.check import Check, check
from forecheck.graph import WiringError, wire
from forecheck.model import Confidence, Hit, Package, Release, Severity, Unavailable
from forecheck.source import Source, source


class Clock(msgspec.Struct, frozen=True):
    """Context: given by the caller."""


class Page(msgspec.Struct, frozen=True):
    pass


class Summary(msgspec.Struct, frozen=True):
    pass


class Counts(msgspec.Struct, frozen=True):
    pass


class Loop(msgspec.Struct, frozen=True):
    pass


@source(fetches=True)
def page(package: Package, clock: Clock) -> Page:
    return Page()


@source()
def summary(release: Release, page: Page) -> Summary:
    return Summary()


@source(batch=True)
def counts(packages: tuple[Package, ...]) -> Mapping[Package, Counts | Unavailable]:
    return {}


@source(fetches=True)
def deep(release: Release, summary: Summary) -> Counts:
    return Counts()


@source()
def loop(release: Release, loop: Loop) -> Loop:
    return loop


@source()
def other_page(package: Package) -> Page:
    return Page()


@check(severity=Severity.LOW, confidence=Confidence.LOW)
def wants_summary(release: Release, summary: Summary) -> Iterator[Hit]:
    """Wants it."""
    yield from ()


@check(severity=Severity.LOW, confidence=Confidence.LOW)
def wants_counts(release: Release, counts: Counts) -> Iterator[Hit]:
    """Wants it."""
    yield from ()


@check(severity=Severity.LOW, confidence=Confidence.LOW)
def wants_loop(release: Release, loop: Loop) -> Iterator[Hit]:
    """Wants it."""
    yield from ()


def plug(function: Any) -> Any:
    return function.__forecheck__


def wired(checks: list[Any], sources: list[Any], context: tuple[type, ...] = (Clock,)) -> Any:
    return wire([plug(function) for function in checks], [plug(function) for function in sources], context)


def test_a_source_is_known_by_its_annotations() -> None:
    found: Source = plug(page)
    assert (found.id, found.gives, found.subject, found.subject_parameter) == (
        "page",
        Page,
        Package,
        "package",
    )
    assert (found.needs, found.fetches, found.batch) == ({"clock": Clock}, True, False)
    many: Source = plug(counts)
    assert (many.gives, many.subject, many.fetches, many.batch) == (Counts, Package, True, True)


def test_a_batch_source_gives_a_mapping() -> None:
    with pytest.raises(TypeError, match="mapping"):

        @source(batch=True)
        def wrong(packages: tuple[Package, ...]) -> list[Counts]:
            return []


def test_a_check_is_known_by_its_annotations_and_place() -> None:
    found: Check = plug(wants_summary)
    assert (found.id, found.title, found.subject) == ("wants-summary", "Wants it", Release)
    assert (found.evidence, found.options) == ({"summary": Summary}, None)


def test_only_what_is_needed_is_wired_and_only_fetching_sources_have_levels() -> None:
    wiring = wired([wants_summary], [page, summary, counts])
    assert set(wiring.by_type) == {Page, Summary}
    assert [[found.id for found in level] for level in wiring.levels] == [["page"]]


def test_levels_come_after_what_they_need() -> None:
    wiring = wired([wants_counts], [deep, summary, page])
    assert [[found.id for found in level] for level in wiring.levels] == [["page"], ["deep"]]


def test_no_checks_need_nothing() -> None:
    wiring = wired([], [page])
    assert (dict(wiring.by_type), wiring.levels) == ({}, ())


@pytest.mark.parametrize(
    ("checks", "sources", "context", "message"),
    [
        ([wants_summary], [page], (Clock,), "check wants-summary needs Summary, which no source gives"),
        ([wants_summary], [summary], (Clock,), "source summary needs Page, which no source gives"),
        ([wants_summary], [page, summary], (), "source page needs Clock, which no source gives"),
        ([], [page, other_page], (Clock,), "two sources give Page"),
        ([], [page], (Clock, Page), "two sources give Page"),
        ([wants_loop], [loop], (), "evidence needs itself: Loop → Loop"),
    ],
)
def test_gaps_twins_and_cycles_are_refused(
    checks: list[Any], sources: list[Any], context: tuple[type, ...], message: str
) -> None:
    with pytest.raises(WiringError) as caught:
        wired(checks, sources, context)
    assert str(caught.value) == message
