"""Make text from packages harmless: what it says is shown, what it would do to a terminal or a log is not."""

import unicodedata

# Cf holds bidi controls, zero-width characters and soft hyphens; Cc control codes, ESC among them; Cs lone
# surrogates, Co private use; Zl and Zp are line separators some terminals and viewers obey.
_ACTIVE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})

_MARKS = frozenset({"Mn", "Me"})

# No writing system needs more marks on one letter; a longer stack runs over the lines above and below.
MAX_MARKS = 4


def escape(text: str, limit: int = 2_000) -> str:
    r"""One line of plain text: active characters as `\n`, `\x1b` or `\u202e`, cut at `limit` characters.

    Of the combining marks on one letter the first `MAX_MARKS` stay, the others are shown as escapes.
    """
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text
    shown = _visible(text[:limit])
    return shown if len(text) <= limit else f"{shown}… ({len(text) - limit} characters more)"


def escape_lines(text: str, limit: int = 20_000) -> str:
    """The same for text of ours that quotes theirs and has lines of its own: line feeds stay."""
    return "\n".join(escape(line, limit) for line in text.split("\n"))


def _visible(text: str) -> str:
    shown: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in _MARKS else 0
        harmless = char == " " or (category not in _ACTIVE and marks <= MAX_MARKS)
        shown.append(char if harmless else char.encode("unicode_escape").decode("ascii"))
    return "".join(shown)


def cells(text: str) -> int:
    """How many terminal columns the text takes: wide and fullwidth characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(char) for char in text)


def _cells_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
