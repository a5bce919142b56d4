"""Which version changes would rid a tree of its known vulnerabilities: the fewest and the smallest."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from forecheck.advisories.flaws import Flaw, remedy
from forecheck.engine import Facts
from forecheck.evidence.advisories import Advisories
from forecheck.evidence.asked_for import AskedFor
from forecheck.evidence.demand import declared_by_project
from forecheck.model import Finding, FromRegistry, Release, Step, Unavailable
from forecheck.report import Report


class Repair(msgspec.Struct, frozen=True):
    """One release that should become another. `to` is empty where no version is known to be rid of its flaws.

    `within` says that everybody who asks for the package accepts `to`; `direct`, that the project itself asks for it.
    `major` says that `to` is of another major version than the release.
    """

    release: Release
    to: str
    within: bool
    direct: bool
    because: tuple[str, ...]
    flaws: tuple[str, ...]

    @property
    def major(self) -> bool:
        return self.release.version.partition(".")[0] != self.to.partition(".")[0]

    @property
    def possible(self) -> bool:
        """Whether it can be done without changing what other packages ask for."""
        return bool(self.to) and (self.within or self.direct)


class Repairs(msgspec.Struct, frozen=True):
    """What can be done and what cannot. `updates` stay within the declared ranges; `installs` go beyond them."""

    updates: tuple[Repair, ...]
    installs: tuple[Repair, ...]
    impossible: tuple[Repair, ...]

    def commands(self) -> tuple[tuple[str, ...], ...]:
        """The commands, without the `npm`; one for each kind of change."""
        found = []
        if self.installs:
            found.append(("install", *dict.fromkeys(f"{one.release.name}@{one.to}" for one in self.installs)))
        if self.updates:
            found.append(("update", *dict.fromkeys(one.release.name for one in self.updates)))
        return tuple(found)


def repairs(report: Report, facts: Facts) -> Repairs:
    """What the findings of a run call for. Exceptions count: what somebody accepted stays as it is."""
    accepted = {
        (one.outcome.subject, one.outcome.key)
        for one in report.verdict.judged
        if one.ignored is not None and isinstance(one.outcome, Finding)
    }
    steps: dict[Release, list[Step]] = {}
    for step in report.plan.installs():
        steps.setdefault(step.entry.release, []).append(step)
    all_of_them = list(_needed(steps, facts, accepted))
    possible = [one for one in all_of_them if one.possible]
    return Repairs(
        updates=tuple(one for one in possible if one.within),
        installs=tuple(one for one in possible if not one.within),
        impossible=tuple(one for one in all_of_them if not one.possible),
    )


def _needed(
    steps: Mapping[Release, Sequence[Step]], facts: Facts, accepted: Collection[tuple[object, str]]
) -> Iterator[Repair]:
    for release, places in steps.items():
        if not isinstance(release.origin, FromRegistry):
            continue
        flaws = [flaw for flaw in _flaws(facts, release) if (release, flaw.id) not in accepted]
        if not flaws:
            continue
        asked: AskedFor = facts.get(AskedFor, release)
        found = remedy(flaws, release.name, release.version, asked.allows)
        yield Repair(
            release=release,
            to=found.within or found.lowest,
            within=bool(found.within),
            direct=any(declared_by_project(step) for step in places),
            because=min((step.because for step in places), key=len),
            flaws=tuple(flaw.id for flaw in flaws),
        )


def _flaws(facts: Facts, release: Release) -> tuple[Flaw, ...]:
    """Vulnerabilities only: malware is to be removed, not updated."""
    try:
        known: Advisories = facts.get(Advisories, release)
    except Unavailable:
        return ()
    return tuple(flaw for flaw in known.flaws if not flaw.malware)
