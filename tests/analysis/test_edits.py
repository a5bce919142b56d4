import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.analysis.edits import Kind, one_slip, spoken, squeezed, two_slips
from forecheck.analysis.keyboard import adjacent

NAMES = st.text(alphabet="abcdeost123", min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("written", "meant", "kind"),
    [
        ("lodahs", "lodash", Kind.SWAP),
        ("ldoash", "lodash", Kind.SWAP),
        ("lodas", "lodash", Kind.MISSING),
        ("odash", "lodash", Kind.MISSING),
        ("loodash", "lodash", Kind.DOUBLED),
        ("expres", "express", Kind.DOUBLED),
        ("expresss", "express", Kind.DOUBLED),
        ("lodashx", "lodash", Kind.EXTRA),
        ("lodashs", "lodash", Kind.PLURAL),
        ("cookie", "cookies", Kind.PLURAL),
        ("kodash", "lodash", Kind.NEIGHBOUR_KEY),
        ("ladash", "lodash", Kind.SIMILAR_LETTER),
        ("lodush", "lodash", Kind.SIMILAR_LETTER),
        ("lodazh", "lodash", Kind.NEIGHBOUR_KEY),
        ("lbdash", "lodash", Kind.OTHER_LETTER),
        ("json3", "json5", Kind.DIGIT),
        ("merge2", "merge", Kind.DIGIT),
        ("bs85", "bs58", Kind.SWAP),
        ("lodash", "lodash", None),
        ("lodshaa", "lodash", None),
        ("ldosah", "lodash", None),
        ("", "", None),
    ],
)
def test_one_slip(written: str, meant: str, kind: Kind | None) -> None:
    assert one_slip(written, meant) is kind


@pytest.mark.parametrize(
    ("written", "meant", "kind"),
    [
        ("degbu", "debug", Kind.SCRAMBLED),
        ("rceat", "react", Kind.SCRAMBLED),
        ("mogobd", "mongodb", Kind.SCRAMBLED),
        ("nodmailr", "nodemailer", Kind.TWO_SLIPS),
        ("chokader", "chokidar", Kind.TWO_SLIPS),
        ("dtsgenerator", "degenerator", Kind.TWO_LETTERS),
        ("lodash", "lodash", None),
        ("mxyash", "lodash", None),
        ("completely", "different", None),
    ],
)
def test_two_slips(written: str, meant: str, kind: Kind | None) -> None:
    assert two_slips(written, meant) is kind


@given(NAMES, st.integers(0, 8))
def test_swapping_neighbours_is_a_swap(name: str, place: int) -> None:
    place = min(place, max(len(name) - 2, 0))
    swapped = name[:place] + name[place : place + 2][::-1] + name[place + 2 :]
    assert one_slip(swapped, name) is (None if swapped == name else Kind.SWAP)


@given(NAMES, st.integers(0, 9), st.sampled_from("aox7"))
def test_a_letter_more_is_one_slip_both_ways(name: str, place: int, letter: str) -> None:
    longer = name[:place] + letter + name[place:]
    assert one_slip(longer, name) is not None
    assert one_slip(name, longer) is not None


@given(NAMES, NAMES)
def test_two_slips_never_calls_a_name_its_own_squat(written: str, meant: str) -> None:
    assert two_slips(written, written) is None
    assert two_slips(written, meant) in {None, Kind.SCRAMBLED, Kind.TWO_SLIPS, Kind.TWO_LETTERS}


def test_folding() -> None:
    assert squeezed("puppeteerr") == "pupeter"
    assert spoken("deezcord") == spoken("discord") == spoken("diskord")
    assert spoken("react") != spoken("redux")


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("q", "a", True), ("a", "q", True), ("q", "p", False)]
)
def test_neighbouring_keys(one: str, other: str, expected: bool) -> None:
    assert adjacent(one, other) is expected
    assert not adjacent(one, one)


def test_every_kind_has_a_phrase() -> None:
    assert all(kind.phrase for kind in Kind)
