"""Lines that fit: words wrapped at the width in terminal cells, labels in a column, commands that can be copied."""

from collections.abc import Iterator

from forecheck.text import cells

UNBROKEN = 100
"""A word of at most so many cells is kept whole, even where it sticks out: addresses and names get copied."""

_LEAST_ROOM = 12


def wrap(text: str, start: int, hang: int, width: int) -> list[str]:
    """The text in lines; the first begins at column `start`, which the caller has filled, the others at `hang`.

    Runs of spaces become one. Nothing but a single word of at most `UNBROKEN` cells reaches beyond the width.
    """
    return _joined(_pieces(text.split(" "), max(width - hang, _LEAST_ROOM)), start, hang, width)


def labelled(label: str, text: str, *, indent: int, column: int, width: int) -> tuple[str, list[str]]:
    """A label at `indent` and the text at `column`, wrapped there; a label that is too long stands alone.

    Gives the label as it is to be printed, padded, and what follows it, the first line of which joins it.
    """
    lead = " " * indent + label
    if cells(lead) + 2 > column:
        return lead, ["", *hung(text, column, width)]
    return lead + " " * (column - cells(lead)), wrap(text, column, column, width)


def hung(text: str, column: int, width: int) -> list[str]:
    """The text in lines of their own, all at `column`."""
    lines = wrap(text, column, column, width)
    return [" " * column + lines[0], *lines[1:]]


def marked(mark: str, text: str, column: int, width: int) -> list[str]:
    """A mark at `column` and the text behind it, wrapped there."""
    inner = column + cells(mark) + 1
    lines = wrap(text, inner, inner, width)
    return [f"{' ' * column}{mark} {lines[0]}", *lines[1:]]


def command(text: str, column: int, width: int) -> list[str]:
    """A shell command in lines at `column`, continued with a backslash, broken only between arguments."""
    room = max(width - column, _LEAST_ROOM)
    arguments = list(_arguments(text))
    if any(cells(argument) > UNBROKEN for argument in arguments):
        return hung(text, column, width)
    if len(arguments) <= 1 or cells(" ".join(arguments)) <= room:
        return hung(" ".join(arguments), column, width)
    lines = _joined(arguments, column, column + 2, width - 2)
    return [" " * column + lines[0] + " \\", *(f"{line} \\" for line in lines[1:-1]), lines[-1]]


def shell_word(text: str) -> str:
    """The text as one argument of a POSIX shell."""
    if text and text.isascii() and all(char.isalnum() or char in "@/._~^+-=:," for char in text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def _joined(words: list[str], start: int, hang: int, width: int) -> list[str]:
    lines: list[str] = []
    current, used = "", start
    for word in words:
        size = cells(word)
        sticks_out = used + (1 if current else 0) + size > width
        if sticks_out and (current or (not lines and start > hang)):
            lines.append(current)
            current, used = " " * hang + word, hang + size
        else:
            current, used = (f"{current} {word}", used + 1 + size) if current else (word, used + size)
    return [*lines, current]


def _pieces(words: list[str], room: int) -> list[str]:
    pieces: list[str] = []
    for word in words:
        if cells(word) <= UNBROKEN:
            pieces += [word] if word else []
        else:
            pieces.extend(_cut(word, room))
    return pieces


def _cut(word: str, room: int) -> Iterator[str]:
    piece, size = "", 0
    for char in word:
        if piece and size + cells(char) > room:
            yield piece
            piece, size = "", 0
        piece, size = piece + char, size + cells(char)
    yield piece


def _arguments(text: str) -> Iterator[str]:
    """The arguments of a shell command as they are written, quotes and all."""
    argument, quote, escaped = "", "", False
    for char in text:
        if char == " " and not quote and not escaped:
            if argument:
                yield argument
            argument = ""
            continue
        argument += char
        if escaped:
            escaped = False
        elif char == "\\" and quote != "'":
            escaped = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
    if argument:
        yield argument
