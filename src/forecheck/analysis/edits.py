"""How one name differs from another, in the ways people mistype, misread and misremember names."""

import re
from enum import StrEnum

from forecheck.analysis.keyboard import adjacent


class Kind(StrEnum):
    """What makes a name look like another; `phrase` goes between the two names."""

    HOMOGLYPH = "homoglyph"
    SWAP = "swap"
    DOUBLED = "doubled-letter"
    MISSING = "missing-letter"
    EXTRA = "extra-letter"
    NEIGHBOUR_KEY = "neighbouring-key"
    SIMILAR_LETTER = "similar-letter"
    OTHER_LETTER = "other-letter"
    SOUND = "sound"
    SCRAMBLED = "scrambled"
    TWO_SLIPS = "two-slips"
    TWO_LETTERS = "two-letters"
    CUT_SHORT = "cut-short"
    DIGIT = "digit"
    SEPARATOR = "separator"
    PLURAL = "plural"
    ADDED_WORD = "added-word"
    VAGUE_WORD = "vague-word"
    WORD_ORDER = "word-order"
    SCOPE_TYPO = "scope-typo"
    SCOPE_FLATTENED = "scope-flattened"
    SCOPE_DROPPED = "scope-dropped"

    @property
    def phrase(self) -> str:
        return _PHRASES[self]


_PHRASES = {
    Kind.HOMOGLYPH: "looks the same as",
    Kind.SWAP: "one swap away from",
    Kind.DOUBLED: "a doubled letter away from",
    Kind.MISSING: "one letter short of",
    Kind.EXTRA: "one letter more than",
    Kind.NEIGHBOUR_KEY: "one neighbouring key away from",
    Kind.SIMILAR_LETTER: "one similar letter away from",
    Kind.OTHER_LETTER: "one letter away from",
    Kind.SOUND: "sounds like",
    Kind.SCRAMBLED: "scrambled letters of",
    Kind.TWO_SLIPS: "two slips away from",
    Kind.TWO_LETTERS: "two letters away from",
    Kind.CUT_SHORT: "the beginning of",
    Kind.DIGIT: "only a digit away from",
    Kind.SEPARATOR: "differs only in separators or capitals from",
    Kind.PLURAL: "singular or plural of",
    Kind.ADDED_WORD: "adds an empty word to",
    Kind.VAGUE_WORD: "adds a vague word to",
    Kind.WORD_ORDER: "reordered words of",
    Kind.SCOPE_TYPO: "in a scope that looks like the one of",
    Kind.SCOPE_FLATTENED: "the same, without the scope mark, as",
    Kind.SCOPE_DROPPED: "the same, without its scope, as",
}

# Letters that sound or look alike to someone who heard the name, or half remembers it.
_ALIKE = ("aeiouy", "ckqsxz", "ijl", "vwf", "bp", "dt", "mn", "gj")


def one_slip(written: str, meant: str) -> Kind | None:
    """The single slip that makes `written` out of `meant`; None when they are equal or further apart.

    Both are lower case and without separators.
    """
    if written == meant or abs(len(written) - len(meant)) > 1:
        return None
    start = _common_prefix(written, meant)
    if len(written) == len(meant):
        return _exchanged(written, meant, start)
    longer, shorter = (written, meant) if len(written) > len(meant) else (meant, written)
    letter = longer[start]
    if longer[start + 1 :] != shorter[start:]:
        return None
    if letter.isdigit():
        return Kind.DIGIT
    if start and longer[start - 1] == letter:
        return Kind.DOUBLED
    if letter == "s" and start == len(shorter):
        return Kind.PLURAL
    return Kind.EXTRA if longer is written else Kind.MISSING


# What fingers and ears do; any other letter too many or in another's place is rather another word.
_LIKELY = frozenset(
    {Kind.SWAP, Kind.DOUBLED, Kind.MISSING, Kind.PLURAL, Kind.NEIGHBOUR_KEY, Kind.SIMILAR_LETTER}
)


def two_slips(written: str, meant: str) -> Kind | None:
    """What to call texts two edits apart: SCRAMBLED, TWO_SLIPS of likely kinds, TWO_LETTERS if one of them is.

    SCRAMBLED are texts of the same letters, and those with a swap and another likely slip. None when neither slip
    is a likely one, or when the texts are not two edits apart.
    """
    if written != meant and sorted(written) == sorted(meant):
        return Kind.SCRAMBLED
    start = _common_prefix(written, meant)
    head, tail, wanted = written[:start], written[start:], meant[start : start + 1]
    halfway = (head + wanted + tail, head + tail[1:], head + wanted + tail[1:], head + tail[1::-1] + tail[2:])
    best = None
    for between in halfway:
        pair = one_slip(written, between), one_slip(between, meant)
        if None not in pair:
            kind = _together(sum(slip in _LIKELY for slip in pair), swapped=Kind.SWAP in pair)
            best = max(filter(None, (best, kind)), key=_BY_LIKELIHOOD.index, default=None)
    return best


_BY_LIKELIHOOD = (Kind.TWO_LETTERS, Kind.TWO_SLIPS, Kind.SCRAMBLED)


def _together(likely: int, *, swapped: bool) -> Kind | None:
    if likely == 2:
        return Kind.SCRAMBLED if swapped else Kind.TWO_SLIPS
    return Kind.TWO_LETTERS if likely else None


_RUN = re.compile(r"(.)\1+")


def squeezed(text: str) -> str:
    """The text with every run of one character reduced to a single one."""
    return _RUN.sub(r"\1", text)


_SPOKEN = str.maketrans("eiouycqz", "aaaaakks")


def spoken(text: str) -> str:
    """A form that two texts share when they sound much the same: vowels alike, hard and soft consonants merged."""
    return squeezed(text.replace("ph", "f").replace("x", "ks").translate(_SPOKEN))


def _exchanged(written: str, meant: str, start: int) -> Kind | None:
    if written[start + 1 :] == meant[start + 1 :]:
        return _replaced(written[start], meant[start])
    pair = meant[start : start + 2]
    if written[start : start + 2] == pair[::-1] and written[start + 2 :] == meant[start + 2 :]:
        return Kind.SWAP
    return None


def _replaced(letter: str, meant: str) -> Kind:
    if letter.isdigit() and meant.isdigit():
        return Kind.DIGIT
    if adjacent(letter, meant):
        return Kind.NEIGHBOUR_KEY
    if any(letter in group and meant in group for group in _ALIKE):
        return Kind.SIMILAR_LETTER
    return Kind.OTHER_LETTER


def _common_prefix(one: str, other: str) -> int:
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))
