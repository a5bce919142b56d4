"""When a release and its package were published, by the registry's clock."""

from datetime import datetime

import msgspec

from forecheck.evidence.packument import Packument, moment
from forecheck.evidence.registry_manifest import listed
from forecheck.model import Release, Unavailable, UnavailableKind
from forecheck.source import source


class Published(msgspec.Struct, frozen=True):
    """Aware times. `at` is this version's; `created` the package's; `first` and `last` are those of the oldest
    and newest versions still listed: `first` is later than `created` where early versions were taken down.
    """

    at: datetime
    created: datetime
    first: datetime
    last: datetime


@source()
def published(release: Release, packument: Packument) -> Published:
    """The publish times; UNSUPPORTED from a registry whose times are missing or its own.

    A mirror that keeps its own clock gives a time for each version but none for the package's creation.
    """
    if packument.created is None:
        raise Unavailable(
            UnavailableKind.UNSUPPORTED, "the registry does not say when packages were published"
        )
    row = listed(packument, release.version)
    if row.at is None:
        reason = "the registry gives no publish times"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    times = [other.at for other in packument.rows if other.at is not None]
    return Published(
        at=moment(row.at),
        created=moment(packument.created),
        first=moment(min(times)),
        last=moment(max(times)),
    )
