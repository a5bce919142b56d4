import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forecheck.decode import Malformed
from forecheck.lockfiles.npm import parse
from forecheck.lockfiles.npm_halves import MAX_REMARKS
from forecheck.model import FromRegistry, RemarkKind

PUBLIC = "https://registry.npmjs.org/"
RECORDED = Path(__file__).parents[1] / "fixtures" / "lockfiles"
A = {"version": "1.0.0", "resolved": f"{PUBLIC}a/-/a-1.0.0.tgz", "integrity": "sha512-a"}
B = {"version": "2.0.0", "resolved": f"{PUBLIC}b/-/b-2.0.0.tgz", "integrity": "sha512-b"}
LOCK: dict[str, Any] = {
    "lockfileVersion": 2,
    "packages": {
        "": {"dependencies": {"a": "1"}},
        "node_modules/a": A,
        "node_modules/a/node_modules/b": B,
        "node_modules/w": {"resolved": "w", "link": True},
        "w": {"version": "3.0.0"},
        "w/node_modules/b": B,
        "node_modules/alias": {"name": "b", **B},
        "node_modules/git": {
            "version": "1.0.0",
            "resolved": "git+ssh://git@h/r.git#0",
            "integrity": "sha512-g",
        },
        "node_modules/url": {"version": "1.0.0", "resolved": "https://h/url.tgz", "integrity": "sha512-u"},
    },
    "dependencies": {
        "a": {**A, "dependencies": {"b": B}},
        "w": {"version": "file:w", "dependencies": {"b": B}},
        "alias": {**B, "version": "npm:b@2.0.0"},
        "git": {"version": "git+ssh://git@h/r.git#0", "from": "git@git+ssh://git@h/r.git"},
        "url": {"version": "https://h/url.tgz", "integrity": "sha512-u"},
    },
}


def remarks(document: Any) -> list[tuple[str, str, str]]:
    lockfile = parse(json.dumps(document).encode(), "package-lock.json", lambda _: PUBLIC)
    assert {one.kind for one in lockfile.remarks} <= {RemarkKind.HALVES_DISAGREE}
    return [(one.about, one.at.pointer, one.message) for one in lockfile.remarks]


def changed(change: Callable[[Any, Any], object]) -> list[tuple[str, str, str]]:
    document = json.loads(json.dumps(LOCK))  # nothing shared
    change(document["packages"], document["dependencies"])
    return remarks(document)


def test_halves_that_agree_say_nothing() -> None:
    assert remarks(LOCK) == []


@pytest.mark.parametrize("name", ["firebase-vscode.v2.json", "npm/project.npm7.v2.json"])
def test_what_npm_wrote_agrees(name: str) -> None:
    assert parse((RECORDED / name).read_bytes(), name, lambda _: PUBLIC).remarks == ()


EVIL = "https://evil.example/a.tgz"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda packages, old: old["a"].update(version="0.9.0"), "version"),
        (lambda packages, old: packages["node_modules/a"].update(version="0.9.0"), "version"),
        (lambda packages, old: old["a"].update(resolved=EVIL), "resolved"),
        (lambda packages, old: packages["node_modules/a"].update(resolved=EVIL), "resolved"),
        (lambda packages, old: old["a"].pop("resolved"), "resolved"),
        (lambda packages, old: old["a"].update(version=EVIL), "resolved"),
        (lambda packages, old: old["a"].update(integrity="sha512-e"), "integrity"),
        (lambda packages, old: packages["node_modules/a"].pop("integrity"), "integrity"),
        (lambda packages, old: old["a"].update(version="npm:evil@1.0.0"), "name"),
        (lambda packages, old: packages["node_modules/a"].update(name="evil"), "name"),
    ],
)
def test_each_field_that_differs_is_named(change: Callable[[Any, Any], object], field: str) -> None:
    found = changed(change)
    assert found
    assert {(about, at) for about, at, _ in found} == {("node_modules/a", "/dependencies/a")}
    assert f"has a different {field} in the two halves" in found[0][2]


def test_a_package_made_a_link_in_one_half_is_named() -> None:
    found = changed(lambda packages, old: packages["node_modules/alias"].update(link=True, resolved="../x"))
    assert ("node_modules/alias", "/dependencies/alias") in {(about, at) for about, at, _ in found}


