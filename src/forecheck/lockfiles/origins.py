"""Where a lockfile entry's bytes come from, read off its source text."""

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from forecheck.model import FromDirectory, FromGit, FromRegistry, FromTarball, FromUnknown, Origin

RegistryFor = Callable[[str], str]

# One registry under two names; npm exchanges the first for the configured one (`replace-registry-host`).
PUBLIC_HOSTS = ("registry.npmjs.org", "registry.yarnpkg.com")


def origin_of(name: str, version: str, resolved: str, registry_for: RegistryFor) -> Origin:
    """The origin of a package from npm's `resolved`; an empty one means the configured registry.

    A URL counts as a registry's only when it is that registry's tarball of that very name: anything else is a
    tarball from somewhere, whatever the entry is called.
    """
    if not resolved:
        return FromRegistry(registry_for(name)) if version else FromUnknown("")
    scheme, separator, rest = resolved.partition(":")
    if scheme in ("git", "git+ssh", "git+https", "git+http", "git+file") and separator:
        url, _, commit = resolved.partition("#")
        return FromGit(url, commit)
    if scheme == "file" and separator:
        return FromTarball(resolved) if is_archive(rest) else FromDirectory(rest)
    if scheme in ("http", "https"):
        return _from_url(name, resolved, registry_for(name))
    return FromUnknown(resolved)


def is_archive(path: str) -> bool:
    """Whether npm reads a `file:` path as a tarball (npm-package-arg's rule: the extension decides)."""
    return path.lower().endswith((".tgz", ".tar.gz", ".tar"))


def _from_url(name: str, url: str, registry: str) -> Origin:
    try:
        parts = urlsplit(url)
    except ValueError:
        return FromUnknown(url)
    base = urlsplit(registry)
    same_host = parts.netloc in (base.netloc, *PUBLIC_HOSTS)
    if same_host and _names_package(unquote(parts.path), base.path, name, parts.netloc == base.netloc):
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
