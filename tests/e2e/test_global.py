"""`npm install -g` and `npm update -g` leave just what was audited in the global folder."""

import json
from pathlib import Path

import pytest

from tests.e2e.harness import Lab, Run
from tests.fakes.registry import Registry

pytestmark = pytest.mark.e2e


@pytest.fixture
def prefix(lab: Lab, registry: Registry) -> Path:
    """With `tool` 1.0.0, which needs `deep@^1`, and `plain` in it."""
    registry.set_downloads(dict.fromkeys(("tool", "deep", "plain", "bundler", "inside"), 5_000_000))
    registry.publish("deep", "1.0.0", manifest={"license": "MIT"})
    registry.publish("tool", "1.0.0", dependencies={"deep": "^1.0.0"}, manifest={"license": "MIT"})
    place = lab.place / "prefix"
    lab.npmrc(prefix=str(place))
    made = lab.run("npm", "install", "-g", "tool", "plain")
    assert made.code == 0, made
    return place


def there(prefix: Path) -> dict[str, str]:
    modules = prefix / "lib" / "node_modules"
    found = sorted(modules.rglob("package.json"))
    return {
        path.parent.relative_to(modules).as_posix(): json.loads(path.read_text())["version"] for path in found
    }


OLD = {"plain": "1.0.0", "tool": "1.0.0", "tool/node_modules/deep": "1.0.0"}


def publish_newer(registry: Registry) -> None:
    registry.publish("tool", "2.0.0", dependencies={"deep": "^1.0.0"}, manifest={"license": "MIT"})


@pytest.mark.parametrize(
    "command", ["update -g", "update -g tool", "up --global", "upgrade --location=global tool"]
)
def test_an_update_brings_the_newest_that_was_audited(
    lab: Lab, registry: Registry, prefix: Path, command: str
) -> None:
    publish_newer(registry)
    run = lab.run("npm", *command.split())
    assert run.code == 0, run
    assert there(prefix) == {**OLD, "tool": "2.0.0"}


def test_an_update_with_nothing_to_do_touches_nothing(lab: Lab, prefix: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in prefix.rglob("*")}
    run = lab.run("npm", "update", "-g")
    assert run.code == 0, run
    assert {path: path.stat().st_mtime_ns for path in prefix.rglob("*")} == before


def test_an_update_to_what_is_blocked_changes_nothing(lab: Lab, registry: Registry, prefix: Path) -> None:
    registry.publish("tool", "2.0.0", dependencies={"evil": "*"}, manifest={"license": "MIT"})
    run = lab.run("npm", "update", "-g")
    assert run.code == 1, run
    assert run.says("evil")
    assert there(prefix) == OLD


def test_an_update_of_what_is_not_there(lab: Lab, prefix: Path) -> None:
    run = lab.run("npm", "update", "-g", "missing")
    assert run.code == 2, run
    assert run.says("there is no missing in the global folder")


def test_what_npm_leaves_there_is_compared(lab: Lab, registry: Registry, prefix: Path) -> None:
    """A file of another version where npm was told not to look twice."""
    stray = prefix / "lib" / "node_modules" / "tool" / "node_modules" / "stray"
    shadow = lab.place / "shadow"
    shadow.mkdir()
    script = f"""#!/bin/sh
{_npm(lab)} "$@"
code=$?
case "$*" in *--offline*) mkdir -p {stray}; echo '{{"name":"stray","version":"6.6.6"}}' > {stray}/package.json;; esac
exit $code
"""
    (shadow / "npm").write_text(script)
    (shadow / "npm").chmod(0o755)
    run = lab.run("npm", "install", "-g", "tool", env={"PATH": f"{shadow}:{lab.environment['PATH']}"})
    assert run.code == 70, run
    assert run.says("not audited", "stray@6.6.6 at tool/node_modules/stray")


def test_what_a_package_brings_along_was_audited_too(lab: Lab, registry: Registry, prefix: Path) -> None:
    registry.publish(
        "bundler",
        "1.0.0",
        manifest={"license": "MIT"},
        dependencies={"inside": "1.0.0"},
        bundle_dependencies=["inside"],
        files={"node_modules/inside/package.json": json.dumps({"name": "inside", "version": "1.0.0"})},
    )
    run = lab.run("npm", "install", "-g", "bundler")
    assert run.code == 0, run
    assert there(prefix)["bundler/node_modules/inside"] == "1.0.0"


def test_a_folder_is_linked_as_npm_does(lab: Lab, prefix: Path) -> None:
    folder = lab.project(lab.place / "mine", dependencies={"plain": "*"})
    run: Run = lab.run("npm", "install", "-g", str(folder))
    assert run.code != 70, run


def test_a_registry_with_nothing_but_sha1(lab: Lab, registry: Registry, prefix: Path) -> None:
    registry.set_downloads({"ancient": 5_000_000})
    registry.publish("ancient", "1.0.0", manifest={"license": "MIT"})
    registry.remove_field("ancient", "versions", "*", "dist", "integrity")
    run = lab.run("npm", "install", "-g", "ancient")
    assert run.code == 0, run
    assert there(prefix)["ancient"] == "1.0.0"


def test_other_bytes_than_the_sha1_do_not_come_in(lab: Lab, registry: Registry, prefix: Path) -> None:
    registry.set_downloads({"ancient": 5_000_000})
    registry.publish("ancient", "1.0.0", manifest={"license": "MIT"}, deprecated="use plain")
    registry.remove_field("ancient", "versions", "*", "dist", "integrity")

    def swap() -> str:
        registry.swap_tarball("ancient", "1.0.0", {"index.js": "evil"})
        return "y\n"

    run = lab.ask("npm", "install", "-g", "ancient", answer=swap)
    assert run.code not in (0, 5, 70), run
    assert there(prefix) == OLD


def _npm(lab: Lab) -> str:
    import shutil

    return shutil.which("npm", path=lab.environment["PATH"]) or "npm"
