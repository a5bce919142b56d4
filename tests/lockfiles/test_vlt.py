import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.lockfiles.positions import locate
from forecheck.lockfiles.vlt import parse
from forecheck.lockfiles.vlt_ids import DepId, split_id
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    EntryKind,
    FromDirectory,
    FromGit,
    FromRegistry,
    FromTarball,
    FromUnknown,
    Lockfile,
    Origin,
)
from forecheck.resolve.paths import dependency_paths
from tests.lockfiles.mutated import mutations

PUBLIC = "https://registry.npmjs.org/"
JSR = "https://npm.jsr.io/"
RECORDED = Path(__file__).parents[1] / "fixtures" / "lockfiles" / "vlt"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def read(nodes: Any, edges: Any = None, registry: str = PUBLIC, **fields: Any) -> Lockfile:
    document = {"lockfileVersion": 1, "options": {}, "nodes": nodes, "edges": edges or {}, **fields}
    return parse(json.dumps(document).encode(), "vlt-lock.json", lambda _: registry)


def node(key: str, resolved: str | None = None, options: Any = None) -> Entry:
    return read({key: [0, "a", "sha512-x", resolved]}, options=options or {}).entries[-1]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("~npm~ms@2.1.3", DepId("registry", "npm", "ms@2.1.3")),
        ("~npm~@s+a@1.0.0~peer.3", DepId("registry", "npm", "@s/a@1.0.0")),
        ("~jsr~@jsr+std____semver@1.0.8", DepId("registry", "jsr", "@jsr/std__semver@1.0.8")),
        ("·npm·@s§a@1.0.0·%E1%B9%97%3A27", DepId("registry", "npm", "@s/a@1.0.0")),
        ("··ms@2.1.3", DepId("registry", "", "ms@2.1.3")),
        ("·https%3A§§npm.jsr.io§·@jsr§a@1.0.0", DepId("registry", "https://npm.jsr.io/", "@jsr/a@1.0.0")),
        ("file~_d", DepId("file", ".")),
        ("file·.", DepId("file", ".")),
        ("workspace~src+graph", DepId("workspace", "src/graph")),
        ("git~git_pssh_c++git@h+r.git~v1", DepId("git", "git+ssh://git@h/r.git", "v1")),
        ("remote~https_c++h+a.tgz", DepId("remote", "https://h/a.tgz")),
        ("~x~a_q@1_", DepId("registry", "x", "a_q@1_")),
        ("registry;;x@1", DepId("")),
        ("git~only", DepId("")),
        ("file", DepId("")),
        ("", DepId("")),
    ],
)
def test_ids(text: str, parts: DepId) -> None:
    found = split_id(text)
    assert (found.kind, found.first, found.second) == (parts.kind, parts.first, parts.second)


