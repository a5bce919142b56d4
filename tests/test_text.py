import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.text import MAX_MARKS, cells, escape, escape_lines

ACTIVE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
ANY = st.text(st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("left-pad 1.3.0", "left-pad 1.3.0"),
        ("naïve 日本語 🚀", "naïve 日本語 🚀"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b31m", r"\x9b31m"),
        ("\x00\x7f", r"\x00\x7f"),
        ("evil\u202egnp.js", r"evil\u202egnp.js"),
        ("\u2066a\u2069", r"\u2066a\u2069"),
        ("re\u200bact", r"re\u200bact"),
        ("so\u00adft", r"so\xadft"),
        ("a\u2028b\u2029", r"a\u2028b\u2029"),
        ("\ud800", r"\ud800"),
        ("\ue000", r"\ue000"),
        ("\U000e0041", r"\U000e0041"),
        ("back\\slash", "back\\slash"),
    ],
)
def test_what_would_act_on_a_terminal_is_shown_instead(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_long_text_is_cut_and_says_so() -> None:
    assert escape("x" * 2_000) == "x" * 2_000
    assert escape("x" * 2_001) == "x" * 2_000 + "… (1 characters more)"
    assert escape("\n" * 5, 2) == r"\n\n… (3 characters more)"


@pytest.mark.parametrize("mark", ["\u0301", "\u0489", "\ufe0f"])
def test_a_tower_of_marks_ends_after_four(mark: str) -> None:
    kept = "a" + mark * MAX_MARKS
    assert escape(kept) == kept
    rest = mark.encode("unicode_escape").decode()
    assert escape(kept + mark * 2 + "b" + mark) == kept + rest * 2 + "b" + mark


def test_lines_of_our_own_stay_apart() -> None:
    assert escape_lines("one\ntwo\r\x1b[2J") == "one\ntwo\\r\\x1b[2J"


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("é", 1), ("e\u0301", 1), ("日本", 4), ("🚀", 2)])
def test_columns_are_a_terminals(text: str, columns: int) -> None:
    assert cells(text) == columns


@given(ANY)
def test_nothing_active_is_left_whatever_comes(text: str) -> None:
    shown = escape(text)
    assert not [char for char in shown if unicodedata.category(char) in ACTIVE]
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert escape(shown) == shown
