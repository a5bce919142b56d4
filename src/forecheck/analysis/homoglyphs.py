"""Names that look the same on a screen: other alphabets' letters, and digits that pass for letters."""

import unicodedata

from forecheck.analysis.confusables import PAIRS

_FIELDS = PAIRS.split()
_TO_ASCII = {int(code, 16): seen for code, seen in zip(_FIELDS[0::2], _FIELDS[1::2], strict=True)}

# Digits and letters that a tired reader takes for one another; `i`, `1` and `l` become one.
_READ_AS = str.maketrans("0134578i", "oleastbl")
_READ_AS_ONE = (("rn", "m"), ("vv", "w"))


def to_ascii(text: str) -> str:
    """What the text looks like in ASCII, lower case; characters that look like nothing in it are kept.

    Compatibility forms (full width, mathematical) and accents go first, then the confusables of Unicode.
    """
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char) and not _invisible(char))
    return bare.translate(_TO_ASCII).lower()


def at_a_glance(text: str) -> str:
    """A form that two ASCII texts share when they are easily read as each other (`l0dash`, `lodash`)."""
    glance = text.translate(_READ_AS)
    for pair, letter in _READ_AS_ONE:
        glance = glance.replace(pair, letter)
    return glance


def _invisible(char: str) -> bool:
    return unicodedata.category(char) == "Cf"
