import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.lockfiles.npm import parse
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
    Location,
    Lockfile,
    Origin,
    RemarkKind,
)
from forecheck.resolve.paths import dependency_paths

PUBLIC = "https://registry.npmjs.org/"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def read(document: Any, registry: str = PUBLIC) -> Lockfile:
    return parse(json.dumps(document).encode(), "package-lock.json", lambda _: registry)


def entry(fields: dict[str, Any], location: str = "node_modules/a") -> Entry:
    packages = {"": {}, "node_modules/p": {"version": "1.0.0"}, location: fields}
    return read({"lockfileVersion": 3, "packages": packages}).entries[-1]


def old(fields: dict[str, Any], name: str = "a") -> Entry:
    return read({"lockfileVersion": 1, "dependencies": {name: fields}}).entries[-1]


@pytest.mark.parametrize("version", [2, 3])
def test_packages_are_read_with_all_they_say(version: int) -> None:
    lockfile = read(
        {
            "name": "mine",
            "lockfileVersion": version,
            "packages": {
                "": {"name": "mine", "version": "0.1.0", "dependencies": {"@s/a": "^1"}},
                "node_modules/@s/a": {
                    "version": "1.2.3",
                    "resolved": f"{PUBLIC}@s/a/-/a-1.2.3.tgz",
                    "integrity": "sha512-x",
                    "hasInstallScript": True,
                    "bin": {"a": "cli.js", "b": "b.js"},
                    "dependencies": {"b": "1"},
                    "optionalDependencies": {"c": "2"},
                    "peerDependencies": {"d": "3", "e": "4"},
                    "peerDependenciesMeta": {"e": {"optional": True}},
                },
            },
            "dependencies": {"ignored": {"version": "9.9.9"}},
        }
    )
    assert (lockfile.format, lockfile.version, len(lockfile.entries)) == ("npm", str(version), 2)
    root, package = lockfile.entries
    assert (root.kind, root.release.spec) == (EntryKind.ROOT, "mine@0.1.0")
    assert root.edges == (Edge("@s/a", "^1", EdgeKind.PROD),)
    assert (package.kind, package.release.spec) == (EntryKind.PACKAGE, "@s/a@1.2.3")
    assert package.release.origin == FromRegistry(PUBLIC)
    assert (package.integrity, package.install_script, package.bins) == ("sha512-x", True, ("a", "b"))
    assert package.at == Location("package-lock.json", pointer="/packages/node_modules~1@s~1a")
    assert package.edges == (
        Edge("b", "1", EdgeKind.PROD),
        Edge("c", "2", EdgeKind.OPTIONAL, optional=True),
        Edge("d", "3", EdgeKind.PEER),
        Edge("e", "4", EdgeKind.PEER, optional=True),
    )


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        ({}, (False, False, False)),
        ({"dev": True}, (True, False, False)),
        ({"optional": True}, (False, True, False)),
        ({"devOptional": True}, (True, True, False)),
        ({"peer": True}, (False, False, True)),
    ],
)
def test_flags(fields: dict[str, Any], flags: tuple[bool, bool, bool]) -> None:
    found = entry({"version": "1.0.0", **fields})
    assert (found.dev, found.optional, found.peer) == flags


def test_a_bin_that_is_one_path_is_called_like_the_package() -> None:
    assert entry({"version": "1.0.0", "bin": "cli.js"}, "node_modules/@s/tool").bins == ("tool",)
    assert entry({"version": "1.0.0", "bin": 3}).bins == ()


def test_an_alias_is_the_package_it_stands_for() -> None:
    fields = {"name": "real", "version": "1.0.0", "resolved": f"{PUBLIC}real/-/real-1.0.0.tgz"}
    found = entry(fields)
    assert (found.installed_as, found.release.name) == ("a", "real")
    assert found.release.origin == FromRegistry(PUBLIC)


def test_nested_names_are_the_last_folder() -> None:
    found = entry({"version": "1.0.0"}, "node_modules/x/node_modules/@s/y")
    assert (found.installed_as, found.release.name) == ("@s/y", "@s/y")


def test_workspaces_and_links() -> None:
    lockfile = read(
        {
            "lockfileVersion": 3,
            "packages": {
                "": {"workspaces": ["w/*"]},
                "w/one": {"name": "one", "version": "1.0.0"},
                "node_modules/one": {"resolved": "w/one", "link": True},
                "node_modules/out": {"resolved": "../out", "link": True},
            },
        }
    )
    kinds = [(found.kind, found.release.origin) for found in lockfile.entries[1:]]
    assert kinds == [
        (EntryKind.WORKSPACE, FromDirectory("w/one")),
        (EntryKind.LINK, FromDirectory("w/one")),
        (EntryKind.LINK, FromDirectory("../out")),
    ]


