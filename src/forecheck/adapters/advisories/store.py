"""The `AdvisoryStore` port over the database on disk."""

import os
import threading
from collections.abc import Mapping, Sequence

from forecheck.adapters.advisories.database import FILE, Reader, Unusable
from forecheck.advisories.record import Advisory, AdvisoryStatus, affects
from forecheck.model import Unavailable, UnavailableKind


class DiskAdvisories:
    """Opens the database in `directory` at the first question and keeps to that state until `close`.

    Safe for threads. A database that is not there is looked for again at the next question.
    """

    def __init__(self, directory: str) -> None:
        self._path = os.path.join(directory, FILE)
        self._lock = threading.Lock()
        self._reader: Reader | None = None

    def lookup(self, pairs: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[Advisory, ...]]:
        versions: dict[str, dict[str, None]] = {}
        for name, version in pairs:
            versions.setdefault(name, {})[version] = None
        found: dict[tuple[str, str], list[Advisory]] = {}
        with self._lock:
            reader = self._open()
            if reader is None:
                raise Unavailable(
                    UnavailableKind.NOT_FOUND, "there is no advisory database (forecheck db update makes it)"
                )
            try:
                for name, advisory in reader.about(tuple(versions)):
                    for version in versions[name]:
                        if affects(advisory, name, version):
                            found.setdefault((name, version), []).append(advisory)
            except Unusable as unusable:
                raise _unavailable(unusable) from None
        return {pair: tuple(sorted(each, key=lambda one: one.id)) for pair, each in found.items()}

    def status(self) -> AdvisoryStatus | None:
        with self._lock:
            reader = self._open()
            return None if reader is None else reader.head.status

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self._lock:
            reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _open(self) -> Reader | None:
        if self._reader is None:
            try:
                self._reader = Reader(self._path)
            except FileNotFoundError:
                return None
            except Unusable as unusable:
                raise _unavailable(unusable) from None
        return self._reader


def _unavailable(unusable: Unusable) -> Unavailable:
    hint = "forecheck db update makes it anew" if unusable.ours else "it is not used"
    kind = UnavailableKind.MALFORMED if unusable.ours else UnavailableKind.REFUSED
    return Unavailable(kind, f"the advisory database cannot be used: {unusable.reason} ({hint})")
