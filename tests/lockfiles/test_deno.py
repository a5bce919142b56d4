import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.lockfiles.deno import parse, split
from forecheck.lockfiles.positions import locate
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    FromRegistry,
    FromTarball,
    FromUnknown,
    Lockfile,
    RemarkKind,
)
from tests.lockfiles.mutated import mutations

PUBLIC = "https://registry.npmjs.org/"
RECORDED = Path(__file__).parents[1] / "fixtures" / "lockfiles" / "deno"


def read(document: Any) -> Lockfile:
    return parse(json.dumps(document).encode(), "deno.lock", lambda _: PUBLIC)


def found(document: Any) -> dict[str, Entry]:
    return {one.location: one for one in read(document).entries}


A = {"integrity": "sha512-a"}


@pytest.mark.parametrize(
    "document",
    [
        {"version": "2", "npm": {"specifiers": {"a@^1": "a@1.0.0_b@2.0.0"},
            "packages": {"a@1.0.0_b@2.0.0": {**A, "dependencies": {"b": "b@2.0.0", "c": "real@3.0.0"}},
                         "b@2.0.0": A, "real@3.0.0": A}}},
        {"version": "3", "packages": {"specifiers": {"npm:a@^1": "npm:a@1.0.0_b@2.0.0", "jsr:@s/a": "jsr:@s/a@1"},
            "npm": {"a@1.0.0_b@2.0.0": {**A, "dependencies": {"b": "b@2.0.0", "c": "real@3.0.0"}},
                    "b@2.0.0": A, "real@3.0.0": A}}},
        {"version": "4", "specifiers": {"npm:a@^1": "1.0.0_b@2.0.0", "jsr:@s/a": "1"},
            "npm": {"a@1.0.0_b@2.0.0": {**A, "dependencies": ["b", "c@npm:real@3.0.0"]},
                    "b@2.0.0": A, "real@3.0.0": A}},
        {"version": "5", "specifiers": {"npm:a@^1": "1.0.0_b@2.0.0"},
            "npm": {"a@1.0.0_b@2.0.0": {**A, "dependencies": ["b@2.0.0", "c@npm:real@3.0.0"]},
                    "b@2.0.0": A, "real@3.0.0": A}},
    ],
)  # fmt: skip
def test_each_version_says_the_same(document: Any) -> None:
    entries = found(document)
    assert list(entries) == ["", "a@1.0.0_b@2.0.0", "b@2.0.0", "real@3.0.0"]
    a = entries["a@1.0.0_b@2.0.0"]
    assert (a.release.spec, a.release.origin, a.integrity) == ("a@1.0.0", FromRegistry(PUBLIC), "sha512-a")
    assert entries[""].edges == (Edge("a", "^1", EdgeKind.PROD, target="a@1.0.0_b@2.0.0"),)
    assert a.edges == (
        Edge("b", "", EdgeKind.PROD, target="b@2.0.0"),
        Edge("c", "", EdgeKind.PROD, target="real@3.0.0"),
    )


def package(fields: dict[str, Any], key: str = "a@1.0.0", version: str = "5") -> Entry:
    return found({"version": version, "npm": {key: fields}})[key]


def test_a_tarball_of_its_own_is_where_the_package_comes_from() -> None:
    url = "https://evil.example/a-1.0.0.tgz"
    assert package({"tarball": url, **A}).release.origin == FromTarball(url)
    assert package({"tarball": url, **A}).resolved == url
    own = f"{PUBLIC}a/-/a-1.0.0.tgz"
    assert package({"tarball": own, **A}).release.origin == FromRegistry(PUBLIC)
    other = f"{PUBLIC}b/-/b-1.0.0.tgz"
    assert package({"tarball": other, **A}).release.origin == FromTarball(other)


def test_what_a_package_says_of_itself() -> None:
    said = package({**A, "os": ["darwin"], "cpu": ["x64", "arm64"], "scripts": True, "bin": True})
    assert said.platform == ("os=darwin", "cpu=x64", "cpu=arm64")
    assert (said.install_script, said.bins) == (True, None)
    assert (package(A).install_script, package(A).bins) == (False, ())
    assert (package(A, version="4").install_script, package(A, version="4").bins) == (None, None)
    assert package({**A, "scripts": True}, version="4").install_script is True


def test_optional_dependencies_are_edges_too() -> None:
    entries = found({"version": "5", "npm": {"a@1.0.0": {"optionalDependencies": ["b"]}, "b@2.0.0": {}}})
    assert entries["a@1.0.0"].edges == (Edge("b", "", EdgeKind.OPTIONAL, optional=True, target="b@2.0.0"),)


def test_what_nothing_answers_stays_visible() -> None:
    entries = found(
        {
            "version": "5",
            "specifiers": {"npm:x@1": "1.0.0"},
            "npm": {"a@1.0.0": {"dependencies": ["gone", "b@9.9.9"]}},
        }
    )
    assert [(edge.name, edge.target) for edge in entries["a@1.0.0"].edges] == [("gone", ""), ("b", "")]
    assert entries[""].edges == (Edge("x", "1", EdgeKind.PROD),)


