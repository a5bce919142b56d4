"""Which registries a project's packages may come from, read from the files of npm, yarn and bun around it.

npm's and pnpm's: .npmrc in every layer (npm-config 11). Of yarn's and bun's own files only the registries are read:
`npmRegistryServer` of .yarnrc.yml, `registry` of .yarnrc, addresses below `[install]` of bunfig.toml.
"""

import os
import re
from collections.abc import Iterator, Mapping

from forecheck.adapters.npm.project import read_file
from forecheck.evidence.lock_project import ConfiguredRegistries
from forecheck.npm.config import ConfigFile, NpmConfig, environment_layer, file_layer
from forecheck.npm.layers import Layer, LayerKind, Place
from forecheck.npm.locations import Root, global_npmrc, project_npmrc, user_npmrc
from forecheck.npm.registries import Registries, RegistryRef
from forecheck.npm.url import registry_address

_MAX_BYTES = 1024 * 1024
_OTHERS = (
    (".yarnrc.yml", re.compile(r"""^\s*npmRegistryServer:\s*["']?(https?://[^\s"']+)""", re.MULTILINE)),
    (".yarnrc", re.compile(r"""^"?(?:@[^\s:"]+:)?registry"?\s+"?(https?://[^\s"]+)""", re.MULTILINE)),
    ("bunfig.toml", re.compile(r"""^\s*[^#\n]*?=[^#\n]*?"(https?://[^\s"]+)""", re.MULTILINE)),
)


def registries_at(
    folder: str, env: Mapping[str, str], extra_hosts: tuple[str, ...] = ()
) -> ConfiguredRegistries:
    """What is configured for a project in `folder`; raises Malformed for a broken .npmrc.

    What the repository's own files name is kept apart from what the user's do: nobody but the user is trusted.
    """
    config = _npm_config(folder, env)
    found = Registries.from_config(config)
    own = dict.fromkeys(_named_by_user(config))
    project: dict[str, str] = {}
    scopes: dict[str, str] = {}
    for scope, ref in (("", found.default), *found.scopes.items()):
        if not isinstance(ref, RegistryRef):
            continue
        scopes[scope] = ref.url
        if ref.at is not None and ref.at.layer is LayerKind.PROJECT:
            project[ref.url] = ".npmrc"
        else:
            own[ref.url] = None
    for name, url in _others(folder):
        project.setdefault(url, name)
    for _, url in _others(env.get("HOME") or os.path.expanduser("~")):
        own[url] = None
    default = scopes.pop("", None) or ConfiguredRegistries().default
    return ConfiguredRegistries(default, scopes, tuple(own), project, extra_hosts)


def _npm_config(folder: str, env: Mapping[str, str]) -> NpmConfig:
    windows = os.name == "nt"
    place = Place(
        home=os.path.expanduser("~"), cwd=folder, env=env, windows=windows, node=_node(env, windows=windows)
    )
    layers: list[Layer] = [environment_layer(place)]
    _add(layers, LayerKind.USER, user_npmrc(layers, place), place)
    _add(layers, LayerKind.GLOBAL, global_npmrc(layers, place), place)
    _add(layers, LayerKind.PROJECT, project_npmrc(Root(folder), layers, place), place)
    return NpmConfig.of(layers, place)


def _named_by_user(config: NpmConfig) -> Iterator[str]:
    """Every registry in a layer that is not the repository's, whether a stronger layer hides it or not."""
    for layer in config.layers:
        if layer.kind is LayerKind.PROJECT:
            continue
        for entry in layer.entries:
            address = registry_address(entry.text) if entry.key.endswith("registry") else None
            if address is not None:
                yield address.text


def _add(layers: list[Layer], kind: LayerKind, path: str | None, place: Place) -> None:
    data = read_file(path) if path and os.path.isfile(path) else None
    if path and data is not None:
        layers.append(file_layer(kind, ConfigFile(path, data.decode("utf-8", "replace")), place))


def _node(env: Mapping[str, str], *, windows: bool) -> str:
    """Where node is, for npm's global folder; `shutil.which` would cost more than all the rest."""
    name = "node.exe" if windows else "node"
    for folder in env.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, name)
        if folder and os.access(path, os.X_OK):
            return os.path.realpath(path)
    return ""


def _others(folder: str) -> Iterator[tuple[str, str]]:
    for name, registry in _OTHERS:
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            continue
        data = read_file(path)
        text = (data or b"")[:_MAX_BYTES].decode("utf-8", "replace")
        for url in registry.findall(text):
            address = registry_address(url)
            if address is not None:
                yield name, address.text
