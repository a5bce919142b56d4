"""How the audited lockfile gets into a project and out again; npm is a script that notes what it finds."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from forecheck.adapters.npm.installing import NpmProject, NpmSettings
from forecheck.adapters.npm.program import NpmError, NpmProgram
from forecheck.resolve.npm_commands import ProjectCommand

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")

PUBLIC = "https://registry.npmjs.org/"
STRONG, OTHER = f"sha512-{'A' * 86}==", f"sha512-{'B' * 86}=="
MANIFEST = '{"name": "project", "dependencies": {"a": "^1.0.0"}}'
HIDDEN = "node_modules/.package-lock.json"


def lock(entries: Mapping[str, Mapping[str, Any]]) -> str:
    return json.dumps({"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "^1.0.0"}}, **entries}})


def at(version: str = "1.0.0", integrity: str = STRONG, **fields: Any) -> dict[str, Any]:
    return {"version": version, "integrity": integrity, **fields}


LOCKED = lock({"node_modules/a": at()})
RESOLVED = lock({"node_modules/a": at("1.1.0")})


class Stand:
    """A project, and an npm that first writes RESOLVED in its private copy; then, in the project, keeps a copy of what
    it found and does as `then` says."""

    def __init__(self, place: Path, *, then: str = "", lockfile: str | None = LOCKED) -> None:
        self.root = place / "project"
        self.root.mkdir()
        self.seen = place / "seen"
        (self.root / "package.json").write_text(MANIFEST)
        if lockfile is not None:
            (self.root / "package-lock.json").write_text(lockfile)
        script = place / "npm"
        script.write_text(
            f"""#!/bin/sh