def test_a_bundled_package_comes_in_its_parents_tarball() -> None:
    bundled = {"version": "1.0.0", "inBundle": True}
    packages = {
        "node_modules/p": {"version": "1.0.0", "bundleDependencies": ["b"]},
        "node_modules/p/node_modules/b": bundled,
        "node_modules/p/node_modules/b/node_modules/a": bundled,
    }
    found = read({"lockfileVersion": 3, "packages": packages}).entries
    assert [one.release.origin for one in found[1:]] == [FromBundle("p"), FromBundle("b")]


def test_what_only_says_that_it_is_bundled_is_fetched() -> None:
    found = entry({"version": "1.0.0", "inBundle": True}, "node_modules/p/node_modules/a")
    assert found.release.origin == FromRegistry(PUBLIC)


@pytest.mark.parametrize("field", ["name", "version", "resolved"])
@pytest.mark.parametrize("value", [["https://x.example/a.tgz"], {"raw": "https://x.example/a.tgz"}, 1])
def test_a_text_that_is_none_is_an_error_for_npm_makes_something_of_it(field: str, value: object) -> None:
    with pytest.raises(Malformed, match=r"Expected (bool \| )?str"):
        entry({"version": "1.0.0", field: value})


def test_scripts_in_the_lockfile_are_remarked_on() -> None:
    packages = {"node_modules/a": {"version": "1.0.0", "scripts": {"install": "x"}}, "node_modules/b": {}}
    remarks = read({"lockfileVersion": 3, "packages": packages}).remarks
    assert [(one.kind, one.about) for one in remarks] == [(RemarkKind.SCRIPTS, "node_modules/a")]


@pytest.mark.parametrize(
    ("location", "fields"),
    [
        ("node_modules/a", {}),
        ("node_modules/a", {"resolved": f"{PUBLIC}a/-/a-1.0.0.tgz"}),
        ("node_modules/p/node_modules/a", {"resolved": f"{PUBLIC}a/-/a-1.0.0.tgz"}),
    ],
)
def test_what_npm_would_fetch_is_no_bundle_whatever_the_flag_says(
    location: str, fields: dict[str, Any]
) -> None:
    """The project's own bundleDependencies are flagged too, and fetched like any other."""
    found = entry({"version": "1.0.0", "inBundle": True, **fields}, location)
    assert found.release.origin == FromRegistry(PUBLIC)


