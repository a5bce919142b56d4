"""The rules on one lockfile: what it is given, the checks run, places in the file filled in for what was found."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeGuard

import msgspec

from forecheck.check import Check
from forecheck.config import Config
from forecheck.engine import Facts, run_checks
from forecheck.evidence.lock_project import (
    GIVEN,
    ConfiguredRegistries,
    LockfileNeighbours,
    LockfileReading,
    ProjectManifests,
)
from forecheck.graph import Wiring, wire
from forecheck.lockfiles.compare import Changes
from forecheck.model import Finding, Location, LockedFile, Lockfile, Outcome, Subject
from forecheck.ports import Resolution
from forecheck.source import Source

_BETTER_TOLD: Mapping[str, frozenset[str]] = {
    "non-registry-dependency": frozenset(
        {"forged-dependency", "lock-host", "lock-registry", "lock-source-syntax", "lock-swapped"}
    )
}
"""Checks whose finding adds nothing to a finding of one of those others about the same thing."""

Places = Callable[[Collection[str]], Mapping[str, tuple[int, int]]]
"""Line and column, both from 1, of JSON pointers into the file; those that point to nothing are left out."""


def _about_one_file(check: Check) -> bool:
    """Rules for a file as it is; those for what a change did to it need another file to compare with."""
    return check.subject is LockedFile and Changes not in check.evidence.values()


def _nowhere(_: Collection[str]) -> Mapping[str, tuple[int, int]]:
    return {}


class Dossier(msgspec.Struct, frozen=True):
    """A lockfile and what stands beside it. Without a `lockfile` it could not be read, and `problem` says why."""

    subject: LockedFile
    lockfile: Lockfile | None
    registries: ConfiguredRegistries
    manifests: ProjectManifests = ProjectManifests()
    neighbours: LockfileNeighbours = LockfileNeighbours()
    problem: str = ""
    places: Places = _nowhere


class Rules:
    """The checks that are about lockfiles, wired once for any number of files."""

    def __init__(
        self,
        checks: Sequence[Check],
        sources: Sequence[Source],
        config: Config,
        *,
        without: Collection[str] = (),
    ) -> None:
        enabled = config.enabled([check for check in checks if _about_one_file(check)])
        self.checks = tuple(check for check in enabled if check.id not in without)
        self._wiring: Wiring = wire(self.checks, sources, GIVEN)
        self._options = config.options()
        self._severities = config.severities()

    def look_at(self, dossier: Dossier) -> tuple[Outcome, ...]:
        """What every rule says of the file; of one that cannot be read, only the rules that can do without it."""
        context: dict[type, Any] = {
            ProjectManifests: dossier.manifests,
            ConfiguredRegistries: dossier.registries,
            LockfileNeighbours: dossier.neighbours,
            LockfileReading: LockfileReading(dossier.problem),
        }
        checks = self.checks
        if dossier.lockfile is not None:
            context[Lockfile] = dossier.lockfile
        else:
            checks = tuple(one for one in checks if set(one.evidence.values()) == {LockfileReading})
        facts = Facts(self._wiring, context)
        outcomes = run_checks(checks, self._options, self._severities, facts, [dossier.subject])
        at_least = Location(dossier.subject.path)
        placed = with_places(outcomes, dossier)
        return tuple(
            msgspec.structs.replace(one, at=at_least) if isinstance(one, Finding) and one.at is None else one
            for one in placed
        )

    def look_at_what_stays(self, dossier: Dossier, resolution: Resolution) -> tuple[Outcome, ...]:
        """The same of a file that a command goes by: where the package manager writes it anew, only what is said of
        releases that were in it and stay. Those that it has resolved itself, and the form of the file, are its own.
        """
        if not resolution.rewritten or dossier.lockfile is None:
            return self.look_at(dossier)
        there = {entry.release for entry in dossier.lockfile.entries}
        outcomes = self.look_at(msgspec.structs.replace(dossier, lockfile=resolution.after))
        return tuple(one for one in outcomes if not isinstance(one, Finding) or one.subject in there)


def with_places(outcomes: tuple[Outcome, ...], dossier: Dossier) -> tuple[Outcome, ...]:
    """Line and column for findings that have only a pointer into the dossier's lockfile."""
    pointers = {
        one.at.pointer for one in outcomes if isinstance(one, Finding) and _lacks_line(one.at, dossier)
    }
    found = dossier.places(pointers) if pointers else {}
    return tuple(_placed(one, found, dossier) if isinstance(one, Finding) else one for one in outcomes)


def without_repeats(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Without the findings that another check tells better: of the same release, and no milder."""
    better = frozenset().union(*_BETTER_TOLD.values())
    told: dict[tuple[str, Subject], list[Finding]] = {}
    for one in outcomes:
        if isinstance(one, Finding) and one.check in better:
            told.setdefault((one.check, one.subject), []).append(one)
    if not told:
        return outcomes
    return tuple(one for one in outcomes if not (isinstance(one, Finding) and _is_repeat(one, told)))


def _is_repeat(finding: Finding, told: Mapping[tuple[str, Subject], Sequence[Finding]]) -> bool:
    return any(
        (finding.severity, finding.confidence) <= (other.severity, other.confidence)
        and (finding.key == "origin" if check.startswith("lock-") else finding.key == other.key)
        for check in _BETTER_TOLD.get(finding.check, ())
        for other in told.get((check, finding.subject), ())
    )


def _lacks_line(at: Location | None, dossier: Dossier) -> TypeGuard[Location]:
    return at is not None and bool(at.pointer) and not at.line and at.path == dossier.subject.path


def _placed(finding: Finding, found: Mapping[str, tuple[int, int]], dossier: Dossier) -> Finding:
    at = finding.at
    if not _lacks_line(at, dossier) or at.pointer not in found:
        return finding
    placed = Location(at.path, *found[at.pointer], at.pointer)
    return msgspec.structs.replace(finding, at=placed)
