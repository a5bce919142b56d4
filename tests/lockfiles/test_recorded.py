"""Recorded lockfiles of npm, bun, Deno and vlt: how many entries each gives, and for small ones all that they say."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from forecheck.discover import formats
from forecheck.model import EntryKind, FromRegistry, Lockfile
from forecheck.resolve.paths import dependency_paths

PUBLIC = "https://registry.npmjs.org/"
RECORDED = Path(__file__).parents[1] / "fixtures" / "lockfiles"


def read(name: str) -> Lockfile:
    folder, _, file = name.partition("/")
    reader = next(one for one in formats() if one.id == folder)
    return reader.read((RECORDED / name).read_bytes(), file, lambda _: PUBLIC)


def neutral(lockfile: Lockfile) -> Any:
    """What a golden file holds: all of it, in JSON."""
    return json.loads(msgspec.json.encode(lockfile))


@pytest.mark.parametrize("expected", sorted(RECORDED.glob("*/*.expected.json")), ids=lambda path: path.name)
def test_small_files_say_all_of_this(expected: Path) -> None:
    name = f"{expected.parent.name}/{expected.name.removesuffix('.expected.json')}"
    assert neutral(read(name)) == json.loads(expected.read_text())


@pytest.mark.parametrize(
    ("name", "version", "kinds"),
    [
        ("bun/hono.v0.lock", "0", {"root": 1, "package": 1001}),
        ("bun/elysia.v1.lock", "1", {"root": 1, "package": 291}),
        ("bun/generated.v2.lock", "2", {"root": 1, "package": 5}),
        ("bun/no-packages.json5", "0", {"root": 1}),
        ("bun/nested-dependencies-dup.json5", "0", {"root": 1, "package": 7}),
        ("bun-binary/is-number.lockb", "2", {"root": 1, "package": 1}),
        ("deno/hono.v2.lock", "2", {"root": 1, "package": 38}),
        ("deno/fresh.v3.lock", "3", {"root": 1, "package": 207}),
        ("deno/fresh.v4.lock", "4", {"root": 1, "workspace": 4, "package": 216}),
        ("deno/fresh.v5.lock", "5", {"root": 1, "workspace": 6, "package": 808}),
        ("vlt/vlt.first.json", "", {"root": 1, "workspace": 50, "package": 120}),
        ("vlt/vlt.v0.json", "0", {"root": 1, "workspace": 54, "package": 120}),
        ("vlt/vlt.v1.json", "1", {"root": 1, "workspace": 44, "package": 120}),
    ],
)
def test_every_package_is_an_entry(name: str, version: str, kinds: dict[str, int]) -> None:
    lockfile = read(name)
    assert lockfile.version == version
    assert Counter(entry.kind.value for entry in lockfile.entries) == kinds
    assert len({entry.location for entry in lockfile.entries}) == len(lockfile.entries)


@pytest.mark.parametrize(
    "name",
    ["bun/hono.v0.lock", "bun/elysia.v1.lock", "deno/hono.v2.lock", "deno/fresh.v3.lock", "deno/fresh.v4.lock",
     "deno/fresh.v5.lock", "vlt/vlt.first.json", "vlt/vlt.v0.json", "vlt/vlt.v1.json"],
)  # fmt: skip
def test_an_honest_file_is_pinned_reached_and_the_registrys(name: str) -> None:
    lockfile = read(name)
    packages = [entry for entry in lockfile.entries if entry.kind is EntryKind.PACKAGE]
    registries = {entry.release.origin for entry in packages}
    assert registries <= {FromRegistry(PUBLIC), FromRegistry("https://npm.jsr.io/")}
    assert all(entry.integrity.startswith("sha512-") for entry in packages)
    locations = {entry.location for entry in lockfile.entries}
    edges = [edge for entry in lockfile.entries for edge in entry.edges]
    assert {edge.target for edge in edges} <= locations | {""}
    assert all(edge.target or edge.optional for edge in edges if not name.startswith("vlt/"))
    if not name.startswith("vlt/"):  # those are cut
        assert {entry.location for entry in packages} == set(dependency_paths(lockfile))


def test_text_and_binary_of_one_project_say_the_same() -> None:
    """Bun 1.1 had no integrity for tarballs, and was asked without the git repository."""
    text = {entry.location: entry for entry in read("bun/project.v2.lock").entries}
    binary = {entry.location: entry for entry in read("bun-binary/project.lockb").entries}
    assert text.keys() - binary.keys() == {"gitdep"}
    assert binary.keys() <= text.keys()
    for location, entry in binary.items():
        other = text[location]
        assert (entry.kind, entry.installed_as) == (other.kind, other.installed_as)
        assert entry.release.name == other.release.name
        if location != "bundler/ms":  # the newer bun found a newer one
            assert entry.release.version in {other.release.version, ""}
            assert entry.release.origin == other.release.origin
            assert entry.integrity in {other.integrity, ""}