def test_the_hidden_lockfile_has_no_root() -> None:
    lockfile = read({"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}})
    assert [found.location for found in lockfile.entries] == ["node_modules/a"]


CORP = "https://corp.example/npm/"


@pytest.mark.parametrize(
    ("resolved", "registry", "origin"),
    [
        (None, CORP, FromRegistry(CORP)),
        (False, CORP, FromRegistry(CORP)),
        (f"{PUBLIC}a/-/a-1.0.0.tgz", PUBLIC, FromRegistry(PUBLIC)),
        (f"{PUBLIC}a/-/a-1.0.0.tgz", CORP, FromRegistry(CORP)),
        ("https://registry.yarnpkg.com/a/-/a-1.0.0.tgz#abc", PUBLIC, FromRegistry(PUBLIC)),
        (f"{CORP}a/-/a-1.0.0.tgz", CORP, FromRegistry(CORP)),
        (f"{CORP}download/a/1.0.0/abc", CORP, FromRegistry(CORP)),
        ("https://npm.pkg.github.com/download/a/1.0.0/abc", "https://npm.pkg.github.com/",
         FromRegistry("https://npm.pkg.github.com/")),
        ("https://corp.example/a/-/a-1.0.0.tgz", CORP, None),
        ("https://corp.example/npm-evil/a/-/a-1.0.0.tgz", CORP, None),
        (f"{PUBLIC}b/-/b-1.0.0.tgz", PUBLIC, None),
        (f"{PUBLIC}ab/-/a-1.0.0.tgz", PUBLIC, None),
        (f"{PUBLIC}@evil/a/-/a-1.0.0.tgz", PUBLIC, None),
        (f"{PUBLIC}a/-/../../b/-/b-1.0.0.tgz", PUBLIC, None),
        (f"{PUBLIC}a/-/%2e%2e/%2E%2e/b/-/b-1.0.0.tgz", PUBLIC, None),
        (f"{PUBLIC}a/-/..%2f..%2fb/-/b-1.0.0.tgz", PUBLIC, None),
        (f"{PUBLIC}a/-/..\\..\\b/-/b-1.0.0.tgz", PUBLIC, None),
        (f"{PUBLIC}a/-/%5c..%5cb-1.0.0.tgz", PUBLIC, None),
        ("https://registry.npmjs.org.evil.example/a/-/a-1.0.0.tgz", PUBLIC, None),
        ("https://registry.npmjs.org@evil.example/a/-/a-1.0.0.tgz", PUBLIC, None),
        ("https://registry.npmjs.org\\@evil.example/a/-/a-1.0.0.tgz", PUBLIC, None),
        ("https://registry.npmjs.org:8443/a/-/a-1.0.0.tgz", PUBLIC, None),
        ("https://evil.example/registry.npmjs.org/a/-/a-1.0.0.tgz", PUBLIC, None),
    ],
)  # fmt: skip
def test_only_the_registrys_own_tarball_of_that_name_is_the_registrys(
    resolved: str | bool | None, registry: str, origin: Origin | None
) -> None:
    fields = {"version": "1.0.0"} | ({} if resolved is None else {"resolved": resolved})
    document = {"lockfileVersion": 3, "packages": {"node_modules/a": fields}}
    expected = origin or FromTarball(str(resolved))
    assert read(document, registry).entries[0].release.origin == expected


def test_a_scoped_name_may_be_encoded() -> None:
    fields = {"version": "1.0.0", "resolved": f"{PUBLIC}@s%2fa/-/a-1.0.0.tgz"}
    assert entry(fields, "node_modules/@s/a").release.origin == FromRegistry(PUBLIC)


@pytest.mark.parametrize(
    ("resolved", "origin"),
    [
        (f"git+ssh://git@github.com/u/r.git#{COMMIT}", FromGit("git+ssh://git@github.com/u/r.git", COMMIT)),
        (f"git://host/r.git#{COMMIT}", FromGit("git://host/r.git", COMMIT)),
        ("git+https://host/r.git", FromGit("git+https://host/r.git", "")),
        ("file:vendor/a-1.0.0.tgz", FromTarball("file:vendor/a-1.0.0.tgz")),
        ("file:vendor/A.TAR.GZ", FromTarball("file:vendor/A.TAR.GZ")),
        ("file:../folder", FromDirectory("../folder")),
        ("https://[/a-1.0.0.tgz", FromUnknown("https://[/a-1.0.0.tgz")),
        ("https://registry.npmjs.org\u2100/a/-/a.tgz", FromUnknown("https://registry.npmjs.org\u2100/a/-/a.tgz")),
        ("ftp://host/a.tgz", FromUnknown("ftp://host/a.tgz")),
        ("something", FromUnknown("something")),
    ],
)  # fmt: skip
def test_other_sources(resolved: str, origin: Origin) -> None:
    assert entry({"version": "1.0.0", "resolved": resolved}).release.origin == origin


def test_neither_version_nor_source_is_no_registry_package() -> None:
    assert entry({}).release.origin == FromUnknown("")


def test_version_one_nests_and_keeps_its_sources_in_version() -> None:
    lockfile = read(
        {
            "name": "mine",
            "lockfileVersion": 1,
            "requires": True,
            "dependencies": {
                "a": {
                    "version": "1.0.0",
                    "resolved": f"{PUBLIC}a/-/a-1.0.0.tgz",
                    "integrity": "sha1-x",
                    "requires": {"b": "^2"},
                    "dependencies": {"b": {"version": "2.0.0", "dev": True}},
                },
                "b": {"version": "1.0.0", "optional": True},
            },
        }
    )
    root, a, nested, b = lockfile.entries
    assert [edge.name for edge in root.edges] == ["a", "b"]  # a has a "b" of its own
    assert (a.location, a.release.origin, a.edges) == (
        "node_modules/a",
        FromRegistry(PUBLIC),
        (Edge("b", "^2", EdgeKind.PROD),),
    )
    assert (nested.location, nested.release.spec) == ("node_modules/a/node_modules/b", "b@2.0.0")
    assert nested.at == Location("package-lock.json", pointer="/dependencies/a/dependencies/b")
    assert (nested.dev, b.optional) == (True, True)


@pytest.mark.parametrize(
    ("fields", "spec", "origin"),
    [
        ({"version": "npm:real@1.0.0"}, "real@1.0.0", FromRegistry(PUBLIC)),
        ({"version": "npm:@s/real@1.0.0"}, "@s/real@1.0.0", FromRegistry(PUBLIC)),
        ({"version": f"git+https://h/r.git#{COMMIT}"}, "a", FromGit("git+https://h/r.git", COMMIT)),
        ({"version": "file:../x"}, "a", FromDirectory("../x")),
        ({"version": "file:x.tgz"}, "a", FromTarball("file:x.tgz")),
        ({"version": "https://h/x.tgz"}, "a", FromTarball("https://h/x.tgz")),
        ({"version": "1.0.0", "bundled": True}, "a@1.0.0", FromRegistry(PUBLIC)),
        ({}, "a", FromUnknown("")),
    ],
)
def test_version_one_identities(fields: dict[str, Any], spec: str, origin: Origin) -> None:
    found = old(fields)
    assert (found.release.spec, found.release.origin) == (spec, origin)


def test_version_one_bundles() -> None:
    parent = {"version": "1.0.0", "dependencies": {"a": {"version": "1.0.0", "bundled": True}}}
    assert read({"dependencies": {"p": parent}}).entries[-1].release.origin == FromBundle("p")


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([], ""),
        ({"lockfileVersion": "3"}, "$.lockfileVersion"),
        ({"lockfileVersion": 3}, "$.packages"),
        ({"lockfileVersion": 3, "packages": []}, "$.packages"),
        ({"lockfileVersion": 3, "packages": {"node_modules/a": 1}}, "$.packages[...]"),
        ({"lockfileVersion": 3, "packages": {"node_modules/a": {"link": "yes"}}}, "$.packages[...].link"),
        (
            {"lockfileVersion": 3, "packages": {"node_modules/a": {"dependencies": []}}},
            "$.packages[...].dependencies",
        ),
        ({"dependencies": {"a": {"dev": 1}}}, "$.dependencies[...].dev"),
    ],
)
def test_a_wrong_structure_is_malformed_with_its_place(document: Any, place: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(document)
    assert (caught.value.where, caught.value.place) == ("package-lock.json", place)


@pytest.mark.parametrize("depth", [300, 900, 3_000, 30_000])
def test_version_one_nested_deeper_than_any_disk_holds_is_malformed(depth: int) -> None:
    text = '{"dependencies":' + '{"a":{"dependencies":' * depth + "{}" + "}}" * depth + "}"
    with pytest.raises(Malformed, match="nested too deeply"):
        parse(text.encode(), "package-lock.json", lambda _: PUBLIC)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_lockfile_or_malformed(data: bytes) -> None:
    with contextlib.suppress(Malformed):
        parse(data, "x", lambda _: PUBLIC)


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text(max_size=8) | st.just("https://[x"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
FIELDS = st.dictionaries(
    st.sampled_from(["name", "version", "resolved", "integrity", "link", "inBundle", "bundled", "requires",
                     "bin", "dependencies", "peerDependenciesMeta"]),
    VALUE,
)  # fmt: skip
LOCATIONS = st.sampled_from(["", "node_modules/", "node_modules/a", "w", "node_modules/a/node_modules/@b/c"])


@given(st.integers(0, 4), st.dictionaries(LOCATIONS, FIELDS), st.dictionaries(st.text(max_size=3), FIELDS))
def test_any_fields_are_a_lockfile_or_malformed(
    version: int, packages: dict[str, Any], dependencies: dict[str, Any]
) -> None:
    for document in ({"packages": packages}, {"dependencies": dependencies}):
        try:
            lockfile = read({"lockfileVersion": version, **document})
        except Malformed:
            continue
        assert len(lockfile.entries) >= len(packages if "packages" in document else dependencies)


RECORDED = Path(__file__).parents[1] / "fixtures" / "lockfiles"


@pytest.mark.parametrize(
    ("name", "packages"), [("osv.v3.json", 469), ("firebase-vscode.v2.json", 463), ("sitespeed.v1.json", 788)]
)
def test_recorded_lockfiles_are_read_whole(name: str, packages: int) -> None:
    lockfile = parse((RECORDED / name).read_bytes(), name, lambda _: PUBLIC)
    assert len(lockfile.entries) - 1 == packages
    assert lockfile.version == name[-6]
    assert {type(entry.release.origin) for entry in lockfile.entries[1:]} <= {FromRegistry, FromBundle}
    reached = dependency_paths(lockfile)
    assert {entry.location for entry in lockfile.entries[1:]} == reached.keys()
