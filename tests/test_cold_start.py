"""What each path may import. Times differ from machine to machine; what takes the time does not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.advisory_export import advisory, fill_database
from tests.fakes.registry import Registry

PASSING = {
    "forecheck",
    "forecheck.__main__",
    "forecheck.npm",
    *(
        f"forecheck.npm.{name}"
        for name in ("actions", "argv", "command_names", "commandline", "invocation", "options", "settings")
    ),
}
WARM_DOES_WITHOUT = {
    "asyncio",
    "concurrent",
    "ctypes",
    "email",
    "http",
    "idna",
    "logging",
    "multiprocessing",
    "rich",
    "ssl",
    "unittest",
    "urllib3",
    "xml",
}
MANIFEST = '{"name": "app", "version": "1.0.0", "dependencies": {"left-pad": "^1.0.0"}}'
LOCKFILE = """{"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {
  "": {"name": "app", "version": "1.0.0", "dependencies": {"left-pad": "^1.0.0"}},
  "node_modules/left-pad": {"version": "1.3.0", "resolved": "%s", "integrity": "%s"}}}"""
CALL = """
import sys
sys.path[:0] = %r
sys.argv = ["forecheck", *%r]
from forecheck.__main__ import main
sys.exit(main())
"""

NO_THREADS = """
import threading
def refuse(thread):
    raise SystemExit(f"a thread was started: {thread.name}")
threading.Thread.start = refuse
"""


def home_of(folder: Path, env: dict[str, str]) -> dict[str, str]:
    home = {"HOME": str(folder), "USERPROFILE": str(folder), "PATH": os.environ["PATH"], **env}
    for name in ("SYSTEMROOT", "TEMP", "TMP"):
        if name in os.environ:
            home[name] = os.environ[name]
    return home


def imports(arguments: list[str], folder: Path, **env: str) -> tuple[set[str], str]:
    """The modules that a run imports beyond the interpreter's own and `os`, up to its end or to npm taking over; and stdout.

    Without `site`: what an environment loads on every start is not the program's doing.
    """
    home = home_of(folder, env)
    seen: list[set[str]] = []
    out = ""
    for script in ("import os", CALL % (sys.path, arguments)):
        command = [sys.executable, "-S", "-X", "importtime", "-c", script]
        done = subprocess.run(command, cwd=folder, env=home, capture_output=True, text=True, check=True)
        rows = [line.rpartition("|") for line in done.stderr.splitlines() if line.startswith("import time:")]
        seen.append({name.strip() for _, _, name in rows})
        out = done.stdout
    return seen[1] - seen[0], out


def test_the_version_costs_nothing(tmp_path: Path) -> None:
    loaded, out = imports(["--version"], tmp_path)
    assert out.startswith("forecheck ")
    assert loaded <= {"forecheck", "forecheck.__main__"}


@pytest.mark.skipif(os.name != "posix", reason="elsewhere npm is a child, and the whole program stays")
@pytest.mark.parametrize("program", ["npm", "npx"])
def test_passing_a_command_through_costs_next_to_nothing(program: str, tmp_path: Path) -> None:
    fake = tmp_path / "bin" / program
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\necho "npm got: $*"\n')
    fake.chmod(0o755)
    arguments = ["run", "x", "--", "--flag"] if program == "npm" else ["--version"]
    path = f"{fake.parent}{os.pathsep}{os.environ['PATH']}"
    loaded, out = imports([program, *arguments], tmp_path, PATH=path)
    assert out == f"npm got: {' '.join(arguments)}\n"
    assert loaded <= PASSING | {"forecheck.npm.npx"}


def test_a_warm_audit_brings_no_network_along_and_starts_no_thread(tmp_path: Path) -> None:
    names = ("left-pad", "corp-billing-rules", "corp-billing-forms")
    with Registry() as registry:
        locked = {name: registry.publish(name, "1.3.0").tarball.integrity for name in names}
        registry.set_downloads(dict.fromkeys(names, 1_000_000))
        (tmp_path / "package.json").write_text(json.dumps(manifest(names)))
        (tmp_path / "package-lock.json").write_text(json.dumps(lockfile(registry, locked)))
        (tmp_path / ".npmrc").write_text(f"registry={registry.url}\n")
        settings = tmp_path / "settings.toml"
        settings.write_text(f'[sources.downloads]\nurl = "{registry.url}"\n')
        env = {"FORECHECK_CONFIG": str(settings), "FORECHECK_CACHE": str(tmp_path / "cache")}
        fill_database(tmp_path / "cache", [advisory("GHSA-0000-0000-0001", "right-pad")])
        cold, _ = imports(["audit"], tmp_path, **env)
        registry.forget_requests()
        warm, out = imports(["audit"], tmp_path, **env)
        alone = subprocess.run(
            [sys.executable, "-S", "-c", NO_THREADS + CALL % (sys.path, ["audit"])],
            cwd=tmp_path,
            env=home_of(tmp_path, env),
            capture_output=True,
            text=True,
            check=False,
        )
        assert not registry.requests
    assert "3 packages examined" in out
    assert "urllib3" in cold
    assert not {name.partition(".")[0] for name in warm} & WARM_DOES_WITHOUT
    assert alone.returncode == 0, alone.stderr


def manifest(names: tuple[str, ...]) -> dict[str, object]:
    return {"name": "app", "version": "1.0.0", "dependencies": dict.fromkeys(names, "^1.0.0")}


def lockfile(registry: Registry, integrity: dict[str, str]) -> dict[str, object]:
    entries = {
        f"node_modules/{name}": {
            "version": "1.3.0",
            "resolved": registry.tarball_url(name, "1.3.0"),
            "integrity": integrity[name],
        }
        for name in integrity
    }
    return {
        "name": "app",
        "version": "1.0.0",
        "lockfileVersion": 3,
        "packages": {"": manifest(tuple(integrity)), **entries},
    }


def test_linting_a_lockfile_loads_neither_network_nor_other_checks(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(MANIFEST)
    url = "https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz"
    (tmp_path / "package-lock.json").write_text(LOCKFILE % (url, f"sha512-{'A' * 86}=="))
    loaded, out = imports(["lockfile", "lint"], tmp_path)
    assert "1 package examined" in out
    assert not {name.partition(".")[0] for name in loaded} & (
        WARM_DOES_WITHOUT | {"cryptography", "subprocess", "yaml"}
    )
    assert not {name for name in loaded if name.startswith("forecheck.checks.")} - {
        name for name in loaded if name.startswith(("forecheck.checks.lockfile", "forecheck.checks.wording"))
    }
    assert "forecheck.adapters.npm.program" not in loaded
