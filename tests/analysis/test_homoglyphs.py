import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.analysis.homoglyphs import at_a_glance, to_ascii


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("l\u043edash", "lodash"),  # Cyrillic o
        ("\u0435\u0445\u0440ress", "express"),  # Cyrillic e, x, p
        ("re\u03b1ct", "react"),  # Greek alpha
        ("\uff52\uff45\uff41\uff43\uff54", "react"),  # full width
        ("\U0001d5cb\U0001d5be\U0001d5ba\U0001d5bc\U0001d5cd", "react"),  # mathematical sans-serif
        ("r\u00e9act", "react"),  # accent
        ("lo\u200bdash", "lodash"),  # zero width space
        ("@b\u0430bel/core", "@babel/core"),
        ("lodash\u2010es", "lodash-es"),  # Unicode hyphen
        ("LODASH", "lodash"),
        ("\u6f22\u5b57", "\u6f22\u5b57"),  # looks like nothing in ASCII
    ],
)
def test_what_other_alphabets_look_like(written: str, seen: str) -> None:
    assert to_ascii(written) == seen


@pytest.mark.parametrize("written", ["l0dash", "1odash", "iodash", "lodash"])
def test_digits_that_pass_for_letters(written: str) -> None:
    assert at_a_glance(written) == at_a_glance("lodash")


def test_pairs_that_pass_for_one_letter() -> None:
    assert at_a_glance("cornrnander") == at_a_glance("commander")
    assert at_a_glance("vvinston") == at_a_glance("winston")


@given(st.text())
def test_any_text_has_a_form(text: str) -> None:
    assert to_ascii(to_ascii(text)).isascii() == to_ascii(text).isascii()
