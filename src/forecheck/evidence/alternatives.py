"""Older versions that could be installed instead of a release."""

from datetime import datetime

import msgspec

from forecheck.evidence.demand import Demand
from forecheck.evidence.packument import EPOCH, Packument, Row
from forecheck.model import Release
from forecheck.source import source


class Alternatives(msgspec.Struct, frozen=True):
    """Looked for only when asked, because most releases need none."""

    packument: Packument
    demand: Demand
    version: str

    def newest(self, before: datetime) -> Row | None:
        """The highest lower version that was published before that moment, is not deprecated, and satisfies
        everything in the plan that asks for it; None if there is none.
        """
        limit = (before - EPOCH).total_seconds() * 1000
        for row in reversed(self._lower()):
            if row.at is None or row.at > limit or row.deprecated or row.prerelease:
                continue
            if self.demand.allows(row.version):
                return row
        return None

    def _lower(self) -> tuple[Row, ...]:
        rows = self.packument.rows
        place = next((n for n, row in enumerate(rows) if row.version == self.version), 0)
        return rows[:place]


@source()
def alternatives(release: Release, packument: Packument, demand: Demand) -> Alternatives:
    """Where a remedy can be looked up."""
    return Alternatives(packument, demand, release.version)
