"""What the source text of a lockfile entry says: which kind of place, which host, which file (pure).

Grammars: npm-package-arg 13 and hosted-git-info 8 (npm, yarn 1), yarn 4 "protocols", pnpm's and bun's resolutions.
Whatever is none of them is `MALFORMED`: package managers try such a text as a path or as a short form of GitHub's.
"""

from enum import StrEnum
from urllib.parse import unquote

import msgspec

from forecheck.npm.weburl import parse_web_url


class Where(StrEnum):
    """Which kind of place a source is."""

    NOWHERE = "nowhere"
    WEB = "web"
    GIT = "git"
    PATH = "path"
    MALFORMED = "malformed"


class LockSource(msgspec.Struct, frozen=True):
    """A source taken apart.

    `host` is in normal form, with a port that is not the scheme's own. `path` is decoded until nothing is left to
    decode, with dot segments resolved. `odd` says what makes the text one that readers may read differently.
    """

    where: Where
    text: str
    scheme: str = ""
    host: str = ""
    path: str = ""
    odd: str = ""
    query: str = ""

    @property
    def place(self) -> str:
        """The repository, tarball or folder in one spelling, to compare what was asked for with what is there."""
        return place_of(self)


_HOSTS_OF_SHORTCUTS = {
    "github": "github.com",
    "gitlab": "gitlab.com",
    "bitbucket": "bitbucket.org",
    "gist": "gist.github.com",
}
_PATH_SCHEMES = frozenset({"file", "link", "portal", "exec", "workspace"})
_HEX = frozenset("0123456789abcdef")
_ROUNDS = 4  # of percent-encoding on top of percent-encoding


def read_source(text: str) -> LockSource:
    """Take a source apart; every text gives one."""
    if not text:
        return LockSource(Where.NOWHERE, text)
    if not text.isprintable() or "\\" in text or text != text.strip() or " " in text:
        return LockSource(Where.MALFORMED, text, odd="it holds characters that no address has")
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or not _is_scheme(scheme):
        short = _scp(f"git+ssh://{text}") if colon and "@" in scheme and "/" not in scheme else None
        odd = "it is git's short form, which is no address"
        return (
            msgspec.structs.replace(short, text=text, odd=odd) if short else LockSource(Where.MALFORMED, text)
        )
    if scheme in _PATH_SCHEMES:
        return LockSource(Where.PATH, text, scheme=scheme, path=rest.partition("::")[0].partition("#")[0])
    if scheme in _HOSTS_OF_SHORTCUTS:
        path = rest.partition("#")[0].removesuffix(".git")
        return LockSource(
            Where.GIT, text, scheme=scheme, host=_HOSTS_OF_SHORTCUTS[scheme], path=f"/{path.strip('/')}"
        )
    if not rest.startswith("//"):
        return LockSource(Where.MALFORMED, text)
    return _url(text, scheme)


def _url(text: str, scheme: str) -> LockSource:
    plain = scheme.removeprefix("git+")
    git = scheme.startswith("git+") or scheme in ("git", "ssh")
    if plain == "file":
        return LockSource(Where.GIT, text, scheme=scheme, path=text.partition("://")[2].partition("#")[0])
    url = parse_web_url(f"{'https' if git else plain}:{text.partition(':')[2]}")
    if url is None or url.authority is None or not url.authority.host:
        scp = _scp(text) if git else None
        return scp or LockSource(Where.MALFORMED, text, scheme=scheme)
    repository = url.path.endswith(".git") or (url.fragment or "").startswith("commit=")
    where = Where.GIT if git or repository else Where.WEB
    odd, query = _oddity(text, git), url.query or ""
    return LockSource(where, text, scheme, url.authority.netloc, decoded_path(url.path), odd, query)


def _scp(text: str) -> LockSource | None:
    """`git+ssh://git@host:owner/repo`, which git and npm take, though it is no URL."""
    _, _, rest = text.partition("://")
    place, colon, path = rest.rpartition("@")[2].partition(":")
    if not colon or not path or path[0].isdigit():
        return None
    return LockSource(
        Where.GIT, text, "git+ssh", place.lower(), f"/{path.partition('#')[0].removesuffix('.git')}"
    )


