"""The JSON of deno.lock as it stands in the file, version 2 to 5."""

from typing import Any

import msgspec


class WirePackage(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A package of npm's or JSR's. Dependencies are a map of name to key up to version 3, a list from version 4."""

    integrity: Any = None
    dependencies: dict[str, Any] | list[Any] | None = None
    optional_dependencies: dict[str, Any] | list[Any] | None = None
    optional_peers: dict[str, Any] | list[Any] | None = None
    os: Any = None
    cpu: Any = None
    tarball: Any = None
    scripts: Any = None
    bin: Any = None


class WireOldNpm(msgspec.Struct, frozen=True, gc=False):
    """`npm` in version 2."""

    specifiers: dict[str, Any] | None = None
    packages: dict[str, WirePackage] | None = None


class WireOldPackages(msgspec.Struct, frozen=True, gc=False):
    """`packages` in version 3."""

    specifiers: dict[str, Any] | None = None
    npm: dict[str, WirePackage] | None = None


class WireMember(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What a deno.json asks for, and the package.json beside it."""

    dependencies: list[Any] | None = None
    package_json: "WireMember | None" = None


class WireWorkspace(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """The root of a workspace and its members, by folder. `links` were called `patches` before Deno 2.3."""

    dependencies: list[Any] | None = None
    package_json: WireMember | None = None
    members: dict[str, WireMember] | None = None
    links: dict[str, Any] | None = None
    patches: dict[str, Any] | None = None


class WireHead(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What tells the versions apart, and a file of npm's from one of Deno's."""

    version: Any = None
    lockfile_version: Any = None
    dependencies: Any = None
    requires: Any = None


class WireVersion2(msgspec.Struct, frozen=True, gc=False):
    npm: WireOldNpm | None = None
    remote: dict[str, Any] | None = None
    redirects: dict[str, Any] | None = None


class WireVersion3(msgspec.Struct, frozen=True, gc=False):
    packages: WireOldPackages | None = None
    remote: dict[str, Any] | None = None
    redirects: dict[str, Any] | None = None
    workspace: WireWorkspace | None = None


class WireVersion4(msgspec.Struct, frozen=True, gc=False):
    """Version 5 too, which adds fields to packages."""

    specifiers: dict[str, Any] | None = None
    npm: dict[str, WirePackage] | None = None
    remote: dict[str, Any] | None = None
    redirects: dict[str, Any] | None = None
    workspace: WireWorkspace | None = None
