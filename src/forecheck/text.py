"""Make text from packages harmless: what it says is shown, what it would do to a terminal or a log is not."""

import unicodedata

# Cf holds bidi controls, zero-width characters and soft hyphens; Cc control codes, ESC among them; Cs lone
# surrogates, Co private use; Zl and Zp are line separators some terminals and viewers obey.
_ACTIVE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def escape(text: str, limit: int = 2_000) -> str:
    r"""One line of plain text: active characters as `\n`, `\x1b` or `\u202e`, cut at `limit` characters."""
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text
    shown = "".join(_visible(char) for char in text[:limit])
    return shown if len(text) <= limit else f"{shown}… ({len(text) - limit} characters more)"


def escape_lines(text: str, limit: int = 20_000) -> str:
    """The same for text of ours that quotes theirs and has lines of its own: line feeds stay."""
    return "\n".join(escape(line, limit) for line in text.split("\n"))


def _visible(char: str) -> str:
    if char == " " or unicodedata.category(char) not in _ACTIVE:
        return char
    return char.encode("unicode_escape").decode("ascii")


def cells(text: str) -> int:
    """How many terminal columns the text takes: wide and fullwidth characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(char) for char in text)


def _cells_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
