import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.lockfiles.bun import last_name, parent, parse
from forecheck.lockfiles.positions import locate
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    EntryKind,
    FromBundle,
    FromDirectory,
    FromGit,
    FromRegistry,
    FromTarball,
    FromUnknown,
    Lockfile,
    Origin,
    RemarkKind,
)
from forecheck.resolve.paths import dependency_paths
from tests.lockfiles.mutated import mutations

PUBLIC = "https://registry.npmjs.org/"
RECORDED = Path(__file__).parents[1] / "fixtures" / "lockfiles" / "bun"
SRI = "sha512-x"


def read(packages: Any, version: int = 1, **fields: Any) -> Lockfile:
    document = {
        "lockfileVersion": version,
        "workspaces": {"": {"name": "mine"}},
        "packages": packages,
        **fields,
    }
    return parse(json.dumps(document).encode(), "bun.lock", lambda _: PUBLIC)


def entry(fields: list[Any], key: str = "a", version: int = 1, **more: Any) -> Entry:
    return read({"p": ["p@1.0.0", "", {}, SRI], key: fields}, version, **more).entries[-1]


@pytest.mark.parametrize(
    ("fields", "spec", "origin"),
    [
        (["a@1.0.0", "", {}, SRI], "a@1.0.0", FromRegistry(PUBLIC)),
        (["a@1.0.0", f"{PUBLIC}a/-/a-1.0.0.tgz", {}, SRI], "a@1.0.0", FromRegistry(PUBLIC)),
        (["a@1.0.0", f"{PUBLIC}a/-/a-0.9.0.tgz", {}, SRI], "a@1.0.0", FromTarball(f"{PUBLIC}a/-/a-0.9.0.tgz")),
        (["a@1.0.0", f"{PUBLIC}b/-/b-1.0.0.tgz", {}, SRI], "a@1.0.0", FromTarball(f"{PUBLIC}b/-/b-1.0.0.tgz")),
        (["a@1.0.0", "https://evil.example/a.tgz", {}, SRI], "a@1.0.0", FromTarball("https://evil.example/a.tgz")),
        (["a@1.0.0", "git@h:o/r", {}, SRI], "a@1.0.0", FromUnknown("git@h:o/r")),
        (["@s/b@2.0.0-rc.1", "", {}, SRI], "@s/b@2.0.0-rc.1", FromRegistry(PUBLIC)),
        (["a@latest", "", {}, SRI], "a", FromUnknown("latest")),
        (["a@https://h/a.tgz", {}, SRI], "a", FromTarball("https://h/a.tgz")),
        (["a@https://h/a.git#0123", {}, "0123"], "a", FromGit("https://h/a.git", "0123")),
        (["a@git+ssh://git@h/a.git#0123", {}, "0123"], "a", FromGit("git+ssh://git@h/a.git", "0123")),
        (["a@git@h:o/r.git#0123", {}, "0123"], "a", FromGit("git@h:o/r.git", "0123")),
        (["a@github:o/r#0123456", {}, "o-r-0123456"], "a", FromGit("github:o/r", "0123456")),
        (["a@./a-1.0.0.tgz", {}, SRI], "a", FromTarball("./a-1.0.0.tgz")),
        (["a@../../a.tgz", {}, SRI], "a", FromTarball("../../a.tgz")),
        (["a@file:../a", {}], "a", FromDirectory("../a")),
        (["a@link:a", {}], "a", FromDirectory("a")),
        (["a@workspace:packages/a"], "a", FromDirectory("packages/a")),
        (["a@root:", {"bin": "x.js"}], "a", FromDirectory("")),
        (["a"], "a", FromUnknown("")),
        (["a@ftp://h/a.tgz", {}], "a", FromTarball("ftp://h/a.tgz")),
    ],
)  # fmt: skip
def test_sources(fields: list[Any], spec: str, origin: Origin) -> None:
    found = entry(fields)
    assert (found.release.spec, found.release.origin) == (spec, origin)
    assert found.kind is (EntryKind.LINK if isinstance(origin, FromDirectory) else EntryKind.PACKAGE)


def test_the_url_is_kept_as_written_and_so_is_the_integrity() -> None:
    url = "https://evil.example/a.tgz"
    assert (entry(["a@1.0.0", url, {}, SRI]).resolved, entry(["a@1.0.0", url, {}, SRI]).integrity) == (
        url,
        SRI,
    )
    assert entry(["a@1.0.0", "", {}]).integrity == ""
    assert entry(["a@github:o/r#0", {}, "o-r-0"]).integrity == ""


def test_a_key_whose_last_name_is_another_is_an_alias() -> None:
    found = entry(["real@1.0.0", "", {}, SRI], "p/@s/alias")
    assert (found.installed_as, found.release.name) == ("@s/alias", "real")


