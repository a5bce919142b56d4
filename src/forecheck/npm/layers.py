"""The parts npm's configuration is made of: settings with where each came from, and the layers they lie in."""

import ntpath
import posixpath
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

import msgspec

from forecheck.model import Location
from forecheck.npm.ini import Value
from forecheck.npm.secret import Secret


class LayerKind(StrEnum):
    """The layers of @npmcli/config, strongest first."""

    CLI = "cli"
    ENV = "env"
    PROJECT = "project"
    USER = "user"
    GLOBAL = "global"
    BUILTIN = "builtin"


STRONGEST_FIRST = tuple(LayerKind)


class Place(msgspec.Struct, frozen=True):
    """The machine as npm sees it.

    `home` is $HOME or the account's home folder, `cwd` an absolute path, `env` the environment. `node` is the
    absolute path of the node program that runs npm ("" if unknown); npm's own folders are told from it.
    """

    home: str
    cwd: str
    env: Mapping[str, str]
    windows: bool = False
    node: str = ""

    def __repr__(self) -> str:
        """Without the environment, which holds secrets."""
        return f"Place(home={self.home!r}, cwd={self.cwd!r})"

    def variable(self, name: str) -> str | None:
        """An environment variable; their names have no case on Windows."""
        if name in self.env or not self.windows:
            return self.env.get(name)
        return next((text for key, text in self.env.items() if key.upper() == name.upper()), None)

    def absolute(self, path: str) -> str:
        """A path from a setting: `~/` is the home folder, anything relative is below `cwd` (parse-field.js)."""
        at_home = path.startswith("~/") or (self.windows and path.startswith("~\\"))
        base, rest = (self.home, path[2:]) if at_home and self.home else (self.cwd, path)
        return self.join(base, rest)

    def join(self, base: str, rest: str) -> str:
        """`path.resolve(base, rest)` of node."""
        if self.windows:
            return ntpath.normpath(ntpath.join(base, rest))
        # POSIX lets a path keep two leading slashes; node does not.
        return "/" + posixpath.normpath(posixpath.join(base, rest)).lstrip("/")

    def parent(self, path: str) -> str:
        """The folder above; the root is its own parent."""
        return ntpath.dirname(path) if self.windows else posixpath.dirname(path)


class Provenance(msgspec.Struct, frozen=True):
    """Which layer gave a setting; `path` and `line` are "" and 0 for the environment and the command line."""

    layer: LayerKind
    path: str = ""
    line: int = 0

    @property
    def location(self) -> Location | None:
        return Location(self.path, self.line) if self.path else None

    def __str__(self) -> str:
        if self.path:
            return f"{self.path}:{self.line}" if self.line else self.path
        if self.layer is LayerKind.ENV:
            return "the environment"
        return "the command line" if self.layer is LayerKind.CLI else self.layer


class Setting(msgspec.Struct, frozen=True):
    """One setting of one layer.

    `value` is what npm makes of it: variables expanded, typed, a Secret wherever it could be one. `written` is
    the text before expansion, fit to be shown ("" where it may hold a secret). `unset` names the first
    variable that the text asks for and the environment lacks; npm then goes on with the text as it is.
    """

    key: str
    value: Value | Secret
    at: Provenance
    written: str = ""
    unset: str = ""

    def __repr__(self) -> str:
        """Without the value, which may be a token."""
        return f"Setting({self.key!r}, {str(self.at)!r})"

    @property
    def text(self) -> str:
        """The value as JavaScript's String() has it; "" for null, false, nothing, and for lists."""
        value = self.value.reveal() if isinstance(self.value, Secret) else self.value
        if value is None or value is False or isinstance(value, tuple):
            return ""
        return "true" if value is True else str(value)


class Reason(StrEnum):
    """Why a setting is not followed."""

    VARIABLE = "variable"
    UNSET_VARIABLE = "unset-variable"
    NOT_ITS_PLACE = "not-its-place"
    OWNED_HOST = "owned-host"
    UNSCOPED = "unscoped"
    INVALID = "invalid"
    UNSENDABLE = "unsendable"

    @property
    def text(self) -> str:
        return _WHY[self]


_WHY = {
    Reason.VARIABLE: "a project's file may not read environment variables: it could send them anywhere",
    Reason.UNSET_VARIABLE: "it uses an environment variable that is not set",
    Reason.NOT_ITS_PLACE: "a project's file may not decide this",
    Reason.OWNED_HOST: "your own configuration already has credentials for this host",
    Reason.UNSCOPED: "npm 9 and later accept credentials only with their registry: //host/path/:key=…",
    Reason.INVALID: "it is not a complete address such as https://host/path/",
    Reason.UNSENDABLE: "it holds characters that an HTTP header cannot carry",
}


class Refusal(msgspec.Struct, frozen=True):
    """A setting that is not followed, and why. `variable` is the environment variable it is about, or ""."""

    key: str
    at: Provenance
    reason: Reason
    variable: str = ""

    @property
    def text(self) -> str:
        named = f" ({self.variable})" if self.variable else ""
        return f"{self.key} in {self.at} is not used: {self.reason.text}{named}"


class Layer(msgspec.Struct, frozen=True, dict=True):
    """One layer: where it was read (None for environment and command line) and its settings, in file order."""

    kind: LayerKind
    path: str | None
    entries: tuple[Setting, ...]

    def get(self, key: str) -> Setting | None:
        return self._by_key.get(key)

    @cached_property
    def _by_key(self) -> Mapping[str, Setting]:
        return {entry.key: entry for entry in self.entries}


def strongest(layers: tuple[Layer, ...], key: str) -> Setting | None:
    """The setting of the strongest of `layers` that has `key`; `layers` may be in any order."""
    found = {layer.kind: entry for layer in layers if (entry := layer.get(key)) is not None}
    return next((found[kind] for kind in STRONGEST_FIRST if kind in found), None)
