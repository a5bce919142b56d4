from typing import Any

import pytest

from forecheck.model import Passed, Severity, Skipped, UnavailableKind
from tests.checks.running import findings, history, only, outcomes


@pytest.mark.parametrize(
    ("count", "severity"),
    [(0, Severity.MEDIUM), (99, Severity.MEDIUM), (100, Severity.LOW), (999, Severity.LOW), (1000, None)],
)
def test_low_downloads(count: int, severity: Severity | None) -> None:
    found = only("low-downloads", history(("1.0.0", 900, {})), ("downloads.json", {"thing": count}))
    assert (found.severity if found else None) == severity


def test_a_private_package_is_neither_low_nor_asked_about() -> None:
    lock = {
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {"thing": "*"}},
            "node_modules/thing": {
                "version": "1.0.0",
                "resolved": "https://npm.corp.example/thing/-/thing-1.0.0.tgz",
            },
        },
    }
    [outcome] = outcomes("low-downloads", ("package-lock.json", lock))
    assert isinstance(outcome, Skipped)
    assert outcome.kind is UnavailableKind.UNSUPPORTED


@pytest.mark.parametrize("check", ["no-license", "no-repository"])
def test_an_abbreviated_document_says_nothing(check: str) -> None:
    document = {"name": "thing", "versions": {"1.0.0": {"_id": None, "dist": {}}}}
    [outcome] = outcomes(check, ("packument.json", document))
    assert isinstance(outcome, Skipped)
    assert outcome.kind is UnavailableKind.UNSUPPORTED


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"license": "MIT"}, False),
        ({"license": {"type": "MIT"}}, False),
        ({"license": [{"type": "MIT"}]}, False),
        ({"licenses": "MIT"}, False),
        ({"license": "UNLICENSED"}, False),
        ({"license": ""}, True),
        ({"license": {}}, True),
        ({"license": 5}, True),
        ({}, True),
    ],
)
def test_no_license(fields: dict[str, Any], found: bool) -> None:
    assert bool(findings("no-license", history(("1.0.0", 900, fields)))) is found


def test_a_stripped_document_among_whole_ones_has_no_excuse() -> None:
    block = history(("1.0.0", 900, {"license": "MIT"}), ("1.0.1", 1, {"_id": None}))
    assert findings("no-license", block)


@pytest.mark.parametrize(
    ("readme", "expected"), [("# thing", Passed), (" ", None), ("", None), (None, Skipped), (5, Skipped)]
)
def test_no_readme(readme: Any, expected: type | None) -> None:
    [outcome] = outcomes("no-readme", history(("1.0.0", 900, {}), readme=readme))
    assert expected is None or isinstance(outcome, expected)
    assert bool(findings("no-readme", history(("1.0.0", 900, {}), readme=readme))) is (expected is None)


def test_deprecated_is_noted_where_another_package_brings_it_in() -> None:
    title, parent = history(("1.0.0", 900, {}))
    lock = {
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {"parent": "*"}},
            "node_modules/parent": {"version": "1.0.0", "dependencies": {"thing": "*"}},
            "node_modules/thing": {"version": "1.0.0"},
        },
    }
    old = history(("1.0.0", 900, {"deprecated": "use other"}))
    found = only("deprecated", old, (title, {**parent, "name": "parent"}), ("package-lock.json", lock))
    assert found is not None
    assert found.severity is Severity.LOW
    direct = only("deprecated", old)
    assert direct is not None
    assert direct.severity is Severity.MEDIUM


def test_a_workspace_counts_as_the_project() -> None:
    lock = {
        "lockfileVersion": 3,
        "packages": {
            "": {"workspaces": ["packages/*"]},
            "packages/app": {"name": "app", "version": "1.0.0", "dependencies": {"thing": "*"}},
            "node_modules/app": {"resolved": "packages/app", "link": True},
            "node_modules/thing": {"version": "1.0.0"},
        },
    }
    found = only("deprecated", history(("1.0.0", 900, {"deprecated": "x"})), ("package-lock.json", lock))
    assert found is not None
    assert found.severity is Severity.MEDIUM
