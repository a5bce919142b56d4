"""What an evidence source is: a function that gives one fact, registered by one decorator."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

import msgspec

from forecheck.model import LockedFile, Package, Release, Service, Unresolved

SUBJECTS: tuple[type, ...] = (Package, Release, Unresolved, LockedFile, Service)

COLLECTING = "collecting"


class Source(msgspec.Struct, frozen=True):
    """A registered source.

    `gives` is the evidence type. `subject` is what it is collected for (None: once for the whole run).
    `needs` maps the other parameters to evidence or context types. `fetches` marks sources that wait for
    something outside (they run concurrently, before the checks); `batch` ones get every subject in one call.
    `doing` is what the progress line says meanwhile.
    """

    id: str
    gives: type
    subject: type | None
    subject_parameter: str
    needs: dict[str, type]
    fetches: bool
    batch: bool
    run: Callable[..., Any]
    doing: str = COLLECTING


def source(
    *, fetches: bool = False, batch: bool = False, doing: str = COLLECTING
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a source.

    A plain source returns its evidence or raises `Unavailable`. A batch source takes a tuple of subjects
    first and returns a mapping from subject to evidence or `Unavailable`; a subject it leaves out counts as a
    bug of the source.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        hints = dict(function.__annotations__)
        gives = hints.pop("return")
        subject: type | None = None
        parameter = ""
        for name, hint in hints.items():
            candidate = get_args(hint)[0] if batch and get_args(hint) else hint
            if candidate in SUBJECTS:
                subject, parameter = candidate, name
        if batch:
            gives = _batch_evidence(gives)
        hints.pop(parameter, None)
        function.__forecheck__ = Source(  # type: ignore[attr-defined]
            id=function.__name__.replace("_", "-"),
            gives=gives,
            subject=subject,
            subject_parameter=parameter,
            needs=hints,
            fetches=fetches or batch,
            batch=batch,
            run=function,
            doing=doing,
        )
        return function

    return register


def _batch_evidence(returned: Any) -> type:
    """`Mapping[Package, Downloads | Unavailable]` gives `Downloads`."""
    if not issubclass(returned.__origin__, Mapping):
        raise TypeError(f"a batch source returns a mapping, not {returned}")
    evidence: type = get_args(get_args(returned)[1])[0]
    return evidence