def test_nested_packages_are_compared_where_they_are() -> None:
    nested = changed(lambda packages, old: old["a"]["dependencies"]["b"].update(integrity="sha512-e"))
    assert [(about, at) for about, at, _ in nested] == [
        ("node_modules/a/node_modules/b", "/dependencies/a/dependencies/b")
    ]
    workspace = changed(lambda packages, old: packages["w/node_modules/b"].update(version="2.0.1"))
    assert [(about, at) for about, at, _ in workspace] == [
        ("w/node_modules/b", "/dependencies/w/dependencies/b")
    ]


def test_an_entry_in_one_half_only_is_named() -> None:
    assert changed(lambda packages, old: old.update(extra={"version": "1.0.0"})) == [
        ("node_modules/extra", "/dependencies/extra", "node_modules/extra is only in dependencies")
    ]
    assert changed(lambda packages, old: old.pop("alias")) == [
        ("node_modules/alias", "/packages/node_modules~1alias", "node_modules/alias is only in packages")
    ]


def test_a_root_alone_in_packages_hides_nothing() -> None:
    """npm 7 and later install nothing then, npm 6 what `dependencies` says."""
    found = remarks({"lockfileVersion": 2, "packages": {"": {}}, "dependencies": {"a": A}})
    assert [about for about, _, _ in found] == ["node_modules/a"]


def test_there_are_not_more_remarks_than_anybody_reads() -> None:
    many = {f"a{at}": A for at in range(MAX_REMARKS + 10)}
    found = remarks({"lockfileVersion": 3, "packages": {}, "dependencies": many})
    assert len(found) == MAX_REMARKS + 1
    assert f"disagree in {MAX_REMARKS + 10} places" in found[-1][2]


@pytest.mark.parametrize("version", [-1, 0, 1, 2, 3, 4, 99])
def test_any_lockfile_version_is_read_as_npm_reads_it(version: int) -> None:
    new = {"lockfileVersion": version, "packages": {"node_modules/a": A}}
    old = {"lockfileVersion": version, "dependencies": {"a": A}}
    for document, at in ((new, 0), (old, 1)):
        lockfile = parse(json.dumps(document).encode(), "x", lambda _: PUBLIC)
        assert lockfile.version == str(version)
        assert lockfile.entries[at].release.origin == FromRegistry(PUBLIC)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("conflict.json", "the two sides of an unfinished git merge"), ("", "not valid JSON")],
)
def test_what_cannot_be_read_says_why(name: str, reason: str) -> None:
    data = (RECORDED / "npm" / name).read_bytes() if name else b""
    with pytest.raises(Malformed, match=reason):
        parse(data, "x", lambda _: PUBLIC)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("hidden.json", {"root": 1, "package": 1}),
        ("install-types.json", None),
        ("project.npm6.shrinkwrap.json", {"root": 1, "package": 15, "link": 1}),
    ],
)
def test_other_files_of_npms_are_read(name: str, kinds: dict[str, int] | None) -> None:
    lockfile = parse((RECORDED / "npm" / name).read_bytes(), name, lambda _: PUBLIC)
    found = {kind: [one.kind.value for one in lockfile.entries].count(kind) for kind in kinds or {}}
    assert found == (kinds or {})
    assert len(lockfile.entries) > 1


def test_a_wide_and_deep_tree_takes_no_longer_than_its_size() -> None:
    """Each nested folder used to copy the names of all folders above it."""
    wide = {
        f"p{at}": {"version": "1.0.0", "requires": {"x": "1"}, "dependencies": {"x": A}}
        for at in range(20_000)
    }
    document = {"dependencies": {"top": {"version": "1.0.0", "dependencies": wide}}}
    assert len(parse(json.dumps(document).encode(), "x", lambda _: PUBLIC).entries) == 40_002


def test_a_name_that_is_another_packages_place_is_malformed() -> None:
    """It would be filed where the nested package is, and hide it."""
    document = {"dependencies": {"a": {**A, "dependencies": {"b": B}}, "a/node_modules/b": A}}
    with pytest.raises(Malformed, match="called 'a/node_modules/b'"):
        parse(json.dumps(document).encode(), "x", lambda _: PUBLIC)
