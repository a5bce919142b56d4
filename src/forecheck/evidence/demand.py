"""What the rest of the plan asks of a release: which older versions would do as well."""

import re
from collections.abc import Mapping

import msgspec

from forecheck.evidence.planned import PlanIndex, Planned
from forecheck.model import EdgeKind, Release, Step
from forecheck.npm.semver import parse_range, satisfies
from forecheck.source import source

_SPEC = re.compile(r"(?:@[^/@]+/)?[^/@]+@[^/]+")


class Demands(msgspec.Struct, frozen=True):
    """What every package of the plan asks for, by the name it is to be installed under."""

    by_name: Mapping[str, tuple[str, ...]]


class Demand(msgspec.Struct, frozen=True):
    """The ranges a release has to satisfy. `direct`: the project asks for it too, and may ask for another.

    None where somebody asks for it by a tag or in another way that no other version satisfies.
    """

    ranges: tuple[str, ...] | None
    direct: bool

    def allows(self, version: str) -> bool:
        return self.ranges is not None and all(
            satisfies(version, wanted, loose=True) for wanted in self.ranges
        )


@source()
def demands(index: PlanIndex) -> Demands:
    """Every dependency declared by a package of the plan; the project's own declarations are not in it."""
    found: dict[str, dict[str, None]] = {}
    for steps in index.by_release.values():
        for step in steps:
            for edge in step.entry.edges:
                if edge.kind is not EdgeKind.DEV:
                    found.setdefault(edge.name, {})[range_of(edge.wanted)] = None
    return Demands({name: tuple(wanted) for name, wanted in found.items()})


@source()
def demand(release: Release, planned: Planned, demands: Demands) -> Demand:
    """The ranges that this very version answers; those of other copies of the package do not concern it."""
    names = {step.entry.installed_as for step in planned.steps}
    asked = [wanted for name in names for wanted in demands.by_name.get(name, ())]
    direct = any(declared_by_project(step) for step in planned.steps)
    if any(parse_range(wanted, loose=True) is None for wanted in asked):
        return Demand(None, direct)
    ranges = tuple(wanted for wanted in asked if satisfies(release.version, wanted, loose=True))
    return Demand(ranges, direct)


def declared_by_project(step: Step) -> bool:
    """Whether the project's own package.json, or one of its workspaces', asks for it: then nothing, or the
    workspace's folder, stands before it on the path.
    """
    return step.direct or _SPEC.fullmatch(step.because[-2]) is None


def brought_in_by(step: Step) -> str:
    """The name of the package that brings it in; empty where the project does."""
    return "" if declared_by_project(step) else step.because[-2].rpartition("@")[0]


def range_of(wanted: str) -> str:
    """The range of an alias (`npm:real@^1`); other text as it is."""
    if not wanted.startswith("npm:"):
        return wanted
    name, _, wanted_range = wanted.removeprefix("npm:").rpartition("@")
    return wanted_range if name else ""
