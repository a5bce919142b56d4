"""Short ways to write lockfiles: `locked({"": {"dependencies": {"a": "1"}}, "a": {}, "a/b": {}})`."""

import json
from typing import Any

from forecheck.lockfiles.npm import parse
from forecheck.model import Lockfile

PUBLIC = "https://registry.npmjs.org/"


def locked(packages: dict[str, dict[str, Any]]) -> Lockfile:
    """Keys starting with `+` are below `node_modules/`, each further `+` one more; values get a version."""
    spelled = {}
    for key, fields in packages.items():
        location = key.replace("/+", "/node_modules/").replace("+", "node_modules/")
        spelled[location] = fields if fields.get("link") else {"version": "1.0.0", **fields}
    document = {"lockfileVersion": 3, "packages": spelled}
    return parse(json.dumps(document).encode(), "package-lock.json", lambda _: PUBLIC)


def needs(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "*")
