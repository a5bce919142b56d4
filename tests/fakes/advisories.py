"""An advisory database that is a list."""

from collections.abc import Mapping, Sequence

from forecheck.advisories.record import Advisory, AdvisoryStatus, Hold, hold
from forecheck.model import Unavailable
from tests.fakes.ports import NOW


class ListedAdvisories:
    """Implements the `AdvisoryStore` port. None stands for a machine without a database; `broken` is raised on use."""

    def __init__(self, records: Sequence[Advisory] | None = (), broken: Unavailable | None = None) -> None:
        self.records = records
        self.broken = broken
        self.lookups: list[Sequence[tuple[str, str]]] = []

    def lookup(self, pairs: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[Advisory, ...]]:
        self.lookups.append(pairs)
        if self.broken is not None:
            raise self.broken
        found = {}
        for name, version in pairs:
            holding = [
                one
                for one in self.records or ()
                if one.withdrawn is None and hold(one, name, version) is not Hold.NO
            ]
            if holding:
                found[name, version] = tuple(holding)
        return found

    def status(self) -> AdvisoryStatus | None:
        if self.broken is not None:
            raise self.broken
        if self.records is None:
            return None
        newest = max((one.modified for one in self.records), default=NOW.at)
        return AdvisoryStatus(
            records=len(self.records),
            malware=sum(one.malware for one in self.records),
            withdrawn=sum(one.withdrawn is not None for one in self.records),
            as_of=min(newest, NOW.at),
            updated_at=NOW.at,
            source="a list",
        )
