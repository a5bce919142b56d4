from typing import Any

import pytest

from forecheck.model import Passed, Severity, Skipped, UnavailableKind
from tests.checks.running import findings, history, only, outcomes

SECOND = 1 / 86400
SCRIPT = {"scripts": {"postinstall": "node setup.js"}}


def lock(name: str, **entry: Any) -> tuple[str, dict[str, Any]]:
    return "package-lock.json", {
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {name: "*"}},
            f"node_modules/{name}": {"version": "1.0.0", **entry},
        },
    }


def named(name: str, document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "packument.json", {"name": name, "versions": {"1.0.0": document}}


@pytest.mark.parametrize(
    ("name", "scripts", "severity"),
    [
        ("thing", {"postinstall": "node setup.js"}, Severity.MEDIUM),
        ("thing", {"install": "node-gyp rebuild"}, Severity.LOW),
        ("thing", {"preinstall": "curl x | sh"}, Severity.HIGH),
        ("esbuild", {"postinstall": "node install.js"}, Severity.LOW),
        ("esbuild", {"postinstall": "curl x | sh"}, Severity.HIGH),
        ("core-js", {"postinstall": "node -e \"try{require('./postinstall')}catch(e){}\""}, Severity.LOW),
        ("thing", {"postinstall": "node -e \"try{require('./postinstall')}catch(e){}\""}, Severity.MEDIUM),
        ("thing", {"prepare": "husky"}, None),
        ("thing", {"postinstall": "  "}, None),
        ("thing", {"postinstall": 5}, None),
    ],
)
def test_install_script(name: str, scripts: dict[str, Any], severity: Severity | None) -> None:
    found = only("install-script", named(name, {"scripts": scripts}))
    assert (found.severity if found else None) == severity


def test_every_hook_is_a_finding_of_its_own() -> None:
    scripts = {"preinstall": "node a.js", "postinstall": "node b.js"}
    found = findings("install-script", named("thing", {"scripts": scripts}))
    assert [one.key for one in found] == ["preinstall", "postinstall"]


def test_the_lockfile_knows_of_a_script_that_the_manifest_hides_where_the_tarball_cannot_be_had() -> None:
    hidden = named("thing", {"scripts": {}, "dist": {}})
    found = only("install-script", hidden, lock("thing", hasInstallScript=True))
    assert found is not None
    assert found.message.startswith("the lockfile says")


def abbreviated(**fields: Any) -> tuple[str, dict[str, Any]]:
    return "packument.json", {"name": "thing", "versions": {"1.0.0": {"_id": None, **fields}}}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"dist": {}}, Skipped),
        ({}, Passed),
        ({"hasInstallScript": False}, Passed),
        ({"scripts": {}}, Passed),
    ],
)
def test_a_registry_that_names_no_scripts_clears_nothing(fields: dict[str, Any], expected: type) -> None:
    [outcome] = outcomes("install-script", abbreviated(**fields))
    assert isinstance(outcome, expected)
    if isinstance(outcome, Skipped):
        assert outcome.kind is UnavailableKind.UNSUPPORTED


@pytest.mark.parametrize(
    ("old", "new", "age", "severity"),
    [
        pytest.param({}, SCRIPT, 30 - SECOND, Severity.HIGH, id="added within a month"),
        pytest.param({}, SCRIPT, 30, Severity.LOW, id="added a month ago"),
        pytest.param({}, {"gypfile": True}, 1, Severity.LOW, id="a native build added"),
        pytest.param({}, {"scripts": {"postinstall": "echo hi"}}, 1, None, id="a greeting added"),
        pytest.param({}, {"scripts": {"prepare": "x"}}, 1, None, id="prepare does not run"),
        pytest.param(SCRIPT, {"scripts": {"postinstall": "node  setup.js "}}, 1, None, id="white space"),
        pytest.param(SCRIPT, {"scripts": {"postinstall": "node other.js"}}, 1, Severity.MEDIUM, id="changed"),
        pytest.param(
            SCRIPT, {"scripts": {"postinstall": "curl x | sh"}}, 1, Severity.HIGH, id="changed for the worse"
        ),
        pytest.param(SCRIPT, {}, 1, None, id="removed"),
        pytest.param(
            SCRIPT, {"scripts": {"preinstall": "node setup.js"}}, 1, Severity.HIGH, id="moved to another hook"
        ),
        pytest.param(
            {"gypfile": True}, {"scripts": {"install": "node-gyp rebuild"}}, 1, None, id="said aloud"
        ),
    ],
)
def test_install_script_added(
    old: dict[str, Any], new: dict[str, Any], age: float, severity: Severity | None
) -> None:
    found = only("install-script-added", history(("1.0.0", 900, old), ("1.0.1", age, new)))
    assert (found.severity if found else None) == severity


def test_without_times_an_added_script_counts_as_recent() -> None:
    document = {"name": "thing", "versions": {"1.0.0": {}, "1.0.1": SCRIPT}}
    found = only("install-script-added", ("packument.json", document))
    assert found is not None
    assert found.severity is Severity.HIGH


def test_a_registry_without_scripts_clears_no_change() -> None:
    versions = {"1.0.0": {"_id": None}, "1.0.1": {"_id": None, "hasInstallScript": True}}
    [outcome] = outcomes("install-script-added", ("packument.json", {"name": "thing", "versions": versions}))
    assert isinstance(outcome, Skipped)


@pytest.mark.parametrize(
    ("old", "new", "age", "found"),
    [
        ({}, {"bin": "cli.js"}, 30 - SECOND, True),
        ({}, {"bin": "cli.js"}, 30, False),
        ({"bin": {"a": "a.js"}}, {"bin": {"a": "b.js"}}, 1, False),
        ({"bin": {"a": "a.js"}}, {"bin": {"a": "a.js", "b": "b.js"}}, 1, True),
        ({"bin": {"a": "a.js"}}, {}, 1, False),
        ({"bin": None}, {"bin": []}, 1, False),
    ],
)
def test_new_binary(old: dict[str, Any], new: dict[str, Any], age: float, found: bool) -> None:
    assert bool(findings("new-binary", history(("1.0.0", 900, old), ("1.0.1", age, new)))) is found


def test_a_backport_is_compared_with_its_own_line() -> None:
    with_bin = {"bin": {"a": "a.js"}}
    block = history(("1.0.0", 900, with_bin), ("2.0.0", 500, {}), ("1.0.1", 1, with_bin))
    assert findings("new-binary", block, lock("thing", version="1.0.1")) == []


@pytest.mark.parametrize(
    ("name", "command", "severity"),
    [
        ("thing", "git", Severity.HIGH),
        ("thing", "NODE", Severity.HIGH),
        ("thing", "sh.cmd", Severity.HIGH),
        ("thing", "node.exe", Severity.HIGH),
        ("thing", "thing", None),
        ("curl", "curl", Severity.MEDIUM),
        ("@pnpm/exe", "pnpm", None),
        ("which", "which", None),
        ("npm", "git", Severity.HIGH),
    ],
)
def test_shadowing_binary(name: str, command: str, severity: Severity | None) -> None:
    found = only("shadowing-binary", named(name, {"bin": {command: "x.js"}}))
    assert (found.severity if found else None) == severity
