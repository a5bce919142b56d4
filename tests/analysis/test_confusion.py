from typing import Any

import pytest

from forecheck.analysis.confusion import Side, commands, dependencies, same_version, scripts
from forecheck.analysis.package_json import PackageJson, WirePackageJson, tidy


def declared(**fields: Any) -> PackageJson:
    return tidy(WirePackageJson(name="x", **fields))


@pytest.mark.parametrize(
    ("told", "held"),
    [
        ({}, {}),
        ({"a": "^1"}, {"a": " ^1 "}),
        ({"a": ">=1 <2"}, {"a": ">=1  <2"}),
        ({"a": ""}, {"a": "*"}),
        ({"a": "github:o/r"}, {"a": "o/r"}),
        ({"a": "git+https://github.com/o/r.git"}, {"a": "git://github.com/o/r.git"}),
        ({"a": "github:o/r#v1"}, {"a": "https://github.com/o/r.git#v1"}),
        ({"a": "*"}, {"a": None}),
    ],
)
def test_dependencies_in_another_form_are_the_same(told: dict[str, Any], held: dict[str, Any]) -> None:
    bundled = [name for name, wanted in held.items() if wanted is None]
    of_tarball = {name: wanted for name, wanted in held.items() if wanted is not None}
    tarball = declared(dependencies=of_tarball, bundle=bundled)
    assert list(dependencies(declared(dependencies=told), tarball)) == []


@pytest.mark.parametrize(
    ("told", "held", "side"),
    [
        ({"a": "1"}, {}, Side.REGISTRY),
        ({}, {"a": "1"}, Side.TARBALL),
        ({"a": "1"}, {"a": "2"}, Side.BOTH),
        ({"a": "o/r#v1"}, {"a": "o/r#v2"}, Side.BOTH),
        ({"a": "o/r"}, {"a": "gitlab:o/r"}, Side.BOTH),
        ({"a": "npm:b@1"}, {"a": "1"}, Side.BOTH),
    ],
)
@pytest.mark.parametrize(
    ("section", "name"),
    [("dependencies",) * 2, ("optional", "optionalDependencies"), ("peers", "peerDependencies")],
)
def test_dependencies_that_differ(
    told: dict[str, str], held: dict[str, str], side: Side, section: str, name: str
) -> None:
    [found] = dependencies(declared(**{section: told}), declared(**{section: held}))
    assert (found.section, found.what, found.side) == (name, "a", side)


def test_what_is_optional_too_counts_once() -> None:
    both = declared(dependencies={"a": "1"}, optional={"a": "1"})
    assert list(dependencies(both, declared(optional={"a": "1"}))) == []


@pytest.mark.parametrize(
    ("told", "held", "folder"),
    [
        ({"x": "cli.js"}, {"x": "./cli.js"}, ""),
        ({"x": "cli.js"}, {"x": "/cli.js"}, ""),
        ({"x": "bin/cli.js"}, {"x": "bin\\cli.js"}, ""),
        ({"x": "cli.js"}, {"x": "lib/../../cli.js"}, ""),
        ({"x": "cli.js"}, {"@s/x": "cli.js"}, ""),
        ({"a.js": "bin/a.js"}, {}, "./bin"),
        ({"x": "cli.js"}, {"x": "cli.js", "": "y"}, ""),
    ],
)
def test_commands_in_another_form_are_the_same(
    told: dict[str, str], held: dict[str, str], folder: str
) -> None:
    assert list(commands(told, held, folder)) == []


@pytest.mark.parametrize(
    ("told", "held"),
    [({"x": "a.js"}, {"x": "b.js"}), ({"x": "a.js"}, {}), ({}, {"x": "a.js"}), ({"x": "lib/a.js"}, {})],
)
def test_commands_that_differ(told: dict[str, str], held: dict[str, str]) -> None:
    assert [found.what for found in commands(told, held, "bin")] == ["x"]


@pytest.mark.parametrize(
    ("told", "held", "hooks"),
    [
        ({"install": "a"}, {"install": " a"}, []),
        ({"install": "node-gyp rebuild"}, {"install": "./node_modules/.bin/node-gyp rebuild"}, []),
        ({"install": "a"}, {"install": "b"}, ["install"]),
        ({}, {"preinstall": "a", "postinstall": "b"}, ["preinstall", "postinstall"]),
        ({"prepare": "a"}, {"prepare": "b"}, []),
    ],
)
def test_scripts(told: dict[str, str], held: dict[str, str], hooks: list[str]) -> None:
    assert [found.what for found in scripts(told, held)] == hooks


@pytest.mark.parametrize(
    ("told", "held", "same"),
    [
        ("1.0.0", "v1.0.0", True),
        ("1.0.0", "=1.0.0", True),
        ("1.0.0", "1.0.0+build", True),
        ("1.0.0", " 1.0.0", True),
        ("1.0.0", "1.0.1", False),
        ("1.0.0-a", "1.0.0", False),
        ("1.0.0", "", False),
        ("odd", "odd", True),
    ],
)
def test_versions(told: str, held: str, same: bool) -> None:
    assert same_version(told, held) is same
