"""How much likeness it takes before a name is reported.

The numbers were chosen on the tuning half of `evals/typosquat` and on popular names outside its sample, so that the
kinds of likeness which honest names have among themselves need more letters or a more popular target.
"""

import math

import msgspec

from forecheck.analysis.edits import Kind
from forecheck.analysis.resemblance import Resemblance
from forecheck.model import Confidence


class _Bar(msgspec.Struct, frozen=True):
    """`steps`: (letters, downloads a month the target needs when the name has at least so many letters), by rising
    letters; fewer letters than the first step's are never enough. `new_word`: some word of the name must be used by
    no other popular name.
    """

    steps: tuple[tuple[int, int], ...]
    new_word: bool = True
    same_initial: bool = False

    def is_cleared_by(self, one: Resemblance, target_downloads: int) -> bool:
        if (self.new_word and not one.new_word) or (self.same_initial and not one.same_initial):
            return False
        needed = [downloads for letters, downloads in self.steps if one.length >= letters]
        return bool(needed) and target_downloads >= needed[-1]


_MILLION = 1_000_000
# A target used less than this is not worth imitating.
_LEAST = 50_000

# Likeness enough when nothing is known of the candidate.
_CLEAR = {
    Kind.SWAP: _Bar(((4, 5 * _MILLION), (5, _LEAST))),
    Kind.HOMOGLYPH: _Bar(((5, _MILLION),)),
    Kind.DOUBLED: _Bar(((5, _LEAST),)),
    Kind.MISSING: _Bar(((4, 100 * _MILLION), (6, _MILLION))),
    Kind.NEIGHBOUR_KEY: _Bar(((5, 100 * _MILLION), (8, 10 * _MILLION))),
    Kind.SIMILAR_LETTER: _Bar(((5, 100 * _MILLION), (8, 10 * _MILLION))),
    Kind.OTHER_LETTER: _Bar(((8, 10 * _MILLION),)),
    Kind.SOUND: _Bar(((7, 10 * _MILLION),)),
    Kind.SCRAMBLED: _Bar(((7, _LEAST),), same_initial=True),
    Kind.SCOPE_TYPO: _Bar(((4, _MILLION),)),
    Kind.SCOPE_FLATTENED: _Bar(((6, 100 * _MILLION),)),
}

# Likeness enough when the candidate is known to be new or hardly used; most telling kinds first.
_FAINT = {
    Kind.SEPARATOR: _Bar(((4, _MILLION),), new_word=False),
    Kind.SWAP: _Bar(((4, _MILLION), (5, _LEAST)), new_word=False),
    Kind.HOMOGLYPH: _Bar(((5, _LEAST),), new_word=False),
    Kind.DOUBLED: _Bar(((4, 5 * _MILLION), (5, _LEAST)), new_word=False),
    Kind.SCOPE_TYPO: _Bar(((4, _LEAST),)),
    Kind.SCOPE_FLATTENED: _Bar(((6, _MILLION),), new_word=False),
    Kind.MISSING: _Bar(((4, 5 * _MILLION), (5, _LEAST)), new_word=False),
    Kind.NEIGHBOUR_KEY: _Bar(((4, 5 * _MILLION), (6, _LEAST))),
    Kind.SIMILAR_LETTER: _Bar(((5, 5 * _MILLION), (6, _LEAST))),
    Kind.OTHER_LETTER: _Bar(((6, 20 * _MILLION), (8, _LEAST))),
    Kind.EXTRA: _Bar(((4, 100 * _MILLION), (5, 50 * _MILLION), (6, _MILLION))),
    Kind.ADDED_WORD: _Bar(((4, _MILLION),), new_word=False),
    Kind.SOUND: _Bar(((5, 5 * _MILLION), (6, _LEAST)), new_word=False, same_initial=True),
    Kind.SCRAMBLED: _Bar(((5, _MILLION),), same_initial=True),
    Kind.TWO_SLIPS: _Bar(((6, 30 * _MILLION), (7, _MILLION)), same_initial=True),
    Kind.TWO_LETTERS: _Bar(((7, 100 * _MILLION), (8, 30 * _MILLION)), same_initial=True),
    Kind.CUT_SHORT: _Bar(((6, _MILLION),)),
    Kind.DIGIT: _Bar(((5, _MILLION),)),
    Kind.PLURAL: _Bar(((5, _MILLION),), new_word=False),
    Kind.VAGUE_WORD: _Bar(((7, _MILLION),), new_word=False),
    Kind.WORD_ORDER: _Bar(((8, 5 * _MILLION),), new_word=False),
    Kind.SCOPE_DROPPED: _Bar(((10, _MILLION),), new_word=False),
}

_PLACES_WORTH_TENFOLD = 6
_PLACES = {kind: place for place, kind in enumerate(_FAINT)}

# Slips of the hand or eye that popular names hardly ever have between themselves, and likenesses that many have.
_TELLING = frozenset({Kind.SWAP, Kind.HOMOGLYPH, Kind.DOUBLED, Kind.SCRAMBLED, Kind.SCOPE_TYPO})
_COMMON = frozenset({Kind.DIGIT, Kind.PLURAL, Kind.VAGUE_WORD, Kind.WORD_ORDER, Kind.SCOPE_DROPPED})


def is_clear(one: Resemblance, target_downloads: int) -> bool:
    """Whether the likeness counts even when nothing is known of the candidate."""
    bar = _CLEAR.get(one.kind)
    return bar is not None and bar.is_cleared_by(one, target_downloads)


def is_faint(one: Resemblance, target_downloads: int) -> bool:
    """Whether the likeness counts for a candidate known to be new or hardly used."""
    return _FAINT[one.kind].is_cleared_by(one, target_downloads)


def plausibility(one: Resemblance, target_downloads: int) -> float:
    """Which target was meant, of several: a tenfold popularity outweighs a kind that is some places more telling."""
    return math.log10(max(target_downloads, 1)) - _PLACES[one.kind] / _PLACES_WORTH_TENFOLD


def confidence(kind: Kind, *, clear: bool, suspicious: bool) -> Confidence:
    """How sure a report of this kind is; `suspicious`: the candidate is known to be new or hardly used."""
    if not suspicious:
        return Confidence.MEDIUM if kind in _TELLING else Confidence.LOW
    # npm refuses new names that differ from another only in separators: such a newcomer has no excuse.
    if clear or kind is Kind.SEPARATOR:
        return Confidence.HIGH
    return Confidence.LOW if kind in _COMMON else Confidence.MEDIUM