if [ "$1" = resolve ]; then printf '%s' '{RESOLVED}' > package-lock.json; exit 0; fi
mkdir -p {self.seen}; cp package*.json {self.seen}; echo "$@" >> {self.seen}/calls
{then}
"""
        )
        script.chmod(0o755)
        self.program = NpmProgram((str(script),), "", (11, 0, 0))

    def manager(self, command: ProjectCommand) -> NpmProject:
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self.root)}
        settings = NpmSettings("", "", "", env, str(self.root.parent / "cache"), offline=True)
        root = str(self.root)
        return NpmProject(self.program, command, root, root, env, settings, lambda _: PUBLIC)

    def run(
        self, command: ProjectCommand, pins: Mapping[str, str] | None = None
    ) -> tuple[int, tuple[str, ...]]:
        manager = self.manager(command)
        try:
            manager.resolve(lambda _: None)
            return manager.apply(pins or {}), manager.unaudited()
        finally:
            manager.close()

    def text(self, name: str = "package-lock.json") -> str:
        return (self.root / name).read_text()

    def found(self) -> str:
        return (self.seen / "package-lock.json").read_text()

    def calls(self) -> list[str]:
        return (self.seen / "calls").read_text().splitlines()


CI = ProjectCommand(resolve=None, apply=(("ci", "--x"),), verbatim=True)
INSTALL = ProjectCommand(resolve=("resolve",), apply=(("prune",),))


def test_npm_finds_the_audited_lockfile_and_leaves_it_there(tmp_path: Path) -> None:
    stand = Stand(tmp_path)
    assert stand.run(INSTALL) == (0, ())
    assert stand.found() == stand.text() == RESOLVED
    assert stand.calls() == ["prune"]


@pytest.mark.parametrize(("saves", "locks", "kept"), [(False, False, LOCKED), (False, True, RESOLVED)])
def test_what_the_command_would_not_save_is_put_back(
    tmp_path: Path, saves: bool, locks: bool, kept: str
) -> None:
    stand = Stand(tmp_path)
    command = ProjectCommand(resolve=("resolve",), apply=(("prune",),), saves=saves, locks=locks)
    assert stand.run(command) == (0, ())
    assert stand.found() == RESOLVED
    assert stand.text() == kept


def test_a_lockfile_that_was_not_there_is_gone_again(tmp_path: Path) -> None:
    stand = Stand(tmp_path, lockfile=None)
    command = ProjectCommand(resolve=("resolve",), apply=(("prune",),), locks=False)
    assert stand.run(command) == (0, ())
    assert stand.found() == RESOLVED
    assert not (stand.root / "package-lock.json").exists()


def test_a_failure_of_npm_puts_everything_back_and_ends_it(tmp_path: Path) -> None:
    stand = Stand(tmp_path, then="echo broken > package.json; exit 7")
    command = ProjectCommand(resolve=("resolve",), apply=(("prune",), ("test",)))
    (stand.root / "package.json").write_text(MANIFEST)
    assert stand.run(command)[0] == 7
    assert stand.text() == LOCKED
    assert stand.calls() == ["prune"]


def test_several_calls_run_in_order(tmp_path: Path) -> None:
    stand = Stand(tmp_path)
    stand.run(ProjectCommand(resolve=("resolve",), apply=(("prune",), ("test", "--x"))))
    assert stand.calls() == ["prune", "test --x"]


def test_npm_ci_runs_as_typed_on_the_file_as_it_is(tmp_path: Path) -> None:
    stand = Stand(tmp_path)
    before = (stand.root / "package-lock.json").stat().st_mtime_ns
    assert stand.run(CI) == (0, ())
    assert stand.calls() == ["ci --x"]
    assert (stand.root / "package-lock.json").stat().st_mtime_ns == before


def test_pins_are_there_for_npm_only(tmp_path: Path) -> None:
    weak = lock({"node_modules/a": at(integrity="sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=")})
    stand = Stand(tmp_path, lockfile=weak)
    stand.run(CI, {"node_modules/a": STRONG})
    assert json.loads(stand.found())["packages"]["node_modules/a"]["integrity"] == STRONG
    assert stand.text() == weak


def test_npm_ci_needs_a_lockfile(tmp_path: Path) -> None:
    with pytest.raises(NpmError, match="needs a package-lock"):
        Stand(tmp_path, lockfile=None).run(CI)


@pytest.mark.parametrize("name", ["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"])
def test_what_changed_since_the_audit_is_left_alone(tmp_path: Path, name: str) -> None:
    stand = Stand(tmp_path)
    manager = stand.manager(INSTALL)
    manager.resolve(lambda _: None)
    (stand.root / name).write_text("{}")
    with pytest.raises(NpmError, match="changed"):
        manager.apply({})
    manager.close()
    assert not stand.seen.exists()
    assert stand.text(name) == "{}"


@pytest.mark.parametrize(
    ("written", "strangers"),
    [
        pytest.param({"node_modules/a": at("1.1.0")}, (), id="the same"),
        pytest.param({}, (), id="less"),
        pytest.param({"node_modules/a": at("1.2.0")}, ("a@1.2.0 at node_modules/a",), id="another version"),
        pytest.param(
            {"node_modules/a": at("1.1.0", OTHER)}, ("a@1.1.0 at node_modules/a",), id="other bytes"
        ),
        pytest.param({"node_modules/b": at()}, ("b@1.0.0 at node_modules/b",), id="one more"),
        pytest.param({"node_modules/w": {"resolved": "w", "link": True}}, (), id="a link"),
    ],
)
def test_npms_record_is_compared_with_the_audit(
    tmp_path: Path, written: dict[str, dict[str, Any]], strangers: tuple[str, ...]
) -> None:
    record = json.dumps({"lockfileVersion": 3, "packages": written})
    stand = Stand(tmp_path, then=f"mkdir -p node_modules; printf '%s' '{record}' > {HIDDEN}")
    assert stand.run(INSTALL) == (0, strangers)


def test_a_pin_takes_the_place_of_the_lockfiles_integrity_in_that(tmp_path: Path) -> None:
    record = json.dumps({"lockfileVersion": 3, "packages": {"node_modules/a": at(integrity=OTHER)}})
    stand = Stand(
        tmp_path,
        then=f"mkdir -p node_modules; printf '%s' '{record}' > {HIDDEN}",
        lockfile=lock({"node_modules/a": at(integrity="")}),
    )
    assert stand.run(CI, {"node_modules/a": OTHER}) == (0, ())
    assert stand.run(CI, {"node_modules/a": STRONG}) == (0, ("a@1.0.0 at node_modules/a",))