@pytest.mark.parametrize(
    ("key", "resolved", "spec", "origin"),
    [
        ("~npm~a@1.0.0", None, "a@1.0.0", FromRegistry(PUBLIC)),
        ("··a@1.0.0", None, "a@1.0.0", FromRegistry(PUBLIC)),
        ("~npm~@s+real@1.0.0", None, "@s/real@1.0.0", FromRegistry(PUBLIC)),
        ("~npm~a@1.0.0", f"{PUBLIC}a/-/a-1.0.0.tgz", "a@1.0.0", FromRegistry(PUBLIC)),
        ("~npm~a@1.0.0", f"{PUBLIC}a/-/a-0.9.0.tgz", "a@1.0.0", FromTarball(f"{PUBLIC}a/-/a-0.9.0.tgz")),
        ("~npm~a@1.0.0", "https://evil.example/a.tgz", "a@1.0.0", FromTarball("https://evil.example/a.tgz")),
        ("~npm~a@1.0.0", "../a.tgz", "a@1.0.0", FromUnknown("../a.tgz")),
        ("~jsr~@jsr+b@1.0.0", None, "@jsr/b@1.0.0", FromRegistry(JSR)),
        ("~jsr~@jsr+b@1.0.0", f"{JSR}~/11/@jsr/b/1.0.0.tgz", "@jsr/b@1.0.0", FromRegistry(JSR)),
        ("~jsr~@jsr+b@1.0.0", f"{JSR}~/11/@jsr/c/1.0.0.tgz", "@jsr/b@1.0.0", FromTarball(f"{JSR}~/11/@jsr/c/1.0.0.tgz")),
        ("~jsr~@jsr+b@1.0.0", "https://[x", "@jsr/b@1.0.0", FromTarball("https://[x")),
        ("~custom~a@1.0.0", None, "a@1.0.0", FromUnknown("custom#a@1.0.0")),
        ("~https_c++evil.example~a@1.0.0", None, "a@1.0.0", FromUnknown("https://evil.example/#a@1.0.0")),
        (f"git~git_pssh_c++git@h+r.git~{COMMIT}", None, "a", FromGit("git+ssh://git@h/r.git", COMMIT)),
        ("git~github_co+r~main", None, "a", FromGit("github:o/r", "")),
        ("git~github_co+r~main", "https://evil.example/a.tgz", "a", FromTarball("https://evil.example/a.tgz")),
        ("file~a.tgz", None, "a", FromTarball("file:a.tgz")),
        ("file~..+a", None, "a", FromDirectory("../a")),
        ("file~a", "https://evil.example/a.tgz", "a", FromTarball("https://evil.example/a.tgz")),
        ("remote~https_c++h+a.tgz", None, "a", FromTarball("https://h/a.tgz")),
        ("remote~https_c++h+a.tgz", "https://evil.example/a.tgz", "a", FromTarball("https://evil.example/a.tgz")),
        ("something else", None, "a", FromUnknown("")),
    ],
)  # fmt: skip
def test_sources(key: str, resolved: str | None, spec: str, origin: Origin) -> None:
    found = node(key, resolved)
    assert (found.release.spec, found.release.origin) == (spec, origin)


@pytest.mark.parametrize(
    ("options", "origin"),
    [
        ({"registry": "https://evil.example"}, FromUnknown("https://evil.example/#a@1.0.0")),
        ({"registries": {"npm": "https://evil.example/"}}, FromUnknown("https://evil.example/#a@1.0.0")),
        ({"registry": PUBLIC.rstrip("/"), "registries": {"npm": PUBLIC}}, FromRegistry(PUBLIC)),
        ({"registries": {"npm": 3}}, FromRegistry(PUBLIC)),
    ],
)
def test_a_registry_that_only_the_lockfile_names_is_not_trusted(options: Any, origin: Origin) -> None:
    assert node("~npm~a@1.0.0", options=options).release.origin == origin
    jsr = node("~jsr~a@1.0.0", options={"jsr-registries": {"jsr": "https://evil.example/"}})
    assert jsr.release.origin == FromUnknown("https://evil.example/#a@1.0.0")


def test_the_public_registry_stands_for_the_configured_one() -> None:
    corp = "https://corp.example/npm/"
    lockfile = read({"~npm~a@1.0.0": [0, "a"]}, registry=corp, options={"registry": PUBLIC})
    assert lockfile.entries[-1].release.origin == FromRegistry(corp)


def test_nodes_say_flags_platform_and_bins() -> None:
    platform = {"os": ["darwin"], "cpu": "!x64", "engines": {"node": "*"}}
    nodes = {"~npm~a@1.0.0": [3, "a", None, None, None, {"version": "9"}, None, platform, {"x": "x.js"}]}
    found = read(nodes).entries[-1]
    assert (found.dev, found.optional, found.platform, found.bins) == (
        True,
        True,
        ("os=darwin", "cpu=!x64"),
        ("x",),
    )
    assert (found.integrity, found.release.version) == ("", "1.0.0")
    manifest = read({"file~a": [0, "a", None, None, None, {"version": "9.0.0", "bin": "c.js"}]}).entries[-1]
    assert (manifest.release.version, manifest.bins, manifest.kind) == ("9.0.0", ("a",), EntryKind.LINK)


