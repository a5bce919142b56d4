"""From the text of a setting to what npm makes of it: variables, types, secrets (@npmcli/config 10)."""

from collections.abc import Sequence

import msgspec

from forecheck.npm.definitions import Definition, Role, definition, role
from forecheck.npm.ini import Scalar, Value
from forecheck.npm.jstext import trim
from forecheck.npm.layers import Place, Provenance, Setting
from forecheck.npm.secret import Secret

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "undefined": None}


class Expanded(msgspec.Struct, frozen=True):
    """`unset` is the first variable the text asks for and the environment lacks; its `${…}` stays as it is."""

    text: str
    unset: str = ""


def expand(text: str, place: Place) -> Expanded:
    r"""Replace `${NAME}`, and `${NAME?}` which may be unset (env-replace.js of npm 11).

    Backslashes before it count in pairs; an odd one keeps the `${NAME}`. npm has no `${NAME-default}`: that is a
    variable of this very name.
    """
    if "${" not in text:
        return Expanded(text)
    import re

    unset: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        slashes, name, optional = found[1], found[2], found[3]
        if len(slashes) % 2:
            return found[0][(len(slashes) + 1) // 2 :]
        value = place.variable(name)
        if value is None and not optional:
            unset.append(name)
            value = f"${{{name}}}"
        return slashes[len(slashes) // 2 :] + (value or "")

    result = re.sub(r"(?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}", replaced, text)
    return Expanded(result, unset[0] if unset else "")


def setting(key: str, value: Value, at: Provenance, place: Place, *, expanding: bool) -> Setting:
    """What npm makes of one setting. Without `expanding`, `${…}` stays as it is."""
    reader = _Reader(definition(key), place, expanding=expanding)
    read: Value | Secret = reader.read(value)
    hidden = _is_secret(key, value)
    shown = "" if hidden else _text_of(value)
    if hidden and isinstance(read, tuple):
        read = Secret(",".join(map(_text_of, read)))
    elif (hidden or reader.expanded) and isinstance(read, str | int | float) and not isinstance(read, bool):
        read = Secret(str(read))
    return Setting(key, read, at, shown, reader.unset)


def variables(text: str) -> tuple[str, ...]:
    """The names of all variables `text` asks for."""
    import re

    return tuple(re.findall(r"\$\{([^${}?]+)\??\}", text))


class _Reader:
    """`parseField` of @npmcli/config, remembering what the expansion met."""

    def __init__(self, known: Definition, place: Place, *, expanding: bool) -> None:
        self.known = known
        self.place = place
        self.expanding = expanding
        self.expanded = False
        self.unset = ""

    def read(self, value: Value) -> Value:
        if isinstance(value, tuple):
            return self.elements(value) if self.known.is_list else value
        if not isinstance(value, str):
            return value
        if self.known.is_list:
            # In the environment a list is one text with an empty line between its elements.
            return self.elements(trim(value).split("\n\n"))
        return self.scalar(value)

    def elements(self, values: Sequence[Scalar]) -> Value:
        return tuple(self.scalar(value) if isinstance(value, str) else value for value in values)

    def scalar(self, text: str) -> Scalar:
        known = self.known
        text = trim(text)
        if known.is_boolean and not known.is_text and not text:
            return True
        if text in _WORDS and not known.is_text and not known.is_number:
            return _WORDS[text]
        if self.expanding:
            result = expand(text, self.place)
            self.expanded = self.expanded or result.text != text
            self.unset = self.unset or result.unset
            text = result.text
        if known.is_path:
            text = self.place.absolute(text)
        if known.is_number:
            number = as_number(text)
            return text if number is None else number
        return text


def as_number(text: str) -> int | float | None:
    """JavaScript's unary plus on a text; None for what is not a number (infinite counts as none)."""
    text = trim(text)
    if not text:
        return 0
    base = {"0x": 16, "0o": 8, "0b": 2}.get(text[:2].lower())
    if "_" in text or not text.isascii():
        return None
    try:
        if base is not None:
            return int(text[2:], base) if text[2:3].isalnum() else None
        number = float(text)
    except ValueError:
        return None
    if number - number != 0:
        return None
    return int(number) if number.is_integer() else number


def as_boolean(value: Value | Secret) -> bool:
    """A Boolean setting as nopt reads it: numbers count, `null` and `false` are false, any other text is true."""
    if isinstance(value, Secret):
        value = value.reveal()
    if not isinstance(value, str):
        return bool(value)
    number = as_number(value)
    if number is not None:
        return number != 0
    return value not in {"null", "false"}


def is_credential(key: str) -> bool:
    """Whether `key` is bound to a host and path: `//host/path/:_authToken` and its like."""
    return key.startswith("//") and ":" in key[2:]


def is_scope_route(key: str) -> bool:
    """Whether `key` is `@scope:registry`."""
    return key.startswith("@") and key.endswith(":registry") and "/" not in key


def has_user(url: str) -> bool:
    """Whether a URL names a user before its host."""
    _, slashes, rest = url.partition("://")
    return bool(slashes) and "@" in rest.split("/", 1)[0]


def _is_secret(key: str, value: Value) -> bool:
    name = key.rpartition(":")[2]
    known = role(name)
    if known is Role.SECRET or name.startswith("_") or name == "key":
        return True
    texts = value if isinstance(value, tuple) else (value,)
    if any(isinstance(text, str) and has_user(text) for text in texts):
        return True
    return known is None and any(word in name.lower() for word in ("token", "password", "secret"))


def _text_of(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(_text_of(part) for part in value)
    return _JSON_WORDS[value] if value is None or isinstance(value, bool) else str(value)


_JSON_WORDS = {None: "null", True: "true", False: "false"}
