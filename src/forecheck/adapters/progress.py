"""One live line on a terminal, nothing anywhere else."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import TextIO

from forecheck.ports import Progress

_INTERVAL = 0.1  # seconds between redraws
_TICK = 0.5  # seconds between redraws when nothing advances, so that the time goes on
_COLUMNS = 80


class SilentProgress:
    """For pipes, logs and CI."""

    def stage(self, what: str, total: int = 0) -> None:
        pass

    def advance(self, count: int = 1) -> None:
        pass

    def done(self) -> None:
        pass


class TerminalProgress:
    """The stage, how far it is and the seconds since the first stage, redrawn in place and wiped by `done`.

    A small thread keeps the seconds going; it exists only between the first `stage` and `done`.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        columns: Callable[[], int] | None = None,
        tick: float = _TICK,
    ) -> None:
        self._stream = stream
        self._monotonic = monotonic
        self._columns = columns or (lambda: _columns_of(stream))
        self._tick = tick
        self._lock = threading.Lock()
        self._what, self._total, self._count = "", 0, 0
        self._started = self._drawn_at = 0.0
        self._width = 0
        self._gone = False
        self._over: threading.Event | None = None

    def stage(self, what: str, total: int = 0) -> None:
        with self._lock:
            self._what, self._total, self._count = what, total, 0
            if self._over is None:
                self._started = self._monotonic()
                self._over = threading.Event()
                threading.Thread(target=self._keep_ticking, args=(self._over,), daemon=True).start()
            self._draw()

    def advance(self, count: int = 1) -> None:
        with self._lock:
            self._count += count
            if self._over is not None and self._monotonic() - self._drawn_at >= _INTERVAL:
                self._draw()

    def done(self) -> None:
        with self._lock:
            if self._over is None:
                return
            self._over.set()
            self._over = None
            self._show("")

    def _keep_ticking(self, over: threading.Event) -> None:
        while not over.wait(self._tick):
            with self._lock:
                if not over.is_set():
                    self._draw()

    def _draw(self) -> None:
        self._drawn_at = self._monotonic()
        of_total = f" {self._count}/{self._total}" if self._total else ""
        line = f"  {self._what}{of_total} ({self._drawn_at - self._started:.1f} s)"
        self._show(line[: max(0, self._columns() - 1)])  # a full last column would wrap

    def _show(self, line: str) -> None:
        padding = " " * (self._width - len(line))  # spaces erase everywhere; escape sequences do not
        self._width = len(line)
        if self._gone:
            return
        try:
            self._stream.write(f"\r{line}{padding}" + ("" if line else "\r"))
            self._stream.flush()
        except OSError:  # the terminal was closed; the run goes on without a line
            self._gone = True


def progress_for(stream: TextIO, environ: Mapping[str, str]) -> Progress:
    """A live line if a person is likely to be watching: a terminal that is not dumb, and no CI."""
    watched = stream.isatty() and not environ.get("CI") and environ.get("TERM") != "dumb"
    return TerminalProgress(stream) if watched else SilentProgress()


def _columns_of(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _COLUMNS
    except (OSError, ValueError):
        return _COLUMNS
