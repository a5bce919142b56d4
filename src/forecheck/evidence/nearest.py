"""Who of a large tree is asked about where questions are counted: GitHub answers 60 an hour without a token."""

import msgspec

from forecheck.evidence.forge_api import ForgeSettings
from forecheck.evidence.planned import PlanIndex
from forecheck.model import Change, Release, Step
from forecheck.source import source


class Nearest(msgspec.Struct, frozen=True):
    """The releases that forges are asked about, and how many that may be."""

    releases: frozenset[Release]
    most: int


@source()
def nearest(index: PlanIndex, settings: ForgeSettings) -> Nearest:
    """What is new or changed first, then what is nearest to the project: the same ones in every run."""
    ranked = sorted(index.by_release, key=lambda release: _rank(release, index.by_release[release]))
    return Nearest(frozenset(ranked[: settings.most]), settings.most)


def _rank(release: Release, steps: tuple[Step, ...]) -> tuple[bool, int, str, str]:
    kept = all(step.change is Change.KEPT for step in steps)
    return kept, min(len(step.because) for step in steps), release.name, release.version
