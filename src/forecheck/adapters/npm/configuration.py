"""npm's configuration for one command, read from its files: where the project is, which registry, which cache."""

import os
import shutil
from collections.abc import Mapping, Sequence

import msgspec

from forecheck.adapters.npm.installing import NpmSettings
from forecheck.adapters.npm.program import NpmError
from forecheck.adapters.npm.project import read_file
from forecheck.adapters.npm.workspaces import look_at
from forecheck.npm.config import ConfigFile, NpmConfig, command_layer, environment_layer, file_layer
from forecheck.npm.ini import Value
from forecheck.npm.layers import Layer, LayerKind, Place, Refusal, strongest
from forecheck.npm.locations import (
    Root,
    ancestors,
    builtin_npmrc,
    cache_folder,
    default_prefix,
    global_npmrc,
    project_npmrc,
    project_root,
    user_npmrc,
)
from forecheck.npm.registries import Registries
from forecheck.npm.sanitise import sanitised_environment, sanitised_own_npmrc, sanitised_project_npmrc

_AGE_LIMITS = ("before", "min-release-age")


class Configuration(msgspec.Struct, frozen=True):
    """What npm would go by here. `notices` name the project's settings that are not followed."""

    root: Root
    config: NpmConfig
    registries: Registries
    settings: NpmSettings
    global_binaries: str
    global_modules: str
    notices: tuple[str, ...]

    def registry_for(self, name: str) -> str:
        """The base URL of the registry a name comes from; raises `NpmError` where the repository hides it."""
        found = self.registries.registry_for(name)
        if isinstance(found, Refusal):
            raise NpmError(f"which registry {name} comes from cannot be told: {found.text}")
        return found.url

    def text_of(self, key: str) -> str | None:
        """A setting of the .npmrc files as text, for reading a command line; None where no file sets it."""
        for layer in self.config.layers:
            found = None if layer.kind in (LayerKind.CLI, LayerKind.ENV) else layer.get(key)
            if found is not None and self.config.refusal_of(found) is None:
                return "false" if found.value is False else found.text
        return None

    def in_workspace(self) -> bool:
        """Whether npm sees a workspace selected by the current folder or an .npmrc."""
        selected = (self.text_of("workspace"), self.text_of("workspaces"))
        return self.root.workspace is not None or any(text not in (None, "", "false") for text in selected)


def read_configuration(
    env: Mapping[str, str],
    cwd: str,
    npm_folder: str,
    options: Sequence[tuple[str, Value]] = (),
    *,
    offline: bool = False,
) -> Configuration:
    """Read every layer; `options` are those of npm's command line. Raises Malformed for a broken file."""
    place = Place(
        home=os.path.expanduser("~"),
        cwd=cwd,
        env=env,
        windows=os.name == "nt",
        node=os.path.realpath(shutil.which("node", path=env.get("PATH")) or ""),
    )
    layers: list[Layer] = [command_layer(options, place), environment_layer(place)]
    if npm_folder:
        _add(layers, LayerKind.BUILTIN, _file(builtin_npmrc(npm_folder, place)), place)
    user = _file(user_npmrc(layers, place))
    _add(layers, LayerKind.USER, user, place)
    global_path = global_npmrc(layers, place)
    global_ = _file(global_path) if global_path else None
    _add(layers, LayerKind.GLOBAL, global_, place)
    root = project_root([look_at(folder) for folder in ancestors(cwd, place)], layers, place)
    project_path = project_npmrc(root, layers, place)
    project = _file(project_path) if project_path else None
    _add(layers, LayerKind.PROJECT, project, place)
    config = NpmConfig.of(layers, place)
    registries = Registries.from_config(config)
    for refused in registries.refused_routes():
        raise NpmError(
            f"where packages come from cannot be told: {refused.text}",
            "put the registry's address there as plain text, or into your own ~/.npmrc",
        )
    sanitised = sanitised_project_npmrc(
        project.text if project else "", where=project_path or ".npmrc", owned_hosts=config.owned_hosts
    )
    prefix = _prefix(layers, place)
    return Configuration(
        root=root,
        config=config,
        registries=registries,
        settings=NpmSettings(
            project_npmrc=sanitised.text,
            user_npmrc=_own(user, place),
            global_npmrc=_own(global_, place),
            environment=sanitised_environment(place)[0],
            cache=cache_folder(layers, place),
            offline=offline,
            age_limit=next((key for key in _AGE_LIMITS if config.lookup(key) is not None), ""),
        ),
        global_binaries=prefix if place.windows else os.path.join(prefix, "bin"),
        global_modules=os.path.join(prefix, *(() if place.windows else ("lib",)), "node_modules"),
        notices=tuple(dict.fromkeys(refusal.text for refusal in registries.problems)),
    )


def _prefix(layers: Sequence[Layer], place: Place) -> str:
    """Where `npm install -g` puts packages, and below it or in it their commands."""
    chosen = strongest(tuple(layers), "prefix")
    return os.path.join(place.cwd, os.path.expanduser(chosen.text)) if chosen else default_prefix(place)


def _file(path: str) -> ConfigFile | None:
    data = read_file(path) if os.path.isfile(path) else None
    return ConfigFile(path, data.decode("utf-8", "replace")) if data is not None else None


def _add(layers: list[Layer], kind: LayerKind, file: ConfigFile | None, place: Place) -> None:
    if file is not None:
        layers.append(file_layer(kind, file, place))


def _own(file: ConfigFile | None, place: Place) -> str:
    return sanitised_own_npmrc(file.text, where=file.path, place=place).text if file else ""
