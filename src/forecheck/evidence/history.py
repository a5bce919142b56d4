"""Who published a package when: every version in the order of publishing."""

from datetime import datetime

import msgspec

from forecheck.analysis.package_json import Person
from forecheck.evidence.packument import Packument, Publisher, moment
from forecheck.model import Package, Unavailable, UnavailableKind
from forecheck.source import source


class Publication(msgspec.Struct, frozen=True):
    """One publish. `team` are the maintainers at that moment; None where the registry does not say."""

    version: str
    at: datetime
    publisher: Publisher | None
    team: tuple[Person, ...] | None
    deprecated: bool


class History(msgspec.Struct, frozen=True):
    """Read off the packument only when asked, because most releases are too old for the question to matter."""

    packument: Packument

    def publications(self) -> tuple[Publication, ...]:
        """Every listed version with a publish time, earliest first."""
        packument = self.packument
        dated = [(row.at, row) for row in packument.rows if row.at is not None]
        return tuple(
            Publication(
                version=row.version,
                at=moment(at),
                publisher=packument.publisher(row),
                team=packument.team(row),
                deprecated=row.deprecated,
            )
            for at, row in sorted(dated, key=lambda pair: pair[0])
        )


@source()
def history(_: Package, packument: Packument) -> History:
    """The publishing history; UNSUPPORTED from a registry without publish times or without people."""
    if packument.created is None:
        reason = "the registry does not say when packages were published"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    if not packument.publishers:
        reason = "the registry does not say who published a package"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    return History(packument)
