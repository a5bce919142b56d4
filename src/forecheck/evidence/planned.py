"""How the plan brings a release in: where it goes, why, and what the lockfile claims about it."""

from collections.abc import Mapping

import msgspec

from forecheck.model import Entry, Release, Step
from forecheck.source import source


class PlanIndex(msgspec.Struct, frozen=True):
    """The plan's steps by release, the project's own entries, and the format of the lockfile they are from; given to
    every run as context.
    """

    by_release: Mapping[Release, tuple[Step, ...]]
    projects: tuple[Entry, ...] = ()
    format: str = "npm"


class Planned(msgspec.Struct, frozen=True):
    """Every place a release goes to, never empty."""

    steps: tuple[Step, ...]

    @property
    def because(self) -> tuple[str, ...]:
        """The shortest dependency path that brings it in."""
        return min((step.because for step in self.steps), key=len)


@source()
def planned(release: Release, index: PlanIndex) -> Planned:
    """The plan's own word about the release."""
    return Planned(index.by_release[release])
