"""Nothing a package says can be more than text: in no format, in no field."""

import json as stdlib_json
import re
import unicodedata

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecheck.model import Severity, UnavailableKind
from forecheck.report import Report
from forecheck.reporter import Style
from forecheck.reporters.json import json, on_the_wire
from forecheck.reporters.text import text
from tests.reporters.building import finding, release, report, skipped, step
from tests.reporters.hostile import CORPUS, reports

STYLES = st.builds(
    Style,
    width=st.integers(40, 120),
    colour=st.booleans(),
    unicode=st.booleans(),
    verbose=st.booleans(),
    summary=st.just(True),
)
OURS = re.compile(r"\x1b\[(?:1|2|31|32|33|1;31|1;32|1;33|0)m")
SUMMARY = re.compile(r"forecheck: BLOCK \d+, WARN \d+, examined \d+, unavailable \d+")
PATIENT = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def active(shown: str) -> set[str]:
    """The characters that a terminal, a pager or a log would obey, our own newlines aside."""
    return {
        char
        for char in shown
        if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    }


def flush_left(shown: str) -> list[str]:
    """The lines that begin where only our verdict and our summary begin."""
    return [line for line in shown.split("\n") if line and not line.startswith(" ")]


@PATIENT
@given(reports(), STYLES)
def test_text_is_inert(made: Report, style: Style) -> None:
    shown = text(made, style)
    bare = OURS.sub("", shown) if style.colour else shown
    assert active(bare) == set()
    first, *middle, last = flush_left(bare)
    assert middle == []
    assert first.split()[0] in {"✓", "!", "✗", "OK", "X"}
    assert SUMMARY.fullmatch(last)
    if style.colour:
        assert all(
            painted.endswith("\x1b[0m") or "\x1b" not in painted.rpartition("\x1b[0m")[2]
            for painted in shown.split("\n")
        )


@PATIENT
@given(reports())
def test_json_is_inert_and_exact(made: Report) -> None:
    shown = json(made, Style())
    assert shown.isascii()
    assert active(shown) == set()
    said = stdlib_json.dumps(
        msgspec.to_builtins(on_the_wire(made))
    )  # joins halves of surrogate pairs, as ours does
    assert stdlib_json.loads(shown) == stdlib_json.loads(said)


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("said", CORPUS.values(), ids=list(CORPUS))
def test_the_corpus_stays_inside_its_lines(said: str, verbose: bool) -> None:
    evil = release(said, said)
    made = report(
        [
            finding("typosquat", evil, said, Severity.HIGH),
            skipped("fresh-release", evil, UnavailableKind.MALFORMED, said),
        ],
        [step(evil, said, said)],
        notices=(said,),
    )
    shown = text(made, Style(summary=True, verbose=verbose))
    assert active(shown) == set()
    assert [line for line in flush_left(shown) if SUMMARY.fullmatch(line)] == [
        "forecheck: BLOCK 1, WARN 0, examined 1, unavailable 1"
    ]
    assert len(flush_left(shown)) == 2


def test_a_flood_of_text_does_not_bury_the_verdict() -> None:
    evil = release("evil")
    made = report([finding("typosquat", evil, "word " * 10_000, Severity.HIGH)], [step(evil)])
    assert len(text(made, Style()).splitlines()) < 30
