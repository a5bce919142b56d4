"""forecheck's own options, the same before every command."""

import argparse
from collections.abc import Mapping

import msgspec


class Options(msgspec.Struct, frozen=True):
    """What the person asked of forecheck itself; npm's own options stay with npm."""

    dry_run: bool = False
    yes: bool = False
    strict: bool = False
    offline: bool = False
    verbose: bool = False
    format: str = "text"
    output: tuple[str, ...] = ()
    colour: str = "auto"

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "Options":
        given = {name: getattr(arguments, name, None) for name in cls.__struct_fields__}
        if given["output"] is not None:
            given["output"] = tuple(given["output"])
        return cls(**{name: value for name, value in given.items() if value is not None})


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare them; absent ones stay out of the namespace, so that they may stand before or after the command."""
    add = parser.add_argument_group("options").add_argument
    quiet = argparse.SUPPRESS
    add("-n", "--dry-run", action="store_true", default=quiet, help="stop after the verdict; install nothing")
    add(
        "-y",
        "--yes",
        action="store_true",
        default=quiet,
        help="accept warnings without asking; never a block",
    )
    add("--strict", action="store_true", default=quiet, help="let no warning pass, asked or not")
    add(
        "--offline",
        action="store_true",
        default=quiet,
        help="use only what is on disk, and say what that hides",
    )
    add("-v", "--verbose", action="store_true", default=quiet, help="list what is otherwise only counted")
    add(
        "--format",
        default=quiet,
        metavar="NAME",
        help="text (default), json, sarif, github, gitlab, junit, markdown",
    )
    add(
        "--output",
        action="append",
        default=quiet,
        metavar="[NAME=]FILE",
        help="write the report to FILE as well, in the format NAME or that of --format; may be repeated",
    )
    add(
        "--color",
        dest="colour",
        default=quiet,
        choices=("auto", "always", "never"),
        help="colour the report (auto: on a terminal, unless NO_COLOR is set)",
    )


VALUED = ("--format", "--output", "--color")


def split_wrapped(arguments: list[str], wrapped: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Forecheck's own part of the command line, and the wrapped program with all that follows it.

    What follows the program's name is its own, whatever it looks like.
    """
    index = 0
    while index < len(arguments):
        if arguments[index] in wrapped:
            return arguments[:index], arguments[index:]
        if not arguments[index].startswith("-"):
            break
        index += 2 if arguments[index] in VALUED else 1
    return arguments, []


def interactive(streams: tuple[object, ...], env: Mapping[str, str]) -> bool:
    """Whether somebody is there to answer: terminals at both ends, and no continuous-integration run."""
    in_ci = env.get("CI", "").lower() not in ("", "0", "false")
    return not in_ci and all(getattr(stream, "isatty", bool)() for stream in streams)
