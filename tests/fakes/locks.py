"""Lockfiles of packages that a test registry serves."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.fakes.registry import Registry


def npm_entry(registry: Registry, name: str, release_version: str = "1.0.0", **fields: Any) -> dict[str, Any]:
    """An entry as npm writes it."""
    release = registry.release(name, release_version)
    entry = {
        "version": release_version,
        "resolved": registry.tarball_url(name, release_version),
        "integrity": release.integrity,
    }
    needs = release.manifest.get("dependencies")
    return {**entry, **({"dependencies": needs} if needs else {}), **fields}


def npm_lock(entries: Mapping[str, Mapping[str, Any]], direct: Mapping[str, str]) -> str:
    """A package-lock.json of version 3; entries by folder name."""
    root = {"name": "project", "version": "1.0.0", "dependencies": dict(direct)}
    packages = {f"node_modules/{name}": entry for name, entry in entries.items()}
    whole = {"name": "project", "version": "1.0.0", "lockfileVersion": 3, "requires": True}
    return json.dumps({**whole, "packages": {"": root, **packages}}, indent=2) + "\n"


def write_npm_lock(
    folder: Path, registry: Registry, *names: str, direct: tuple[str, ...] | None = None, **changed: Any
) -> None:
    """The lockfile of a project that asks for `name` or `name@version` each (`direct`: for those alone), in the
    versions given. `changed` are entries, by name with dashes as underscores, with other fields; None leaves one out.
    """
    entries = {}
    for one in names:
        scope, name = one[:1], one[1:]
        name, _, version = name.partition("@")
        name = scope + name
        fields = changed.get(name.replace("-", "_"), {})
        entry = npm_entry(registry, name, version or "1.0.0", **fields)
        entries[name] = {key: value for key, value in entry.items() if value is not None}
    wanted = dict.fromkeys(entries if direct is None else direct, "^1.0.0")
    (folder / "package-lock.json").write_text(npm_lock(entries, wanted))
