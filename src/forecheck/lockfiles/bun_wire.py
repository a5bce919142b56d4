"""The JSON of bun.lock as it stands in the file, comments and trailing commas taken out."""

from typing import Any

import msgspec


class WireManifest(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A workspace's manifest in `workspaces`; the object of a package's tuple has the same fields and more."""

    name: Any = None
    version: Any = None
    dependencies: dict[str, Any] | None = None
    dev_dependencies: dict[str, Any] | None = None
    optional_dependencies: dict[str, Any] | None = None
    peer_dependencies: dict[str, Any] | None = None
    optional_peers: list[Any] | None = None
    bin: Any = None
    bin_dir: Any = None
    os: Any = None
    cpu: Any = None
    libc: Any = None
    bundled: Any = None
    has_install_script: Any = None


class WireLockfile(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """The whole file. `dependencies` and `requires` are npm's: a file that has them is not bun's."""

    lockfile_version: int | None = None
    workspaces: dict[str, WireManifest] | None = None
    packages: dict[str, list[str | WireManifest | None]] | None = None
    overrides: dict[str, Any] | None = None
    patched_dependencies: dict[str, Any] | None = None
    trusted_dependencies: list[Any] | None = None
    dependencies: Any = None
    requires: Any = None
