"""What everybody asks of a release: the project, its workspaces, and the packages of the plan."""

import msgspec

from forecheck.evidence.demand import Demand, range_of
from forecheck.evidence.planned import PlanIndex, Planned
from forecheck.model import Release
from forecheck.npm.semver import parse_range, satisfies
from forecheck.source import source


class Declared(msgspec.Struct, frozen=True):
    """One of the project's manifests that asks for the release: that of the folder `project`, empty for the root.
    `name` is what the release is installed as; an alias differs from the package's own name.
    """

    project: str
    name: str

    def spec(self, package: str, version: str) -> str:
        """What to have npm install in that place instead."""
        return f"{package}@{version}" if self.name == package else f"{self.name}@npm:{package}@{version}"


class AskedFor(msgspec.Struct, frozen=True):
    """`development` says that nothing but development needs it. `ranges` are those that it satisfies; None where
    somebody asks in a way that other versions do not answer, or that is not known.
    """

    ranges: tuple[str, ...] | None
    development: bool
    declared: tuple[Declared, ...] = ()

    def allows(self, version: str) -> bool:
        return bool(self.ranges) and all(
            satisfies(version, wanted, loose=True) for wanted in self.ranges or ()
        )


@source()
def asked_for(release: Release, planned: Planned, demand: Demand, index: PlanIndex) -> AskedFor:
    """The ranges of `Demand`, and those that the project's own manifests declare."""
    names = {step.entry.installed_as for step in planned.steps}
    development = all(step.entry.dev for step in planned.steps)
    wishes = [
        (Declared(entry.location, edge.name), range_of(edge.wanted))
        for entry in index.projects
        for edge in entry.edges
        if edge.name in names
    ]
    unclear = [declared for declared, wanted in wishes if parse_range(wanted, loose=True) is None]
    met = [(one, wanted) for one, wanted in wishes if satisfies(release.version, wanted, loose=True)]
    declared = tuple(dict.fromkeys((*unclear, *(one for one, _ in met)))) or _at_the_top(planned)
    if demand.ranges is None or unclear:
        return AskedFor(None, development, declared)
    ranges = tuple(dict.fromkeys((*demand.ranges, *(wanted for _, wanted in met))))
    return AskedFor(ranges, development, declared)


def _at_the_top(planned: Planned) -> tuple[Declared, ...]:
    """Where the plan tells no more than that the project itself asks for it."""
    return tuple(
        dict.fromkeys(Declared("", step.entry.installed_as) for step in planned.steps if step.direct)
    )
