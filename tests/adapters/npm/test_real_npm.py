"""What is computed here without npm, against what the real npm makes of it."""

import json
from pathlib import Path

import pytest

from forecheck.adapters.npm.staging import npx_folder
from forecheck.adapters.npm.workspaces import look_at
from tests.fakes.npm import run_npm
from tests.fakes.registry import Registry

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    "specs",
    [("tool@1.0.0",), ("@s/tool@1.0.0",), ("tool@1.0.0", "other@1.0.0"), ("other@1.0.0", "@s/tool@1.0.0")],
)
def test_npx_keeps_packages_in_the_folder_that_is_filled(
    specs: tuple[str, ...], tmp_path: Path, npm_home: Path, registry: Registry
) -> None:
    for name in ("tool", "@s/tool", "other"):
        registry.publish(name, "1.0.0", bin={"tool": "./bin.js"}, files={"bin.js": "#!/usr/bin/env node\n"})
    packages = [f"--package={spec}" for spec in specs]
    run = run_npm(
        ["exec", "--yes", *packages, "--", "tool"], cwd=tmp_path, registry=registry.url, home=npm_home
    )
    assert run.returncode == 0, run.stderr
    made = [folder.name for folder in (npm_home / "npm-cache" / "_npx").iterdir()]
    assert made == [npx_folder(specs)]


FOLDERS = (
    "packages/a",
    "packages/b",
    "packages/deep/c",
    "packages/.hidden",
    "apps/x",
    "apps/y",
    "tools",
    "node_modules/z",
)


@pytest.mark.parametrize(
    "globs",
    [
        ["packages/*"],
        ["packages/**"],
        ["./packages/a/", "tools"],
        ["packages/{a,b}"],
        ["packages/*", "!packages/b"],
        ["!packages/b", "packages/*"],
        ["packages/**", "!packages/deep/**", "packages/deep/c"],
        ["!packages/a", "packages/{a,b}"],
        ["!!tools", "!!!apps/x", "apps/*"],
        ["apps/*", "!apps/x", "apps/*"],
        ["packages/a", "packages/*"],
        ["*/[ax]"],
        ["apps/?"],
        ["nothing/*"],
        ["**"],
        ["packages/deep/**/c"],
        ["/packages/a"],
        {"packages": ["apps/*"]},
    ],
    ids=str,
)
def test_workspaces_are_those_npm_finds(
    globs: object, tmp_path: Path, npm_home: Path, registry: Registry
) -> None:
    project = tmp_path / "project"
    for folder in FOLDERS:
        (project / folder).mkdir(parents=True)
        manifest = {"name": folder.replace("/", "-").replace(".", ""), "version": "1.0.0"}
        (project / folder / "package.json").write_text(json.dumps(manifest))
    (project / "packages" / "empty").mkdir()
    (project / "package.json").write_text(json.dumps({"name": "mine", "workspaces": globs}))
    run = run_npm(["install", "--package-lock-only"], cwd=project, registry=registry.url, home=npm_home)
    assert run.returncode == 0, run.stderr
    locked = json.loads((project / "package-lock.json").read_text())["packages"]
    expected = {location for location in locked if location and not location.startswith("node_modules/")}
    found = {Path(folder).relative_to(project).as_posix() for folder in look_at(str(project)).workspaces}
    assert found == expected
