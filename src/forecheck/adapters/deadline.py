"""How long a source may take, and what it has learned about the hosts it asks."""

import threading
import time
from collections.abc import Callable
from types import TracebackType

import msgspec

from forecheck.adapters.failures import Broken, Retry
from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import SourceLimits

_FIRST_PAUSE = 0.25  # seconds, doubled for each further attempt
_LONGEST_PAUSE = 8.0
_FAILED_REQUESTS = 5  # in a row, each after all its attempts, before a host that does answer is given up


def _chance() -> float:
    import random

    return random.random()  # noqa: S311  (spreads retries; nothing secret)


class Timing(msgspec.Struct, frozen=True):
    """Time as the adapter sees it: seconds that only go up, a way to wait, a number from 0 to 1 for jitter."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = _chance


class Budget:
    """One source's wall-clock allowance, shared by all its requests.

    The clock stands still while none of them is under way: a question to the user in between costs nothing.
    Use as a context manager around each request.
    """

    def __init__(self, source: str, limits: SourceLimits, timing: Timing) -> None:
        self.limits = limits
        self.timing = timing
        self._source = source
        self._lock = threading.Lock()
        self._under_way = 0
        self._spent = self._resumed_at = 0.0
        self._lanes: dict[str, Lane] = {}

    def __enter__(self) -> None:
        with self._lock:
            if self._under_way == 0:
                self._resumed_at = self.timing.monotonic()
            self._under_way += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._under_way -= 1
            if self._under_way == 0:
                self._spent += self.timing.monotonic() - self._resumed_at

    def remaining(self) -> float:
        """Seconds left; zero or less when the time is used up. Only to be asked during a request."""
        with self._lock:
            running = self.timing.monotonic() - self._resumed_at
            return self.limits.deadline.total_seconds() - self._spent - running

    def lane(self, host: str) -> "Lane":
        with self._lock:
            return self._lanes.setdefault(host, Lane(host, self))

    def used_up(self, host: str) -> Unavailable:
        allowed = self.limits.deadline.total_seconds()
        return Unavailable(
            UnavailableKind.TIMEOUT, f"{host} took longer than the {allowed:g} s that {self._source} may take"
        )


class Lane:
    """What one source has learned of one host: whether to wait, and whether there is any use in asking."""

    def __init__(self, host: str, budget: Budget) -> None:
        self.host = host
        self._budget = budget
        self._lock = threading.Lock()
        self._answers = 0
        self._failed_in_a_row = 0
        self._closed_by: Broken | None = None
        self._not_before = 0.0

    @property
    def answers(self) -> int:
        """How many requests this host has answered so far."""
        return self._answers

    def wait_for_turn(self) -> None:
        """Return when a request may go out; raise `Unavailable` at once when there is no use in it."""
        while True:
            if self._closed_by is not None:
                raise self._closed_by.unavailable()
            if self._budget.remaining() <= 0:
                raise self._budget.used_up(self.host)
            pause = self._not_before - self._budget.timing.monotonic()
            if pause <= 0:
                return
            self._budget.timing.sleep(pause)

    def answered(self) -> None:
        with self._lock:
            self._answers += 1
            self._failed_in_a_row = 0

    def pause_after(self, failure: Broken, attempt: int) -> None:
        """Wait before the next attempt (the first is 0); raises `Unavailable` if the time does not allow it."""
        timing = self._budget.timing
        if failure.wait is not None:
            with self._lock:  # the host asked everybody to wait, not only this request
                self._not_before = max(self._not_before, timing.monotonic() + failure.wait)
            if failure.wait >= self._budget.remaining():
                self._closed_by = failure
                raise failure.unavailable()
            return
        pause = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE) * (0.5 + timing.chance())
        if pause >= self._budget.remaining():
            raise failure.unavailable()
        timing.sleep(pause)

    def gave_up(self, failure: Broken, answers_before: int) -> None:
        """A request has used all its attempts; decide whether the others have any use."""
        with self._lock:
            self._failed_in_a_row += 1
            unreached = failure.retry is Retry.UNREACHED and self._answers == answers_before
            repeated = failure.retry is not Retry.NEVER and self._failed_in_a_row >= _FAILED_REQUESTS
            if failure.final or unreached or repeated:
                self._closed_by = failure
