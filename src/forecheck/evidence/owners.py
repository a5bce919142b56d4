"""Who can publish a package today."""

import msgspec

from forecheck.analysis.package_json import Person
from forecheck.evidence.packument import Packument
from forecheck.model import Package, Unavailable, UnavailableKind
from forecheck.source import source


class Owners(msgspec.Struct, frozen=True):
    """The accounts with the right to publish, never empty."""

    people: tuple[Person, ...]


@source()
def owners(_: Package, packument: Packument) -> Owners:
    """The package's maintainers; UNSUPPORTED from a registry that names none."""
    return Owners(owners_of(packument))


def owners_of(packument: Packument) -> tuple[Person, ...]:
    """The maintainers of the package, else those of its newest version; raises `Unavailable` if nobody is named."""
    newest = packument.row(packument.tags.get("latest", "")) or next(reversed(packument.rows), None)
    people = packument.maintainers or (packument.team(newest) if newest is not None else None)
    if not people:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "the registry does not say who can publish a package")
    return people
