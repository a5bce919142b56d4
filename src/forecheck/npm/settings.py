"""What npm makes of the text of an option: its types (nopt's `clean`), variables, the environment.

Numbers, dates, addresses and paths stay the text they are: whether npm will take them is npm's business.
"""

from forecheck.npm.argv import Option, types_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

Scalar = str | bool | None
Value = Scalar | list[Scalar]

_TRIMMED = (  # what String.prototype.trim of JavaScript takes off
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_PREFIX = "npm_config_"


class Unset:
    """The type of UNSET: no value, which is not the same as the value null."""

    __slots__ = ()


UNSET = Unset()


def _kinds(name: str, bit: int) -> list[str]:
    types = types_of(name, bit)
    return types.split("|") if types else []


def _boolean(value: Scalar) -> bool:
    if not isinstance(value, str):
        return bool(value)
    try:  # a text that JavaScript takes for a number is what the number is; any other text is true
        number = int(value, 16) if value[:2] in {"0x", "0X"} else float(value or "0")
    except ValueError:
        return value not in {"null", "false"}
    return number != 0


def _clean(kinds: list[str], value: Scalar) -> Scalar | Unset:
    """One value of a known option by its types (`clean` in nopt), UNSET where npm says `invalid config`."""
    if isinstance(value, str):
        value = value.strip(_TRIMMED)
        if value == "null" and "null" in kinds:
            value = None
        elif value == "true" and "Boolean" in kinds:
            value = True
        elif value == "false" and ("Boolean" in kinds or "=false" in kinds):
            value = False
    if value is False and "null" in kinds and "Boolean" not in kinds and "=false" not in kinds:
        value = None
    for kind in kinds:
        if kind == "Array":
            continue
        if kind == "Boolean":
            return _boolean(value)
        if kind == "String":
            return value if isinstance(value, str) else {True: "true", False: "false", None: "null"}[value]
        if (kind == "null" and value is None) or (kind == "=false" and value is False):
            return value
        if isinstance(value, str) and (kind == f"={value}" or (kind[:1] != "=" and kind != "null")):
            return value
    return UNSET


def expand(text: str, env: "Mapping[str, str]") -> str:
    """Replace `${VARIABLE}` and `${VARIABLE?}` the way npm does everywhere in its configuration (env-replace.js)."""
    if "${" not in text:
        return text
    import re

    def replaced(found: "re.Match[str]") -> str:
        slashes, name, optional = found[1], found[2], found[3]
        if len(slashes) % 2:
            return found[0][(len(slashes) + 1) // 2 :]
        return slashes[len(slashes) // 2 :] + env.get(name, "" if optional else f"${{{name}}}")

    return re.sub(r"(?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}", replaced, text)


def _field(kinds: list[str], text: str, env: "Mapping[str, str]") -> Scalar | Unset:
    """parse-field.js for one text that is not a list."""
    text = text.strip(_TRIMMED)
    is_text = "String" in kinds or "path" in kinds
    if "Boolean" in kinds and not is_text and not text:
        return True
    if not is_text and "Number" not in kinds and text in {"true", "false", "null", "undefined"}:
        return {"true": True, "false": False, "null": None, "undefined": UNSET}[text]
    return expand(text, env)


def from_command_line(options: list[Option], bit: int, env: "Mapping[str, str]") -> dict[str, Value]:
    """Name → value for everything given on the command line, as npm's `cli` layer has it."""
    raw: dict[str, list[Scalar]] = {}
    for option in options:
        raw.setdefault(option.name, []).append(option.value)
    found: dict[str, Value] = {}
    for name, values in raw.items():
        kinds = _kinds(name, bit)
        repeatable = "Array" in kinds or (not kinds and len(values) > 1)
        cleaned = [_clean(kinds, each) if kinds else each for each in (values if repeatable else values[-1:])]
        read = [_field(kinds, each, env) if isinstance(each, str) else each for each in cleaned]
        kept = [each for each in read if not isinstance(each, Unset)]
        if kept or (repeatable and kinds):
            found[expand(name, env)] = kept if repeatable else kept[0]
    return found


def from_text(name: str, text: str, bit: int, env: "Mapping[str, str]") -> Value | Unset:
    """The value of a setting written as text: an environment variable, or a line of an .npmrc."""
    kinds = _kinds(name, bit)
    if "Array" not in kinds:
        return _checked(kinds, _field(kinds, text, env))
    parts = [_checked(kinds, _field(kinds, part, env)) for part in text.strip(_TRIMMED).split("\n\n")]
    return [part for part in parts if not isinstance(part, Unset)]


def _checked(kinds: list[str], value: Scalar | Unset) -> Scalar | Unset:
    if isinstance(value, Unset):  # `undefined`, written out, which nopt takes for a false boolean
        return False if "Boolean" in kinds else value
    return _clean(kinds, value) if kinds else value


def from_environment(env: "Mapping[str, str]") -> dict[str, str]:
    """Name → text for every `npm_config_*` variable, in any case, with `_` or `-`; empty ones do not count."""
    found: dict[str, str] = {}
    for variable, text in env.items():
        if text and variable[:11].lower() == _PREFIX:
            name = variable[11:]
            if name[:2] != "//":
                name = (name[:1] + name[1:].replace("_", "-")).lower()
            found[expand(name, env)] = text
    return found
