"""What of an .npmrc goes into the scratch copy in which the real npm works out a lockfile.

Only settings that are known to matter there and to be harmless are written, in a plain form that every reader
understands the same way; whatever else the file holds is left out and named.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from forecheck.npm import ini
from forecheck.npm.config import environment_key, project_reason
from forecheck.npm.definitions import Role, role
from forecheck.npm.ini import Entry, Value
from forecheck.npm.layers import Place, Reason
from forecheck.npm.url import registry_address
from forecheck.npm.values import expand, is_credential, is_scope_route, variables

_KEPT = frozenset({Role.RESOLVE, Role.FETCH})
_BOUND = frozenset({"_authToken", "_auth", "username", "_password", "email"})
_BOUND_FILES = frozenset({"certfile", "keyfile"})
# Keys outside these letters could read as a comment, a list or a section.
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@/:._~%+-${}?[]")


class Why(StrEnum):
    """Why a setting was left out."""

    CODE = "code"
    LOCATION = "location"
    NETWORK = "network"
    VARIABLE = "variable"
    CREDENTIAL = "credential"
    OWNED_HOST = "owned-host"
    INVALID = "invalid"
    UNUSED = "unused"
    UNKNOWN = "unknown"

    @property
    def text(self) -> str:
        return _TEXT[self]


_TEXT = {
    Why.CODE: "it names or permits a program to be run",
    Why.LOCATION: "it moves what npm reads or writes",
    Why.NETWORK: "a project's file may not choose proxies, certificates or their checking",
    Why.VARIABLE: Reason.VARIABLE.text,
    Why.CREDENTIAL: Reason.UNSCOPED.text,
    Why.OWNED_HOST: Reason.OWNED_HOST.text,
    Why.INVALID: Reason.INVALID.text,
    Why.UNUSED: "it has no part in choosing releases",
    Why.UNKNOWN: "no npm from 10 to 12 knows it",
}

_BY_ROLE = {
    Role.CODE: Why.CODE,
    Role.LOCATION: Why.LOCATION,
    Role.NETWORK: Why.NETWORK,
    Role.SECRET: Why.CREDENTIAL,
    Role.UNUSED: Why.UNUSED,
}
_BY_REASON = {
    Reason.VARIABLE: Why.VARIABLE,
    Reason.OWNED_HOST: Why.OWNED_HOST,
    Reason.UNSCOPED: Why.CREDENTIAL,
}


class Removed(msgspec.Struct, frozen=True):
    """A setting that was left out. `line` is 0 for an environment variable.

    `key` is empty for an unknown word without a value: that may be a token pasted into the file.
    """

    key: str
    line: int
    why: Why


class Sanitised(msgspec.Struct, frozen=True):
    """The text to write, what it lacks, and the environment variables its values ask for."""

    text: str
    removed: tuple[Removed, ...]
    variables: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Without the text, which may hold tokens."""
        return f"Sanitised(removed={self.removed!r})"


def sanitised_project_npmrc(
    text: str, *, where: str = ".npmrc", owned_hosts: frozenset[str] = frozenset()
) -> Sanitised:
    """The project's own file: routes, literal credentials for hosts not in `owned_hosts`, and choices of releases.

    `owned_hosts` are those of `NpmConfig.owned_hosts`. Raises Malformed.
    """
    kept: list[Entry] = []
    removed: list[Removed] = []
    for entry in ini.parse(text, where):
        why = _against_project(entry, owned_hosts)
        if why is None:
            kept.append(entry)
        else:
            removed.append(_left_out(entry, why))
    return Sanitised(ini.dump(kept), tuple(removed))


def sanitised_own_npmrc(text: str, *, where: str, place: Place) -> Sanitised:
    """A file of the user's or the machine's: also credentials, proxies and certificates, variables left as they are.

    Paths are made absolute, since the scratch copy has another home folder. Raises Malformed.
    """
    kept: list[Entry] = []
    removed: list[Removed] = []
    for entry in ini.parse(text, where):
        key = expand(entry.key, place).text
        why = _against_own(entry.key, key) if entry.section is None else Why.UNUSED
        if why is None:
            kept.append(Entry(entry.key, _moved(key, entry.value, place), entry.line))
        else:
            removed.append(_left_out(entry, why))
    written = ini.dump(kept)
    return Sanitised(written, tuple(removed), tuple(dict.fromkeys(variables(written))))


def sanitised_environment(place: Place) -> tuple[Mapping[str, str], tuple[Removed, ...]]:
    """The environment with only those `npm_config_*` that would be kept from a file of the user's."""
    kept: dict[str, str] = {}
    removed: list[Removed] = []
    for name, text in place.env.items():
        raw = environment_key(name)
        if not raw:
            kept[name] = text
            continue
        key = expand(raw, place).text
        why = _against_own(raw, key)
        if why is None:
            kept[name] = str(_moved(key, text, place))
        else:
            removed.append(Removed(raw, 0, why))
    return kept, tuple(removed)


def _left_out(entry: Entry, why: Why) -> Removed:
    bare = why is Why.UNKNOWN and entry.value is True
    return Removed("" if bare else entry.key, entry.line, why)


def _against_project(entry: Entry, owned_hosts: frozenset[str]) -> Why | None:
    key = entry.key
    if entry.section is not None:
        return Why.UNUSED
    reason = project_reason(key, entry.value, owned_hosts)
    if reason is Reason.NOT_ITS_PLACE:
        return _BY_ROLE.get(role(key) or Role.NETWORK, Why.NETWORK)
    if reason is not None:
        return _BY_REASON[reason]
    if not set(key) <= _LETTERS:
        return Why.UNKNOWN
    if key == "registry" or is_scope_route(key):
        address = registry_address(entry.value) if isinstance(entry.value, str) else None
        return Why.INVALID if address is None else None
    if is_credential(key):
        return None if key.rpartition(":")[2] in _BOUND else Why.UNKNOWN
    if role(key) in _KEPT or key == "strict-ssl":
        return None
    return _BY_ROLE.get(role(key) or Role.RESOLVE, Why.UNKNOWN)


def _against_own(written: str, key: str) -> Why | None:
    if not set(written) <= _LETTERS:
        return Why.UNKNOWN
    if is_credential(key):
        return None if key.rpartition(":")[2] in _BOUND | _BOUND_FILES else Why.UNKNOWN
    if is_scope_route(key) or role(key) in _KEPT or role(key) is Role.NETWORK:
        return None
    return _BY_ROLE.get(role(key) or Role.RESOLVE, Why.UNKNOWN)


def _moved(key: str, value: Value, place: Place) -> Value:
    """Paths as npm would resolve them where it really runs; everything else as it is."""
    if not isinstance(value, str) or not value:
        return value
    if key == "cafile":
        return place.absolute(expand(value, place).text)
    if is_credential(key) and key.rpartition(":")[2] in _BOUND_FILES:
        # npm opens these as they stand, so `~` is no home folder here.
        return place.join(place.cwd, expand(value, place).text)
    return value
