"""Checks and values to configure: one option of every kind that forecheck.toml can hold."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec

from forecheck.check import Check, Option, Stricter, Unknown
from forecheck.model import Confidence, Hit, Release, Severity


class YoungOptions(msgspec.Struct, frozen=True):
    min_age: Annotated[timedelta, Option("Younger releases are reported.", Stricter.HIGHER)] = timedelta(
        days=7
    )
    max_versions: Annotated[int, Option("More versions a day are reported.", Stricter.LOWER)] = 10
    ratio: Annotated[float, Option("A larger part is reported.", Stricter.LOWER)] = 0.5
    prereleases: Annotated[bool, Option("Whether pre-releases count.", Stricter.TRUE)] = True
    lenient: Annotated[bool, Option("Whether old packages pass.", Stricter.FALSE)] = False
    trusted: Annotated[tuple[str, ...], Option("Publishers that may.", Stricter.FEWER)] = ("ann", "bob")
    watched: Annotated[frozenset[str], Option("Names to look at.", Stricter.HIGHER)] = frozenset({"left-pad"})
    grade: Annotated[Severity, Option("How bad a day old is.", Stricter.HIGHER)] = Severity.MEDIUM


def _nothing() -> Iterator[Hit]:
    return iter(())


def check_named(
    name: str,
    *,
    severity: Severity = Severity.MEDIUM,
    unknown: Unknown = Unknown.WARN,
    options: type[msgspec.Struct] | None = None,
) -> Check:
    return Check(
        id=name,
        category="sample",
        title=f"What {name} sees",
        text="",
        severity=severity,
        confidence=Confidence.HIGH,
        unknown=unknown,
        subject=Release,
        evidence={},
        options=options,
        run=_nothing,
    )


YOUNG = check_named("young-release", options=YoungOptions)
MALWARE = check_named("known-malware", severity=Severity.CRITICAL, unknown=Unknown.BLOCK)
SCRIPT = check_named("install-script", severity=Severity.LOW, unknown=Unknown.NOTE)
CHECKS = (YOUNG, MALWARE, SCRIPT)
