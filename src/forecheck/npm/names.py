"""Package names, judged as validate-npm-package-name 7 does."""

import re
from enum import StrEnum

import msgspec

from forecheck.npm.jstext import is_url_safe, trim, utf16_length

_SCOPED = re.compile(r"@([^/]+)/([^/]+)")
_RESERVED = frozenset({"node_modules", "favicon.ico"})
_LONGEST = 214  # UTF-16 units


class NameProblem(StrEnum):
    """What is wrong with a name. Values are stable identifiers."""

    EMPTY = "empty"
    STARTS_WITH_PERIOD = "starts-with-period"
    STARTS_WITH_HYPHEN = "starts-with-hyphen"
    STARTS_WITH_UNDERSCORE = "starts-with-underscore"
    PADDED = "padded"
    RESERVED = "reserved"
    NOT_URL_SAFE = "not-url-safe"
    NODE_BUILTIN = "node-builtin"
    TOO_LONG = "too-long"
    CAPITALS = "capitals"
    SPECIAL_CHARACTERS = "special-characters"

    @property
    def text(self) -> str:
        """The problem as a clause, after "the name"."""
        return _TEXTS[self]


_TEXTS = {
    NameProblem.EMPTY: "is empty",
    NameProblem.STARTS_WITH_PERIOD: "starts with a period",
    NameProblem.STARTS_WITH_HYPHEN: "starts with a hyphen",
    NameProblem.STARTS_WITH_UNDERSCORE: "starts with an underscore",
    NameProblem.PADDED: "has spaces around it",
    NameProblem.RESERVED: "is reserved",
    NameProblem.NOT_URL_SAFE: "has characters that would need escaping in a URL",
    NameProblem.NODE_BUILTIN: "is that of a module built into Node",
    NameProblem.TOO_LONG: f"is longer than {_LONGEST} characters",
    NameProblem.CAPITALS: "has capital letters",
    NameProblem.SPECIAL_CHARACTERS: "has one of ~'!()*",
}


class NameProblems(msgspec.Struct, frozen=True):
    """`errors` make a name impossible; `warnings` are what only packages from before the rule may have."""

    errors: tuple[NameProblem, ...] = ()
    warnings: tuple[NameProblem, ...] = ()

    @property
    def valid_for_new(self) -> bool:
        """Whether the registry would take a new package of this name."""
        return not self.errors and not self.warnings

    @property
    def valid_for_old(self) -> bool:
        """Whether a package of this name can exist."""
        return not self.errors


def validate(name: str) -> NameProblems:
    """What is wrong with a package name; a problem can be listed twice, as npm lists it."""
    return NameProblems(errors_of(name), tuple(_warnings(name)))


def errors_of(name: str) -> tuple[NameProblem, ...]:
    """What makes it impossible that a package has this name; empty if nothing does."""
    tests = (
        (NameProblem.EMPTY, not name),
        (NameProblem.STARTS_WITH_PERIOD, name.startswith(".")),
        (NameProblem.STARTS_WITH_HYPHEN, name.startswith("-")),
        (NameProblem.STARTS_WITH_UNDERSCORE, name.startswith("_")),
        (NameProblem.PADDED, trim(name) != name),
        (NameProblem.RESERVED, name.lower() in _RESERVED),
    )
    errors = [problem for problem, present in tests if present]
    if is_url_safe(name):
        return tuple(errors)
    scoped = _SCOPED.fullmatch(name)
    base = scoped[2] if scoped is not None else ("" if "/" in name else name)
    if base.startswith("."):
        errors.append(NameProblem.STARTS_WITH_PERIOD)
    if scoped is None or not is_url_safe(scoped[1]) or not is_url_safe(base):
        errors.append(NameProblem.NOT_URL_SAFE)
    return tuple(errors)


def _warnings(name: str) -> list[NameProblem]:
    from forecheck.data.node_builtins import NODE_BUILTINS

    lower = name.lower()
    tests = (
        (NameProblem.NODE_BUILTIN, lower in NODE_BUILTINS),
        (NameProblem.TOO_LONG, utf16_length(name) > _LONGEST),
        (NameProblem.CAPITALS, lower != name),
        (NameProblem.SPECIAL_CHARACTERS, not set(name.rpartition("/")[2]).isdisjoint("~'!()*")),
    )
    return [problem for problem, present in tests if present]


def scope_of(name: str) -> str | None:
    """`@scope` of `@scope/name`; None for a name without one."""
    return name.partition("/")[0] if name.startswith("@") and "/" in name else None


def escape(name: str) -> str:
    """The name as one segment of a registry URL: `@scope%2fname`."""
    return name.replace("/", "%2f", 1)
