"""What everybody asks of a release: the project, its workspaces, and the packages of the plan."""

import msgspec

from forecheck.evidence.demand import Demand
from forecheck.evidence.planned import PlanIndex, Planned
from forecheck.model import Release
from forecheck.npm.semver import parse_range, satisfies
from forecheck.source import source


class AskedFor(msgspec.Struct, frozen=True):
    """`development` says that nothing but development needs it. `ranges` are those that it satisfies; None where
    somebody asks in a way that other versions do not answer, or that is not known.
    """

    ranges: tuple[str, ...] | None
    development: bool

    def allows(self, version: str) -> bool:
        return bool(self.ranges) and all(
            satisfies(version, wanted, loose=True) for wanted in self.ranges or ()
        )


@source()
def asked_for(release: Release, planned: Planned, demand: Demand, index: PlanIndex) -> AskedFor:
    """The ranges of `Demand`, and those that the project's own manifests declare."""
    names = {step.entry.installed_as for step in planned.steps}
    development = all(step.entry.dev for step in planned.steps)
    declared = [edge.wanted for entry in index.projects for edge in entry.edges if edge.name in names]
    if demand.ranges is None or any(parse_range(wanted, loose=True) is None for wanted in declared):
        return AskedFor(None, development)
    own = (wanted for wanted in declared if satisfies(release.version, wanted, loose=True))
    return AskedFor(tuple(dict.fromkeys((*demand.ranges, *own))), development)
