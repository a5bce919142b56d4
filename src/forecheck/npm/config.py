"""Npm's configuration: its layers, which of them wins, and what a project's own file may not decide.

The rules of precedence and of reading are those of @npmcli/config 10 (npm 11). One thing differs on purpose:
the project's .npmrc came with the repository, so it gets no environment variable, and neither chooses
proxies, certificates or places nor replaces the user's credentials.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from forecheck.npm import ini
from forecheck.npm.definitions import Role, role
from forecheck.npm.ini import Value
from forecheck.npm.layers import (
    STRONGEST_FIRST,
    Layer,
    LayerKind,
    Place,
    Provenance,
    Reason,
    Refusal,
    Setting,
)
from forecheck.npm.secret import Secret
from forecheck.npm.values import as_boolean, expand, is_credential, setting

_UNSCOPED = frozenset({"_auth", "_authToken", "_authtoken", "-authtoken", "_password", "username"})
_CREDENTIALS = frozenset({"_authToken", "_auth", "username", "_password", "certfile", "keyfile"})
_FILES = frozenset({"certfile", "keyfile"})
_OPEN_ENDED = frozenset({Reason.VARIABLE, Reason.UNSET_VARIABLE})


class ConfigFile(msgspec.Struct, frozen=True):
    """An .npmrc as read from disk (UTF-8, undecodable bytes replaced as node does)."""

    path: str
    text: str

    def __repr__(self) -> str:
        """Without the text, which may hold tokens."""
        return f"ConfigFile({self.path!r})"


class NpmConfig(msgspec.Struct, frozen=True, dict=True):
    """All layers, strongest first, and every setting of theirs that is not followed."""

    place: Place
    layers: tuple[Layer, ...]
    refusals: tuple[Refusal, ...]
    owned_hosts: frozenset[str]

    @classmethod
    def of(cls, layers: Sequence[Layer], place: Place) -> "NpmConfig":
        ordered = tuple(sorted(layers, key=lambda layer: STRONGEST_FIRST.index(layer.kind)))
        owned = frozenset(
            host_of(entry.key)
            for layer in ordered
            if layer.kind is not LayerKind.PROJECT
            for entry in layer.entries
            if _names_credential(entry.key)
        )
        refusals = tuple(
            refusal
            for layer in ordered
            for entry in layer.entries
            if (refusal := _refusal(entry, layer.kind, owned)) is not None
        )
        return cls(place, ordered, refusals, owned)

    @property
    def own(self) -> tuple[Layer, ...]:
        """The layers that are the user's or the machine's, strongest first."""
        return tuple(layer for layer in self.layers if layer.kind is not LayerKind.PROJECT)

    def layer(self, kind: LayerKind) -> Layer | None:
        return next((layer for layer in self.layers if layer.kind is kind), None)

    def refusal_of(self, entry: Setting) -> Refusal | None:
        return self._refused.get((entry.at.layer, entry.key))

    @cached_property
    def _refused(self) -> Mapping[tuple[LayerKind, str], Refusal]:
        return {(refusal.at.layer, refusal.key): refusal for refusal in self.refusals}

    def candidates(self, key: str) -> Iterator[Setting | Refusal]:
        """Every layer's say on `key`, strongest first, without those that have no say.

        A text with a variable that may not or cannot be filled in has a say, but nobody knows which: it stands
        here as its Refusal, so that it hides the weaker layers' values as it does for npm.
        """
        for layer in self.layers:
            entry = layer.get(key)
            if entry is None:
                continue
            refusal = self.refusal_of(entry)
            if refusal is None:
                yield entry
            elif refusal.reason in _OPEN_ENDED:
                yield refusal

    def lookup(self, key: str) -> Setting | Refusal | None:
        """The effective setting; a Refusal where the strongest layer's value cannot be known; None if unset."""
        return next(self.candidates(key), None)

    def set_keys(self) -> frozenset[str]:
        return frozenset(entry.key for layer in self.layers for entry in layer.entries)

    def hidden_routes(self) -> tuple[Refusal, ...]:
        """The project's keys with a variable in them: any of them may be the route of any scope."""
        return tuple(no for no in self.refusals if "${" in no.key and not is_credential(no.key))