def _oddity(text: str, git: bool) -> str:
    authority, _, path = text.partition("://")[2].partition("/")
    path = path.partition("#")[0].partition("?")[0]
    if not git and "@" in authority:
        return "it holds a user name or password"
    lowered = path.lower()
    if (
        any(part in (".", "..", "%2e", "%2e%2e", ".%2e", "%2e.") for part in lowered.split("/"))
        or "//" in path
    ):
        return "its path has segments that vanish when it is read"
    if "%" in lowered.replace("%2f", "", 1) or ("%2f" in lowered and not lowered.startswith("@")):
        return _unless_scope(lowered)
    return ""


def _unless_scope(path: str) -> str:
    """`@scope%2fname` is how registries write a scoped name; `%40scope` is the same."""
    rest = path.replace("%40", "@").replace("%2b", "+")
    at, slash = rest.find("@"), rest.find("%2f")
    if "%" not in rest or ("%" not in rest.replace("%2f", "", 1) and 0 <= at < slash):
        return ""
    return "parts of its path are written as escapes"


def decoded_path(path: str) -> str:
    """A path with every escape resolved, then its dot segments: what a server may make of it."""
    for _ in range(_ROUNDS):
        further = unquote(path)
        if further == path:
            break
        path = further
    kept: list[str] = []
    for part in path.replace("\\", "/").split("/"):
        if part == "..":
            if kept:
                kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    return "/" + "/".join(kept)


def place_of(source: LockSource) -> str:
    """See `LockSource.place`."""
    if source.where is Where.PATH:
        return normal_path(source.path)
    if source.where is Where.MALFORMED:
        return normal_path(source.text) if source.text.startswith((".", "/")) else ""
    if source.where is Where.GIT and not source.host:
        return source.path.rstrip("/")
    host, path = source.host.lower(), source.path
    if host == "codeload.github.com":
        return "github.com" + "/".join(path.lower().split("/")[:3])
    if source.where is Where.GIT:
        return host.partition(":")[0].removeprefix("www.") + path.lower().removesuffix("/").removesuffix(
            ".git"
        )
    return f"{host}{path}?{source.query}" if source.query else host + path


def wanted_place(wanted: str) -> str:
    """The place a dependency asks for; empty where it asks a registry (a range, a tag, an alias)."""
    if ":" not in wanted and "/" not in wanted:
        return ""
    if wanted.startswith(("npm:", "workspace:", "catalog:", "patch:", "jsr:")):
        return ""
    source = read_source(wanted)
    if source.where is not Where.MALFORMED:
        return place_of(source)
    from forecheck.npm.hosted import from_url

    hosted = from_url(wanted)
    if hosted is not None and hosted.project:
        owner = f"{hosted.user}/" if hosted.user else ""
        return f"{hosted.host.domain}/{owner}{hosted.project}".lower()
    if wanted.startswith((".", "/", "~")):
        return normal_path(wanted)
    host, colon, path = wanted.rpartition("@")[2].partition(":")
    return f"{host.lower()}/{path.partition('#')[0].removesuffix('.git').lower()}" if colon else ""


def commit_in(text: str) -> str:
    """The whole commit that an address names, after its `#` or as codeload.github.com's last segment; else empty."""
    _, mark, fragment = text.rpartition("#")
    named = fragment.rpartition("=")[2] if mark else text.partition("/tar.gz/")[2].partition("?")[0]
    return named.lower() if len(named) == 40 and set(named.lower()) <= _HEX else ""


def normal_path(path: str) -> str:
    """A relative path without `./` and what cancels out; what leads out of the folder begins with `..`."""
    kept: list[str] = []
    absolute = path.startswith("/")
    for part in path.removeprefix("//").split("/"):
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    return ("/" if absolute else "") + "/".join(kept)


def leaves_project(path: str, depth: int = 0) -> bool:
    """Whether a path, written from a folder `depth` levels deep in the project, leads out of it."""
    normal = normal_path(path)
    if normal.startswith(("/", "~")) or normal[1:2] == ":":
        return True
    return normal.split("/")[: depth + 1].count("..") > depth


def _is_scheme(text: str) -> bool:
    return text[:1].isalpha() and text.isascii() and all(char.isalnum() or char in "+-." for char in text)
