"""What a reporter is: a pure function from a report to text, registered by one decorator."""

from collections.abc import Callable

import msgspec

from forecheck.report import Report


class Style(msgspec.Struct, frozen=True):
    """How the text will be seen. `width` is in terminal cells; `verbose` lists what is otherwise counted;
    `summary` ends it with one line that logs can be searched for.
    """

    width: int = 80
    colour: bool = False
    unicode: bool = True
    verbose: bool = False
    summary: bool = False


ReporterFunction = Callable[[Report, Style], str]


class Reporter(msgspec.Struct, frozen=True):
    """A registered reporter; its id is the name `--format` takes."""

    id: str
    title: str
    run: ReporterFunction


def reporter(function: ReporterFunction) -> ReporterFunction:
    """Register a reporter under its function's name. It gets hostile strings and must escape what it prints."""
    function.__forecheck__ = Reporter(  # type: ignore[attr-defined]
        id=function.__name__,
        title=(function.__doc__ or "").strip().partition("\n")[0],
        run=function,
    )
    return function
