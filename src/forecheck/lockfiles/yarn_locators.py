"""What a yarn berry locator (`name@reference`) means: which package, from where, changed by what.

Grammar: @yarnpkg/core `structUtils` (parseLocator, parseRange) and the fetchers of plugin-npm, -http, -git, -file,
-link and -patch, yarn 4.
"""

import re
from urllib.parse import parse_qsl, unquote

import msgspec

from forecheck.lockfiles.origins import is_archive
from forecheck.lockfiles.tarball_origins import TarballOrigins
from forecheck.model import FromDirectory, FromGit, FromTarball, FromUnknown, Origin
from forecheck.npm.version import parse_version

_PLAIN_VERSION = re.compile(r"[0-9]{1,15}\.[0-9]{1,15}\.[0-9]{1,15}(?:[-+][0-9A-Za-z.+-]{1,200})?")
_TARBALL = re.compile(r"[^?]*\.(?:tar\.gz|tgz)(?:\?.*)?")
_GIT = re.compile(
    r"ssh:|git(?:\+[^:]+)?:|(?:git\+)?https?:[^#]+/[^#]+\.git(?:#|$)|git@[^#]+/[^#]+\.git(?:#|$)"
    r"|(?:github:|https://github\.com/)[\w.-]+/[\w.-]+?(?:\.git)?(?:#|$)|https://github\.com/[\w.-]+/[\w.-]+/tarball/"
)
_MOST_PATCHES = 20  # of a patched package that is patched again; every level is encoded once more


class Located(msgspec.Struct, frozen=True):
    """What a resolution says. `version` is empty where the source does not name one; `base` is what is patched."""

    name: str
    version: str
    origin: Origin
    patch: str = ""
    base: str = ""
    workspace: str | None = None
    linked: bool = False


def split_ident(text: str) -> tuple[str, str]:
    """`@s/a@npm:1` as (`@s/a`, `npm:1`): the first `@` that does not begin a scope separates; else all is name."""
    at = text.find("@", 1)
    return (text, "") if at < 0 else (text[:at], text[at + 1 :])


def locate(resolution: str, version: str, origins: TarballOrigins) -> Located:
    """Read a resolution; `version` is the entry's own, for sources that do not name one."""
    name, reference = split_ident(resolution)
    if reference.startswith("npm:"):
        return _from_npm(name, reference, origins)
    if not reference:
        return Located(name, version, FromUnknown(resolution))
    protocol, _, rest = reference.partition(":")
    source, selector, parameters = _parts(rest)
    match protocol:
        case "workspace":
            return Located(name, version, FromDirectory(source), workspace=source)
        case "patch":
            return _patched(name, version, rest, origins)
        case "file":
            path = selector or source
            folder = FromDirectory(path)
            return Located(name, version, FromTarball(f"file:{path}") if is_archive(path) else folder)
        case "link" | "portal":
            return Located(name, version, FromDirectory(selector or source), linked=True)
    plain = reference.partition("::")[0] if parameters else reference
    if _GIT.match(plain):
        url, _, fragment = plain.partition("#")
        return Located(name, version, FromGit(url, _commit(fragment)))
    if protocol in ("http", "https") and _TARBALL.fullmatch(plain):
        return Located(name, version, origins.of_url(name, version, plain))
    return Located(name, version, FromUnknown(reference))


def _from_npm(name: str, reference: str, origins: TarballOrigins) -> Located:
    """`npm:1.2.3`, or with `::__archiveUrl=` the tarball that is fetched instead of the registry's own."""
    version, bound, binding = reference[4:].partition("::")
    if not (_PLAIN_VERSION.fullmatch(version) or parse_version(version, loose=True)):
        return Located(name, version, FromUnknown(reference))
    if not bound:
        return Located(name, version, origins.registry(name))
    urls = [value for key, value in parse_qsl(binding, keep_blank_values=True) if key == "__archiveUrl"]
    if len(urls) > 1:
        return Located(name, version, FromUnknown(reference))
    return Located(name, version, origins.of_url(name, version, urls[0]) if urls else origins.registry(name))


def _patched(name: str, version: str, rest: str, origins: TarballOrigins) -> Located:
    """`patch:name@npm%3A1.0.0#./a.patch::version=…`; the source may itself be a patch, encoded once more."""
    patches: list[str] = []
    source = ""
    while len(patches) < _MOST_PATCHES:
        encoded, selector, _ = _parts(rest)
        patches.append(selector)
        source = unquote(encoded)
        inner = split_ident(source)[1]
        if not inner.startswith("patch:"):
            break
        rest = inner[len("patch:") :]
    else:
        return Located(name, version, FromUnknown(f"patch:{rest}"), " ".join(patches))
    inside, reference = split_ident(source)
    if reference and ":" not in reference:
        reference = f"npm:{reference}"
    found = locate(f"{inside}@{reference}", version, origins)
    return Located(found.name, found.version or version, found.origin, " ".join(patches), source)


def _parts(rest: str) -> tuple[str, str, str]:
    """The source, selector and parameters of `source#selector::parameters`."""
    plain, _, parameters = rest.partition("::")
    source, _, selector = plain.partition("#")
    return source, selector, parameters


def _commit(fragment: str) -> str:
    """The commit of `#commit=…` (`#commit:…` in yarn 2) or of a bare hash; empty for a branch, which pins nothing."""
    for part in fragment.split("&"):
        if part.startswith(("commit=", "commit:")):
            return part[7:]
    return fragment if len(fragment) == 40 and set(fragment) <= set("0123456789abcdef") else ""
