"""What a value in forecheck.toml may look like: for each type, its words, its JSON Schema and how it is read."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

Read = Callable[[Any], Any]
Words = Mapping[type, str]

DURATION = (
    r"^(?:[0-9]{1,6}[smhdw]"
    r"|P(?=.)(?:[0-9]{1,6}W)?(?:[0-9]{1,6}D)?(?:T(?=.)(?:[0-9]{1,6}H)?(?:[0-9]{1,6}M)?(?:[0-9]{1,6}S)?)?)$"
)
"""A number and one unit (`m` is minutes), or the part of ISO 8601 durations that has a fixed length."""

URL = r"^(?:https://[^\s@/]+|http://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?)(?:/\S*)?$"
"""HTTPS, or plain HTTP to this machine; never with credentials in it."""

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_ISO_PART = re.compile(r"([0-9]+)([WDHMS])")
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TOML_NAMES: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (int, "an integer"),
    (float, "a float"),
    (str, "a string"),
    (datetime, "a date and time"),
    (date, "a date"),
    (time, "a time"),
    (list, "an array"),
    (dict, "a table"),
)


class WrongValue(Exception):  # noqa: N818  (the document's fault)
    """A value of the wrong type or out of range. `got` says what stands there, `hint` what would be right.

    `item` is the index in the array where one element is wrong.
    """

    def __init__(self, expected: str, got: str, hint: str = "", item: int | None = None) -> None:
        super().__init__(f"expected {expected}, got {got}")
        self.expected = expected
        self.got = got
        self.hint = hint
        self.item = item


class Shape(msgspec.Struct, frozen=True):
    """How values of one type are written. `read` raises `WrongValue`; `schema` is JSON Schema 2020-12."""

    words: str
    schema: Mapping[str, object]
    read: Read


def shape_of(hint: Any) -> Shape:
    """The shape of a field's annotation; `None` in a union only means that the key may be left out.

    A `msgspec.Meta` in the annotation limits numbers (`ge`, `le`) and strings (`pattern`).
    Raises TypeError for a type that cannot stand in forecheck.toml.
    """
    if get_origin(hint) is Annotated:
        inner, *notes = get_args(hint)
        limits = [note for note in notes if isinstance(note, msgspec.Meta)]
        return _limited(shape_of(inner), limits[0]) if limits else shape_of(inner)
    if get_origin(hint) in (Union, UnionType):
        inner, *others = (part for part in get_args(hint) if part is not NoneType)
        if not others:
            return shape_of(inner)
    if get_origin(hint) in (tuple, frozenset):
        return _array(get_origin(hint), shape_of(get_args(hint)[0]))
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return _choice({member.name.lower().replace("_", "-"): member for member in hint})
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _choice({member.value: member for member in hint})
    if hint in _PLAIN:
        return _PLAIN[hint]
    raise TypeError(f"{hint} cannot be set in forecheck.toml")


def duration_text(value: timedelta) -> str:
    """The duration as one would write it: `7d`, `36h`, `90s`."""
    seconds = int(value.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def got(value: object) -> str:
    """The TOML name of what stands there, with the value where it is short and plain."""
    name = next((name for kind, name in _TOML_NAMES if isinstance(value, kind)), "something else")
    if isinstance(value, bool):
        return f"{name} ({str(value).lower()})"
    if isinstance(value, int | float | date | time):
        return f"{name} ({value})"
    if isinstance(value, str):
        return f'{name} ("{value[:60]}{"…" if len(value) > 60 else ""}")'
    return name


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise WrongValue("true or false", got(value))
    return value


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise WrongValue("an integer", got(value))
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise WrongValue("a number", got(value))
    return float(value)


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongValue("a string", got(value))
    return value


def _duration(value: Any) -> timedelta:
    words = 'a duration such as "7d", "12h", "30m" or "P7D"'
    if type(value) is int and value >= 0:
        raise WrongValue(words, got(value), f'write "{value}d" for days')
    if not isinstance(value, str) or re.match(DURATION, value) is None or value.endswith("\n"):
        raise WrongValue(words, got(value))
    if not value.startswith("P"):
        return timedelta(**{_UNITS[value[-1]]: int(value[:-1])})
    days, _, clock = value.partition("T")
    total = timedelta()
    for part, units in ((days, {"W": "weeks", "D": "days"}), (clock, _CLOCK_UNITS)):
        for number, unit in _ISO_PART.findall(part):
            total += timedelta(**{units[unit]: int(number)})
    return total


_CLOCK_UNITS = {"H": "hours", "M": "minutes", "S": "seconds"}


def _date(value: Any) -> date:
    words = "a date such as 2027-01-31"
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(_DATE[1:-1], value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise WrongValue(words, f'"{value}", which is not in the calendar') from None
    hint = "leave the time away" if isinstance(value, datetime) else ""
    raise WrongValue(words, got(value), hint)


_PLAIN: Mapping[Any, Shape] = {
    bool: Shape("true or false", {"type": "boolean"}, _boolean),
    int: Shape("an integer", {"type": "integer"}, _integer),
    float: Shape("a number", {"type": "number"}, _number),
    str: Shape("a string", {"type": "string"}, _string),
    timedelta: Shape("a duration", {"type": "string", "pattern": DURATION}, _duration),
    date: Shape("a date", {"type": "string", "format": "date", "pattern": _DATE}, _date),
}


def _choice(members: Mapping[str, Any]) -> Shape:
    words = " or ".join(f'"{name}"' for name in members)

    def read(value: Any) -> Any:
        if not isinstance(value, str) or value not in members:
            from forecheck.config.errors import did_you_mean

            hint = did_you_mean(value, tuple(members)) if isinstance(value, str) else ""
            raise WrongValue(words, got(value), hint)
        return members[value]

    return Shape(words, {"enum": list(members)}, read)


def _array(kind: type, item: Shape) -> Shape:
    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise WrongValue("an array", got(value), "put it in square brackets")
        items: list[Any] = []
        for index, part in enumerate(value):
            try:
                items.append(item.read(part))
            except WrongValue as wrong:
                raise WrongValue(wrong.expected, wrong.got, wrong.hint, index) from None
        return kind(items)

    return Shape(f"an array, each {item.words}", {"type": "array", "items": item.schema}, read)


def _limited(shape: Shape, limits: msgspec.Meta) -> Shape:
    def read(value: Any) -> Any:
        found = shape.read(value)
        if limits.ge is not None and found < limits.ge:
            raise WrongValue(f"at least {limits.ge}", got(value))
        if limits.le is not None and found > limits.le:
            raise WrongValue(f"at most {limits.le}", got(value))
        if limits.pattern is not None and (re.search(limits.pattern, found) is None or "\n" in found):
            raise WrongValue(limits.title or shape.words, got(value))
        return found

    extra: dict[str, object] = {}
    if limits.ge is not None:
        extra["minimum"] = limits.ge
    if limits.le is not None:
        extra["maximum"] = limits.le
    if limits.pattern is not None:
        extra["pattern"] = limits.pattern
    return Shape(shape.words, {**shape.schema, **extra}, read)


def plain(value: object) -> object:
    """A value as JSON writes it in a schema's `default`."""
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, IntEnum):
        return value.name.lower().replace("_", "-")
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(str(plain(part)) for part in value)
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value
