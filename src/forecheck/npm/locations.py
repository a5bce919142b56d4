"""Which files npm reads, and where it keeps its cache (@npmcli/config 10, index.js).

The order matters: the command line and the environment say where the project is and where the user's file
is; both together with the user's file say where the global one is. So each function takes the layers
read so far. The project's layer never has a say here, though npm would let it move the other files.
"""

from collections.abc import Sequence

import msgspec

from forecheck.npm.layers import Layer, LayerKind, Place, strongest


class Folder(msgspec.Struct, frozen=True):
    """What lies in one of the folders from the working directory up; `path` is absolute.

    `workspaces` are the absolute folders that its package.json makes workspaces of, empty without the field.
    """

    path: str
    has_package_json: bool = False
    has_node_modules: bool = False
    workspaces: frozenset[str] = frozenset()


class Root(msgspec.Struct, frozen=True):
    """The project: where its .npmrc, lockfile and node_modules are, and the workspace the command was given in."""

    path: str
    workspace: str | None = None


def ancestors(cwd: str, place: Place) -> tuple[str, ...]:
    """`cwd` and every folder above it, nearest first."""
    found = [place.join(place.cwd, cwd)]
    while (above := place.parent(found[-1])) != found[-1]:
        found.append(above)
    return tuple(found)


def project_root(folders: Sequence[Folder], layers: Sequence[Layer], place: Place) -> Root:
    """The nearest of `folders` (nearest first) with a package.json or node_modules; the root of its workspaces if
    it is one of them; else the working directory. `--prefix` on the command line is taken as it is.
    """
    prefix = _text(layers, "prefix", (LayerKind.CLI,))
    if prefix:
        return Root(prefix)
    start = next(
        (at for at, folder in enumerate(folders) if folder.has_package_json or folder.has_node_modules), None
    )
    if start is None:
        return Root(place.cwd)
    nearest = folders[start]
    command = next((layer for layer in layers if layer.kind is LayerKind.CLI), None)
    workspaces = command.get("workspaces") if command is not None else None
    if (workspaces is not None and workspaces.value is False) or is_global(layers):
        return Root(nearest.path)
    for folder in folders[start + 1 :]:
        if folder.has_package_json and nearest.path in folder.workspaces:
            return Root(folder.path, nearest.path)
    return Root(nearest.path)


def is_global(layers: Sequence[Layer]) -> bool:
    """Whether the command works on the global folder, for which no project's file is read."""
    first_read = (LayerKind.CLI, LayerKind.ENV, LayerKind.BUILTIN)
    return _text(layers, "global", first_read) == "true" or _text(layers, "location", first_read) == "global"


def project_npmrc(root: Root, layers: Sequence[Layer], place: Place) -> str | None:
    """The project's file; None in global mode, and where it would be the user's own file a second time."""
    path = place.join(root.path, ".npmrc")
    return None if is_global(layers) or path == user_npmrc(layers, place) else path


def user_npmrc(layers: Sequence[Layer], place: Place) -> str:
    """The user's file; command line, environment and npm's builtin file may move it."""
    return _text(layers, "userconfig", (LayerKind.CLI, LayerKind.ENV, LayerKind.BUILTIN)) or place.absolute(
        "~/.npmrc"
    )


def global_npmrc(layers: Sequence[Layer], place: Place) -> str | None:
    """The file of the whole machine, `{prefix}/etc/npmrc`; None where neither prefix nor node's place is known."""
    before_it = (LayerKind.CLI, LayerKind.ENV, LayerKind.USER, LayerKind.BUILTIN)
    chosen = _text(layers, "globalconfig", before_it)
    if chosen:
        return chosen
    prefix = _text(layers, "prefix", before_it) or default_prefix(place)
    return place.join(prefix, "etc/npmrc") if prefix else None


def builtin_npmrc(npm_folder: str, place: Place) -> str:
    """The file that came with npm itself; `npm_folder` is the one with npm's package.json."""
    return place.join(npm_folder, "npmrc")


def default_prefix(place: Place) -> str:
    """Where npm puts global packages unless told otherwise; "" if node's place is not known."""
    chosen = place.variable("PREFIX")
    if chosen or not place.node:
        return chosen or ""
    if place.windows:
        return place.parent(place.node)
    prefix = place.parent(place.parent(place.node))
    outer = place.variable("DESTDIR")
    return place.join(outer, prefix.lstrip("/")) if outer else prefix


def cache_folder(layers: Sequence[Layer], place: Place) -> str:
    """Npm's cache folder; the packages are in `_cacache` below it."""
    chosen = _text(layers, "cache")
    if chosen:
        return chosen
    if not place.windows:
        return place.absolute("~/.npm")
    local = place.variable("LOCALAPPDATA")
    return place.absolute(f"{local or '~'}/npm-cache")


def _text(layers: Sequence[Layer], key: str, kinds: Sequence[LayerKind] = tuple(LayerKind)) -> str:
    found = strongest(
        tuple(layer for layer in layers if layer.kind in kinds and layer.kind is not LayerKind.PROJECT), key
    )
    return found.text if found is not None else ""
