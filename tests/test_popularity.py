import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.popularity import Popularity

SMALL = Popularity.parse("# a comment\n# another\nlodash 452000000\n@types/node -\nms 9\n")


def test_names_keep_their_order_and_rank() -> None:
    assert SMALL.names == ("lodash", "@types/node", "ms")
    assert [SMALL.rank(name) for name in SMALL.names] == [1, 2, 3]
    assert len(SMALL) == 3


def test_a_missing_count_is_unknown_and_not_zero() -> None:
    assert SMALL.monthly_downloads("lodash") == 452_000_000
    assert SMALL.monthly_downloads("@types/node") is None
    assert "@types/node" in SMALL


def test_an_unlisted_name_has_neither_rank_nor_downloads() -> None:
    assert "lodahs" not in SMALL
    assert SMALL.rank("lodahs") is None
    assert SMALL.monthly_downloads("lodahs") is None


@pytest.mark.parametrize("text", ["", "# only a comment", "# only a comment\n"])
def test_an_empty_list_is_a_list(text: str) -> None:
    assert Popularity.parse(text).names == ()


@pytest.mark.parametrize("text", ["lodash", "lodash 1 2\n", "lodash many\n", "lodash 1\n\nms\n"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Popularity.parse(text)


@given(st.text())
def test_any_text_is_a_list_or_a_value_error(text: str) -> None:
    try:
        parsed = Popularity.parse(text)
    except ValueError:
        return
    assert len(parsed) == len(parsed.names)


def test_the_bundled_list_is_whole_and_loaded_once() -> None:
    bundled = Popularity.load()
    assert bundled is Popularity.load()
    assert len(bundled) == 17_338
    assert bundled.rank("semver") == 1
    assert all(bundled.monthly_downloads(name) for name in ("react", "express", "lodash"))
