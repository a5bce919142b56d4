"""Many at once, one question."""

from threading import Barrier, Lock

import pytest

from forecheck.adapters.concurrency import run_concurrently
from forecheck.evidence.once import Once
from forecheck.model import Unavailable, UnavailableKind


def test_everybody_gets_the_one_answer() -> None:
    once, asked, found, lock, start = Once(), [0], list[int](), Lock(), Barrier(8)

    def ask() -> int:
        with lock:
            asked[0] += 1
        return 7

    def task() -> None:
        start.wait(10)
        answer = once.get("key", ask)
        with lock:
            found.append(answer)

    run_concurrently([task] * 8, 8)
    assert (asked, found) == ([1], [7] * 8)


def test_absence_is_remembered_and_none_is_an_answer() -> None:
    once, asked = Once(), list[str]()

    def missing() -> str:
        asked.append("missing")
        raise Unavailable(UnavailableKind.REFUSED, "no more")

    def nothing() -> None:
        asked.append("nothing")

    for _ in range(2):
        with pytest.raises(Unavailable, match="no more"):
            once.get("a", missing)
        assert once.get("b", nothing) is None
    assert asked == ["missing", "nothing"]


def test_a_bug_is_not_an_answer() -> None:
    once = Once()
    with pytest.raises(ZeroDivisionError):
        once.get("a", lambda: 1 // 0)
    assert once.get("a", lambda: 5) == 5
