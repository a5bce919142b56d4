"""The JSON of npm's lockfiles as it stands in the file, before it means anything.

Shapes: https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json (lockfileVersion 1 to 3; also
npm-shrinkwrap.json and node_modules/.package-lock.json). Fields that real files hold in several types are `Any`
and read by the accessors; a document whose structure is wrong does not decode.
"""

from typing import Any

import msgspec

from forecheck.lockfiles.conditions import conditions


class WireEntry(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One value of `packages` (lockfileVersion 2 and 3); keys are locations relative to the project.

    npm 11 takes a list or an object in the place of a text for what it can make of it (`["https://…"]`, `{"raw":
    "https://…"}`) and fetches that: such an entry does not decode.
    """

    name: str | None = None
    version: str | None = None
    resolved: str | bool | None = None
    integrity: Any = None
    link: bool = False
    in_bundle: bool = False
    dev: bool = False
    optional: bool = False
    dev_optional: bool = False
    peer: bool = False
    has_install_script: bool = False
    bin: Any = None
    scripts: Any = None
    bundle_dependencies: Any = None
    os: Any = None
    cpu: Any = None
    libc: Any = None
    workspaces: Any = None
    dependencies: dict[str, Any] | None = None
    dev_dependencies: dict[str, Any] | None = None
    optional_dependencies: dict[str, Any] | None = None
    peer_dependencies: dict[str, Any] | None = None
    peer_dependencies_meta: dict[str, Any] | None = None


class WireDependency(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One value of `dependencies` (lockfileVersion 1); nested where the tree nests."""

    version: str | None = None
    resolved: str | bool | None = None
    integrity: Any = None
    bundled: Any = False  # npm 6 takes whatever is true
    dev: bool = False
    optional: bool = False
    requires: Any = None
    dependencies: dict[str, "WireDependency"] | None = None


class WireLockfile(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """The whole file."""

    lockfile_version: int = 1
    name: Any = None
    version: Any = None
    packages: dict[str, WireEntry] | None = None
    dependencies: dict[str, WireDependency] | None = None


def text(value: Any) -> str:
    """A string field, empty where the file holds anything else (`resolved: false` is npm's own doing)."""
    return value if isinstance(value, str) else ""


def bin_names(value: Any, package_name: str) -> tuple[str, ...]:
    """The command names a `bin` field gives: a map, or one path under the package's own unscoped name."""
    if isinstance(value, dict):
        return tuple(str(name) for name in value)
    if isinstance(value, str):
        return (package_name.rpartition("/")[2],)
    return ()


def platforms(wire: WireEntry) -> tuple[str, ...]:
    """Its `os`, `cpu` and `libc` as conditions: `os=darwin`, `cpu=!arm64`."""
    return conditions(os=wire.os, cpu=wire.cpu, libc=wire.libc)
