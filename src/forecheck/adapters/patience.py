"""Tells work that has to wait for something outside from work that has all it needs at hand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class MustWait(BaseException):
    """Nothing failed: this would have taken long. No handler of errors may take it for one."""


class _Hurry(threading.local):
    on = False


_hurry = _Hurry()


def about_to_wait() -> None:
    """Called by every port before it asks a network, another process or a slow disk: raises `MustWait` in a hurry."""
    if _hurry.on:
        raise MustWait


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """In this block, on this thread, nothing waits."""
    before, _hurry.on = _hurry.on, True
    try:
        yield
    finally:
        _hurry.on = before
