"""Where vlt fetches a node from: its DepID, and a URL that takes precedence where the lockfile has one."""

from collections.abc import Mapping
from typing import Any, Final, Self
from urllib.parse import urlsplit

import msgspec

from forecheck.lockfiles.npm_wire import text
from forecheck.lockfiles.origins import PUBLIC_HOSTS, RegistryFor, is_archive, origin_of
from forecheck.lockfiles.vlt_ids import DepId
from forecheck.model import (
    EntryKind,
    FromDirectory,
    FromGit,
    FromRegistry,
    FromTarball,
    FromUnknown,
    Origin,
)

JSR: Final = "https://npm.jsr.io/"
_FULL_HASH = 40


class Source(msgspec.Struct, frozen=True, gc=False):
    """What a node is: `name` and `version` as the DepID says, `resolved` as written or as the DepID spells it."""

    kind: EntryKind
    name: str
    version: str
    origin: Origin
    resolved: str


class Registries(msgspec.Struct, frozen=True):
    """The registries that the lockfile's `options` name, and the one the user has configured for a package."""

    named: Mapping[str, str]
    configured: RegistryFor

    @classmethod
    def of(cls, options: Mapping[str, Any], configured: RegistryFor) -> Self:
        named = {"jsr": JSR}
        for field in ("jsr-registries", "registries"):
            section = options.get(field)
            if isinstance(section, dict):
                named.update({name: url for name, url in section.items() if isinstance(url, str)})
        default = text(options.get("registry"))
        if default:
            named[""] = default
            named.setdefault("npm", default)
        return cls(named, configured)

    def base(self, asked: str, name: str) -> str:
        """The URL of a registry by name or URL; empty for a name that nothing defines."""
        configured = self.configured(name)
        default = configured if asked in {"", "npm"} else ""
        url = asked if asked.startswith(("https://", "http://")) else self.named.get(asked, default)
        url = url if not url or url.endswith("/") else f"{url}/"
        return configured if url in {f"https://{host}/" for host in PUBLIC_HOSTS[:1]} else url


def source_of(found: DepId, said_name: str, resolved: str, registries: Registries) -> Source:
    """The source of a node. `said_name` is the node's own field, which counts where the DepID has no name.

    A registry that is not the configured one is not asked anything: its packages count as of unknown source, and as
    a tarball where a URL is given. JSR's is known.
    """
    if found.kind == "registry":
        at = found.second.find("@", 1)
        name, version = (found.second[:at], found.second[at + 1 :]) if at > 0 else (found.second, "")
        origin = _of_registry(found, name, version, resolved, registries)
        return Source(EntryKind.PACKAGE, name, version, origin, resolved)
    if found.kind == "file" and not resolved.startswith("http"):
        if is_archive(found.first):
            tarball = f"file:{found.first}"
            return Source(EntryKind.PACKAGE, said_name, "", FromTarball(tarball), resolved or tarball)
        return Source(EntryKind.LINK, said_name, "", FromDirectory(found.first), resolved or found.first)
    if found.kind == "workspace":
        return Source(EntryKind.WORKSPACE, said_name, "", FromDirectory(found.first), resolved)
    if found.kind == "git" and not resolved.startswith("http"):
        commit = found.second if len(found.second) == _FULL_HASH else ""
        spelled = f"{found.first}#{found.second}"
        return Source(EntryKind.PACKAGE, said_name, "", FromGit(found.first, commit), resolved or spelled)
    url = resolved or found.first
    origin = origin_of(said_name, "", url, registries.configured) if url else FromUnknown("")
    return Source(EntryKind.PACKAGE, said_name, "", origin, url)


def _of_registry(found: DepId, name: str, version: str, resolved: str, registries: Registries) -> Origin:
    base = registries.base(found.first, name)
    if base == registries.configured(name):
        return origin_of(name, version, resolved, registries.configured)
    if base == JSR and (not resolved or _is_of_jsr(resolved, name, version)):
        return FromRegistry(JSR)
    return FromTarball(resolved) if resolved else FromUnknown(f"{base or found.first}#{found.second}")


def _is_of_jsr(url: str, name: str, version: str) -> bool:
    """JSR's tarballs are `~/NUMBER/NAME/VERSION.tgz`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    steps = parts.path.split("/")
    right = parts.path.startswith("/~/") and steps[3:] == [*name.split("/"), f"{version}.tgz"]
    return parts.netloc == "npm.jsr.io" and right and ".." not in steps
