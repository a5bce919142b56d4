"""Tasks run many at once, and end when something goes wrong."""

import signal
import subprocess
import sys
from collections.abc import Callable
from threading import Barrier, Event, Lock, current_thread, main_thread

import pytest

from forecheck.adapters.concurrency import run_at_hand_first, run_concurrently
from forecheck.adapters.patience import about_to_wait

POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")


class Counter:
    def __init__(self) -> None:
        self.value = self.highest = 0
        self._lock = Lock()

    def add(self, count: int) -> None:
        with self._lock:
            self.value += count
            self.highest = max(self.highest, self.value)


@pytest.mark.parametrize("workers", [0, 1, 3, 100])
@pytest.mark.parametrize("count", [0, 1, 2, 250])
def test_every_task_runs_once(count: int, workers: int) -> None:
    done: list[int] = []
    run_concurrently([lambda number=number: done.append(number) for number in range(count)], workers)  # type: ignore[misc]
    assert sorted(done) == list(range(count))


def test_as_many_at_once_as_there_are_workers() -> None:
    together, running = Barrier(4, timeout=10), Counter()

    def task() -> None:
        running.add(1)
        together.wait()
        running.add(-1)

    run_concurrently([task] * 40, 4)
    assert running.highest == 4


@pytest.mark.parametrize(("count", "workers"), [(1, 8), (5, 1)])
def test_what_needs_no_thread_gets_none(count: int, workers: int) -> None:
    threads: set[object] = set()
    run_concurrently([lambda: threads.add(current_thread())] * count, workers)
    assert threads == {main_thread()}


@pytest.mark.parametrize("failure", [ValueError("x"), SystemExit(3), KeyboardInterrupt()])
@pytest.mark.parametrize("workers", [1, 4])
def test_a_failure_is_raised_and_stops_the_rest(failure: BaseException, workers: int) -> None:
    started = Counter()

    def fail() -> None:
        started.add(1)
        raise failure

    with pytest.raises(type(failure)) as caught:
        run_concurrently([fail] * 1000, workers)
    assert caught.value is failure
    assert started.value <= workers


def test_a_failure_does_not_wait_for_what_hangs() -> None:
    held, hanging = Event(), Event()

    def hang() -> None:
        hanging.set()
        held.wait(60)

    def fail() -> None:
        hanging.wait(10)
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        run_concurrently([hang, fail], 2)
    assert not held.is_set()
    held.set()


def test_tasks_may_run_tasks() -> None:
    done = Counter()
    inner: list[Callable[[], None]] = [lambda: done.add(1)] * 5
    run_concurrently([lambda: run_concurrently(inner, 3)] * 5, 3)
    assert done.value == 25


def test_only_what_waits_gets_a_thread() -> None:
    begun: list[tuple[str, object]] = []

    def at_hand() -> None:
        begun.append(("at hand", current_thread()))

    def waits() -> None:
        about_to_wait()
        begun.append(("waited", current_thread()))

    run_at_hand_first([at_hand, waits] * 5, 3)
    assert [thread for what, thread in begun if what == "at hand"] == [main_thread()] * 5
    elsewhere = [thread for what, thread in begun if what == "waited"]
    assert len(elsewhere) == 5
    assert main_thread() not in elsewhere


@pytest.mark.parametrize("count", [1, 2])
def test_a_single_wait_needs_no_thread(count: int) -> None:
    threads: list[object] = []

    def waits() -> None:
        about_to_wait()
        threads.append(current_thread())

    run_at_hand_first([lambda: None, waits][-count:], 8)
    assert threads == [main_thread()]


def test_what_is_at_hand_fails_as_anything_else() -> None:
    def fail() -> None:
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        run_at_hand_first([fail, fail], 2)


def test_threads_of_their_own_are_a_wait() -> None:
    done = Counter()
    inner: list[Callable[[], None]] = [lambda: done.add(1)] * 5
    run_at_hand_first([lambda: run_concurrently(inner, 3)] * 5, 3)
    assert done.value == 25


@POSIX_ONLY
def test_ctrl_c_does_not_wait_for_running_tasks() -> None:
    script = """
import os, sys
from threading import Barrier, Event
from forecheck.adapters.concurrency import run_concurrently
ready = Barrier(8)
def hang():
    if ready.wait() == 0:
        os.write(1, b"ready\\n")  # a thread must not hold the lock of sys.stdout at exit
    Event().wait()
try:
    run_concurrently([hang] * 50, 8)
except KeyboardInterrupt:
    print("interrupted")
    sys.exit(130)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        assert child.communicate(timeout=30)[0] == "interrupted\n"
    assert child.returncode == 130
