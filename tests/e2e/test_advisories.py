"""Known vulnerabilities and malware, from the database on disk to the installed tree."""

import json
from pathlib import Path

import pytest

from tests.e2e.harness import Lab
from tests.fakes.advisory_export import advisory
from tests.fakes.registry import Registry

pytestmark = pytest.mark.e2e

CRITICAL = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]


def versions(lab: Lab) -> dict[str, str]:
    packages = json.loads((lab.folder / "package-lock.json").read_text())["packages"]
    return {
        path.rpartition("node_modules/")[2]: entry["version"]
        for path, entry in packages.items()
        if "node_modules/" in path and not entry.get("link")
    }


@pytest.fixture
def vulnerable(lab: Lab, registry: Registry) -> Lab:
    """`direct` 1.0.0 needs another major; `deep` 1.0.0 is fixed within `app`'s range; `stuck` never was."""
    registry.set_downloads(dict.fromkeys(("app", "direct", "deep", "stuck", "other", "evil"), 5_000_000))
    needs = {"deep": "^1.0.0", "stuck": "1.0.0"}
    first = {
        "app": registry.publish("app", "1.0.0", dependencies=needs),
        "deep": registry.publish("deep", "1.0.0"),
        "direct": registry.publish("direct", "1.0.0"),
        "stuck": registry.publish("stuck", "1.0.0"),
    }
    registry.publish("direct", "2.0.0")
    registry.publish("deep", "1.0.1")
    wanted = {"app": "1.0.0", "direct": "^1.0.0"}
    lab.project(dependencies=wanted)
    lock: dict[str, object] = {"": {"name": "project", "version": "1.0.0", "dependencies": wanted}}
    for name, release in first.items():
        entry = {"version": "1.0.0", "integrity": release.integrity}
        lock[f"node_modules/{name}"] = entry | ({"dependencies": needs} if name == "app" else {})
    whole = {"name": "project", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": lock}
    (lab.folder / "package-lock.json").write_text(json.dumps(whole))
    lab.advisories(
        advisory("GHSA-1111-1111-1111", "direct", {"introduced": "0"}, {"fixed": "2.0.0"}, severity=CRITICAL),
        advisory("GHSA-2222-2222-2222", "deep", {"introduced": "0"}, {"fixed": "1.0.1"}, severity=CRITICAL),
        advisory("GHSA-3333-3333-3333", "stuck", severity=CRITICAL),
    )
    return lab


def test_malware_is_never_installed(lab: Lab, registry: Registry) -> None:
    registry.publish("evil", "1.0.0")
    registry.publish("host", "1.0.0", dependencies={"evil": "1.0.0"})
    lab.project()
    lab.advisories(advisory("MAL-2026-1", "evil"))
    run = lab.run("--yes", "npm", "install", "host")
    assert run.code == 1
    assert run.says("known-malware", "MAL-2026-1", "host > evil")
    assert lab.installed() == {}


def test_a_vulnerability_is_told_with_its_way_out(vulnerable: Lab) -> None:
    run = vulnerable.run("audit")
    assert run.code == 1
    said = run.out.replace("\n", " ")
    for words in ("GHSA-1111-1111-1111", "GHSA-2222-2222-2222", "GHSA-3333-3333-3333", "no fix is known"):
        assert words in said
    assert "npm update deep" in said
    assert "npm install direct@2.0.0" in said


def test_fix_proposes_and_changes_nothing_unasked(vulnerable: Lab) -> None:
    before = (vulnerable.folder / "package-lock.json").read_bytes()
    run = vulnerable.run("audit", "--fix")
    assert run.code == 1
    assert run.says(
        "direct@1.0.0 → 2.0.0", "deep@1.0.0 → 1.0.1", "stuck@1.0.0: no version", "Nothing was changed"
    )
    assert (vulnerable.folder / "package-lock.json").read_bytes() == before


def test_fix_makes_the_changes_and_only_those(vulnerable: Lab) -> None:
    run = vulnerable.run("--yes", "audit", "--fix")
    assert run.code == 1, run
    assert run.says("What is left:", "stuck@1.0.0: no version is known")
    assert versions(vulnerable) == {"app": "1.0.0", "deep": "1.0.1", "direct": "2.0.0", "stuck": "1.0.0"}
    declared = json.loads((vulnerable.folder / "package.json").read_text())["dependencies"]
    assert declared == {"app": "1.0.0", "direct": "^2.0.0"}
    again = vulnerable.run("audit")
    assert "GHSA-1111" not in again.out
    assert "GHSA-3333" in again.out


def lock_one(lab: Lab, registry: Registry, where: str, **entry: object) -> None:
    """A lockfile with `real` 1.0.0 in one place, of a project whose package.json is there already."""
    lab.advisories(
        advisory("GHSA-1111-1111-1111", "real", {"introduced": "0"}, {"fixed": "2.0.0"}, severity=CRITICAL)
    )
    release = registry.publish("real", "1.0.0")
    registry.publish("real", "2.0.0")
    registry.set_downloads({"real": 5_000_000})
    manifest = json.loads((lab.folder / "package.json").read_text())
    folders = {
        path.parent.name: json.loads(path.read_text()) for path in lab.folder.glob("parts/*/package.json")
    }
    lock: dict[str, object] = {
        "": manifest,
        where: {**entry, "version": "1.0.0", "integrity": release.integrity},
    }
    for name, inner in folders.items():
        lock |= {
            f"node_modules/{name}": {"resolved": f"parts/{name}", "link": True},
            f"parts/{name}": inner,
        }
    whole = {"name": "project", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": lock}
    (lab.folder / "package-lock.json").write_text(json.dumps(whole))


def test_fix_changes_an_alias_under_its_own_name(lab: Lab, registry: Registry) -> None:
    lab.project(dependencies={"nick": "npm:real@^1.0.0"})
    lock_one(lab, registry, "node_modules/nick", name="real")
    run = lab.run("--yes", "audit", "--fix")
    assert run.code == 0, run
    assert lab.manifest()["dependencies"] == {"nick": "npm:real@^2.0.0"}
    assert versions(lab) == {"nick": "2.0.0"}


def test_fix_updates_an_alias_under_its_own_name(lab: Lab, registry: Registry) -> None:
    lab.project(dependencies={"nick": "npm:real@1 || 2"})
    lock_one(lab, registry, "node_modules/nick", name="real")
    run = lab.run("--yes", "audit", "--fix")
    assert run.code == 0, run
    assert run.says("npm update nick", "No known vulnerability is left.")
    assert lab.manifest()["dependencies"] == {"nick": "npm:real@1 || 2"}
    assert versions(lab) == {"nick": "2.0.0"}


def test_fix_changes_every_manifest_that_asks_and_no_other(lab: Lab, registry: Registry) -> None:
    lab.project(workspaces=["parts/*"])
    for name in ("one", "two"):
        lab.project(lab.folder / "parts" / name, dependencies={"real": "^1.0.0"})
    lab.project(lab.folder / "parts" / "three")
    lock_one(lab, registry, "node_modules/real")
    run = lab.run("--yes", "audit", "--fix")
    assert run.code == 0, run
    assert "dependencies" not in lab.manifest() or not lab.manifest()["dependencies"]
    asked = {
        path.parent.name: json.loads(path.read_text()).get("dependencies", {})
        for path in lab.folder.glob("parts/*/package.json")
    }
    assert asked == {"one": {"real": "^2.0.0"}, "two": {"real": "^2.0.0"}, "three": {}}
    assert [version for path, version in versions(lab).items() if path.endswith("real")] == ["2.0.0"]


def test_fix_shows_one_report_as_data(vulnerable: Lab) -> None:
    run = vulnerable.run("--yes", "--format", "json", "audit", "--fix")
    data, end = json.JSONDecoder().raw_decode(run.out)
    assert data["verdict"]["decision"] == "block"
    assert "forecheckReport" not in run.out[end:]


def test_fix_does_not_take_in_what_is_worse(vulnerable: Lab, registry: Registry) -> None:
    registry.publish("deep", "1.0.2", dependencies={"evil": "1.0.0"})
    registry.publish("evil", "1.0.0")
    vulnerable.advisories(
        advisory("GHSA-2222-2222-2222", "deep", {"introduced": "0"}, {"fixed": "1.0.1"}, severity=CRITICAL),
        advisory("MAL-2026-1", "evil"),
    )
    run = vulnerable.run("--yes", "audit", "--fix")
    assert run.code == 1
    assert run.says("MAL-2026-1")
    assert versions(vulnerable)["deep"] == "1.0.0"


def test_what_is_installed_already_does_not_stop_something_else(vulnerable: Lab, registry: Registry) -> None:
    vulnerable.advisories(advisory("GHSA-0000-0000-0000", "unheard-of"))
    assert vulnerable.run("npm", "ci").code == 0
    vulnerable.advisories(advisory("GHSA-3333-3333-3333", "stuck", severity=CRITICAL))
    registry.publish("other", "1.0.0")
    run = vulnerable.run("npm", "install", "other")
    assert run.code == 0, run
    assert vulnerable.installed()["other"] == "1.0.0"


def test_without_a_database_and_without_services_nothing_is_called_clean(
    lab: Lab, registry: Registry
) -> None:
    registry.publish("plain", "1.0.0")
    lab.project()
    lab.advisories()
    run = lab.run("npm", "install", "plain")
    assert run.says("there is no advisory database", "forecheck db update")
    assert "nothing against" not in run.err
    assert lab.run("--strict", "npm", "install", "plain").code == 3


def test_a_half_written_database_is_no_database(lab: Lab, registry: Registry) -> None:
    registry.publish("plain", "1.0.0")
    lab.project()
    for file in Path(lab.environment["FORECHECK_CACHE"]).glob("advisories*"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    run = lab.run("--strict", "npm", "install", "plain")
    assert run.code == 3
    assert run.says("cannot be used")
