"""What a check is: a pure function from evidence to hits, registered by one decorator."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Annotated, Any, get_args, get_origin

import msgspec

from forecheck.model import Confidence, Hit, Severity

CheckFunction = Callable[..., Iterator[Hit]]


class Unknown(StrEnum):
    """What evidence that could not be had means for the verdict."""

    NOTE = "note"
    WARN = "warn"
    BLOCK = "block"


class Stricter(StrEnum):
    """Which way an option's value gets stricter; decides what an untrusted project file may change."""

    HIGHER = "higher"
    LOWER = "lower"
    TRUE = "true"
    FALSE = "false"
    FEWER = "fewer"


class Option(msgspec.Struct, frozen=True):
    """The text and the strict direction of one option; stands in its annotation: `Annotated[T, Option(…)]`."""

    text: str
    stricter: Stricter


def _any_subject(_: Any) -> bool:
    return True


class Check(msgspec.Struct, frozen=True):
    """A registered check. `evidence` maps parameter names to the evidence types the function needs."""

    id: str
    category: str
    title: str
    text: str
    severity: Severity
    confidence: Confidence
    unknown: Unknown
    subject: type
    evidence: dict[str, type]
    options: type[msgspec.Struct] | None
    run: CheckFunction
    concerns: Callable[[Any], bool] = _any_subject
    tolerates_installed: bool = False


class NoOptions(msgspec.Struct, frozen=True):
    """For checks that have nothing to set."""


def check(
    *,
    severity: Severity,
    confidence: Confidence,
    unknown: Unknown = Unknown.WARN,
    concerns: Callable[[Any], bool] = _any_subject,
    tolerates_installed: bool = False,
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a check: its id is the function's name with dashes, its category the folder of its file.

    The first parameter is the subject (`Release` or `Unresolved`); a parameter called `options` is a frozen
    Struct of `Annotated[T, Option(…)]` fields with defaults; every other parameter is evidence, found by type.
    `unknown` is what missing evidence means for the verdict unless the user's policy says otherwise; evidence
    a registry does not offer at all (`UnavailableKind.UNSUPPORTED`) is only ever noted by default. `concerns`
    tells which subjects the check is about at all; the others get no outcome of it. `tolerates_installed` is for
    flaws, which are no attack: one in a package that is installed already does not stop a command that leaves it be.
    """

    def register(function: CheckFunction) -> CheckFunction:
        hints = {name: hint for name, hint in function.__annotations__.items() if name != "return"}
        subject_name, subject = next(iter(hints.items()))
        options = hints.get("options")
        text = function.__doc__ or ""
        function.__forecheck__ = Check(  # type: ignore[attr-defined]
            id=function.__name__.replace("_", "-"),
            category=function.__module__.split(".")[-2],
            title=text.strip().partition("\n")[0].rstrip("."),
            text=text,
            severity=severity,
            confidence=confidence,
            unknown=unknown,
            subject=subject,
            evidence={n: h for n, h in hints.items() if n not in (subject_name, "options")},
            options=options,
            concerns=concerns,
            tolerates_installed=tolerates_installed,
            run=function,
        )
        return function

    return register


def option_metadata(options: type[msgspec.Struct]) -> dict[str, Option]:
    """The `Option` of each field of an options Struct, by field name."""
    found: dict[str, Option] = {}
    for name, hint in options.__annotations__.items():
        found[name] = next(arg for arg in _annotation_arguments(hint) if isinstance(arg, Option))
    return found


def _annotation_arguments(hint: Any) -> tuple[Any, ...]:
    return get_args(hint)[1:] if get_origin(hint) is Annotated else ()
