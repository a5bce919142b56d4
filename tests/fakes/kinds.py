"""What a request to a registry asks for, from its path alone."""

from enum import Enum
from urllib.parse import unquote

import msgspec


class Kind(Enum):
    PACKUMENT = "packument"
    MANIFEST = "manifest"  # /pkg/version and /pkg/tag
    TARBALL = "tarball"
    TAGS = "tags"
    PING = "ping"
    WHOAMI = "whoami"
    KEYS = "keys"
    ATTESTATIONS = "attestations"
    ADVISORIES = "advisories"
    DOWNLOADS = "downloads"
    SEARCH = "search"
    OTHER = "other"


class Target(msgspec.Struct, frozen=True):
    """``rest`` is the version or tag of a manifest, the file name of a tarball, the period of downloads."""

    kind: Kind
    package: str = ""
    rest: str = ""


_SERVICES = {
    "-/ping": Kind.PING,
    "-/whoami": Kind.WHOAMI,
    "-/npm/v1/keys": Kind.KEYS,
    "-/npm/v1/security/advisories/bulk": Kind.ADVISORIES,
    "-/v1/search": Kind.SEARCH,
}


def target(path: str) -> Target:
    """Read a raw path below the registry's prefix, without its leading slash.

    npm sends ``@s%2fn``, pnpm ``@s%2Fn``, others ``@s/n``; yarn 4 encodes the slash in tarball paths too.
    Decoding before splitting makes all of them one.
    """
    path = unquote(path.partition("?")[0])
    if path in _SERVICES:
        return Target(_SERVICES[path])
    if spec := _after(path, "-/npm/v1/attestations/"):
        name, _, version = spec.rpartition("@")
        return Target(Kind.ATTESTATIONS, name, version)
    if spec := _after(path, "downloads/point/"):
        period, _, names = spec.partition("/")
        return Target(Kind.DOWNLOADS, names, period)
    if path.startswith("-/package/") and path.endswith("/dist-tags"):
        return Target(Kind.TAGS, path.removeprefix("-/package/").removesuffix("/dist-tags"))
    if path.startswith("-/"):
        return Target(Kind.OTHER)
    return _package_target(path)


def _after(path: str, prefix: str) -> str:
    return path[len(prefix) :] if path.startswith(prefix) else ""


def _package_target(path: str) -> Target:
    parts = path.split("/")
    size = 2 if path.startswith("@") else 1
    name, rest = "/".join(parts[:size]), parts[size:]
    if len(parts) < size or not all(parts):
        return Target(Kind.OTHER)
    match rest:
        case []:
            return Target(Kind.PACKUMENT, name)
        case ["-", filename]:
            return Target(Kind.TARBALL, name, filename)
        case [version]:
            return Target(Kind.MANIFEST, name, version)
    return Target(Kind.OTHER)
