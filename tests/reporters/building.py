"""Small reports in few words, judged by the real policy."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from forecheck.check import Unknown
from forecheck.config import Config
from forecheck.config.settings import CheckSettings, Meanings
from forecheck.model import (
    Change,
    Confidence,
    Entry,
    EntryKind,
    Finding,
    Fix,
    FromRegistry,
    Location,
    Origin,
    Outcome,
    Passed,
    Plan,
    Release,
    Severity,
    Skipped,
    Step,
    Subject,
    UnavailableKind,
    Unresolved,
)
from forecheck.policy import judge
from forecheck.report import DataVersion, Ignore, Report

STARTED = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
NPM = FromRegistry("https://registry.npmjs.org/")
INTEGRITY = "sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg=="
CHECKS = (
    "changed-integrity",
    "fresh-release",
    "install-script",
    "known-malware",
    "lockfile-only-change",
    "new-package",
    "no-provenance",
    "nonexistent-package",
    "stale-advisories",
    "typosquat",
)


def release(name: str, version: str = "1.0.0", origin: Origin = NPM) -> Release:
    return Release(name, version, origin)


def step(
    subject: Release,
    *because: str,
    change: Change = Change.ADDED,
    location: str = "",
    on_disk: bool = False,
    integrity: str = INTEGRITY,
    before: Entry | None = None,
) -> Step:
    """A step of the plan; without `because` the project asks for it itself."""
    entry = Entry(
        location=location or f"node_modules/{subject.name}",
        kind=EntryKind.PACKAGE,
        release=subject,
        installed_as=subject.name,
        integrity=integrity,
    )
    return Step(change, entry, (*because, subject.spec), before=before, on_disk=on_disk)


def config(ignores: tuple[Ignore, ...] = (), unknown: Unknown | None = None) -> Config:
    settings = CheckSettings(unknown=Unknown.WARN, options=None)
    return Config(
        checks=dict.fromkeys(CHECKS, settings),
        unknown=Meanings(default=unknown),
        ignores=ignores,
    )


def report(
    outcomes: Iterable[Outcome],
    steps: Iterable[Step] = (),
    *,
    command: str = "npm install",
    unresolved: tuple[Unresolved, ...] = (),
    by: Config | None = None,
    notices: tuple[str, ...] = (),
    offline: bool = False,
    elapsed: float = 2.14,
) -> Report:
    plan = Plan("npm", "11.19.1", tuple(steps), unresolved)
    given = tuple(outcomes)
    return Report(
        command=command,
        plan=plan,
        outcomes=given,
        verdict=judge(given, plan, by or config(), STARTED),
        tool_version="0.1.0",
        data=(DataVersion("popularity", "2026-03"),),
        notices=notices,
        offline=offline,
        started=STARTED,
        elapsed=timedelta(seconds=elapsed),
    )


def bystanders(count: int) -> list[Release]:
    """Packages nothing is said about."""
    return [release(f"quiet-{number}", f"2.{number}.0") for number in range(count)]


def passed(subjects: Iterable[Subject]) -> list[Outcome]:
    return [Passed("known-malware", subject) for subject in subjects]


def finding(
    check: str,
    subject: Subject,
    message: str,
    severity: Severity = Severity.MEDIUM,
    confidence: Confidence = Confidence.HIGH,
    fix: Fix | None = None,
    at: Location | None = None,
) -> Finding:
    return Finding(check, subject, severity, confidence, message, fix, at)


def skipped(
    check: str, subject: Subject, kind: UnavailableKind, reason: str, source: str = "Packument"
) -> Skipped:
    return Skipped(check, subject, kind, reason, source)
