import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.reporter import Style
from forecheck.reporters.text import text
from forecheck.reporters.text_layout import UNBROKEN, command, hung, labelled, shell_word, wrap
from forecheck.text import cells
from tests.reporters.building import finding, release, report, step
from tests.reporters.samples import SAMPLES

WORDS = st.text(st.sampled_from("ab漢é\u0301-/"), max_size=130)
SENTENCES = st.lists(WORDS, max_size=30).map(" ".join)
LABELS = 40
"""No column of ours starts further right."""


def too_long(line: str, width: int) -> bool:
    """Whether anything but one last word, which nobody wants broken, makes the line longer than the width."""
    line = line.removesuffix(" \\")
    if cells(line) <= width:
        return False
    before, _, word = line.rpartition(" ")
    return cells(word) > UNBROKEN or len(before.split()) > 2 or cells(before) > LABELS


@given(SENTENCES, st.integers(0, 30), st.integers(0, 30), st.integers(40, 120))
def test_wrapped_lines_fit_and_lose_nothing(sentence: str, start: int, hang: int, width: int) -> None:
    lines = wrap(sentence, start, hang, width)
    assert "".join(lines).replace(" ", "") == sentence.replace(" ", "")
    for at, line in enumerate(lines):
        whole = "x" * start + line if at == 0 else line
        assert not too_long(whole, width) or cells(line.strip()) <= UNBROKEN
        assert at == 0 or line.startswith(" " * hang)


def test_runs_of_spaces_become_one() -> None:
    assert wrap("a" + " " * 60 + "b", 0, 2, 40) == ["a b"]


def test_wide_characters_take_two_cells() -> None:
    assert wrap("漢漢漢 漢漢漢", 0, 0, 10) == ["漢漢漢", "漢漢漢"]


def test_an_address_stays_whole_and_a_flood_does_not() -> None:
    address = "https://github.com/advisories/" + "x" * 40
    assert wrap(f"see {address} there", 0, 2, 40) == ["see", f"  {address}", "  there"]
    assert max(map(cells, wrap("y" * 2_000, 0, 2, 40))) <= 40


def test_a_label_that_is_too_long_stands_alone() -> None:
    assert labelled("short", "text", indent=2, column=9, width=40) == ("  short  ", ["text"])
    assert labelled("longer", "text", indent=2, column=9, width=40) == ("  longer", ["", " " * 9 + "text"])


def test_hung_text_starts_at_its_column() -> None:
    assert hung("one two", 4, 8) == ["    one", "    two"] or hung("one two", 4, 40) == ["    one two"]


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_command_can_be_copied_at_any_width(width: int) -> None:
    order = "forecheck allow known-malware '@acme/a name; with'\\''quotes@1.0.0' --reason \"not yet known\" --until 2026-12-24"
    lines = command(order, 4, width)
    joined = "\n".join(lines).replace("\\\n", "")  # POSIX shells drop a backslash with its line's end
    assert shlex.split(joined) == shlex.split(order)
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert all(cells(line) <= width for line in lines)


@given(st.text(max_size=30))
def test_a_shell_word_is_one_argument(word: str) -> None:
    if "\x00" not in word:
        assert shlex.split(shell_word(word)) == [word]


@pytest.mark.parametrize("width", [40, 48, 60, 80, 100, 120])
@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("verbose", [False, True])
def test_reports_fit(sample: str, width: int, verbose: bool) -> None:
    shown = text(SAMPLES[sample](), Style(width=width, verbose=verbose, summary=False))
    assert [line for line in shown.splitlines() if too_long(line, width)] == []


@given(WORDS.filter(bool), WORDS, SENTENCES, st.lists(WORDS.filter(bool), max_size=9), st.integers(40, 120))
def test_whatever_a_package_is_called_the_report_fits(
    name: str, version: str, message: str, trail: list[str], width: int
) -> None:
    subject = release(name, version)
    made = report([finding("fresh-release", subject, message)], [step(subject, *trail)])
    shown = text(made, Style(width=width))
    assert [line for line in shown.splitlines() if too_long(line, width)] == []
