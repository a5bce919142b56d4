"""Whether a lockfile answers every manifest of its project, so that npm would look nothing up and change nothing.

What is proved is that npm's tree builder (Arborist 8 and 9: `loadVirtual`, `Edge`, `#problemEdges`, `calcDepFlags`)
finds no edge to mend and no entry to drop. Wherever that is not plain the answer is a doubt, and npm is asked.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from forecheck.npm.semver import parse_version, satisfies
from forecheck.npm.spec import InvalidSpec, Spec, SpecType, resolve
from forecheck.resolve.tree_flags import Kind, flags_of

Json = Mapping[str, Any]

_MODULES: Final = "node_modules/"
_SECTIONS: Final = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_BEYOND: Final = ("acceptDependencies", "bundleDependencies", "bundledDependencies", "overrides")
"""What changes how a manifest is read, in ways not followed here."""
_UNUSUAL: Final = (
    *("bundleDependencies", "bundledDependencies", "inBundle", "hasShrinkwrap"),
    *("devDependencies", "extraneous", "inert"),
)
_FLAGS: Final = ("dev", "optional", "devOptional", "peer")
_UNNAMEABLE: Final = frozenset({"", ".", "..", "node_modules", "__proto__"})


class _Doubtful(Exception):  # noqa: N818  (the answer, on its way out)
    pass


class _Edge(msgspec.Struct, frozen=True):
    kind: Kind
    wanted: str


def doubt(lockfile: object, manifests: Mapping[str, object]) -> str:
    """Why npm has to be asked; empty where the lockfile is the answer.

    `lockfile` and `manifests` are decoded JSON: every package.json of the project outside node_modules by its
    folder relative to the root, with slashes, the root's own as the empty text.
    """
    try:
        _Proof(lockfile, manifests).hold()
    except _Doubtful as reason:
        return str(reason)
    return ""


class _Proof:
    def __init__(self, lockfile: object, manifests: Mapping[str, object]) -> None:
        lock = _object(lockfile, "the lockfile")
        if type(lock.get("lockfileVersion")) is not int or lock["lockfileVersion"] not in (2, 3):
            raise _Doubtful("the lockfile's version is neither 2 nor 3")
        entries = _object(lock.get("packages"), "the lockfile's packages")
        self._entries = {location: _object(entry, location) for location, entry in entries.items()}
        self._manifests = {
            folder: _object(each, f"{folder}/package.json") for folder, each in manifests.items()
        }
        self._workspaces: dict[str, str] = {}

    def hold(self) -> None:
        root = self._manifests.get("")
        if root is None or "" not in self._entries:
            raise _Doubtful("the project's own manifest or entry is missing")
        self._workspaces = {
            folder: _workspace_name(folder, self._manifests[folder])
            for folder in _workspace_folders(root, self._manifests)
        }
        if len(set(self._workspaces.values())) != len(self._workspaces):
            raise _Doubtful("two workspaces have one name")
        for folder in ("", *self._workspaces):
            _same_manifest(self._manifests[folder], self._entries.get(folder), folder)
        if self._entries[""].get("workspaces") != root.get("workspaces"):
            raise _Doubtful("the lockfile knows other workspaces")
        for location, entry in self._entries.items():
            self._is_usual(location, entry)
        self._compare_flags(self._walk())

    def _is_usual(self, location: str, entry: Json) -> None:
        if location in ("", *self._workspaces):
            return
        name, parent = _name_and_parent(location)
        if parent not in self._entries or self._entries[parent].get("link"):
            raise _Doubtful(f"{location} hangs in the air")
        for key in _UNUSUAL:
            if entry.get(key):
                raise _Doubtful(f"{location} has {key}")
        if entry.get("link"):
            folder = entry.get("resolved")
            if parent or self._workspaces.get(str(folder)) != name:
                raise _Doubtful(f"{location} links to what is no workspace")
            return
        resolved = entry.get("resolved")
        if not isinstance(resolved, str) or not resolved.startswith(("https://", "http://")):
            raise _Doubtful(f"{location} does not come from a registry")
        if not isinstance(entry.get("integrity"), str) or not entry["integrity"]:
            raise _Doubtful(f"{location} has no integrity")
        if (
            not _object(entry.get("dependencies", {}), location)
            .keys()
            .isdisjoint(entry.get("optionalDependencies", ()))
        ):
            raise _Doubtful(f"{location} needs the same in two ways")
        if not isinstance(entry.get("version"), str) or parse_version(entry["version"]) is None:
            raise _Doubtful(f"{location} has no version")

    def _walk(self) -> dict[str, list[tuple[str, Kind]]]:
        """Follow every edge from the root, as Node resolves it; gives where the edges of each entry lead."""
        leads: dict[str, list[tuple[str, Kind]]] = {}
        kept = {""}
        todo = [""]
        while todo:
            location = todo.pop()
            leads[location] = []
            for name, edge in self._edges(location).items():
                target = self._resolve(name, location)
                if target is None and edge.kind is Kind.PEER_OPTIONAL:
                    continue
                if target is None:
                    raise _Doubtful(f"nothing answers {name} of {location or 'the project'}")
                self._check(name, edge, location, target)
                leads[location].append((target, edge.kind))
                if target not in kept and edge.kind is not Kind.PEER_OPTIONAL:
                    kept.add(target)
                    todo.append(target)
        for location in self._entries:
            if location not in kept:
                raise _Doubtful(f"nobody needs {location}")
        return leads

    def _edges(self, location: str) -> dict[str, _Edge]:
        """By name; of several sections with one name the last one counts (Arborist's `Node`)."""
        entry = self._entries[location]
        if entry.get("link"):
            return {"": _Edge(Kind.LINK, entry["resolved"])}
        found: dict[str, _Edge] = {}
        optional = _optional_peers(entry.get("peerDependenciesMeta"), location)
        for name, wanted in _section(entry, "peerDependencies"):
            found[name] = _Edge(Kind.PEER_OPTIONAL if name in optional else Kind.PEER, wanted)
        found.update((name, _Edge(Kind.PROD, wanted)) for name, wanted in _section(entry, "dependencies"))
        found.update(
            (name, _Edge(Kind.OPTIONAL, wanted)) for name, wanted in _section(entry, "optionalDependencies")
        )
        if location in ("", *self._workspaces):
            found.update(
                (name, _Edge(Kind.DEV, wanted)) for name, wanted in _section(entry, "devDependencies")
            )
        if not location:
            found.update((name, _Edge(Kind.WORKSPACE, folder)) for folder, name in self._workspaces.items())
        return found

    def _resolve(self, name: str, location: str) -> str | None:
        if not name:  # from a link to its folder
            return str(self._entries[location]["resolved"])
        while True:
            found = f"{location}/{_MODULES}{name}" if location else f"{_MODULES}{name}"
            if found in self._entries:
                return found
            if not location:
                return None
            location = "" if location in self._workspaces else _name_and_parent(location)[1]

    def _check(self, name: str, edge: _Edge, location: str, target: str) -> None:
        entry = self._entries[target]
        if edge.kind is Kind.LINK:
            return
        if edge.kind is Kind.WORKSPACE:
            if entry.get("link") is not True or entry.get("resolved") != edge.wanted:
                raise _Doubtful(f"the workspace {name} is not linked")
            return
        own = location not in ("", *self._workspaces) and _name_and_parent(target)[1] == location
        if own and edge.kind in (Kind.PEER, Kind.PEER_OPTIONAL):
            raise _Doubtful(f"{location} keeps its own {name}, a peer")
        called, spec = name, _spec(name, edge.wanted)
        if spec.type is SpecType.ALIAS and spec.sub_spec is not None:
            called, spec = str(spec.sub_spec.name), spec.sub_spec
        if entry.get("link"):
            entry = self._entries[str(entry["resolved"])]
        elif entry.get("name", name) != called:
            raise _Doubtful(f"{target} is another package than {called}")
        if spec.type is SpecType.RANGE and spec.fetch_spec == "*":
            return
        if spec.type not in (SpecType.RANGE, SpecType.VERSION) or not spec.fetch_spec:
            raise _Doubtful(f"{name}@{edge.wanted} is no range")
        version = entry.get("version")
        if not isinstance(version, str) or not satisfies(version, spec.fetch_spec, loose=True):
            raise _Doubtful(f"{target} does not satisfy {edge.wanted}")

    def _compare_flags(self, leads: Mapping[str, list[tuple[str, Kind]]]) -> None:
        known = flags_of(leads)
        for location, entry in self._entries.items():
            if location in ("", *self._workspaces) or entry.get("link"):
                continue
            for flag in _FLAGS:
                if entry.get(flag, False) is not (flag in known[location]):
                    raise _Doubtful(f"{location} is not marked as it would be ({flag})")


def _object(value: object, what: str) -> Json:
    if not isinstance(value, dict):
        raise _Doubtful(f"{what} is no object")
    return value


def _same_manifest(manifest: Json, entry: Json | None, folder: str) -> None:
    """The lockfile's record of a manifest has to hold its dependencies, and no others."""
    if entry is None:
        raise _Doubtful(f"the lockfile does not know {folder}")
    for key in _BEYOND:
        if manifest.get(key) or entry.get(key):
            raise _Doubtful(f"{folder}/package.json has {key}")
    optional = dict(_section(manifest, "optionalDependencies"))
    for section in _SECTIONS:
        declared, recorded = dict(_section(manifest, section)), dict(_section(entry, section))
        if section == "dependencies":  # npm takes what is optional too out of them
            declared = {name: wanted for name, wanted in declared.items() if name not in optional}
        if declared != recorded:
            raise _Doubtful(f"the lockfile has other {section} of {folder or 'the project'}")
    meta = "peerDependenciesMeta"
    if _optional_peers(manifest.get(meta), folder) != _optional_peers(entry.get(meta), folder):
        raise _Doubtful(f"the lockfile has other {meta} of {folder or 'the project'}")
    if folder and (manifest.get("version") != entry.get("version") or entry.get("link")):
        raise _Doubtful(f"the lockfile has another {folder}")
    if folder and entry.get("name", folder.rpartition("/")[2]) != _workspace_name(folder, manifest):
        raise _Doubtful(f"the lockfile has another name for {folder}")


def _section(where: Json, key: str) -> Iterator[tuple[str, str]]:
    for name, wanted in _object(where.get(key, {}), key).items():
        if not isinstance(wanted, str) or not _is_name(name):
            raise _Doubtful(f"{name!r} in {key} is no dependency")
        yield name, wanted


def _optional_peers(meta: object, where: str) -> frozenset[str]:
    listed = _object({} if meta is None else meta, f"peerDependenciesMeta of {where}")
    return frozenset(name for name, one in listed.items() if _object(one, name).get("optional"))


def _spec(name: str, wanted: str) -> Spec:
    try:
        return resolve(name, wanted or "*")
    except InvalidSpec as wrong:
        raise _Doubtful(f"{name}@{wanted}: {wrong}") from None


def _is_name(name: str) -> bool:
    scope, slash, base = name.partition("/")
    parts = (scope[1:], base) if slash and name.startswith("@") else (name,)
    return all(part not in _UNNAMEABLE and not set("/\\:") & set(part) and part[0] != "." for part in parts)


def _name_and_parent(location: str) -> tuple[str, str]:
    """The package's name and the location it is installed below: `a/node_modules/@s/b` is `@s/b` below `a`."""
    before, modules, name = location.rpartition(_MODULES)
    if not modules or not _is_name(name) or (before and not before.endswith("/")):
        raise _Doubtful(f"{location} is no place of a package")
    return name, before[:-1]


def _workspace_folders(root: Json, manifests: Mapping[str, Json]) -> list[str]:
    """The folders that the globs of `workspaces` name; only those made of plain names and whole `*`."""
    declared = root.get("workspaces", [])
    patterns = declared.get("packages") if isinstance(declared, dict) else declared
    if not isinstance(patterns, list):
        raise _Doubtful("workspaces is no list")
    wanted = [_segments(pattern) for pattern in patterns]
    found = [folder for folder in manifests if folder and any(_matches(folder, one) for one in wanted)]
    if any(outer != inner and inner.startswith(f"{outer}/") for outer in found for inner in found):
        raise _Doubtful("a workspace lies in another")
    return found


def _segments(pattern: object) -> list[str]:
    if not isinstance(pattern, str):
        raise _Doubtful("workspaces holds what is no glob")
    parts = pattern.removeprefix("./").removesuffix("/").split("/")
    if any(part != "*" and (part in _UNNAMEABLE or set("*?[]{}()!+\\:") & set(part)) for part in parts):
        raise _Doubtful(f"{pattern} is no plain glob")
    return parts


def _matches(folder: str, wanted: list[str]) -> bool:
    parts = folder.split("/")
    if len(parts) != len(wanted) or any(
        one.casefold() != part.casefold() if one != "*" else False
        for one, part in zip(wanted, parts, strict=True)
    ):
        return False
    if any(one not in ("*", part) for one, part in zip(wanted, parts, strict=True)):
        raise _Doubtful(f"{folder} differs in capitals from a workspace")
    if any(part.startswith(".") for part in parts):
        raise _Doubtful(f"{folder} is hidden")
    return True


def _workspace_name(folder: str, manifest: Json) -> str:
    name = manifest.get("name", folder.rpartition("/")[2])
    if not isinstance(name, str) or not _is_name(name):
        raise _Doubtful(f"{folder} has no usable name")
    return name