def test_edges_begin_at_the_root_at_workspaces_and_at_nodes() -> None:
    lockfile = read(
        {"~npm~a@1.0.0": [0, "a"], "~npm~b@2.0.0~peer.1": [0, "b"]},
        {
            "file~_d alias": "prod npm:a@^1.0.0 ~npm~a@1.0.0",
            "file~_d w": "dev workspace:* workspace~w",
            "workspace~w b": "optional ^2 || ^3 ~npm~b@2.0.0~peer.1",
            "~npm~a@1.0.0 b": "peer >= 2 ~npm~b@2.0.0~peer.1",
            "~npm~a@1.0.0 c": "peerOptional * MISSING",
            "~npm~gone@1.0.0 b": "prod 2 ~npm~b@2.0.0~peer.1",
        },
    )
    found = {one.location: one for one in lockfile.entries}
    assert list(found) == ["", "workspace~w", "~npm~gone@1.0.0", "~npm~a@1.0.0", "~npm~b@2.0.0~peer.1"]
    assert found[""].edges == (
        Edge("alias", "npm:a@^1.0.0", EdgeKind.PROD, target="~npm~a@1.0.0"),
        Edge("w", "workspace:*", EdgeKind.DEV, target="workspace~w"),
    )
    assert found["workspace~w"].release.origin == FromDirectory("w")
    assert found["workspace~w"].edges[0].wanted == "^2 || ^3"
    assert found["~npm~a@1.0.0"].edges == (
        Edge("b", ">= 2", EdgeKind.PEER, target="~npm~b@2.0.0~peer.1"),
        Edge("c", "*", EdgeKind.PEER, optional=True),
    )
    assert found["~npm~gone@1.0.0"].release.origin == FromUnknown("~npm~gone@1.0.0")
    assert dependency_paths(lockfile)["~npm~b@2.0.0~peer.1"] == ("workspace~w", "b@2.0.0")


def test_every_node_can_be_pointed_to() -> None:
    for name in ("vlt.first.json", "project.v1.json"):
        data = (RECORDED / name).read_bytes()
        nodes = [one for one in parse(data, name, lambda _: PUBLIC).entries if one.kind is EntryKind.PACKAGE]
        found = locate(data, [one.at.pointer for one in nodes if one.at])
        rows = data.decode().split("\n")
        for one in nodes:
            line, column = found[one.at.pointer if one.at else ""]
            assert rows[line - 1][column - 1 :].startswith(f'"{one.location}": [')


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "has no nodes"),
        ({"nodes": {}, "packages": {}}, "fields of npm's"),
        ({"nodes": {}, "dependencies": {}}, "fields of npm's"),
        ({"nodes": {}, "lockfileVersion": 2}, "lockfileVersion 2; 0 to 1 are known"),
        ({"nodes": {"~npm~a@1": [0]}}, "a node has no name"),
        ({"nodes": {"": [0, "a"]}}, "a node has no name"),
        ({"nodes": {"~npm~a@1": {}}}, "Expected array"),
        ({"nodes": {}, "edges": {"file~_d": "prod 1 x"}}, "an edge is not"),
        ({"nodes": {}, "edges": {"file~_d a": "prod"}}, "an edge is not"),
        ({"nodes": {}, "edges": {"file~_d a": 1}}, "Expected str"),
    ],
)
def test_what_is_no_vlt_lock_says_why(document: Any, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        parse(json.dumps(document).encode(), "vlt-lock.json", lambda _: PUBLIC)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_lockfile_or_malformed(data: bytes) -> None:
    read_or_refuse(data)


def test_broken_files_are_a_lockfile_or_malformed() -> None:
    dice = random.Random(7)
    for data in mutations((RECORDED / "project.v1.json").read_bytes(), dice, 400):
        read_or_refuse(data)


IDS = st.text("~·_+§a@1:dc%", max_size=10) | st.sampled_from(
    ["file~_d", "workspace~w", "~npm~a@1.0.0", "MISSING"]
)
FIELDS = st.lists(
    st.none() | st.integers() | st.text(max_size=5) | st.dictionaries(st.text(max_size=3), st.text()),
    max_size=10,
)


@given(
    st.dictionaries(IDS, FIELDS, max_size=4),
    st.dictionaries(
        st.builds("{} {}".format, IDS, st.text("ab", max_size=2)), st.builds("prod {} {}".format, IDS, IDS)
    ),
)
def test_any_nodes_and_edges_are_a_lockfile_or_malformed(nodes: Any, edges: Any) -> None:
    read_or_refuse(json.dumps({"options": {}, "nodes": nodes, "edges": edges}).encode())


def read_or_refuse(data: bytes) -> None:
    try:
        lockfile = parse(data, "vlt-lock.json", lambda _: PUBLIC)
    except Malformed:
        return
    assert len({one.location for one in lockfile.entries}) == len(lockfile.entries)
