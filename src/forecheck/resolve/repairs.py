"""Which version changes would rid a tree of its known vulnerabilities: the fewest and the smallest."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from forecheck.advisories.flaws import Flaw, remedy
from forecheck.engine import Facts
from forecheck.evidence.advisories import Advisories
from forecheck.evidence.asked_for import AskedFor, Declared
from forecheck.model import Finding, FromRegistry, Release, Step, Unavailable
from forecheck.report import Report


class Repair(msgspec.Struct, frozen=True):
    """One release that should become another. `to` is empty where no version is known to be rid of its flaws.

    `within` says that everybody who asks for the package accepts `to`. `names` are what it is installed as,
    `declared` is where the project itself asks for it. `major` says that `to` is of another major version.
    """

    release: Release
    to: str
    within: bool
    names: tuple[str, ...]
    declared: tuple[Declared, ...]
    because: tuple[str, ...]
    flaws: tuple[str, ...]

    @property
    def major(self) -> bool:
        return self.release.version.partition(".")[0] != self.to.partition(".")[0]

    @property
    def possible(self) -> bool:
        """Whether it can be done without changing what other packages ask for."""
        return bool(self.to) and (self.within or bool(self.declared))


class Repairs(msgspec.Struct, frozen=True):
    """What can be done and what cannot. `updates` stay within the declared ranges; `installs` go beyond them."""

    updates: tuple[Repair, ...]
    installs: tuple[Repair, ...]
    impossible: tuple[Repair, ...]

    @property
    def all(self) -> tuple[Repair, ...]:
        return (*self.updates, *self.installs, *self.impossible)

    def commands(self) -> tuple[tuple[str, ...], ...]:
        """The commands, without the `npm`: an install for each of the project's manifests that has to change, and one
        update.
        """
        specs: dict[str, dict[str, None]] = {}
        for one in self.installs:
            for place in one.declared:
                specs.setdefault(place.project, {})[place.spec(one.release.name, one.to)] = None
        found = [
            ("install", *wanted, *((f"--workspace={project}",) if project else ()))
            for project, wanted in sorted(specs.items())
        ]
        names = dict.fromkeys(name for one in self.updates for name in one.names)
        return (*found, ("update", *names)) if names else tuple(found)


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
            names=tuple(dict.fromkeys(step.entry.installed_as for step in places)),
            declared=asked.declared,
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
