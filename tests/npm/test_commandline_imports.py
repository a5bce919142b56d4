"""The price of passing a command through: what importing and using the classification loads."""

import subprocess
import sys

import pytest

OURS = {
    "forecheck",
    "forecheck.npm",
    *(
        f"forecheck.npm.{name}"
        for name in ("actions", "argv", "command_names", "commandline", "invocation", "options")
    ),
    "forecheck.npm.settings",
}

SCRIPT = """
import sys
before = set(sys.modules)
from forecheck.npm.commandline import classify, classify_npx
for argv in {lines!r}:
    {function}(argv, {{"npm_config_global": "true", "HOME": "/"}})
print(" ".join(sorted(set(sys.modules) - before)))
"""

LINES = [
    ["-C", "D", "-gw", "x", "instal", "evil@1", "--unknown", "--allow-gi", "--", "x"],
    ["run", "build"],
    [],
]


@pytest.mark.parametrize(("function", "more"), [("classify", set()), ("classify_npx", {"forecheck.npm.npx"})])
def test_only_our_own_few_modules_are_loaded(function: str, more: set[str]) -> None:
    script = SCRIPT.format(function=function, lines=LINES)
    # Without `site`: whatever an environment's own start-up files load must not hide what we do.
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{script}"]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert set(loaded) == OURS | more
