"""How text is written for one reader: escaped, in the characters and colours the terminal has."""

from enum import Enum

from forecheck.model import Decision, LockedFile, Release, Service, Subject
from forecheck.reporter import Style
from forecheck.text import escape

NAME = 230
"""Enough for any name npm accepts (214 characters)."""

MESSAGE = 400
"""How much of one message is shown unless everything is asked for."""


class Ink(Enum):
    """The Select Graphic Rendition codes in use (ECMA-48)."""

    BOLD = "1"
    DIM = "2"
    RED = "31"
    GREEN = "32"
    YELLOW = "33"


_INKS = {Decision.BLOCK: Ink.RED, Decision.WARN: Ink.YELLOW, Decision.ALLOW: Ink.DIM}


class Pen:
    """Everything that is printed goes through here."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.width = style.width
        self.verbose = style.verbose
        known = style.unicode
        self.good, self.bad, self.arrow = ("✓", "✗", "→") if known else ("OK", "X", "->")
        self.dot, self.dots = ("·", "…") if known else ("-", "...")
        self.marks = {Decision.BLOCK: self.bad, Decision.WARN: "!", Decision.ALLOW: self.dot}

    def say(self, text: str, limit: int = MESSAGE) -> str:
        """Somebody else's text, harmless and on one line."""
        shown = escape(text, 2_000 if self.verbose else limit)
        if self.style.unicode or shown.isascii():
            return shown
        return shown.replace("…", "...").encode("ascii", "backslashreplace").decode("ascii")

    def name(self, text: str) -> str:
        """A name, version or place; in quotes where it holds what could be read as more than one word."""
        shown = self.say(text, NAME)
        odd = not text or any(char in "\"'<>()" or char.isspace() for char in text)
        return f'"{shown}"' if odd else shown

    def spec(self, subject: Subject) -> str:
        """`name version`; of what does not exist, the version that was asked for."""
        version = self.version(subject)
        return f"{self.name(subject.name)} {self.name(version)}" if version else self.name(subject.name)

    def version(self, subject: Subject) -> str:
        """The version, or the one that was asked for; not escaped."""
        if isinstance(subject, LockedFile | Service):
            return ""
        return subject.version if isinstance(subject, Release) else subject.wanted

    def paint(self, text: str, *inks: Ink) -> str:
        if not self.style.colour or not text:
            return text
        return "\x1b[" + ";".join(ink.value for ink in inks) + f"m{text}\x1b[0m"

    def mark(self, decision: Decision) -> str:
        """The mark of a decision, coloured."""
        return self.paint(self.marks[decision], _INKS[decision])

    def by(self, decision: Decision, text: str) -> str:
        """The text in the colour of the decision."""
        return self.paint(text, _INKS[decision])


def plural(count: int, one: str, many: str = "") -> str:
    """`1 package`, `2 packages`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
