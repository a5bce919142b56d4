"""Add an exception to the text of a forecheck.toml without touching what is there."""

from collections.abc import Iterator, Sequence

from forecheck.check import Check
from forecheck.config.errors import ConfigError
from forecheck.config.parse import parse
from forecheck.report import Ignore


def with_exception(text: str, ignore: Ignore, path: str, checks: Sequence[Check]) -> str:
    """The text with an `[[ignore]]` added at its end; the existing text is kept as it is, line endings included.

    Raises `ConfigError` if the exception itself is not valid (its path is then "exception"), or if the file
    cannot be read or cannot take one.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    block = newline.join(_lines(ignore)) + newline
    parse(block, "exception", checks)
    before = parse(text, path, checks)
    gap = "" if not text else newline if text.endswith("\n") else newline * 2
    after = f"{text}{gap}{block}"
    try:
        parse(after, path, checks)
    except ConfigError:
        hint = "write each one as an [[ignore]] table of its own"
        raise ConfigError(path, before.line("ignore"), "this list takes no more exceptions", hint) from None
    return after


def _lines(ignore: Ignore) -> Iterator[str]:
    yield "[[ignore]]"
    yield f"check = {toml_string(ignore.check)}"
    yield f"package = {toml_string(ignore.package)}"
    yield f"reason = {toml_string(ignore.reason)}"
    if ignore.until is not None:
        yield f"until = {ignore.until.isoformat()}"


def toml_string(value: str) -> str:
    """A TOML basic string (TOML 1.0): quotes, backslashes and everything not printable are escaped."""
    escaped = "".join(_escaped(char) for char in value)
    return f'"{escaped}"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    return f"\\u{ord(char):04X}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08X}"
