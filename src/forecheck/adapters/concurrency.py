"""Run tasks many at once on plain threads; `concurrent.futures` would cost 34 ms of every start."""

import threading
from collections.abc import Callable, Sequence

from forecheck.adapters.patience import MustWait, about_to_wait, in_a_hurry

Task = Callable[[], None]

_POLL = 0.1  # seconds; a wait without a limit cannot be interrupted on Windows
_GRACE = 1.0  # seconds for running tasks to end after a failure; daemon threads never hold the exit


def run_concurrently(tasks: Sequence[Task], workers: int) -> None:
    """Run every task, at most `workers` at a time, and return when all are done.

    The first exception of a task stops the rest from starting and is raised here. Ctrl-C does not wait for
    tasks that are under way.
    """
    if len(tasks) <= 1 or workers <= 1:
        for task in tasks:
            task()
        return
    about_to_wait()
    crew = _Crew(tasks, min(workers, len(tasks)))
    try:
        crew.wait()
    except BaseException:
        crew.stop()
        raise
    if crew.failure is not None:
        raise crew.failure


def run_at_hand_first(tasks: Sequence[Task], workers: int) -> None:
    """The same, but each task is begun here, and only what has to wait is begun again on a thread.

    Where the answers are at hand, a thread for each would cost more than the answers. A port that waits says so
    first (`patience.about_to_wait`), and until then its task must have changed nothing that another run of it minds.
    """
    run_concurrently(
        [task for task in tasks if not _done_at_once(task)] if len(tasks) > 1 else tasks, workers
    )


def _done_at_once(task: Task) -> bool:
    try:
        with in_a_hurry():
            task()
    except MustWait:
        return False
    return True


class _Crew:
    def __init__(self, tasks: Sequence[Task], size: int) -> None:
        self.failure: BaseException | None = None
        self._todo = iter(tasks)
        self._lock = threading.Lock()
        self._stopped = False
        self._working = size
        self._over = threading.Event()
        for number in range(size):
            threading.Thread(target=self._work, name=f"forecheck-{number}", daemon=True).start()

    def wait(self) -> None:
        """Until every worker has finished, or one has failed and the others had their grace."""
        while not self._over.wait(_POLL):
            if self.failure is not None:
                self._over.wait(_GRACE)
                return

    def stop(self) -> None:
        self._stopped = True

    def _next(self) -> Task | None:
        with self._lock:
            return None if self._stopped else next(self._todo, None)

    def _work(self) -> None:
        try:
            while (task := self._next()) is not None:
                task()
        except BaseException as failure:  # handed to the caller's thread, whatever it is
            with self._lock:
                self._stopped = True
                if self.failure is None:
                    self.failure = failure
        finally:
            with self._lock:
                self._working -= 1
                if self._working == 0:
                    self._over.set()
