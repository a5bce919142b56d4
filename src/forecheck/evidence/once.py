"""One answer for everybody who asks the same within a run."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

from forecheck.model import Unavailable

T = TypeVar("T")


class Once:
    """Given to every run as context, new for each: many packages share a mail domain or a repository, and their
    sources run at the same time. Safe for threads.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._asking: dict[Hashable, Lock] = {}
        self._known: dict[Hashable, object] = {}

    def get(self, key: Hashable, ask: Callable[[], T]) -> T:
        """What `ask` gives for the key, asked the first time only; `Unavailable` is remembered like an answer."""
        with self._lock:
            mine = self._asking.setdefault(key, Lock())
        with mine:
            if key not in self._known:
                try:
                    self._known[key] = ask()
                except Unavailable as missing:
                    self._known[key] = missing
        found = self._known[key]
        if isinstance(found, Unavailable):
            raise found
        return cast(T, found)
