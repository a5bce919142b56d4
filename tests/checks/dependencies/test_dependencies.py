from typing import Any

import pytest

from forecheck.model import Severity
from tests.checks.running import before, by, findings, history, only

SECOND = 1 / 86400


def carrier(age: float, name: str = "thing", **new: Any) -> tuple[str, dict[str, Any]]:
    added = {"dependencies": {"@s/added" if name.startswith("@") else "added": "^1.0.0"}, **new}
    title, document = history(
        ("1.0.0", 900, by("anna", "anna")), ("1.0.1", age, {**by("anna", "anna"), **added})
    )
    return title, {**document, "name": name}


def added(age: float, name: str = "added", **manifest: Any) -> tuple[str, dict[str, Any]]:
    title, document = history(("1.0.0", age, manifest))
    return title, {**document, "name": name}


@pytest.mark.parametrize(
    ("young", "release_age", "severity"),
    [
        pytest.param(30 - SECOND, 1, Severity.HIGH, id="younger than a month"),
        pytest.param(30, 1, Severity.LOW, id="a month old, fresh release"),
        pytest.param(30, 7 - SECOND, Severity.LOW, id="just fresh"),
        pytest.param(30, 7, None, id="a month old, a week-old release"),
        pytest.param(20, 20, Severity.HIGH, id="both young"),
        pytest.param(400, 89, None, id="old news"),
        pytest.param(1, 91, None, id="the release is older than what is looked at"),
    ],
)
def test_the_younger_the_added_package_the_worse(
    young: float, release_age: float, severity: Severity | None
) -> None:
    found = only("dependency-added", carrier(release_age), added(young))
    assert (found.severity if found else None) == severity


def test_the_same_people_or_scope_make_it_less_suspicious() -> None:
    same_people = only("dependency-added", carrier(1), added(1, **by("anna", "anna")))
    assert same_people is not None
    assert same_people.severity is Severity.MEDIUM
    same_scope = only("dependency-added", carrier(1, "@s/thing"), added(1, "@s/added"))
    assert same_scope is not None
    assert same_scope.severity is Severity.LOW


@pytest.mark.parametrize(("accounts", "severity"), [("anna", Severity.LOW), ("mallory", Severity.HIGH)])
def test_a_scope_named_after_the_package_counts_with_the_same_people_only(
    accounts: str, severity: Severity
) -> None:
    block = carrier(1, dependencies={"@thing/added": "*"})
    found = only("dependency-added", block, added(1, "@thing/added", **by(accounts, accounts)))
    assert found is not None
    assert found.severity is severity


def test_an_account_that_joined_with_this_release_does_not_vouch() -> None:
    block = carrier(1, **by("mallory", "anna", "mallory"))
    found = only("dependency-added", block, added(1, **by("mallory", "mallory")))
    assert found is not None
    assert found.severity is Severity.HIGH


def test_a_package_nobody_can_tell_the_age_of_is_noted() -> None:
    found = only("dependency-added", carrier(1))
    assert found is not None
    assert found.severity is Severity.LOW
    assert "404" in found.message


@pytest.mark.parametrize("section", ["dependencies", "optionalDependencies", "peerDependencies"])
def test_every_section_counts(section: str) -> None:
    blocks = history(("1.0.0", 900, {}), ("1.0.1", 1, {section: {"added": "*"}})), added(1)
    found = only("dependency-added", *blocks)
    assert found is not None
    assert found.message.endswith(f"({section})")


def test_moving_between_sections_or_under_another_name_adds_nothing() -> None:
    old = {"dependencies": {"added": "^1.0.0"}}
    for new in ({"peerDependencies": {"added": "^1.0.0"}}, {"dependencies": {"alias": "npm:added@^1.0.0"}}):
        assert findings("dependency-added", history(("1.0.0", 900, old), ("1.0.1", 1, new)), added(1)) == []


def lock(**packages: Any) -> tuple[str, dict[str, Any]]:
    return "package-lock.json", {
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {"direct": "*"}},
            **{f"node_modules/{name}": entry for name, entry in packages.items()},
        },
    }


@pytest.mark.parametrize(
    ("entry", "severity"),
    [
        pytest.param({"resolved": "git+ssh://git@h/o/r.git#" + "a" * 40}, Severity.LOW, id="own git, pinned"),
        pytest.param({"resolved": "git+ssh://git@h/o/r.git"}, Severity.MEDIUM, id="own git, not pinned"),
        pytest.param(
            {"resolved": "https://h/x.tgz", "integrity": "sha512-x"}, Severity.LOW, id="own URL, pinned"
        ),
        pytest.param({"resolved": "https://h/x.tgz"}, Severity.MEDIUM, id="own URL, not pinned"),
        pytest.param(
            {"resolved": "http://h/x.tgz", "integrity": "sha512-x"}, Severity.HIGH, id="own URL in the open"
        ),
        pytest.param({"resolved": "file:x.tgz"}, Severity.LOW, id="own file"),
        pytest.param({"resolved": "file:../x"}, None, id="own folder"),
        pytest.param({"resolved": "ftp://h/x.tgz"}, Severity.MEDIUM, id="nothing npm knows"),
    ],
)
def test_where_a_dependency_of_the_project_comes_from(
    entry: dict[str, Any], severity: Severity | None
) -> None:
    found = only("non-registry-dependency", lock(direct={"version": "1.0.0", **entry}))
    assert (found.severity if found else None) == severity


@pytest.mark.parametrize(
    ("entry", "severity"),
    [
        pytest.param({"resolved": "git+ssh://git@h/o/r.git#" + "a" * 40}, Severity.MEDIUM, id="git"),
        pytest.param({"resolved": "https://h/x.tgz", "integrity": "sha512-x"}, Severity.MEDIUM, id="URL"),
        pytest.param({"resolved": "http://h/x.tgz"}, Severity.HIGH, id="URL in the open"),
        pytest.param({"resolved": "file:../x"}, Severity.MEDIUM, id="folder"),
        pytest.param({"inBundle": True}, None, id="bundled"),
    ],
)
def test_where_what_a_package_brings_in_comes_from(entry: dict[str, Any], severity: Severity | None) -> None:
    direct = {"version": "1.0.0", "dependencies": {"inner": "^1.0.0"}}
    found = only("non-registry-dependency", lock(direct=direct, inner={"version": "1.0.0", **entry}))
    assert (found.severity if found else None) == severity


@pytest.mark.parametrize("section", ["dependencies", "optionalDependencies", "peerDependencies"])
def test_a_published_package_may_not_ask_for_git(section: str) -> None:
    found = only("non-registry-dependency", lock(direct={"version": "1.0.0", section: {"x": "github:o/r"}}))
    assert found is not None
    assert found.severity is Severity.HIGH


@pytest.mark.parametrize(
    "fields",
    [
        {"devDependencies": {"x": "github:o/r"}},
        {"peerDependencies": {"x": "github:o/r"}, "peerDependenciesMeta": {"x": {"optional": True}}},
    ],
    ids=["for development", "optional peer"],
)
def test_what_is_not_installed_is_not_reported(fields: dict[str, Any]) -> None:
    assert findings("non-registry-dependency", lock(direct={"version": "1.0.0", **fields})) == []


def test_times_are_as_the_registry_writes_them() -> None:
    assert before(days=1) == "2026-05-31T00:00:00.000Z"
