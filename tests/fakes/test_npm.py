"""The real npm takes the test registry for a registry."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.fakes.npm import npm_version, run_npm
from tests.fakes.registry import Fault, Kind, Registry

pytestmark = pytest.mark.e2e

Npm = Callable[..., CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def npm(registry: Registry, project: Path, npm_home: Path) -> Npm:
    def run(*args: str, config: Mapping[str, str] | None = None) -> CompletedProcess[str]:
        return run_npm(args, cwd=project, registry=registry.url, home=npm_home, config=config)

    return run


def depend(project: Path, dependencies: Mapping[str, str], **fields: Any) -> None:
    manifest = {"name": "project", "version": "1.0.0", "dependencies": dict(dependencies), **fields}
    (project / "package.json").write_text(json.dumps(manifest))


def installed(project: Path) -> dict[str, str]:
    """Folder below node_modules → version, from the lockfile npm keeps in there."""
    lock = json.loads((project / "node_modules" / ".package-lock.json").read_text())
    return {path.removeprefix("node_modules/"): entry["version"] for path, entry in lock["packages"].items()}


def test_a_tree_of_every_kind_of_edge(registry: Registry, project: Path, npm: Npm) -> None:
    registry.publish("deep", "1.0.0")
    registry.publish("deep", "2.0.0-rc.1", tags=["next"])
    registry.publish("@s/scoped", "1.2.0", dependencies={"deep": "^1.0.0"}, bin="./index.js")
    registry.publish("peer", "3.0.0", peer_dependencies={"deep": "*"})
    registry.publish("elsewhere", "1.0.0", manifest={"os": ["none"]})
    registry.publish(
        "bundler",
        "1.0.0",
        dependencies={"inside": "1.0.0"},
        bundle_dependencies=["inside"],
        files={"node_modules/inside/package.json": '{"name":"inside","version":"1.0.0"}'},
    )
    depend(
        project,
        {"@s/scoped": "1", "alias": "npm:deep@next", "peer": "^3", "bundler": "*"},
        optionalDependencies={"elsewhere": "*", "missing": "*"},
    )
    run = npm("install")
    assert run.returncode == 0, run.stderr
    assert installed(project) == {
        "@s/scoped": "1.2.0",
        "alias": "2.0.0-rc.1",
        "bundler": "1.0.0",
        "bundler/node_modules/inside": "1.0.0",
        "deep": "1.0.0",
        "peer": "3.0.0",
    }
    lock = json.loads((project / "package-lock.json").read_text())
    assert lock["packages"]["node_modules/@s/scoped"]["resolved"] == registry.tarball_url(
        "@s/scoped", "1.2.0"
    )
    assert (
        lock["packages"]["node_modules/@s/scoped"]["integrity"]
        == registry.release("@s/scoped", "1.2.0").integrity
    )
    assert registry.asked("@s/scoped", kind=Kind.PACKUMENT)[0].path == "/@s%2fscoped"
    assert not registry.asked("inside")
    assert (project / "node_modules" / ".bin" / "scoped").exists()


def test_a_wrong_hash_is_refused(registry: Registry, project: Path, npm: Npm) -> None:
    registry.publish("a")
    depend(project, {"a": "1.0.0"})
    registry.fail("a", Fault.wrong_hash())
    run = npm("install")
    assert run.returncode != 0
    assert "EINTEGRITY" in run.stderr
    assert not (project / "node_modules" / "a").exists()


def test_a_swapped_tarball_is_refused_against_the_lockfile(
    registry: Registry, project: Path, npm: Npm
) -> None:
    registry.publish("a")
    depend(project, {"a": "1.0.0"})
    assert npm("install", "--package-lock-only").returncode == 0
    assert not registry.asked("a", kind=Kind.TARBALL)
    registry.republish("a", "1.0.0", {"index.js": "other()"})
    run = npm("ci")
    assert run.returncode != 0
    assert "EINTEGRITY" in run.stderr


def test_a_cached_packument_is_revalidated(registry: Registry, project: Path, npm: Npm) -> None:
    registry.publish("a")
    assert npm("view", "a", "version").stdout.strip() == "1.0.0"
    assert npm("view", "a", "version", "--prefer-online").stdout.strip() == "1.0.0"
    first, second = registry.asked("a", kind=Kind.PACKUMENT)
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"].strip("W/") != ""
    registry.publish("a", "1.1.0")
    assert npm("view", "a", "version", "--prefer-online").stdout.strip() == "1.1.0"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.status(403, reason="Blocked by policy"), "E403"),
        (Fault.status(404), "E404"),
        (Fault.status(503), "E503"),
        (Fault.malformed_json(), "EJSONPARSE|Invalid response body|JSON"),
        (Fault.reset(), "ECONNRESET"),
    ],
)
def test_npm_meets_the_fault(registry: Registry, project: Path, npm: Npm, fault: Fault, code: str) -> None:
    registry.publish("a")
    depend(project, {"a": "1.0.0"})
    registry.fail("a", fault, kind=Kind.PACKUMENT)
    run = npm("install")
    assert run.returncode != 0
    assert any(name in run.stderr for name in code.split("|")), run.stderr


def test_a_recovering_registry_is_retried(registry: Registry, project: Path, npm: Npm) -> None:
    registry.publish("a")
    depend(project, {"a": "1.0.0"})
    registry.fail("a", Fault.status(503, times=1), kind=Kind.PACKUMENT)
    run = npm("install", config={"fetch-retries": "2", "fetch-retry-mintimeout": "10"})
    assert run.returncode == 0, run.stderr
    assert len(registry.asked("a", kind=Kind.PACKUMENT)) == 2


def test_npm_audit_reads_the_advisories(registry: Registry, project: Path, npm: Npm) -> None:
    registry.publish("evil", "1.0.0")
    registry.publish("good", "1.0.0")
    registry.advise("evil", "<2", severity="critical")
    depend(project, {"evil": "1.0.0", "good": "1.0.0"})
    npm("install", "--package-lock-only")
    run = npm("audit", "--json")
    assert list(json.loads(run.stdout)["vulnerabilities"]) == ["evil"]
    (request,) = registry.asked(kind=Kind.ADVISORIES)
    assert request.headers["content-encoding"] == "gzip"


def test_a_release_from_between_two_requests(registry: Registry, project: Path, npm: Npm) -> None:
    registry.publish("a", "1.0.0")
    depend(project, {"a": "^1.0.0"})
    registry.on("a", lambda _: registry.publish("a", "1.0.1"), kind=Kind.PACKUMENT, nth=1)
    npm("install", "--package-lock-only")
    (project / "package-lock.json").unlink()
    npm("install", "--prefer-online")
    assert installed(project) == {"a": "1.0.1"}


def test_prefix_and_token_serve_npm(project: Path, npm_home: Path) -> None:
    with Registry(prefix="npm", token="s3cret") as registry:
        registry.publish("@s/a")
        depend(project, {"@s/a": "*"})
        refused = run_npm(["install"], cwd=project, registry=registry.url, home=npm_home)
        assert "E401" in refused.stderr
        config = {f"//{registry.url.removeprefix('http://')}:_authToken": "s3cret"}
        run = run_npm(["install"], cwd=project, registry=registry.url, home=npm_home, config=config)
        assert run.returncode == 0, run.stderr
        assert {request.path.split("/")[1] for request in registry.requests} == {"npm"}


def test_public_urls_keep_the_port_out_of_the_lockfile(project: Path, npm_home: Path) -> None:
    with Registry(public_url="https://registry.npmjs.org/") as registry:
        registry.publish("a")
        depend(project, {"a": "1.0.0"})
        run = run_npm(["install"], cwd=project, registry=registry.url, home=npm_home)
        assert run.returncode == 0, run.stderr
        assert len(registry.asked("a", kind=Kind.TARBALL)) == 1
    lock = json.loads((project / "package-lock.json").read_text())
    assert lock["packages"]["node_modules/a"]["resolved"] == "https://registry.npmjs.org/a/-/a-1.0.0.tgz"


def test_npm_has_no_configuration_but_ours(registry: Registry, npm: Npm, npm_home: Path) -> None:
    shown = json.loads(npm("config", "list", "--json").stdout)
    assert npm_version() >= (10,)
    assert (shown["registry"], shown["audit"]) == (registry.url, False)
    assert shown["userconfig"] == str(npm_home / ".npmrc")
    assert shown["omit-lockfile-registry-resolved"] is False
