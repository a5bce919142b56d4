"""Lockfile bytes to text, and the messages that every line-based format shares."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from forecheck.decode import Malformed

MAX_BYTES = 256 * 1024 * 1024
_MARKERS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


def decode_text(data: bytes, path: str) -> str:
    r"""UTF-8 without a byte order mark, every line ended by \n; raises `Malformed`."""
    if len(data) > MAX_BYTES:
        raise Malformed(path, f"is larger than {MAX_BYTES} bytes")
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise Malformed(path, "is not UTF-8 text", f"line {line}") from None
    at = text.find("\0")
    if at >= 0:
        raise Malformed(path, "has a zero byte", f"line {text.count(chr(10), 0, at) + 1}")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def malformed_line(path: str, number: int, line: str, why: str) -> Malformed:
    """The error for one line; a merge conflict is called by its name, whatever else is wrong with the line."""
    if line.startswith(_MARKERS):
        why = (
            "has merge conflict markers; settle the conflict and let the package manager write the file again"
        )
    return Malformed(path, why, f"line {number}")


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the cycle collector, which otherwise doubles the time of a reader: it only ever finds new live values.

    What a reader makes holds no cycles, so nothing waits for it.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def explain_conflict(text: str, wrong: Malformed) -> Malformed:
    """The same error, or that the text holds an unsettled merge, which is why it cannot be read."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("<<<<<<< "):
            return malformed_line(wrong.where, number, line, wrong.why)
    return wrong
