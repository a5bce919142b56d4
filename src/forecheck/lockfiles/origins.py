"""Where a lockfile entry's bytes come from, read off its source text."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec

from forecheck.model import FromDirectory, FromGit, FromRegistry, FromTarball, FromUnknown, Origin
from forecheck.npm.version import parse_version

RegistryFor = Callable[[str], str]

# One registry under two names; npm exchanges the first for the configured one (`replace-registry-host`).
PUBLIC_HOSTS: Final = ("registry.npmjs.org", "registry.yarnpkg.com")

# A tarball path in which a URL's syntax changes nothing: no escapes, no query, no dot segments.
_PLAIN: Final = re.compile(
    r"(?:@[A-Za-z0-9_~-][A-Za-z0-9._~-]*+/)?[A-Za-z0-9_~-][A-Za-z0-9._~-]*+/-/[A-Za-z0-9._~+-]++"
)
_PLAIN_BASE: Final = re.compile(r"https?://[a-z0-9.-]++(?::[0-9]++)?/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*+/)*+")


class _Registry(msgspec.Struct, frozen=True):
    """A configured registry: the origin of what it serves, and the URLs its tarballs' paths follow."""

    origin: FromRegistry
    bases: tuple[str, ...]


def origin_of(name: str, version: str, resolved: str, registry_for: RegistryFor) -> Origin:
    """The origin of a package from npm's `resolved`; an empty one means the configured registry.

    A URL counts as a registry's only when it is that registry's tarball of that very name and version: anything
    else is a tarball from somewhere, whatever the entry is called. Without a URL npm asks for `name@version`, and a
    version that is none (`npm:other@1.0.0`, a URL, a tag) would bring in something else.
    """
    if not resolved:
        served = parse_version(version, loose=True) is not None
        return _registry(registry_for(name)).origin if served else FromUnknown(version)
    if resolved.startswith("http"):
        registry = _registry(registry_for(name))
        usual = f"{name}/-/{name[name.rfind('/') + 1 :]}-{version}.tgz"
        if resolved.endswith(usual) and resolved[: -len(usual)] in registry.bases and _PLAIN.fullmatch(usual):
            return registry.origin
    scheme, separator, rest = resolved.partition(":")
    if is_git(resolved):
        url, _, commit = resolved.partition("#")
        return FromGit(url, commit)
    if scheme == "file" and separator:
        return FromTarball(resolved) if is_archive(rest) else FromDirectory(rest)
    if scheme in ("http", "https"):
        return _from_url(name, version, resolved, registry_for(name))
    return FromUnknown(resolved)


def is_git(resolved: str) -> bool:
    """Whether npm clones what a lockfile's `resolved` names; other spellings of git are never written there."""
    return resolved.startswith(("git:", "git+ssh:", "git+https:", "git+http:", "git+file:"))


def is_archive(path: str) -> bool:
    """Whether npm reads a `file:` path as a tarball (npm-package-arg's rule: the extension decides)."""
    return path.lower().endswith((".tgz", ".tar.gz", ".tar"))


@lru_cache(maxsize=256)
def _registry(url: str) -> _Registry:
    bases = [url] if _PLAIN_BASE.fullmatch(url) else []
    try:
        host = urlsplit(url).netloc
    except (
        ValueError
    ):  # nothing is served from there, but entries without a URL still say where they would be from
        host = ""
    bases.extend(f"https://{other}/" for other in _exchanged(host) if other != host)
    return _Registry(FromRegistry(url), tuple(bases))


def _exchanged(host: str) -> tuple[str, ...]:
    """The public registry's hosts that stand for the configured one."""
    return PUBLIC_HOSTS if host in PUBLIC_HOSTS else PUBLIC_HOSTS[:1]


def _from_url(name: str, version: str, url: str, registry: str) -> Origin:
    try:
        parts, base = urlsplit(url), urlsplit(registry)
    except ValueError:
        return FromUnknown(url)
    same_host = parts.netloc in (base.netloc, *_exchanged(base.netloc))
    path = unquote(parts.path)
    named = same_host and _names_package(path, base.path, name, parts.netloc == base.netloc)
    if named and not _names_another_version(path.rpartition("/")[2], name.rpartition("/")[2], version):
        return FromRegistry(registry)
    return FromTarball(url)


def _names_package(path: str, base: str, name: str, at_base: bool) -> bool:
    """Whether a tarball path under the registry's base belongs to the package.

    npm's own layout is `{base}{name}/-/{file}.tgz`; GitHub Packages has `{base}download/{name}/{version}/…`.
    """
    if ".." in path.split("/") or "\\" in path:
        return False
    inside = path.removeprefix(base) if at_base else path.removeprefix("/")
    return inside.startswith((f"{name}/-/", f"download/{name}/"))


def _names_another_version(file: str, name: str, version: str) -> bool:
    """Whether a tarball called as npm calls them (`name-1.2.3.tgz`) is of another version; build metadata is left out
    of some names. A registry that calls its files otherwise tells nothing.
    """
    if not (file.startswith(f"{name}-") and file.endswith(".tgz")):
        return False
    said = file[len(name) + 1 : -len(".tgz")]
    return parse_version(said, loose=True) is not None and said not in (version, version.partition("+")[0])
