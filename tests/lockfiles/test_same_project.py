"""One small project locked by every package manager: whatever the format, it installs the same releases."""

import json
from functools import cache
from pathlib import Path

import pytest

from forecheck.discover import formats
from forecheck.lockfiles.format import format_of
from forecheck.lockfiles.yarn_manifests import with_manifests
from forecheck.model import (
    Entry,
    EntryKind,
    FromBundle,
    FromDirectory,
    FromGit,
    FromRegistry,
    FromTarball,
    Lockfile,
)

FOLDER = Path(__file__).parent.parent / "fixtures" / "lockfiles" / "same-project"
PUBLIC = "https://registry.npmjs.org/"
OTHER_PROJECTS = {"bun/bun.v1.lock", "deno/deno.v4.lock"}
"""The same formats in an older version, of smaller projects."""
LOCKFILES = sorted(
    name
    for path in FOLDER.glob("*/*")
    if path.name not in {"package.json", "deno.json"}
    and (name := str(path.relative_to(FOLDER))) not in OTHER_PROJECTS
)
RELEASES = {
    "@sindresorhus/is@4.6.0",
    "ansi-regex@5.0.1",
    "core-js-pure@3.30.0",
    "debug@4.1.1",
    "emoji-regex@8.0.0",
    "fsevents@2.3.3",
    "is-fullwidth-code-point@3.0.0",
    "is-number@7.0.0",
    "ms@2.1.3",
    "string-width@4.2.3",
    "strip-ansi@6.0.1",
}
"""What the project installs from the registry, with every package manager."""
OF_SOME = {"ms@2.0.0", "left-pad@1.3.0"}
"""A workspace's own (the oldest of each manager know no workspaces), and one that is asked for by its URL."""
WITHOUT = {"deno/deno.lock": {"fsevents@2.3.3"}}
OF_ITS_OWN = {"deno/deno.lock": {"chalk@5.3.0"}}
"""Deno has a deno.json of its own beside the package.json."""


@cache
def read(name: str) -> Lockfile:
    data = (FOLDER / name).read_bytes()
    told = format_of(formats(), Path(name).name, data)
    assert told is not None
    return told.read(data, name, lambda _: PUBLIC)


def from_registry(lockfile: Lockfile) -> dict[str, Entry]:
    return {e.release.spec: e for e in lockfile.entries if isinstance(e.release.origin, FromRegistry)}


def of_node_gyp(lockfile: Lockfile) -> set[str]:
    """Yarn 2 and later install node-gyp for every package that builds something, and lock it."""
    entries = {entry.location: entry for entry in lockfile.entries}
    found = [entry for entry in lockfile.entries if entry.release.name == "node-gyp"]
    reached: set[str] = set()
    while found:
        entry = found.pop()
        if entry.location not in reached:
            reached.add(entry.location)
            found.extend(entries[edge.target] for edge in entry.edges if edge.target)
    return {entries[location].release.spec for location in reached}


@cache
def strong_integrity() -> dict[str, str]:
    return {spec: e.integrity for spec, e in from_registry(read("npm11v3/package-lock.json")).items()}


def test_every_package_manager_is_there() -> None:
    assert {read(name).manager for name in LOCKFILES} == {"npm", "yarn", "pnpm", "bun", "deno", "vlt"}
    assert len(LOCKFILES) == 23


@pytest.mark.parametrize("name", LOCKFILES)
def test_the_same_releases_come_from_the_registry(name: str) -> None:
    lockfile = read(name)
    found = from_registry(lockfile).keys() - of_node_gyp(lockfile) - OF_ITS_OWN.get(name, set())
    assert found - OF_SOME == RELEASES - WITHOUT.get(name, set())


@pytest.mark.parametrize("name", LOCKFILES)
def test_the_same_integrity_where_there_is_one(name: str) -> None:
    lockfile = read(name)
    for spec, entry in from_registry(lockfile).items():
        if lockfile.format == "yarn-berry":
            assert (entry.integrity, bool(entry.checksum or entry.patch)) == ("", True)
        elif entry.integrity.startswith("sha512-"):
            assert entry.integrity == strong_integrity().get(spec, entry.integrity)
        else:
            assert (name, spec) == ("yarn1/yarn.lock", "left-pad@1.3.0")
            assert entry.integrity.startswith("sha1-")


@pytest.mark.parametrize("name", [name for name in LOCKFILES if not name.startswith("deno/")])
def test_the_alias_is_known_under_both_names(name: str) -> None:
    """Deno's lockfile does not say under which name the project asks for it."""
    lockfile = read(name)
    found = from_registry(lockfile)["string-width@4.2.3"]
    asked = {edge.name for entry in lockfile.entries for edge in entry.edges if edge.target == found.location}
    assert "sw" in {found.installed_as, *asked}


@pytest.mark.parametrize("name", [name for name in LOCKFILES if not name.startswith("deno/")])
def test_what_is_not_the_registrys_keeps_its_kind(name: str) -> None:
    origins: dict[str, set[type]] = {}
    for entry in read(name).entries:
        origins.setdefault(entry.release.name, set()).add(type(entry.release.origin))
    assert origins["bundler"] == {FromTarball}
    assert origins["localpkg"] == {FromDirectory}
    assert origins["left-pad"] <= {FromRegistry, FromTarball}
    assert origins.get("gitdep", {FromGit}) == {FromGit}


@pytest.mark.parametrize(
    "name", [name for name in LOCKFILES if name.startswith("pnpm") or name == "npm11v3/package-lock.json"]
)
def test_what_a_tarball_brings_along_is_said_to_be_bundled(name: str) -> None:
    bundled = [e for e in read(name).entries if isinstance(e.release.origin, FromBundle)]
    assert [(e.release.name, e.release.origin) for e in bundled] == [("ms", FromBundle("bundler"))]


def with_edges(name: str) -> Lockfile:
    manifest = json.loads((FOLDER / name).with_name("package.json").read_bytes())
    return with_manifests(read(name), {".": manifest})


@pytest.mark.parametrize("name", [name for name in LOCKFILES if read(name).manager in {"pnpm", "yarn"}])
def test_everything_is_reached_from_the_project(name: str) -> None:
    """Yarn and pnpm name the answer to every dependency."""
    lockfile = with_edges(name)
    entries = {entry.location: entry for entry in lockfile.entries}
    root = next(entry for entry in lockfile.entries if entry.kind is EntryKind.ROOT)
    asked = {edge.name: edge for edge in root.edges}
    assert asked.keys() >= {
        "@sindresorhus/is",
        "bundler",
        "core-js-pure",
        "debug",
        "fsevents",
        "left-pad",
        "sw",
    }
    assert entries[asked["sw"].target].release.name == "string-width"
    assert [edge for entry in lockfile.entries for edge in entry.edges if not edge.target and not edge.optional] == [
        edge for entry in lockfile.entries for edge in entry.edges if edge.kind.value == "peerDependencies" and not edge.optional
    ]  # fmt: skip
    reached: set[str] = set()
    stack = [e.location for e in lockfile.entries if e.kind in (EntryKind.ROOT, EntryKind.WORKSPACE)]
    while stack:
        location = stack.pop()
        if location not in reached:
            reached.add(location)
            stack.extend(edge.target for edge in entries[location].edges if edge.target)
    lost = {entries[location].release.spec for location in entries.keys() - reached}
    assert lost <= (
        {"ms@2.0.0"} if name == "yarn1/yarn.lock" else set()
    )  # the workspace's own: no manifest of it here
