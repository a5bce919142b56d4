"""What the blocks of an example say of a lockfile and of what stands beside it.

```text title="yarn.lock"            any lockfile by its name: the one the example is about; the first counts
```text title="before yarn.lock"     the same one as it was before
```text title="neighbour yarn.lock"  another one in the same folder
```json title="installed NAME"       the package manager's own record of node_modules
```json title="package.json"         the project's manifest; `packages/w/package.json` a workspace's
```ini title=".npmrc"                the user's npm configuration: registry and @scope:registry
```ini title="project .npmrc"        that of the repository
"""

from collections.abc import Iterable
from typing import Any, Protocol

import msgspec

from forecheck import discover
from forecheck.decode import Malformed
from forecheck.evidence.lock_project import (
    PUBLIC_REGISTRIES,
    ConfiguredRegistries,
    LockfileNeighbours,
    LockfileReading,
    Manifest,
    ProjectManifests,
)
from forecheck.lockfiles.compare import Changes, compare
from forecheck.lockfiles.format import Format, format_of
from forecheck.model import LockedFile, Lockfile

NAMES = frozenset(name for one in discover.formats() for name in one.names)
OTHERS = (".npmrc", "project .npmrc", "package.json")


class Titled(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...


def is_about_lockfiles(title: str) -> bool:
    """Whether a block of that title is read here."""
    name = title.rpartition(" ")[2]
    return name in NAMES or title in OTHERS or title.endswith("/package.json")


def lockfile_world(blocks: Iterable[Titled]) -> tuple[LockedFile | None, dict[type, Any]]:
    """The subject, None where no block is a lockfile, and the context of its checks."""
    by_title: dict[str, str] = {}
    for block in blocks:
        by_title.setdefault(block.title, block.text)
    registries = _registries(by_title.get(".npmrc", ""), by_title.get("project .npmrc", ""))
    context: dict[type, Any] = {
        Lockfile: Lockfile(path="none", format="npm", version="3", entries=()),
        ConfiguredRegistries: registries,
        ProjectManifests: ProjectManifests(
            {
                title.rpartition("/")[0]: msgspec.json.decode(text, type=Manifest)
                for title, text in by_title.items()
                if title.rpartition("/")[2] == "package.json"
            }
        ),
        LockfileReading: LockfileReading(),
        LockfileNeighbours: _neighbours(by_title, registries),
        Changes: Changes((), 0),
    }
    own = next((title for title in by_title if title in NAMES), None)
    if own is None:
        return None, context
    format_ = _format(own, by_title[own])
    subject = LockedFile(own, format_.id)
    try:
        context[Lockfile] = format_.read(by_title[own].encode(), own, registries.registry_for)
    except Malformed as wrong:
        context[LockfileReading] = LockfileReading(f"cannot be read: {wrong.why}")
    before = by_title.get(f"before {own}")
    if before is not None:
        earlier = _format(own, before).read(before.encode(), own, registries.registry_for)
        context[Changes] = compare(earlier, context[Lockfile], manifests_changed=False)
    return subject, context


def _format(name: str, text: str) -> Format:
    found = format_of(discover.formats(), name, text.encode())
    assert found is not None
    return found


def _neighbours(by_title: dict[str, str], registries: ConfiguredRegistries) -> LockfileNeighbours:
    files, records, installed = [], [], None
    for title, text in by_title.items():
        kind, _, name = title.partition(" ")
        if kind == "neighbour":
            format_ = _format(name, text)
            files.append(LockedFile(name, format_.id))
            if text.strip():
                records.append(format_.read(text.encode(), name, registries.registry_for))
        elif kind == "installed":
            path = f"node_modules/.{name}"
            installed = _format(name, text).read(text.encode(), path, registries.registry_for)
    return LockfileNeighbours(tuple(files), tuple(records), installed)


def _registries(own: str, project: str) -> ConfiguredRegistries:
    theirs, ours = _routes(project), _routes(own)
    routes = {**ours, **theirs}
    return ConfiguredRegistries(
        default=routes.get("", PUBLIC_REGISTRIES[0]),
        scopes={scope: url for scope, url in routes.items() if scope},
        own=tuple(ours.values()),
        project=dict.fromkeys(theirs.values(), ".npmrc"),
    )


def _routes(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip().removesuffix("registry").removesuffix(":"): url.strip() for key, _, url in pairs}