def load(
    place: Place,
    *,
    builtin: ConfigFile | None = None,
    global_: ConfigFile | None = None,
    user: ConfigFile | None = None,
    project: ConfigFile | None = None,
    cli: Sequence[tuple[str, Value]] = (),
) -> NpmConfig:
    """Read all layers; a file that is not there is None. Raises Malformed with the file's path and line."""
    files = {
        LayerKind.BUILTIN: builtin,
        LayerKind.GLOBAL: global_,
        LayerKind.USER: user,
        LayerKind.PROJECT: project,
    }
    layers = [file_layer(kind, file, place) for kind, file in files.items() if file is not None]
    return NpmConfig.of([*layers, environment_layer(place), command_layer(cli, place)], place)


def file_layer(kind: LayerKind, file: ConfigFile, place: Place) -> Layer:
    """One .npmrc. Raises Malformed."""
    trusted = kind is not LayerKind.PROJECT
    entries: dict[str, Setting] = {}
    for entry in ini.parse(file.text, file.path):
        if entry.section is None:
            key = expand(entry.key, place).text if trusted else entry.key
            at = Provenance(kind, file.path, entry.line)
            entries[key] = setting(key, entry.value, at, place, expanding=trusted)
    return Layer(kind, file.path, tuple(entries.values()))


def environment_layer(place: Place) -> Layer:
    """`npm_config_*` in any case; `_` is `-` but at the start, and `//host/:key` stays as it is."""
    at = Provenance(LayerKind.ENV)
    entries: dict[str, Setting] = {}
    for name, text in place.env.items():
        raw = environment_key(name)
        if raw and text:
            key = expand(raw, place).text
            entries[key] = setting(key, text, at, place, expanding=True)
    return Layer(LayerKind.ENV, None, tuple(entries.values()))


def environment_key(name: str) -> str:
    """The setting an environment variable gives, "" if none."""
    if name[:11].lower() != "npm_config_":
        return ""
    key = name[11:]
    return key if key.startswith("//") else (key[:1] + key[1:].replace("_", "-")).lower()


def command_layer(pairs: Sequence[tuple[str, Value]], place: Place) -> Layer:
    """Flags of the command line, already split into key and value by npm's grammar."""
    at = Provenance(LayerKind.CLI)
    entries = {key: setting(key, value, at, place, expanding=True) for key, value in pairs}
    return Layer(LayerKind.CLI, None, tuple(entries.values()))


def host_of(key: str) -> str:
    """The `host:port` a credential's key names, in lower case."""
    return key.rpartition(":")[0][2:].split("/", 1)[0].lower()


def project_reason(key: str, value: Value, owned_hosts: frozenset[str]) -> Reason | None:
    """Why a project's file may not set `key` to `value` (unexpanded); None if it may."""
    name = key.rpartition(":")[2] if is_credential(key) else key
    if key in _UNSCOPED:
        return Reason.UNSCOPED
    if key == "strict-ssl" and not isinstance(value, tuple) and "${" not in str(value) and as_boolean(value):
        return None
    if role(key) in {Role.NETWORK, Role.LOCATION, Role.SECRET} or name in _FILES:
        return Reason.NOT_ITS_PLACE
    texts = value if isinstance(value, tuple) else (value,)
    if "${" in key or any(isinstance(text, str) and "${" in text for text in texts):
        return Reason.VARIABLE
    if _names_credential(key) and host_of(key) in owned_hosts:
        return Reason.OWNED_HOST
    return None


def _refusal(entry: Setting, kind: LayerKind, owned_hosts: frozenset[str]) -> Refusal | None:
    if kind is LayerKind.PROJECT:
        value = entry.value.reveal() if isinstance(entry.value, Secret) else entry.value
        reason = project_reason(entry.key, value, owned_hosts)
        variable = _variable_in(entry) if reason is Reason.VARIABLE else ""
        return None if reason is None else Refusal(entry.key, entry.at, reason, variable)
    if entry.key in _UNSCOPED:
        return Refusal(entry.key, entry.at, Reason.UNSCOPED)
    if entry.unset:
        return Refusal(entry.key, entry.at, Reason.UNSET_VARIABLE, entry.unset)
    return None


def _variable_in(entry: Setting) -> str:
    texts = entry.value if isinstance(entry.value, tuple) else (entry.text,)
    whole = " ".join([entry.key, *(text for text in texts if isinstance(text, str))])
    return whole.partition("${")[2].partition("}")[0].removesuffix("?")


def _names_credential(key: str) -> bool:
    return is_credential(key) and key.rpartition(":")[2] in _CREDENTIALS