def test_edges_are_answered_from_the_package_upwards() -> None:
    packages = {
        "a": ["a@1.0.0", "", {"dependencies": {"b": "^1", "c": "*", "gone": "1"}}, SRI],
        "a/b": ["b@1.0.0", "", {"dependencies": {"c": "2"}, "peerDependencies": {"d": "1"},
                               "optionalPeers": ["d"]}, SRI],
        "b": ["b@2.0.0", "", {}, SRI],
        "c": ["c@2.0.0", "", {"optionalDependencies": {"b": "2"}}, SRI],
        "@my/w": ["@my/w@workspace:packages/w"],
        "@my/w/b": ["b@3.0.0", "", {}, SRI],
    }  # fmt: skip
    workspaces = {
        "": {"dependencies": {"a": "1"}, "devDependencies": {"b": "2"}},
        "packages/w": {"name": "@my/w", "version": "1.0.0", "dependencies": {"b": "3"}},
    }
    found = {one.location: one for one in read(packages, workspaces=workspaces).entries}
    assert found[""].edges == (
        Edge("a", "1", EdgeKind.PROD, target="a"),
        Edge("b", "2", EdgeKind.DEV, target="b"),
    )
    assert found["packages/w"].edges == (Edge("b", "3", EdgeKind.PROD, target="@my/w/b"),)
    assert [edge.target for edge in found["a"].edges] == ["a/b", "c", ""]
    assert found["a/b"].edges == (
        Edge("c", "2", EdgeKind.PROD, target="c"),
        Edge("d", "1", EdgeKind.PEER, optional=True),
    )
    assert found["c"].edges == (Edge("b", "2", EdgeKind.OPTIONAL, optional=True, target="b"),)
    assert dependency_paths(read(packages, workspaces=workspaces))["@my/w/b"] == ("packages/w", "b@3.0.0")


def test_what_a_package_says_of_itself() -> None:
    info = {
        "os": ["!win32", "linux"],
        "cpu": "arm64",
        "libc": "none",
        "bin": {"x": "x.js"},
        "hasInstallScript": True,
    }
    found = entry(["a@1.0.0", "", info, SRI], version=2)
    assert found.platform == ("os=!win32", "os=linux", "cpu=arm64", "libc=none")
    assert (found.bins, found.install_script) == (("x",), True)
    assert entry(["@s/a@1.0.0", "", {"bin": "cli.js"}, SRI]).bins == ("a",)
    assert entry(["a@1.0.0", "", {"binDir": "bin"}, SRI]).bins is None
    plain = ["a@1.0.0", "", {}, SRI]
    assert [entry(plain, version=one).install_script for one in (0, 1, 2)] == [None, None, False]


def test_a_bundled_package_comes_with_the_one_it_is_in() -> None:
    fields = ["a@1.0.0", "", {"bundled": True}, SRI]
    assert entry(fields, "p/a").release.origin == FromBundle("p")
    assert entry(fields, "a").release.origin == FromRegistry(PUBLIC)
    elsewhere = ["a@1.0.0", "https://x.example/a.tgz", {"bundled": True}, SRI]
    assert entry(elsewhere, "p/a").release.origin == FromTarball("https://x.example/a.tgz")


def test_patches_overrides_and_trusted_packages_are_kept() -> None:
    lockfile = read(
        {"a": ["a@1.0.0", "", {"dependencies": {"b": "^1"}}, SRI], "b": ["b@2.0.0", "", {}, SRI]},
        workspaces={"": {"dependencies": {"b": "^1"}}},
        patchedDependencies={"a@1.0.0": "patches/a.patch"},
        overrides={"b": "2.0.0", "c": {"d": "1"}},
        trustedDependencies=["b"],
    )
    root, a, b = lockfile.entries
    assert (a.patch, b.patch) == ("patches/a.patch", "")
    assert (a.edges[0].wanted, root.edges[0].wanted) == ("2.0.0", "^1")
    (remark,) = lockfile.remarks
    assert (remark.kind, remark.about, remark.at.pointer) == (
        RemarkKind.TRUSTED_SCRIPTS, "b", "/trustedDependencies/0",
    )  # fmt: skip


def test_a_workspace_and_a_package_at_one_path_stay_two() -> None:
    packages = {"p": ["p@1.0.0", "", {}, SRI], "p/w": ["w@1.0.0", "", {}, SRI]}
    lockfile = read(packages, workspaces={"": {}, "p/w": {"name": "other"}})
    assert [one.location for one in lockfile.entries] == ["", "workspace:p/w", "p", "p/w"]