def test_the_root_asks_for_what_no_manifest_of_the_workspace_does() -> None:
    document = {
        "version": "5",
        "specifiers": {"npm:a@1": "1.0.0", "npm:b@2": "2.0.0", "npm:c@3": "3.0.0", "npm:d": "4.0.0"},
        "npm": {"a@1.0.0": A, "b@2.0.0": A, "c@3.0.0": A, "d@4.0.0": A},
        "workspace": {
            "dependencies": ["npm:a@1", "jsr:@std/path@1"],
            "packageJson": {"dependencies": ["npm:b@2"]},
            "members": {"w": {"packageJson": {"dependencies": ["npm:c@3"]}}, "": {}, "a@1.0.0": {}},
            "links": {"npm:d@4.0.0": {}},
        },
    }
    lockfile = read(document)
    entries = {one.location: one for one in lockfile.entries}
    assert [edge.name for edge in entries[""].edges] == ["a", "b", "d"]
    assert entries["w"].edges == (Edge("c", "3", EdgeKind.PROD, target="c@3.0.0"),)
    assert {"workspace:", "workspace:a@1.0.0"} <= entries.keys()
    assert (entries["d@4.0.0"].patch, entries["a@1.0.0"].patch) == ("links", "")


def test_redirects_are_remarked_on() -> None:
    document = {"version": "5", "redirects": {"https://a.example/x": "https://b.example/y"}}
    (remark,) = read(document).remarks
    assert (remark.kind, remark.about) == (RemarkKind.REDIRECT, "https://a.example/x")
    assert remark.message == "what is imported from https://a.example/x comes from https://b.example/y"
    assert locate(json.dumps(document, indent=1).encode(), [remark.at.pointer]) == {remark.at.pointer: (4, 3)}


def test_keys_that_are_no_name_and_version_are_kept_as_unknown() -> None:
    assert package(A, "a").release.origin == FromUnknown("")
    assert package(A, "a@latest").release.origin == FromUnknown("latest")
    assert package(A, "@types/babel__core@7.20.5_x@1").release.spec == "@types/babel__core@7.20.5"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "version 1.*nothing of npm's"),
        ({"https://deno.land/std/mod.ts": "0" * 64}, "version 1.*nothing of npm's"),
        ({"version": "1"}, "version 1"),
        ({"version": "6"}, "version '6'; 2 to 5 are known"),
        ({"version": 5}, "version 5; 2 to 5 are known"),
        ({"version": [[]]}, "2 to 5 are known"),
        ({"version": "5", "npm": {"": {}}}, "has no name"),
        ({"version": "5", "npm": []}, "Expected object"),
        ({"version": "5", "npm": {"a@1.0.0": {"dependencies": "b"}}}, "Expected object|array"),
        ({"version": "4", "lockfileVersion": 1, "dependencies": {}}, "fields of npm's"),
        ({"version": "1.0.0", "lockfileVersion": 3, "packages": {}}, "fields of npm's"),
        ([], "Expected object"),
    ],
)
def test_what_has_no_packages_of_npms_says_why(document: Any, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        read(document)


def test_every_entry_can_be_pointed_to() -> None:
    for name in ("hono.v2.lock", "fresh.v3.lock", "project.v5.lock"):
        data = (RECORDED / name).read_bytes()
        packages = parse(data, name, lambda _: PUBLIC).entries[1:]
        found_at = locate(data, [one.at.pointer for one in packages if one.at])
        rows = data.decode().split("\n")
        for one in packages:
            line, column = found_at[one.at.pointer if one.at else ""]
            assert rows[line - 1][column - 1 :].startswith(f'"{one.location}": {{')


@pytest.mark.parametrize("value", [None, [], {}, 1])
def test_a_dependency_that_is_no_text_is_answered_by_nothing(value: Any) -> None:
    old = {"version": "2", "npm": {"packages": {"a@1.0.0": {"dependencies": {"b": value}}}}}
    new = {"version": "5", "npm": {"a@1.0.0": {"dependencies": [value]}}}
    assert [found(one)["a@1.0.0"].edges[0].target for one in (old, new)] == ["", ""]


@pytest.mark.parametrize(
    ("asked", "parts"), [("a", ("a", "")), ("@s/a", ("@s/a", "")), ("@s/a@1", ("@s/a", "1")), ("", ("", ""))]
)
def test_names_end_at_the_second_at(asked: str, parts: tuple[str, str]) -> None:
    assert split(asked) == parts


@given(st.binary(max_size=300))
def test_any_bytes_are_a_lockfile_or_malformed(data: bytes) -> None:
    read_or_refuse(data)


def test_broken_files_are_a_lockfile_or_malformed() -> None:
    dice = random.Random(6)
    for name in ("project.v5.lock", "hono.v2.lock"):
        for data in mutations((RECORDED / name).read_bytes(), dice, 200):
            read_or_refuse(data)


VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=6)
    | st.sampled_from(["npm:a@1", "a@1.0.0", "b@npm:a@1.0.0"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab@:npm", max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ["specifiers", "npm", "packages", "remote", "redirects", "workspace", "jsr", "dependencies"]


@given(st.sampled_from(["2", "3", "4", "5"]), st.dictionaries(st.sampled_from(FIELDS), VALUE))
def test_any_fields_are_a_lockfile_or_malformed(version: str, document: Any) -> None:
    read_or_refuse(json.dumps({"version": version, **document}).encode())


def read_or_refuse(data: bytes) -> None:
    try:
        lockfile = parse(data, "deno.lock", lambda _: PUBLIC)
    except Malformed:
        return
    assert len({one.location for one in lockfile.entries}) == len(lockfile.entries)
