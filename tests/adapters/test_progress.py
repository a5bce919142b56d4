"""One live line on a terminal, silence elsewhere."""

import io
from threading import Event

import pytest

from forecheck.adapters.progress import SilentProgress, TerminalProgress, progress_for
from tests.adapters.clients import FakeTime


class Screen(io.StringIO):
    """A terminal of one line: `line` is what stands there, `frames` every state it was in."""

    def __init__(self, *, tty: bool = True) -> None:
        super().__init__()
        self._tty = tty
        self.cells: list[str] = []
        self.column = 0
        self.frames: list[str] = []
        self.drawn = Event()

    def isatty(self) -> bool:
        return self._tty

    def write(self, text: str) -> int:
        for char in text:
            if char == "\r":
                self.column = 0
            else:
                self.cells[self.column : self.column + 1] = [char]
                self.column += 1
        self.frames.append(self.line)
        if len(self.frames) > 3:
            self.drawn.set()
        return len(text)

    @property
    def line(self) -> str:
        return "".join(self.cells).rstrip()


def progress(screen: Screen, time: FakeTime, columns: int = 80, tick: float = 3600) -> TerminalProgress:
    return TerminalProgress(screen, monotonic=time.monotonic, columns=lambda: columns, tick=tick)


def test_it_tells_what_and_how_far_and_how_long() -> None:
    screen, time = Screen(), FakeTime()
    shown = progress(screen, time)
    shown.stage("resolving")
    assert screen.line == "  resolving (0.0 s)"
    time.now += 1.25
    shown.stage("collecting", 66)
    assert screen.line == "  collecting 0/66 (1.2 s)"
    time.now += 1
    shown.advance(12)
    assert screen.line == "  collecting 12/66 (2.2 s)"
    shown.done()


def test_it_is_gone_afterwards_and_the_cursor_is_back() -> None:
    screen = Screen()
    shown = progress(screen, FakeTime())
    shown.stage("collecting a long list of things", 1000)
    shown.stage("reading")
    assert screen.line == "  reading (0.0 s)"
    shown.done()
    assert (screen.line, screen.column) == ("", 0)


def test_it_draws_ten_times_a_second_at_most() -> None:
    screen, time = Screen(), FakeTime()
    shown = progress(screen, time)
    shown.stage("collecting", 1000)
    for _ in range(1000):
        time.now += 0.001
        shown.advance()
    assert len(screen.frames) <= 1 + 10
    shown.done()


@pytest.mark.parametrize("columns", [0, 1, 2, 10, 27, 28, 29])
def test_it_stays_on_one_line(columns: int) -> None:
    screen = Screen()
    shown = progress(screen, FakeTime(), columns)
    shown.stage("collecting", 66)
    assert screen.line == "  collecting 0/66 (0.0 s)"[: max(0, columns - 1)].rstrip()
    shown.done()


def test_the_seconds_go_on_when_nothing_else_does() -> None:
    screen = Screen()
    shown = progress(screen, FakeTime(step=0.1), tick=0.001)
    shown.stage("resolving")
    assert screen.drawn.wait(10)
    shown.done()
    after = len(screen.frames)
    assert screen.line == ""
    assert after == len(screen.frames)


def test_it_may_be_done_twice_used_again_or_never_begun() -> None:
    screen = Screen()
    shown = progress(screen, FakeTime())
    shown.advance()
    shown.done()
    assert screen.frames == []
    shown.stage("one")
    shown.done()
    shown.done()
    shown.stage("two")
    assert screen.line == "  two (0.0 s)"
    shown.done()


def test_a_terminal_that_goes_away_ends_nothing() -> None:
    class Gone(Screen):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    shown = progress(Gone(), FakeTime())
    shown.stage("resolving")
    shown.advance()
    shown.done()


@pytest.mark.parametrize(
    ("tty", "environ", "kind"),
    [
        (True, {"TERM": "xterm-256color"}, TerminalProgress),
        (True, {}, TerminalProgress),
        (True, {"TERM": "dumb"}, SilentProgress),
        (True, {"TERM": "xterm", "CI": "true"}, SilentProgress),
        (False, {"TERM": "xterm"}, SilentProgress),
    ],
)
def test_it_is_for_people_who_watch(tty: bool, environ: dict[str, str], kind: type) -> None:
    screen = Screen(tty=tty)
    shown = progress_for(screen, environ)
    assert type(shown) is kind
    shown.stage("resolving", 3)
    shown.advance()
    shown.done()
    assert bool(screen.frames) is (kind is TerminalProgress)
