"""Every kind of edge and every way to change a tree: the same result as npm's own, and nothing outside it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.harness import Lab
from tests.fakes.canary import Canary
from tests.fakes.npm import npm_command, npm_version
from tests.fakes.registry import Registry
from tests.fakes.tarball import build

pytestmark = pytest.mark.e2e


def published(registry: Registry, name: str, *versions: str, **fields: object) -> None:
    registry.set_downloads({name: 5_000_000})
    for version in versions or ("1.0.0",):
        registry.publish(name, version, manifest={"license": "MIT", **fields})


def test_every_kind_of_edge(lab: Lab, registry: Registry) -> None:
    published(registry, "deep", "1.0.0", "2.0.0")
    published(registry, "needs-old", dependencies={"deep": "^1.0.0"})
    published(registry, "has-peer", peerDependencies={"deep": ">=2"})
    published(registry, "maybe", os=["none"])
    published(registry, "dev-only")
    registry.publish(
        "bundler",
        manifest={"license": "MIT"},
        dependencies={"inside": "1.0.0"},
        bundle_dependencies=["inside"],
        files={"node_modules/inside/package.json": '{"name":"inside","version":"1.0.0"}'},
    )
    lab.project(
        dependencies={"deep": "^2", "needs-old": "*", "has-peer": "*", "alias": "npm:deep@1", "bundler": "*"},
        devDependencies={"dev-only": "*"},
        optionalDependencies={"maybe": "*"},
    )
    run = lab.run("--yes", "npm", "install")
    assert run.code == 0, run
    assert lab.installed() == {
        "alias": "1.0.0",
        "bundler": "1.0.0",
        "bundler/node_modules/inside": "1.0.0",
        "deep": "2.0.0",
        "dev-only": "1.0.0",
        "has-peer": "1.0.0",
        "needs-old": "1.0.0",
        "needs-old/node_modules/deep": "1.0.0",
    }


def test_overrides(lab: Lab, registry: Registry) -> None:
    published(registry, "deep", "1.0.0", "1.1.0")
    published(registry, "needs", dependencies={"deep": "^1.1.0"})
    lab.project(dependencies={"needs": "*"}, overrides={"deep": "1.0.0"})
    assert lab.run("npm", "install").code == 0
    assert lab.installed() == {"deep": "1.0.0", "needs": "1.0.0"}


def test_workspaces(lab: Lab) -> None:
    lab.project(workspaces=["packages/*"])
    inner = lab.project(lab.folder / "packages" / "inner", dependencies={"plain": "*"})
    lab.project(lab.folder / "packages" / "second", dependencies={"inner": "*"})
    assert lab.run("npm", "install").code == 0
    assert lab.installed()["plain"] == "1.0.0"
    assert (lab.folder / "node_modules" / "inner").is_symlink()
    run = lab.run("npm", "install", "other", cwd=inner)
    assert run.code == 0, run
    assert json.loads((inner / "package.json").read_text())["dependencies"] == {
        "other": "^1.0.0",
        "plain": "*",
    }
    assert "dependencies" not in lab.manifest()
    assert lab.installed()["other"] == "1.0.0"


def test_a_workspace_by_name(lab: Lab) -> None:
    lab.project(workspaces=["packages/*"])
    inner = lab.project(lab.folder / "packages" / "inner")
    run = lab.run("npm", "install", "-w", "inner", "plain")
    assert run.code == 0, run
    assert json.loads((inner / "package.json").read_text())["dependencies"] == {"plain": "^1.0.0"}
    assert not (inner / "package-lock.json").exists()
    assert lab.lock()["packages/inner"]["dependencies"] == {"plain": "^1.0.0"}


def test_from_a_folder_inside_the_project(lab: Lab) -> None:
    lab.project()
    (lab.folder / "src").mkdir()
    run = lab.run("npm", "install", "plain", cwd=lab.folder / "src")
    assert run.code == 0, run
    assert lab.installed() == {"plain": "1.0.0"}
    assert list((lab.folder / "src").iterdir()) == []


@pytest.mark.parametrize("where", ["inside", "../outside"])
def test_local_folders_and_archives(lab: Lab, where: str) -> None:
    lab.project()
    folder = lab.project((lab.folder / where).resolve(), dependencies={"plain": "*"})
    manifest = b'{"name":"packed","version":"2.0.0"}'
    (folder / "packed.tgz").write_bytes(build({"package.json": manifest}).data)
    run = lab.run("--yes", "npm", "install", f"./{where}", f"./{where}/packed.tgz")
    assert run.code == 0, run
    assert lab.manifest()["dependencies"] == {
        folder.name: f"file:{where}",
        "packed": f"file:{where}/packed.tgz",
    }
    assert (lab.folder / "node_modules" / folder.name).is_symlink()
    assert lab.installed()["packed"] == "2.0.0"
    (lab.folder / "node_modules" / "packed" / "package.json").unlink()
    assert lab.run("--yes", "npm", "ci").code == 0
    assert lab.installed()["packed"] == "2.0.0"


@pytest.mark.parametrize(("spec", "examined"), [("link", 2), ("links/real", 2), ("../outside", 1)])
def test_a_folder_behind_a_symbolic_link(lab: Lab, spec: str, examined: int) -> None:
    """npm reads what it asks for from where the link is, not from where it leads to."""
    elsewhere = lab.place / "elsewhere"
    lab.project(elsewhere / "real", dependencies={"plain": "*", "sibling": "file:../sibling"})
    for folder in (elsewhere, lab.folder, lab.place):
        lab.project(folder / "sibling", dependencies={"other": "*"})
    (lab.folder / "link").symlink_to(elsewhere / "real")
    (lab.folder / "links").symlink_to(elsewhere)
    (lab.place / "outside").symlink_to("elsewhere/real")
    lab.project(dependencies={"real": f"file:{spec}"})
    run = lab.run("npm", "install")
    assert run.code == 0, run
    assert run.says(f"{examined} package")
    there, lock = set(lab.installed()), (lab.folder / "package-lock.json").read_bytes()
    (lab.folder / "package-lock.json").unlink()
    shutil.rmtree(lab.folder / "node_modules")
    own = [*npm_command(), "install"]
    subprocess.run(own, cwd=lab.folder, env=lab.environment, capture_output=True, check=True)
    assert set(lab.installed()) == there
    assert (lab.folder / "package-lock.json").read_bytes() == lock
    assert lab.run("npm", "ci").code == 0


def repository(place: Path, canary: Canary) -> str:
    place.mkdir()
    manifest = {"name": "from-git", "version": "1.0.0", "scripts": canary.scripts("from-git")}
    (place / "package.json").write_text(json.dumps(manifest))
    (place / "index.js").write_text("")
    for command in (
        "git init -q -b main",
        "git add .",
        "git -c user.name=A -c user.email=a@example.com commit -q -m first",
    ):
        subprocess.run(command.split(), cwd=place, check=True, capture_output=True)
    return f"git+file://{place}"


def test_a_git_dependency_runs_nothing_in_the_audit(lab: Lab, canary: Canary) -> None:
    url = repository(lab.place / "repository", canary)
    lab.project(dependencies={"from-git": url})
    before = lab.snapshot()
    run = lab.run("--dry-run", "npm", "install")
    assert canary.tripped() == frozenset()
    assert lab.snapshot() == before
    assert run.code != 70, run
    if npm_version() >= (11,):
        assert run.says("1 package examined")
    else:
        assert run.code == 6, run
        assert run.says("npm cannot resolve this")


@pytest.mark.parametrize("command", ["install plain", "uninstall old"])
def test_no_save(lab: Lab, command: str) -> None:
    lab.project(dependencies={"old": "*"} if "un" in command else {})
    before = lab.snapshot()
    run = lab.run("npm", *command.split(), "--no-save")
    assert run.code == 0, run
    assert lab.installed() == ({} if "un" in command else {"plain": "1.0.0"})
    after = {name: digest for name, digest in lab.snapshot().items() if "node_modules" not in name}
    assert after == before


def test_save_options(lab: Lab) -> None:
    lab.project()
    run = lab.run("npm", "install", "-DE", "plain@1")
    assert run.code == 0, run
    assert lab.manifest()["devDependencies"] == {"plain": "1.0.0"}


def test_uninstall(lab: Lab) -> None:
    lab.project()
    assert lab.run("npm", "install", "plain", "other").code == 0
    run = lab.run("npm", "uninstall", "plain")
    assert run.code == 0, run
    assert lab.installed() == {"other": "1.0.0"}
    assert lab.manifest()["dependencies"] == {"other": "^1.0.0"}
    run = lab.run("npm", "uninstall", "other")
    assert run.code == 0, run
    assert lab.installed() == {}


def test_update(lab: Lab, registry: Registry) -> None:
    lab.project()
    assert lab.run("npm", "install", "plain", "other").code == 0
    registry.publish("plain", "1.2.0", manifest={"license": "MIT"})
    lab.environment["npm_config_cache"] = str(lab.place / "another-cache")
    lab.environment["FORECHECK_CACHE"] = str(lab.place / "another-forecheck-cache")
    run = lab.run("npm", "update")
    assert run.code == 0, run
    assert lab.installed() == {"other": "1.0.0", "plain": "1.2.0"}
    assert run.says("examined")


def test_the_project_s_own_scripts_run_as_npm_runs_them(lab: Lab, canary: Canary) -> None:
    lab.project(scripts={"prepare": canary.command("prepare"), "postinstall": canary.command("postinstall")})
    run = lab.run("npm", "install", "plain")
    assert run.code == 0, run
    assert canary.tripped() == frozenset()
    run = lab.run("npm", "install")
    assert run.code == 0, run
    assert canary.tripped() == {"prepare", "postinstall"}


def test_a_dependency_s_script_runs_after_its_audit(lab: Lab, registry: Registry, canary: Canary) -> None:
    registry.publish("native", scripts={"postinstall": canary.command("native")})
    lab.project()
    assert lab.run("--dry-run", "npm", "install", "native").code in (0, 1)
    assert canary.tripped() == frozenset()
    lab.settings("[checks.install-script]\nenabled = false\n[checks.install-script-added]\nenabled = false\n")
    lab.project(allowScripts={"native": True})
    run = lab.run("npm", "install", "native")
    assert run.code == 0, run
    assert canary.tripped() == {"native"}


def test_a_shrinkwrap_is_the_lockfile(lab: Lab) -> None:
    lab.project(dependencies={"plain": "*"})
    assert lab.run("npm", "install").code == 0
    (lab.folder / "package-lock.json").rename(lab.folder / "npm-shrinkwrap.json")
    assert lab.run("npm", "install", "other").code == 0
    assert "node_modules/other" in lab.lock("npm-shrinkwrap.json")
    assert not (lab.folder / "package-lock.json").exists()


def test_an_install_without_a_package_json(lab: Lab) -> None:
    run = lab.run("npm", "install", "plain")
    assert run.code == 0, run
    assert lab.installed() == {"plain": "1.0.0"}
    assert lab.manifest() == {"dependencies": {"plain": "^1.0.0"}}
