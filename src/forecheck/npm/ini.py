"""The text of an .npmrc as settings: the rules of npm's own reader (the `ini` package, version 6).

Any text gives entries or one `Malformed` with its line. Where `ini` itself would fail, or would build a
nested object out of something that looks like a setting (quoted JSON objects and lists, a section that
takes the name of a setting), this reader says so instead: nothing in npm's configuration is a nested object.
"""

from collections.abc import Iterable

import msgspec

from forecheck.decode import Malformed
from forecheck.npm.jstext import trim

Scalar = str | bool | int | float | None
Value = Scalar | tuple[Scalar, ...]

MAX_CHARS = 512 * 1024


class Entry(msgspec.Struct, frozen=True):
    """One setting as the file leaves it.

    A key given twice has the place of its first and the value and line of its last assignment;
    a list (`key[]`) has the line of its first element. `section` is None for npm's settings: what
    stands under a `[section]` has no effect on npm.
    """

    key: str
    value: Value
    line: int
    section: str | None = None

    def __repr__(self) -> str:
        """Without the value, which may be a token."""
        return f"Entry({self.key!r}, line {self.line})"


class _Reader:
    def __init__(self, where: str) -> None:
        self.where = where
        self.section: str | None = None
        self.values: dict[tuple[str | None, str], Scalar | list[Scalar]] = {}
        self.lines: dict[tuple[str | None, str], int] = {}

    def wrong(self, why: str, line: int) -> Malformed:
        return Malformed(self.where, why, f"line {line}")

    def open_section(self, raw: str, line: int) -> None:
        name = self.text(raw, line)
        if name != "__proto__":
            self.refuse_clash(name, line)
        self.section = name

    def refuse_clash(self, dotted: str, line: int) -> None:
        """`ini` puts `a.b` as `b` into a section `a`, and would put that in the place of a setting `a`."""
        parts = _split_sections(dotted)
        if "__proto__" in parts:
            raise self.wrong("the name has a part that is not allowed", line)
        if any((None, taken) in self.values for taken in (dotted, parts[0], dotted.replace("\\.", "."))):
            raise self.wrong("the section has the name of a setting", line)

    def settings(self) -> tuple[Entry, ...]:
        """What was found, without dotted names that are null: to `ini` a null is a section like any other."""
        lost = [
            name
            for name, value in self.values.items()
            if name[0] is None and value is None and "." in name[1]
        ]
        for name in lost:
            del self.values[name]
        for name in lost:
            self.refuse_clash(name[1], self.lines[name])
        return tuple(
            Entry(name[1], tuple(value) if isinstance(value, list) else value, self.lines[name], name[0])
            for name, value in self.values.items()
        )

    def assign(self, raw_key: str, raw_value: str | None, line: int) -> None:
        key = self.text(raw_key, line)
        listed = len(key) > 2 and key.endswith("[]")
        key = key[:-2] if listed else key
        if "__proto__" in (key, self.section):
            return
        value = True if raw_value is None else self.scalar(raw_value, line)
        name = (self.section, key)
        before = self.values.get(name)
        if isinstance(before, list):
            before.append(value)
        elif listed and name in self.values:
            self.values[name] = [before, value]
        else:
            self.values[name] = [value] if listed else value
            self.lines[name] = line

    def text(self, raw: str, line: int) -> str:
        name = self.unquoted(raw, line)
        if not isinstance(name, str):
            raise self.wrong("a quoted name must be text", line)
        return name

    def scalar(self, raw: str, line: int) -> Scalar:
        value = self.unquoted(raw, line)
        if isinstance(value, str):
            return {"true": True, "false": False, "null": None}.get(value, value)
        return value

    def unquoted(self, raw: str, line: int) -> Scalar:
        text = trim(raw)
        if text and text[0] == text[-1] and text[0] in "'\"":
            return self.decoded(text[1:-1] if text[0] == "'" else text, line)
        return _without_comment(text)

    def decoded(self, text: str, line: int) -> Scalar:
        """Quoted text is JSON where it parses as JSON (single quotes are taken off first), else as it stands."""
        import json

        try:
            value = json.loads(text, parse_int=float, parse_constant=_no_constant)
        except RecursionError:
            raise self.wrong("a quoted value is nested too deeply", line) from None
        except ValueError:
            return text
        if isinstance(value, float):
            return self.number(value, line)
        if isinstance(value, dict | list):
            raise self.wrong("a quoted value must be text, a number, true, false or null", line)
        if isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value):
            raise self.wrong("a quoted value holds half a character (an unpaired surrogate)", line)
        return value if isinstance(value, str | bool) else None

    def number(self, value: float, line: int) -> int | float:
        # Outside this range JavaScript would write the number with an exponent or round it.
        if value != 0 and not 1e-6 <= abs(value) < 2**53:
            raise self.wrong("a quoted number is out of range", line)
        return int(value) if value.is_integer() else value


def parse(text: str, where: str = ".npmrc") -> tuple[Entry, ...]:
    """The settings in `text`, in file order; `where` names the file in a `Malformed`."""
    if len(text) > MAX_CHARS:
        raise Malformed(where, f"is longer than {MAX_CHARS} characters")
    reader = _Reader(where)
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if "\0" in line:
            raise reader.wrong("is not plain text; is it saved as UTF-16? npm reads UTF-8", number)
        bare = trim(line)
        if not bare or bare[0] in ";#":
            continue
        if line[0] == "[" and "]" in line:
            name, _, rest = line[1:].partition("]")
            if not trim(rest):
                reader.open_section(name, number)
                continue
        key, equals, value = line.partition("=")
        # The two separators end a line for JavaScript's `.`, so `ini` finds no setting in such a line.
        if key and "\u2028" not in value and "\u2029" not in value:
            reader.assign(key, value if equals else None, number)
    return reader.settings()


def dump(entries: Iterable[Entry]) -> str:
    """Text that npm's reader and this one read back as the same settings; for settings outside sections only."""
    lines: list[str] = []
    for entry in entries:
        if isinstance(entry.value, tuple):
            lines += [f"{entry.key}[]={_written(value)}" for value in entry.value]
        else:
            lines.append(f"{entry.key}={_written(entry.value)}")
    return "".join(f"{line}\n" for line in lines)


def _written(value: Scalar) -> str:
    import json

    if isinstance(value, str):
        return json.dumps(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    # Single quotes are what makes `ini` read a number rather than a text of digits.
    return f"'{value!r}'"


def _without_comment(text: str) -> str:
    """Unquoted text up to the first `;` or `#` that no backslash escapes."""
    if not any(mark in text for mark in "\\;#"):
        return text
    kept: list[str] = []
    escaped = False
    for char in text:
        if escaped:
            kept.append(char if char in "\\;#" else f"\\{char}")
            escaped = False
        elif char in ";#":
            break
        elif char == "\\":
            escaped = True
        else:
            kept.append(char)
    if escaped:
        kept.append("\\")
    return trim("".join(kept))


def _split_sections(name: str) -> list[str]:
    """The parts of a section name: split at dots that no backslash stands before."""
    parts: list[str] = []
    start = end = 0
    while (end := name.find(".", end)) >= 0:
        if end == 0 or name[end - 1] != "\\":
            parts.append(name[start:end])
            start = end + 1
        end += 1
    return [*parts, name[start:]]


def _no_constant(name: str) -> float:
    raise ValueError(name)
