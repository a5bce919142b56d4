"""What is broken, missing or hostile gets one clear message, the right exit code, and nothing half done."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Lab, Run
from tests.fakes.registry import Fault, Kind, Registry

pytestmark = pytest.mark.e2e

USAGE, UNKNOWN, NOTHING, WORLD = 2, 3, 4, 6


def refused(run: Run, code: int, *words: str) -> None:
    assert run.code == code, run
    assert run.says(*words), run
    assert "bug in forecheck" not in run.err


FILES = [
    ("package.json", "{", USAGE),
    ("package.json", "[]", USAGE),
    ("package.json", "\xff\xfe", USAGE),
    ("package.json", "[" * 5000, USAGE),
    ("package-lock.json", "{", USAGE),
    ("package-lock.json", "[]", USAGE),
    ("package-lock.json", '{"lockfileVersion": 3, "packages": {"node_modules/x": 1}}', USAGE),
    ("package-lock.json", '{"lockfileVersion": 3, "packages": null}', USAGE),
    ("npm-shrinkwrap.json", "no", USAGE),
    ("forecheck.toml", "[policy", USAGE),
    ("forecheck.toml", "[checks.nosuch]\nenabled = false\n", USAGE),
]


@pytest.mark.parametrize(("name", "text", "code"), FILES)
@pytest.mark.parametrize("command", ["npm install", "audit"])
def test_a_broken_file(lab: Lab, registry: Registry, name: str, text: str, code: int, command: str) -> None:
    lab.project(dependencies={"plain": "*"})
    (lab.folder / name).write_bytes(text.encode("latin-1"))
    before = lab.snapshot()
    run = lab.run(*command.split())
    refused(run, code, name)
    assert lab.snapshot() == before
    assert registry.requests == []


def test_a_settings_file_of_the_user_s_own(lab: Lab) -> None:
    lab.project(dependencies={"plain": "*"})
    lab.settings("[policy]\nblock-at = 'sometimes'\n")
    refused(lab.run("npm", "install"), USAGE, "forecheck.toml", "sometimes")
    refused(lab.run("npm", "install", env={"FORECHECK_CONFIG": "/no/such/file"}), USAGE, "/no/such/file")
    assert lab.installed() == {}


@pytest.mark.parametrize(
    "text",
    [
        "registry=\n",
        "registry=ftp://example.com/\n",
        "registry=not a url\n",
        "[section\n=\n\0\n",
        "registry=http://[::1\n",
    ],
)
def test_an_npmrc_that_makes_no_sense(lab: Lab, text: str) -> None:
    lab.project(dependencies={"plain": "*"})
    (lab.folder / ".npmrc").write_text(text)
    run = lab.run("npm", "install")
    assert run.code in (0, USAGE, WORLD), run
    assert run.says()


@pytest.mark.parametrize("spec", ["Bad Name!", "@", "@/x", "foo@npm:", "a b@1", ".bad", "node_modules"])
def test_a_spec_npm_does_not_take(lab: Lab, spec: str) -> None:
    lab.project()
    before = lab.snapshot()
    run = lab.run("npm", "install", spec)
    assert run.code in (1, USAGE, WORLD), run
    assert run.says()
    assert run.err
    checked = lab.run("check", spec)
    assert checked.code in (1, USAGE, WORLD), checked
    assert checked.says()
    assert lab.snapshot() == before


def test_no_npm(lab: Lab) -> None:
    lab.project()
    refused(lab.run("npm", "install", "plain", env={"PATH": ""}), WORLD, "npm was not found on PATH")
    refused(lab.run("npm", "--version", env={"PATH": ""}), WORLD, "npm was not found on PATH")


FAULTS = {
    "401": Fault.status(401),
    "403": Fault.status(403),
    "429": Fault.status(429),
    "500": Fault.status(500),
    "503": Fault.status(503),
    "html": Fault.html(),
    "nothing": Fault.body(b""),
    "not json": Fault.body(b"{"),
    "null": Fault.body(b"null"),
    "a list": Fault.body(b"[]"),
    "an empty object": Fault.body(b"{}"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_registry_in_trouble(lab: Lab, registry: Registry, fault: str) -> None:
    lab.settings("[sources.registry]\nattempts = 1\ndeadline = '2s'\n")
    lab.project()
    before = lab.snapshot()
    registry.fail(None, FAULTS[fault])
    run = lab.run("npm", "install", "plain")
    assert run.code in (1, UNKNOWN, WORLD), run
    assert run.says()
    assert run.err.strip()
    assert lab.snapshot() == before


@pytest.mark.parametrize("fault", ["401", "500", "html", "null"])
def test_a_registry_in_trouble_behind_a_lockfile(lab: Lab, registry: Registry, fault: str) -> None:
    lab.settings("[sources.registry]\nattempts = 1\ndeadline = '2s'\n")
    lab.project()
    assert lab.run("npm", "install", "plain", "other").code == 0
    shutil.rmtree(lab.folder / "node_modules")
    before = lab.snapshot()
    registry.fail(None, FAULTS[fault])
    lab.environment["FORECHECK_CACHE"] = str(lab.place / "another-cache")
    run = lab.run("--strict", "npm", "ci")
    assert run.code in (1, UNKNOWN, WORLD), run
    assert run.says()
    assert lab.snapshot() == before
    run = lab.run("audit")
    assert run.code in (0, 1, UNKNOWN, WORLD), run
    assert run.says()
    assert "nothing against" not in run.out


@pytest.fixture
def half_silent(lab: Lab, registry: Registry) -> Lab:
    """A clone with a lockfile, whose registry answers about `plain` only."""
    lab.settings("[sources.registry]\nattempts = 1\n")
    lab.project()
    assert lab.run("npm", "install", "plain", "other").code == 0
    shutil.rmtree(lab.folder / "node_modules")
    registry.fail("other", Fault.status(503), kind=Kind.PACKUMENT)
    lab.environment["FORECHECK_CACHE"] = str(lab.place / "another-cache")
    return lab


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_registry_that_says_nothing_about_one_package(half_silent: Lab, options: tuple[str, ...]) -> None:
    run = half_silent.run(*options, "npm", "ci")
    assert run.code == UNKNOWN, run
    assert run.says("the registry said nothing about other@1.0.0", "nobody can be asked", "[policy.unknown]")
    assert half_silent.installed() == {}


def test_it_is_for_a_person_to_say_that_it_may_go_on(half_silent: Lab) -> None:
    assert half_silent.ask("npm", "ci", answer="n\n").code == 5
    assert half_silent.run("--yes", "npm", "ci").code == 0
    assert half_silent.installed() == {"other": "1.0.0", "plain": "1.0.0"}
    assert half_silent.run("npm", "install").code == 0, "nothing would be new"


def test_or_for_the_policy(half_silent: Lab) -> None:
    half_silent.settings('[sources.registry]\nattempts = 1\n[policy.unknown]\nrefused = "warn"\n')
    run = half_silent.run("npm", "ci")
    assert run.code == 0, run
    assert half_silent.installed() == {"other": "1.0.0", "plain": "1.0.0"}


def test_offline_goes_on_as_asked(half_silent: Lab) -> None:
    run = half_silent.run("--offline", "npm", "ci")
    assert run.code == 0, run


def test_a_package_that_does_not_exist(lab: Lab) -> None:
    lab.project()
    before = lab.snapshot()
    refused(lab.run("npm", "install", "nosuchpackage"), 1, "unknown-package", "nosuchpackage")
    refused(lab.run("npm", "install", "plain@9.9.9"), 1, "plain 9.9.9")
    refused(lab.run("npm", "install", "plain@nosuchtag"), 1, "nosuchtag")
    assert lab.snapshot() == before


def test_an_unpublished_package(lab: Lab, registry: Registry) -> None:
    registry.unpublish("other")
    lab.project()
    run = lab.run("npm", "install", "other")
    assert run.code in (1, WORLD), run
    assert run.says("other")


def test_a_registry_that_is_down(lab: Lab) -> None:
    lab.project()
    (lab.folder / ".npmrc").write_text("registry=http://127.0.0.1:9/\n")
    refused(lab.run("npm", "install", "plain"), WORLD, "ECONNREFUSED")
    assert lab.installed() == {}


def test_a_cache_that_cannot_be_written(lab: Lab) -> None:
    blocked = lab.place / "file"
    blocked.write_text("")
    lab.project()
    run = lab.run("npm", "install", "plain", env={"FORECHECK_CACHE": str(blocked / "cache")})
    assert run.code == 0, run
    assert run.says("1 package examined")


def _edit(field: str, value: object) -> Any:
    def edit(document: dict[str, Any]) -> None:
        if field.startswith("version."):
            document["versions"]["1.0.0"][field.removeprefix("version.")] = value
        else:
            document[field] = value

    return edit


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time", None),
        ("time", {"1.0.0": None, "created": 3}),
        ("time", {"1.0.0": "yesterday"}),
        ("maintainers", "me"),
        ("dist-tags", {"latest": "1.0.0", "x": None}),
        ("versions", {"1.0.0": None}),
        ("version.scripts", [1]),
        ("version.dependencies", "x"),
        ("version.license", {"a": [None]}),
        ("version.deprecated", {"a": 1}),
        ("version._npmUser", 7),
        ("version.dist", None),
        ("version.dist", {"tarball": 1, "integrity": {}}),
        ("version.name", "other"),
        ("version.version", "2.0.0"),
        ("version.bin", [[]]),
    ],
)
def test_a_document_of_the_wrong_shape(lab: Lab, registry: Registry, field: str, value: object) -> None:
    registry.edit_packument("plain", _edit(field, value))
    lab.project()
    run = lab.run("npm", "install", "plain")
    assert run.code in (0, 1, USAGE, UNKNOWN, WORLD), run
    assert run.says()
    if run.code:
        assert lab.installed() == {}
        assert not (lab.folder / "package-lock.json").exists()


def test_text_that_would_move_the_cursor(lab: Lab, registry: Registry) -> None:
    evil = "gone\x1b[2K\x1b[1A\r\n✓ 1 package examined, nothing against it\u202e"
    registry.publish("loud", deprecated=evil, scripts={"postinstall": f"echo {evil}"})
    lab.project()
    run = lab.run("--dry-run", "npm", "install", "loud")
    assert "\x1b" not in run.err
    assert "\u202e" not in run.err
    assert "\r" not in run.err
    assert not [line for line in run.err.splitlines() if line.startswith("✓")]


def test_nothing_to_examine(lab: Lab) -> None:
    refused(lab.run("audit"), NOTHING, "there is no package.json")
    lab.project()
    refused(lab.run("--dry-run", "npm", "install"), NOTHING)
    refused(lab.run("audit"), NOTHING)
    assert lab.run("npm", "install").code == 0


@pytest.mark.parametrize(
    "command",
    [
        "",
        "nosuchcommand",
        "--nosuchoption npm install",
        "--format yaml npm install",
        "check",
        "audit /no/such/folder",
        "explain nosuch",
        "allow nosuch x --reason y",
    ],
)
def test_usage(lab: Lab, command: str) -> None:
    run = lab.run(*command.split())
    refused(run, USAGE)
    assert run.err


def test_a_folder_without_write_permission(lab: Lab) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may write anywhere")
    lab.project()
    lab.folder.chmod(0o555)
    run = lab.run("npm", "install", "plain")
    lab.folder.chmod(0o755)
    refused(run, WORLD)


def test_names_that_are_paths(lab: Lab) -> None:
    packages = {
        "": {"name": "project", "version": "1.0.0"},
        "node_modules/../../../escape": {"version": "1.0.0", "resolved": "http://127.0.0.1:9/x.tgz"},
        "/etc/x": {"version": "1.0.0", "resolved": "http://127.0.0.1:9/y.tgz"},
    }
    lab.project()
    lock = {"name": "project", "lockfileVersion": 3, "packages": packages}
    (lab.folder / "package-lock.json").write_text(json.dumps(lock))
    run = lab.run("npm", "ci")
    assert run.code not in (0, 70), run
    assert run.says()
    assert not Path("/etc/x").exists()


def test_a_tarball_that_is_not_there(lab: Lab, registry: Registry) -> None:
    registry.fail("plain", Fault.status(404), kind=Kind.TARBALL)
    lab.project()
    before = lab.snapshot()
    run = lab.run("npm", "install", "plain")
    assert run.code not in (0, 70), run
    assert run.says()
    assert {name: what for name, what in lab.snapshot().items() if "node_modules" not in name} == before
