"""Which packages a command will surely ask about, known before npm has resolved anything.

npm asks for a project's direct dependencies one after another (arborist 9): 50 new ones take 50 round trips.
`npm outdated` asks for all of them at once and leaves the answers in the same cache, for as long as the registry
lets them be cached. Nothing here decides anything: what is not foretold is found out later.
"""

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from forecheck.adapters.npm.program import NpmProgram
from forecheck.adapters.npm.project import ManifestFile
from forecheck.npm.names import escape

_WORTH_A_START = 8  # packages; below that another start of npm takes longer than the round trips it saves
_FRESH_SECONDS = 300  # npm's registry says max-age=300
_DEADLINE_SECONDS = 60


def asked_for(
    manifests: Iterable[ManifestFile], typed: Iterable[str], cwd: str, locked: frozenset[str]
) -> dict[str, str]:
    """Range by name of what will come from a registry: the direct dependencies that are not `locked`, and every
    typed spec that names its package.
    """
    texts = [
        f"{name}@{wanted}"
        for manifest in manifests
        for name, wanted in _direct(manifest)
        if name not in locked and isinstance(wanted, str)
    ]
    return dict(_from_registry([*texts, *typed], cwd))


def _direct(manifest: ManifestFile) -> Iterator[tuple[str, Any]]:
    for section in (manifest.dependencies, manifest.dev_dependencies, manifest.optional_dependencies):
        if isinstance(section, dict):
            yield from section.items()


def _from_registry(texts: Iterable[str], cwd: str) -> Iterator[tuple[str, str]]:
    for text in texts:
        from forecheck.npm.spec import InvalidSpec, SpecType, parse  # not needed where all is locked

        try:
            spec = parse(text, cwd)
        except InvalidSpec:
            continue
        if spec.type in (SpecType.VERSION, SpecType.RANGE, SpecType.TAG) and spec.name:
            yield spec.name, spec.fetch_spec or "*"


def not_cached(wanted: Mapping[str, str], cache: str, registry_for: Callable[[str], str]) -> dict[str, str]:
    """The packages whose packument npm's cache got no answer for in the last few minutes (cacache 19's layout)."""
    return {
        name: spec
        for name, spec in wanted.items()
        if not _is_recent(cache, registry_for(name) + escape(name))
    }


def _is_recent(cache: str, url: str) -> bool:
    key = hashlib.sha256(f"make-fetch-happen:request-cache:{url}".encode()).hexdigest()
    try:
        written = os.stat(os.path.join(cache, "_cacache", "index-v5", key[:2], key[2:4], key[4:])).st_mtime
    except OSError:
        return False
    return time.time() - written < _FRESH_SECONDS


def fetch_ahead(
    program: NpmProgram, wanted: Mapping[str, str], folder: str, npmrc: str, env: Mapping[str, str]
) -> None:
    """Have npm fill the cache named in `env` with the packuments of `wanted`, if that saves time.

    `folder` is a private one that does not exist yet. Whether it worked does not matter to anyone.
    """
    if len(wanted) < _WORTH_A_START:
        return
    os.makedirs(folder)
    for name, text in (("package.json", json.dumps({"dependencies": dict(wanted)})), (".npmrc", npmrc)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    command = [*program.argv, "outdated", "--long", "--json", "--global=false", "--loglevel=silent"]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            process.wait(timeout=_DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        except BaseException:
            process.kill()
            raise
