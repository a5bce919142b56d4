"""What a lockfile must hold before npm need not be asked; each case takes one thing of a sound one away."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.resolve.satisfied import doubt

Json = dict[str, Any]

ROOT: Json = {
    "name": "app",
    "version": "1.0.0",
    "workspaces": ["packages/*"],
    "dependencies": {"a": "^1.0.0", "alias": "npm:real@1.x"},
    "devDependencies": {"d": "~2.1.0"},
    "optionalDependencies": {"o": "*"},
    "peerDependencies": {"p": ">=1", "absent": "*"},
    "peerDependenciesMeta": {"absent": {"optional": True}},
}
MEMBER: Json = {"name": "@app/m", "version": "3.0.0", "dependencies": {"a": "^2.0.0"}}


def entry(name: str, version: str, /, **more: Any) -> Json:
    url = f"https://registry.npmjs.org/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
    return {"version": version, "resolved": url, "integrity": "sha512-x", **more}


LOCK: Json = {
    "name": "app",
    "lockfileVersion": 3,
    "packages": {
        "": ROOT,
        "packages/m": MEMBER,
        "node_modules/@app/m": {"resolved": "packages/m", "link": True},
        "packages/m/node_modules/a": entry("a", "2.0.0"),
        "node_modules/a": entry(
            "a", "1.2.0", dependencies={"b": "", "@app/m": "3"}, peerDependencies={"p": "1"}
        ),
        "node_modules/b": entry("b", "2.0.0-rc.1"),
        "node_modules/alias": entry("real", "1.0.0", name="real"),
        "node_modules/d": entry("d", "2.1.9", dev=True, dependencies={"e": "1", "o": "*"}),
        "node_modules/e": entry("e", "1.0.0", dev=True),
        "node_modules/o": entry("o", "1.0.0", devOptional=True),
        "node_modules/p": entry("p", "1.0.0", peer=True),
    },
}


def mutated(change: Callable[[Json, Json, Json], object]) -> str:
    lock, root, member = copy.deepcopy(LOCK), copy.deepcopy(ROOT), copy.deepcopy(MEMBER)
    change(lock["packages"], root, member)
    return doubt(lock, {"": root, "packages/m": member, "docs": {"name": "docs"}})


def test_a_lockfile_that_answers_everything() -> None:
    assert mutated(lambda *_: None) == ""


def test_a_project_without_dependencies() -> None:
    assert doubt({"lockfileVersion": 2, "packages": {"": {}}}, {"": {"name": "x"}}) == ""


CHANGES: dict[str, tuple[Callable[[Json, Json, Json], object], str]] = {
    "a new wish": (
        lambda _, root, __: root["dependencies"].update(z="1"),
        "other dependencies of the project",
    ),
    "another range": (lambda _, root, __: root["devDependencies"].update(d="^2"), "other devDependencies"),
    "a wish less": (lambda _, root, __: root["optionalDependencies"].clear(), "other optionalDependencies"),
    "other peers": (lambda _, root, __: root["peerDependencies"].pop("p"), "other peerDependencies"),
    "a peer no longer optional": (
        lambda _, root, __: root.pop("peerDependenciesMeta"),
        "other peerDependenciesMeta",
    ),
    "a workspace's wish": (
        lambda _, __, m: m["dependencies"].update(a="^1"),
        "other dependencies of packages/m",
    ),
    "a workspace's version": (lambda _, __, m: m.update(version="4.0.0"), "another packages/m"),
    "a workspace's name": (lambda _, __, m: m.update(name="n"), "another name for packages/m"),
    "another workspace": (lambda _, root, __: root["workspaces"].append("docs"), "does not know docs"),
    "an odd glob": (lambda _, root, __: root.update(workspaces=["packages/{m,n}"]), "no plain glob"),
    "a deep glob": (lambda _, root, __: root.update(workspaces=["packages/**"]), "no plain glob"),
    "a glob taken back": (
        lambda _, root, __: root.update(workspaces=["packages/*", "!packages/m"]),
        "no plain glob",
    ),
    "capitals": (lambda _, root, __: root.update(workspaces=["Packages/*"]), "capitals"),
    "overrides": (lambda _, root, __: root.update(overrides={"a": "1"}), "has overrides"),
    "bundling": (lambda _, root, __: root.update(bundleDependencies=["a"]), "has bundleDependencies"),
    "no such entry": (lambda lock, *_: lock.pop("node_modules/b"), "nothing answers b"),
    "an optional one is missing": (lambda lock, *_: lock.pop("node_modules/o"), "nothing answers o"),
    "a peer is missing": (lambda lock, *_: lock.pop("node_modules/p"), "nothing answers p"),
    "a wrong version": (
        lambda lock, *_: lock["node_modules/e"].update(version="2.0.0"),
        "does not satisfy 1",
    ),
    "a pre-release": (
        lambda lock, *_: lock["node_modules/e"].update(version="1.1.0-0"),
        "does not satisfy 1",
    ),
    "a peer too new": (lambda lock, *_: lock["node_modules/p"].update(version="2.0.0"), "does not satisfy 1"),
    "another alias": (
        lambda lock, *_: lock["node_modules/alias"].update(name="fake"),
        "another package than real",
    ),
    "an alias nobody asked for": (
        lambda lock, *_: lock["node_modules/b"].update(name="c"),
        "another package than b",
    ),
    "nobody needs it": (
        lambda lock, *_: lock.update({"node_modules/x": entry("x", "1.0.0")}),
        "nobody needs",
    ),
    "only an optional peer needs it": (
        lambda lock, *_: lock.update(
            {"node_modules/absent": entry("absent", "1.0.0", peer=True, optional=True)}
        ),
        "nobody needs",
    ),
    "a peer of its own": (
        lambda lock, *_: lock.update({"node_modules/a/node_modules/p": entry("p", "1.0.0")}),
        "keeps its own p",
    ),
    "in the air": (
        lambda lock, *_: lock.update({"node_modules/q/node_modules/b": entry("b", "1.0.0")}),
        "in the air",
    ),
    "no place": (lambda lock, *_: lock.update({"vendor/b": entry("b", "1.0.0")}), "no place"),
    "a place that leads elsewhere": (
        lambda lock, *_: lock.update({"node_modules/..": entry("b", "1.0.0")}),
        "no place",
    ),
    "a folder": (
        lambda lock, *_: lock["node_modules/b"].update(resolved="file:b"),
        "does not come from a registry",
    ),
    "a commit": (lambda lock, *_: lock["node_modules/b"].update(resolved="git+ssh://h/b"), "from a registry"),
    "a tag": (lambda lock, *_: lock["node_modules/a"]["dependencies"].update(b="latest"), "is no range"),
    "a git wish": (
        lambda lock, *_: lock["node_modules/a"]["dependencies"].update(b="git+ssh://h/b"),
        "is no range",
    ),
    "a file wish": (
        lambda lock, *_: lock["node_modules/a"]["dependencies"].update(b="file:../b"),
        "is no range",
    ),
    "an unknown wish": (lambda lock, *_: lock["node_modules/a"]["dependencies"].update(b="x:y"), "b@x:y"),
    "no text": (lambda lock, *_: lock["node_modules/a"]["dependencies"].update(b=1), "is no dependency"),
    "no integrity": (lambda lock, *_: lock["node_modules/b"].pop("integrity"), "no integrity"),
    "no version": (lambda lock, *_: lock["node_modules/b"].pop("version"), "no version"),
    "in a bundle": (lambda lock, *_: lock["node_modules/b"].update(inBundle=True), "has inBundle"),
    "its own shrinkwrap": (
        lambda lock, *_: lock["node_modules/b"].update(hasShrinkwrap=True),
        "has hasShrinkwrap",
    ),
    "said to be for development": (lambda lock, *_: lock["node_modules/b"].update(dev=True), "(dev)"),
    "said to be needed": (lambda lock, *_: lock["node_modules/e"].pop("dev"), "(dev)"),
    "said to be optional": (lambda lock, *_: lock["node_modules/o"].update(optional=True), "(optional)"),
    "a flag that is no flag": (lambda lock, *_: lock["node_modules/b"].update(peer="no"), "(peer)"),
    "a link elsewhere": (
        lambda lock, *_: lock["node_modules/@app/m"].update(resolved="../m"),
        "no workspace",
    ),
    "a link for another": (
        lambda lock, *_: lock.update({"node_modules/b": {"resolved": "packages/m", "link": True}}),
        "no workspace",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_is_not_plain_is_a_doubt(what: str) -> None:
    change, reason = CHANGES[what]
    assert reason in mutated(change)


@pytest.mark.parametrize("version", [1, 4, True, "3", None, 3.0])
def test_other_lockfile_versions(version: object) -> None:
    assert "version" in doubt({**LOCK, "lockfileVersion": version}, {"": ROOT, "packages/m": MEMBER})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(
    JSON,
    st.sampled_from([None, "", "node_modules/a", "node_modules/@app/m", "packages/m"]),
    st.sampled_from(
        [
            "dependencies",
            "peerDependenciesMeta",
            "version",
            "resolved",
            "link",
            "name",
            "workspaces",
            "peer",
            "packages",
        ]
    ),
)
def test_any_shape_gives_an_answer(value: object, where: str | None, key: str) -> None:
    lock = copy.deepcopy(LOCK)
    place = lock if where is None else lock["packages"][where]
    place[key] = value
    assert isinstance(doubt(lock, {"": ROOT, "packages/m": MEMBER}), str)
    assert isinstance(doubt(LOCK, {"": {**ROOT, key: value}, "packages/m": MEMBER}), str)
    assert doubt(value, {"": ROOT})
    assert doubt(LOCK, {"": value})
