"""`npm exec`, `npx` and `npm init` run the audited version, and nothing else."""

import shutil

import pytest

from tests.e2e.harness import Lab, Run
from tests.fakes.registry import Registry

pytestmark = pytest.mark.e2e


def program(says: str) -> dict[str, str]:
    text = f"console.log('{says}', JSON.stringify(process.argv.slice(2))); process.exitCode = 7"
    return {"bin.js": f"#!/usr/bin/env node\n{text}\n"}


@pytest.fixture
def cow(lab: Lab, registry: Registry) -> Lab:
    registry.set_downloads({"cowsay-like": 5_000_000, "create-thing": 5_000_000})
    for name in ("cowsay-like", "create-thing"):
        registry.publish(
            name,
            "1.0.0",
            bin="./bin.js",
            files=program(f"{name} 1.0.0"),
            dependencies={"plain": "*"},
            deprecated="use plain",
            manifest={"license": "MIT"},
        )
    lab.project()
    return lab


def said(run: Run, what: str) -> None:
    assert run.code == 7, run
    assert what in run.out, run


@pytest.mark.parametrize(
    "command",
    [
        "npm exec cowsay-like@1 --",
        "npm exec -- cowsay-like",
        "npm x -y cowsay-like --",
        "npx cowsay-like",
        "npx -y cowsay-like@latest",
    ],
)
def test_arguments_and_exit_code(cow: Lab, command: str) -> None:
    before = cow.snapshot()
    run = cow.run(*command.split(), "a b", "--flag", "$HOME")
    said(run, 'cowsay-like 1.0.0 ["a b","--flag","$HOME"]')
    assert cow.snapshot() == before
    assert run.out.count("\n") == 1


def test_the_audited_version_runs(cow: Lab, registry: Registry) -> None:
    def publish() -> str:
        registry.publish("cowsay-like", "1.0.1", bin="./bin.js", files=program("evil"))
        registry.publish("plain", "1.0.1", files={"index.js": "evil"})
        return "y\n"

    said(cow.ask("npm", "exec", "cowsay-like@1", "--", "moo", answer=publish), 'cowsay-like 1.0.0 ["moo"]')
    assert not [path for path in cow.place.rglob("index.js") if "evil" in path.read_text()]


def test_other_bytes_do_not_run(cow: Lab, registry: Registry) -> None:
    def swap() -> str:
        registry.swap_tarball("cowsay-like", "1.0.0", program("evil"))
        return "y\n"

    run = cow.ask("npm", "exec", "cowsay-like@1", "--", "moo", answer=swap)
    assert run.code not in (0, 5, 7, 70), run
    assert "evil" not in run.out


def test_again_from_the_cache(cow: Lab) -> None:
    for _ in range(2):
        said(cow.run("npm", "exec", "cowsay-like", "--", "x"), 'cowsay-like 1.0.0 ["x"]')


def test_a_cache_folder_somebody_changed_is_filled_anew(cow: Lab) -> None:
    said(cow.run("npm", "exec", "cowsay-like"), "1.0.0")
    (lock,) = cow.home.rglob("_npx/*/node_modules/.package-lock.json")
    lock.write_text(lock.read_text().replace("1.0.0", "9.9.9"))
    said(cow.run("npm", "exec", "cowsay-like"), "1.0.0")


def test_nothing_runs_where_npm_did_not_fill_the_folder_as_audited(cow: Lab) -> None:
    said(cow.run("npm", "exec", "cowsay-like"), "1.0.0")
    (lock,) = cow.home.rglob("_npx/*/node_modules/.package-lock.json")
    folder = lock.parents[1]
    lock.unlink()
    shadow = cow.place / "shadow"
    shadow.mkdir()
    npm = shutil.which("npm", path=cow.environment["PATH"])
    (shadow / "npm").write_text(f'#!/bin/sh\ncase "$1" in ci) exit 0;; *) exec {npm} "$@";; esac\n')
    (shadow / "npm").chmod(0o755)
    run = cow.run("npm", "exec", "cowsay-like", env={"PATH": f"{shadow}:{cow.environment['PATH']}"})
    assert run.code == 6, run
    assert run.says("not audited, so nothing was run", str(folder.name))
    assert "1.0.0" not in run.out


def test_a_local_command_is_npm_s_own_affair(cow: Lab, registry: Registry) -> None:
    assert cow.run("npm", "install", "cowsay-like").code == 0
    registry.forget_requests()
    run = cow.run("npm", "exec", "cowsay-like", "--", "local")
    said(run, '["local"]')
    assert "examined" not in run.err
    assert registry.requests == []


def test_several_packages_and_a_command(cow: Lab) -> None:
    run = cow.run(
        "npm", "exec", "--package=plain", "--package=cowsay-like@1", "-c", "cowsay-like from a shell"
    )
    said(run, '["from","a","shell"]')


@pytest.mark.parametrize("command", ["init thing", "create thing@1", "init thing@latest --"])
def test_init(cow: Lab, command: str) -> None:
    run = cow.run("npm", *command.split(), "here")
    said(run, 'create-thing 1.0.0 ["here"]')


def test_plain_init_passes_through(lab: Lab, registry: Registry) -> None:
    run = lab.run("npm", "init", "-y")
    assert run.code == 0, run
    assert lab.manifest()["name"] == "project"
    assert registry.requests == []


def test_other_bytes_do_not_run_whatever_the_install_strategy(cow: Lab, registry: Registry) -> None:
    cow.npmrc(**{"install-strategy": "linked"})

    def swap() -> str:
        registry.swap_tarball("cowsay-like", "1.0.0", program("evil"))
        return "y\n"

    run = cow.ask("npm", "exec", "cowsay-like@1", "--", "moo", answer=swap)
    assert run.code not in (0, 5, 7, 70), run
    assert "evil" not in run.out
