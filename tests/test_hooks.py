"""The hooks that the repository offers to pre-commit: commands that exist, for exactly the files that are lockfiles."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from forecheck.adapters.lockfiles import lockfile_names
from forecheck.cli.main import parser
from forecheck.discover import formats

ROOT = Path(__file__).parents[1]
HOOKS: list[Any] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
NAMES = lockfile_names(formats())


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_the_command_is_one(hook: Any) -> None:
    given: list[str] = hook.get("args", [])
    program, *words = [*shlex.split(hook["entry"]), *given]
    assert program == "forecheck"
    files = ["package-lock.json", "sub/yarn.lock"] if hook.get("pass_filenames", True) else []
    assert callable(parser().parse_args([*words, *files]).run)
    assert hook["language"] == "python"


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_it_is_for_lockfiles_and_nothing_else(hook: Any) -> None:
    wanted = re.compile(hook["files"])
    for name in NAMES:
        assert wanted.search(name), name
        assert wanted.search(f"apps/web/{name}"), name
    for other in ("package.json", "my-yarn.lock", "yarn.lock.orig", "yarnXlock", "bun.lockbx", "Cargo.lock"):
        assert not wanted.search(other), other


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_the_page_shows_it(hook: Any) -> None:
    assert f"- id: {hook['id']}" in (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
