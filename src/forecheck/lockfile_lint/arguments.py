"""A command line read as yargs-parser 21 reads it for these options; what it would drop without a word is refused."""

import re
from collections.abc import Sequence

import msgspec

from forecheck.lockfile_lint.flags import Flag, Kind, flag_called, nearest
from forecheck.lockfile_lint.refusal import NotAsMeant

_NUMBER = re.compile(r"-(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
_AMOUNT = re.compile(r"-?[0-9]+(?:\.[0-9]*)?(?:e-?[0-9]+)?")
_WORDS = ("true", "false")

Value = str | bool | tuple[str, ...]
"""One text, a switch, or the texts of a list. A path that is given more than once is a list too."""


class Given(msgspec.Struct, frozen=True):
    """Options by their long names, as given in one place; help and version are not among `values`."""

    values: dict[str, Value]
    help: bool = False
    version: bool = False


def read_arguments(arguments: Sequence[str]) -> Given:
    """Read what follows the command's name.

    Clusters (`-sn`), `--flag=value`, `-f=value`, `-fvalue` before a sign or number, `--no-flag`, camelCase, lists up
    to the next option and repeated. Raises `NotAsMeant` for unknown options, words that belong to none, switches that
    are neither true nor false, and values that are missing.
    """
    reader = _Reader(list(arguments))
    reader.read()
    values = reader.values
    return Given(
        {name: value for name, value in values.items() if name not in ("help", "version")},
        help=values.get("help") is True,
        version=values.get("version") is True,
    )


class _Reader:
    def __init__(self, pieces: list[str]) -> None:
        self._pieces = pieces
        self._at = 0
        self.values: dict[str, Value] = {}

    def read(self) -> None:
        while self._at < len(self._pieces):
            piece = self._pieces[self._at]
            self._at += 1
            if piece == "--":
                self._no_words(self._pieces[self._at :])
                return
            if piece.startswith("--"):
                self._long(piece)
            elif len(piece) > 1 and piece[0] == "-" and not _NUMBER.fullmatch(piece):
                self._cluster(piece)
            else:
                self._no_words([piece])

    def _long(self, piece: str) -> None:
        name, equals, value = piece[2:].partition("=")
        if not equals and name.startswith("no-"):
            flag = _known(name[3:], piece)
            if flag.kind is not Kind.SWITCH:
                raise NotAsMeant(f"{piece}: {flag.shown} takes a value", "runs without it")
            self.values[flag.name] = False
            return
        self._take(_known(name, piece), piece, value if equals else None)

    def _cluster(self, piece: str) -> None:
        letters = piece[1:]
        if letters[1:2] == "." and len(letters) > 2:
            raise NotAsMeant(
                f"{piece}: a space is missing before the dot", "takes what follows for the name of a key"
            )
        for at, letter in enumerate(letters):
            flag = _known(letter, piece)
            rest = letters[at + 1 :]
            if not rest:
                self._take(flag, piece, None)
            elif rest[0] == "=":
                self._take(flag, piece, rest[1:])
                return
            elif _AMOUNT.fullmatch(rest) or not (rest[0].isalnum() or rest[0] == "_"):
                self._take(flag, piece, rest, alone=True)
                return
            elif flag.kind is not Kind.SWITCH:
                raise NotAsMeant(
                    f"{piece}: -{letter} takes a value, so it must come last", "reads an empty one"
                )
            else:
                self.values[flag.name] = True

    def _take(self, flag: Flag, piece: str, value: str | None, *, alone: bool = False) -> None:
        if flag.kind is Kind.SWITCH:
            self.values[flag.name] = self._switch(piece, value)
        elif flag.kind is Kind.LIST:
            first = () if value is None else (value,)
            taken = (*first, *(() if alone else self._following()))
            self.values[flag.name] = (*_listed(self.values.get(flag.name)), *taken)
        else:
            self._text(flag, piece, value)

    def _switch(self, piece: str, value: str | None) -> bool:
        if value is None:
            if self._next() not in _WORDS:
                return True
            value = self._pieces[self._at]
            self._at += 1
        if value not in _WORDS:
            raise NotAsMeant(f"{piece} is true or false", f'reads "{value}" as false: it does not look')
        return value == "true"

    def _text(self, flag: Flag, piece: str, value: str | None) -> None:
        if value is None:
            value = self._next()
            if _is_option(value):
                value = ""
            self._at += bool(value)
        if not value:
            raise NotAsMeant(
                f"{piece} needs a value", "runs with an empty one" + _NOTHING * (flag.name == "path")
            )
        before = self.values.get(flag.name)
        if before is None:
            self.values[flag.name] = value
        elif flag.name == "path":
            self.values[flag.name] = (*_listed(before), value)
        else:
            raise NotAsMeant(f"{flag.shown} is given more than once")

    def _following(self) -> Sequence[str]:
        start = self._at
        while self._at < len(self._pieces) and not _is_option(self._pieces[self._at]):
            self._at += 1
        return self._pieces[start : self._at]

    def _next(self) -> str:
        return self._pieces[self._at] if self._at < len(self._pieces) else ""

    def _no_words(self, words: Sequence[str]) -> None:
        if words:
            several = "quote patterns, so that the shell leaves them whole"
            hint = several if len(words) > 1 else "each file needs a --path, and patterns need quotes"
            raise NotAsMeant(f'"{words[0]}" belongs to no option; {hint}', "leaves such words out")


_NOTHING = " and looks at nothing"


def _is_option(piece: str) -> bool:
    return piece.startswith("-") and not _NUMBER.fullmatch(piece)


def _listed(value: Value | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()


def _known(spelling: str, piece: str) -> Flag:
    flag = flag_called(spelling)
    if flag is None:
        near = nearest(spelling)
        meant = f"; did you mean --{near}?" if near else ""
        said = piece if piece.lstrip("-") == spelling else f"{spelling} in {piece}"
        raise NotAsMeant(f"{said} is no option of lockfile-lint{meant}", "runs without it")
    return flag
