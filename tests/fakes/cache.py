"""A cache in memory."""

from collections.abc import Mapping, Sequence

from forecheck.ports import Stored


class MemoryCache:
    """Implements the `Cache` port; ``entries`` may be looked into and damaged."""

    def __init__(self) -> None:
        self.entries: dict[str, Stored] = {}

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Stored]:
        return {key: self.entries[key] for key in keys if key in self.entries}

    def put(self, key: str, stored: Stored) -> None:
        self.entries[key] = stored