def test_every_entry_and_remark_can_be_pointed_to() -> None:
    data = (RECORDED / "project.v2.lock").read_bytes()
    lockfile = parse(data, "bun.lock", lambda _: PUBLIC)
    asked = [one.at.pointer for one in lockfile.entries if one.at]
    found = locate(data, asked)
    rows = data.decode().split("\n")
    assert len(found) == len(lockfile.entries)
    for one in lockfile.entries[3:]:
        line, column = found[one.at.pointer if one.at else ""]
        assert rows[line - 1][column - 1 :].startswith(f'"{one.location}": [')


def test_a_key_said_twice_is_remarked_on_with_its_line() -> None:
    text = '{"lockfileVersion": 1, // "packages": {\n"packages": {\n"a" /**/: ["a@1.0.0", "", {}],\n"a": ["b@1.0.0", "", {}],},}'
    (remark,) = parse(text.encode(), "x", lambda _: PUBLIC).remarks
    assert (remark.kind, remark.at.line, remark.at.pointer) == (RemarkKind.DUPLICATE_KEY, 4, "/packages/a")


@pytest.mark.parametrize(("key", "name", "above"), [("a", "a", ""), ("@s/a", "@s/a", ""), ("a/@s/b", "@s/b", "a"),
    ("@s/a/b", "b", "@s/a"), ("a/b/c", "c", "a/b"), ("", "", ""), ("/", "", ""), ("@s", "@s", "")])  # fmt: skip
def test_paths_of_names(key: str, name: str, above: str) -> None:
    assert (last_name(key), parent(key)) == (name, above)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "no lockfileVersion"),
        ({"lockfileVersion": 3}, "lockfileVersion 3; 0 to 2 are known"),
        ({"lockfileVersion": -1}, "lockfileVersion -1"),
        ({"lockfileVersion": "1"}, "Expected int"),
        ({"lockfileVersion": 1, "dependencies": {"a": {}}}, "fields of npm's"),
        ({"lockfileVersion": 1, "requires": True}, "fields of npm's"),
        ({"lockfileVersion": 1, "packages": {"": ["a@1.0.0", "", {}]}}, "does not begin with"),
        ({"lockfileVersion": 1, "packages": {"a": []}}, "does not begin with name@resolution"),
        ({"lockfileVersion": 1, "packages": {"a": [{}]}}, "does not begin with name@resolution"),
        ({"lockfileVersion": 1, "packages": {"a": {}}}, "Expected array"),
        ({"lockfileVersion": 1, "packages": {"a/" * 3000: ["a@1.0.0", "", {}]}}, "path of 6000 characters"),
    ],
)
def test_what_is_no_bun_lock_says_why(document: Any, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        parse(json.dumps(document).encode(), "bun.lock", lambda _: PUBLIC)


def test_a_tuple_that_is_none_is_malformed() -> None:
    with pytest.raises(Malformed, match="Expected str"):
        parse((RECORDED / "bad-tuple.json5").read_bytes(), "bun.lock", lambda _: PUBLIC)


@pytest.mark.parametrize(
    "text", ['{"packages":' * 100_000, "[" * 100_000, '{"packages":{"a":["a",' + "[" * 9_999]
)
def test_deep_nesting_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text.encode(), "x", lambda _: PUBLIC)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_lockfile_or_malformed(data: bytes) -> None:
    read_or_refuse(data)


def test_broken_files_are_a_lockfile_or_malformed() -> None:
    dice = random.Random(4)
    for name in ("project.v2.lock", "commits.json5"):
        for data in mutations((RECORDED / name).read_bytes(), dice, 300):
            read_or_refuse(data)


INFO = st.dictionaries(
    st.sampled_from(["dependencies", "optionalPeers", "os", "bin", "bundled", "hasInstallScript"]),
    st.none() | st.text(max_size=3) | st.lists(st.text(max_size=2) | st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.none() | st.text(max_size=3), max_size=2),
)  # fmt: skip
IDENTS = st.text("a@/:#.", max_size=8) | st.sampled_from(
    ["a@1.0.0", "@s/a@file:x", "a@git+ssh://h#1", "a@https://[x"]
)
TUPLES = st.builds(
    lambda ident, rest: [ident, *rest], IDENTS, st.lists(st.text(max_size=4) | INFO, max_size=3)
)


@given(st.integers(0, 2), st.dictionaries(st.text("ab@/", max_size=6), TUPLES, max_size=5))
def test_any_tuples_are_entries_or_malformed(version: int, packages: Any) -> None:
    try:
        lockfile = read(packages, version)
    except Malformed:
        return
    assert [one.location for one in lockfile.entries[1:]] == list(packages)


def read_or_refuse(data: bytes) -> None:
    try:
        lockfile = parse(data, "bun.lock", lambda _: PUBLIC)
    except Malformed:
        return
    assert len({one.location for one in lockfile.entries}) == len(lockfile.entries)
