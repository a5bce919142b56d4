"""deno.lock, version 2 to 5 (Deno 1.28 to 2.9): the packages of npm's in it.

The shape follows Deno's own crate (denoland/deno_lockfile, transforms.rs and lib.rs). A key of `npm` is
`name@version`, with `_peer@version` for each peer dependency it was resolved with.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from forecheck.decode import Malformed, read_json
from forecheck.lockfiles.conditions import conditions
from forecheck.lockfiles.deno_wire import (
    WireHead,
    WireMember,
    WireOldNpm,
    WireOldPackages,
    WirePackage,
    WireVersion2,
    WireVersion3,
    WireVersion4,
    WireWorkspace,
)
from forecheck.lockfiles.format import lockfile_format
from forecheck.lockfiles.npm_wire import text
from forecheck.lockfiles.origins import RegistryFor, origin_of
from forecheck.lockfiles.pointers import pointer
from forecheck.lockfiles.repeated_keys import repeated_keys
from forecheck.lockfiles.workspace_places import unused
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    EntryKind,
    FromDirectory,
    Location,
    Lockfile,
    Release,
    Remark,
    RemarkKind,
)

MAX_BYTES = 256 * 1024 * 1024
_HEAD = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*+\{\s*+(?:"version"\s*+:\s*+"[0-9]{1,3}"\s*+[,}]|"https?://[^"]*+"\s*+:\s*+"[0-9a-f]{64}")'
)


def _sniff(head: bytes) -> bool:
    return _HEAD.match(head) is not None


@lockfile_format(manager="deno", names=("deno.lock",), sniff=_sniff)
def parse(data: bytes, path: str, registry_for: RegistryFor) -> Lockfile:
    """Read a deno.lock; raises `Malformed`, also for version 1, which knows no packages.

    Deno records no ranges but those the project itself asks for: other edges have an empty `wanted`. A module's
    redirect to another URL is a remark, for the module is not npm's.
    """
    head = read_json(data, WireHead, path, max_bytes=MAX_BYTES)
    if not (head.lockfile_version is head.dependencies is head.requires is None):
        raise Malformed(path, "is not a deno.lock: it has fields of npm's")
    if head.version is None or head.version == "1":
        raise Malformed(
            path, "is a deno.lock of version 1: it pins web modules only, nothing of npm's is in it"
        )
    file = _read(data, head.version, path)
    remarks = (*_redirects(file.redirects, path), *repeated_keys(data, path))
    reader = _Reader(file, path, registry_for)
    entries = (*reader.importers(), *reader.packages())
    return Lockfile(path, "deno", str(head.version), entries, manager="deno", remarks=remarks)


class _File(msgspec.Struct, frozen=True, gc=False):
    """What the versions have in common. `specifiers` map a request, without `npm:`, to a key of `packages`."""

    version: int
    specifiers: Mapping[str, str]
    packages: Mapping[str, WirePackage]
    packages_at: tuple[str, ...]
    redirects: Mapping[str, Any]
    workspace: WireWorkspace


def _read(data: bytes, version: Any, path: str) -> _File:
    if version == "2":
        two = read_json(data, WireVersion2, path, max_bytes=MAX_BYTES)
        npm = two.npm or WireOldNpm()
        specifiers = {asked: text(key) for asked, key in (npm.specifiers or {}).items()}
        packages_at = ("npm", "packages")
        return _File(2, specifiers, npm.packages or {}, packages_at, two.redirects or {}, WireWorkspace())
    if version == "3":
        three = read_json(data, WireVersion3, path, max_bytes=MAX_BYTES)
        inside = three.packages or WireOldPackages()
        specifiers = _of_npm(inside.specifiers or {})
        specifiers = {asked: key.removeprefix("npm:") for asked, key in specifiers.items()}
        workspace = three.workspace or WireWorkspace()
        packages_at = ("packages", "npm")
        return _File(3, specifiers, inside.npm or {}, packages_at, three.redirects or {}, workspace)
    if version in ("4", "5"):  # of any type, so not a set
        four = read_json(data, WireVersion4, path, max_bytes=MAX_BYTES)
        specifiers = _of_npm(four.specifiers or {})
        specifiers = {asked: f"{split(asked)[0]}@{key}" for asked, key in specifiers.items()}
        workspace = four.workspace or WireWorkspace()
        return _File(int(version), specifiers, four.npm or {}, ("npm",), four.redirects or {}, workspace)
    raise Malformed(path, f"has version {version!r}; 2 to 5 are known", "$.version")


def _of_npm(specifiers: Mapping[str, Any]) -> dict[str, str]:
    return {
        asked.removeprefix("npm:"): text(key) for asked, key in specifiers.items() if asked.startswith("npm:")
    }


class _Reader:
    def __init__(self, file: _File, path: str, registry_for: RegistryFor) -> None:
        self._file = file
        self._path = path
        self._registry_for = registry_for
        self._only = {split(key)[0]: key for key in file.packages}
        links = (*(file.workspace.links or {}), *(file.workspace.patches or {}))
        self._linked = {link.removeprefix("npm:") for link in links}

    def importers(self) -> Iterator[Entry]:
        """The root, which is also taken to ask for what no manifest does (scripts do), and its members."""
        workspace = self._file.workspace
        members = workspace.members or {}
        asked = {
            folder: _asked(member.dependencies, member.package_json) for folder, member in members.items()
        }
        at_root = _asked(workspace.dependencies, workspace.package_json)
        listed = {one for several in (at_root, *asked.values()) for one in several}
        at_root += [one for one in self._file.specifiers if one not in listed]
        yield self._importer("", EntryKind.ROOT, at_root, pointer("workspace"))
        taken = {"", *self._file.packages}
        for folder in members:
            where = pointer("workspace", "members", folder)
            yield self._importer(unused(folder, taken), EntryKind.WORKSPACE, asked[folder], where, folder)

    def _importer(
        self, location: str, kind: EntryKind, asked: Sequence[str], where: str, folder: str = ""
    ) -> Entry:
        edges = []
        for one in asked:
            name, wanted = split(one)
            key = self._file.specifiers.get(one, "")
            edges.append(Edge(name, wanted, EdgeKind.PROD, target=key if key in self._file.packages else ""))
        origin = FromDirectory(folder)
        at = Location(self._path, pointer=where)
        return Entry(location, kind, Release("", "", origin), "", edges=tuple(edges), at=at)

    def packages(self) -> Iterator[Entry]:
        newest = self._file.version >= 5
        for key, wire in self._file.packages.items():
            if not key:
                raise Malformed(self._path, "a package has no name", f"$.{'.'.join(self._file.packages_at)}")
            name, rest = split(key)
            version = rest.partition("_")[0]
            tarball = text(wire.tarball)
            plain = f"{name}@{version}"
            yield Entry(
                location=key,
                kind=EntryKind.PACKAGE,
                release=Release(name, version, origin_of(name, version, tarball, self._registry_for)),
                installed_as=name,
                integrity=text(wire.integrity),
                resolved=tarball,
                edges=(
                    *self._edges(wire.dependencies, EdgeKind.PROD),
                    *self._edges(wire.optional_dependencies, EdgeKind.OPTIONAL),
                ),
                install_script=True if wire.scripts is True else False if newest else None,
                bins=() if newest and wire.bin is None else None,
                at=Location(self._path, pointer=pointer(*self._file.packages_at, key)),
                patch="links" if plain in self._linked else "",
                platform=conditions(os=wire.os, cpu=wire.cpu),
            )

    def _edges(self, section: Mapping[str, Any] | Sequence[Any] | None, kind: EdgeKind) -> Iterator[Edge]:
        optional = kind is EdgeKind.OPTIONAL
        if isinstance(section, Mapping):
            for name, value in section.items():
                key = text(value)
                yield Edge(name, "", kind, optional, key if key in self._file.packages else "")
            return
        for one in section or ():
            name, rest = split(text(one))
            key = rest.removeprefix("npm:") if rest.startswith("npm:") else text(one)
            target = key if rest else self._only.get(name, "")
            yield Edge(name, "", kind, optional, target if target in self._file.packages else "")


def split(asked: str) -> tuple[str, str]:
    """The name, and what follows the `@` after it; a name may begin with one."""
    at = asked.find("@", 1)
    return (asked[:at], asked[at + 1 :]) if at > 0 else (asked, "")


def _asked(dependencies: Sequence[Any] | None, manifest: WireMember | None) -> list[str]:
    """What a deno.json and the package.json beside it ask npm for, without `npm:`."""
    both = (*(dependencies or ()), *((manifest.dependencies or ()) if manifest is not None else ()))
    return [one.removeprefix("npm:") for one in both if isinstance(one, str) and one.startswith("npm:")]


def _redirects(redirects: Mapping[str, Any], path: str) -> Iterator[Remark]:
    for asked, answer in redirects.items():
        message = f"what is imported from {asked} comes from {text(answer)}"
        yield Remark(RemarkKind.REDIRECT, asked, message, Location(path, pointer=pointer("redirects", asked)))
