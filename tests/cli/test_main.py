"""How commands end: by exit code, and with a message rather than a traceback."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forecheck.cli.main import run
from forecheck.cli.ports import Ports
from forecheck.discover import checks
from forecheck.report import Exit

SOURCES = Path(__file__).parents[2] / "src"


class Desk:
    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.project.mkdir()
        self.out, self.err = io.StringIO(), io.StringIO()
        home = dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), str(folder))
        self.env = {**home, "PATH": str(folder / "bin"), "FORECHECK_CACHE": str(folder / "cache")}

    def run(self, *arguments: str, stdout: io.StringIO | None = None) -> int:
        now = datetime(2026, 6, 1, tzinfo=UTC)
        return run(
            list(arguments),
            Ports(io.StringIO(), stdout or self.out, self.err, self.env, str(self.project), lambda: now),
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def fake_npm(desk: Desk, version: str = "11.1.0") -> None:
    """An npm that fails when it is started."""
    package = desk.project.parent / "lib" / "node_modules" / "npm"
    (package / "bin").mkdir(parents=True)
    (package / "package.json").write_text(json.dumps({"version": version}))
    script = package / "bin" / "npm-cli.js"
    script.write_text("#!/bin/sh\nexit 9\n")
    script.chmod(0o755)
    (desk.project.parent / "bin").mkdir()
    (desk.project.parent / "bin" / "npm").symlink_to(script)


def broken_lockfile(desk: Desk) -> None:
    (desk.project / "package-lock.json").write_text('{"lockfileVersion": "x"}')


def broken_manifest(desk: Desk) -> None:
    (desk.project / "package.json").write_text("{")


def broken_settings(desk: Desk) -> None:
    path = desk.project.parent / "forecheck.toml"
    path.write_text("nonsense = 1\n")
    desk.env["FORECHECK_CONFIG"] = str(path)
    (desk.project / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {}}')


def nothing(_: Desk) -> None: ...


def old_npm(desk: Desk) -> None:
    fake_npm(desk, "9.0.0")


posix = pytest.mark.skipif(sys.platform == "win32", reason="the fake npm is a POSIX script")


@pytest.mark.parametrize(
    ("prepare", "line", "code", "words"),
    [
        (nothing, "audit", Exit.NOTHING, "there is no package.json and no lockfile"),
        (nothing, "audit nowhere", Exit.USAGE, "nowhere is not a folder"),
        (broken_lockfile, "audit", Exit.USAGE, "package-lock.json: cannot be read ($.lockfileVersion): Expected int, got str"),
        (broken_manifest, "audit", Exit.USAGE, "package.json: is not valid JSON"),
        (broken_settings, "audit", Exit.USAGE, "nonsense"),
        (nothing, "--format xml audit", Exit.USAGE, "--format xml is not known"),
        (nothing, "check a", Exit.WORLD, "npm was not found on PATH"),
        (nothing, "npm install", Exit.WORLD, "npm was not found on PATH"),
        (nothing, "npx x", Exit.WORLD, "npx was not found on PATH"),
        (nothing, "explain typo-squat", Exit.USAGE, "did you mean typosquat?"),
        (nothing, "explain zzzzzz", Exit.USAGE, "forecheck checks lists them"),
        pytest.param(old_npm, "npm install", Exit.WORLD, "npm 9.0.0 is too old", marks=posix),
        pytest.param(fake_npm, "npm link x", Exit.USAGE, "npm link is refused", marks=posix),
        pytest.param(fake_npm, "npm cache add x", Exit.USAGE, "is refused", marks=posix),
        pytest.param(fake_npm, "npm ci", Exit.WORLD, "npm ci needs a package-lock.json", marks=posix),
        pytest.param(fake_npm, "npm install -g", Exit.USAGE, "without a name", marks=posix),
        pytest.param(fake_npm, "npm rebuild", Exit.NOTHING, "nothing is installed", marks=posix),
    ],
)  # fmt: skip
def test_what_a_person_or_the_world_did_wrong_is_a_message(
    desk: Desk, prepare: Callable[[Desk], None], line: str, code: int, words: str
) -> None:
    prepare(desk)
    assert desk.run(*line.split()) == code
    said = desk.err.getvalue()
    assert words in said
    assert "forecheck: " in said
    assert "Traceback" not in said
    assert not desk.out.getvalue()


@posix
def test_npms_own_code_passes_through(desk: Desk) -> None:
    fake_npm(desk)
    assert desk.run("npm", "--version") == 9


@pytest.mark.parametrize(
    "arguments", [[], ["frobnicate"], ["--frobnicate", "npm", "i"], ["check"], ["explain"]]
)
def test_a_command_line_that_makes_no_sense(
    desk: Desk, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.run(*arguments) == Exit.USAGE
    assert "usage: forecheck" in capsys.readouterr().err


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_is_success(desk: Desk, argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.run(argument) == Exit.ALLOW
    assert "forecheck" in capsys.readouterr().out


class Raising(io.StringIO):
    def __init__(self, wrong: BaseException) -> None:
        super().__init__()
        self.wrong = wrong

    def write(self, text: str, /) -> int:
        raise self.wrong


def test_an_interrupt_is_130(desk: Desk) -> None:
    assert desk.run("checks", stdout=Raising(KeyboardInterrupt())) == Exit.INTERRUPTED
    assert desk.err.getvalue() == "\nforecheck: interrupted; nothing was installed\n"


def test_a_bug_of_ours_says_so(desk: Desk) -> None:
    assert desk.run("checks", stdout=Raising(ZeroDivisionError("ours"))) == Exit.BUG
    assert "ZeroDivisionError: ours" in desk.err.getvalue()
    assert "a bug in forecheck" in desk.err.getvalue()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_that_left_is_no_bug_and_no_success() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "forecheck", "checks"],
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder that is in use")
def test_a_folder_that_is_gone_is_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert run(["checks"]) == Exit.USAGE
    assert capsys.readouterr().err == "forecheck: the current folder does not exist any more\n"


def test_every_check_is_listed_and_has_a_page(desk: Desk) -> None:
    assert desk.run("checks") == Exit.ALLOW
    listed = desk.out.getvalue()
    for check in checks():
        assert f"  {check.id} " in listed
        desk.out.truncate(0)
        assert desk.run("explain", check.id) == Exit.ALLOW
        assert check.id in desk.out.getvalue()


@pytest.mark.parametrize(("shell", "program"), [("bash", "bash"), ("zsh", "bash"), ("fish", "fish")])
def test_completion_scripts_are_valid(desk: Desk, shell: str, program: str) -> None:
    assert desk.run("completion", shell) == Exit.ALLOW
    script = desk.out.getvalue()
    assert all(check.id in script for check in checks())
    found = shutil.which(program)
    if not found:
        pytest.skip(f"there is no {program}")
    done = subprocess.run([found, "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_bash_completes(desk: Desk) -> None:
    found = shutil.which("bash")
    if not found:
        pytest.skip("there is no bash")
    desk.run("completion", "bash")
    asked = 'COMP_WORDS=(forecheck explain typo); COMP_CWORD=2; _forecheck; echo "${COMPREPLY[*]}"'
    done = subprocess.run(
        [found, "-c", desk.out.getvalue() + asked], capture_output=True, text=True, check=False
    )
    assert done.stdout == "typosquat\n"
