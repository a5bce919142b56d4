"""What npm's own modules answered, from tests/fixtures/npm."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "fixtures" / "npm"

HOSTILE = [
    "v" * 100_000,
    "= " * 50_000,
    "<" + "v" * 100_000,
    "< " * 50_000,
    "~ " * 50_000,
    "^ " * 50_000,
    "*" * 100_000,
    "||" * 50_000,
    "1 - " * 30_000,
    " " * 100_000 + "x",
    "+" * 100_000,
    "+a." * 40_000,
    "=v= " * 30_000 + "+a 1",
    "1.2." + "3" * 100_000,
    "1.2.3-" + "a." * 50_000 + "!",
    "1.2.3-" + "1" * 100_000 + "!",
    ("1.2." + "3" * 255 + ".a" * 100 + "! ") * 200,
    "@" * 100_000,
    "/" * 100_000,
    "a@" * 50_000,
    "u/" * 50_000,
    "../" * 30_000,
    "./" * 50_000 + "x",
    "x" * 100_000 + "@x.y:",
    "git+ssh://a@" + ":1" * 50_000,
    "https://" + "[" * 100_000,
    "https://" + "é" * 100_000 + "/x",
    "https://" + "1." * 50_000 + "1",
    "https://a:" + "9" * 100_000,
    "https://a/" + "../" * 30_000,
    "https://github.com/" + "%2e" * 30_000 + "/r",
    "git://a/" + "::path:" * 10_000,
    "u/r#" + "::" * 50_000,
    "u/r#" + "semver:%" * 10_000,
    "npm:" * 30_000,
    "a@npm:" * 20_000,
    "%" * 100_000,
    "\ud800" * 10_000,
    "\u00a0" * 100_000 + "\ufeff",
    "\ufdfa" * 10_000,
]
"""Texts on which a backtracking or quadratic reader takes minutes."""


def recorded(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
