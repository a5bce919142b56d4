"""Repositories at the git hosts npm knows by name, as hosted-git-info 9 reads them.

npm fetches these as tarballs, and their short forms (`user/repo`, `gitlab:group/repo`) name no host at all.
"""

import re
from collections.abc import Callable
from enum import StrEnum

import msgspec

from forecheck.npm.jstext import SPACE, decode_component, encode_component
from forecheck.npm.weburl import WebUrl, parse_web_url


class Host(StrEnum):
    """A git host; the value is its prefix in short forms."""

    GITHUB = "github"
    GITLAB = "gitlab"
    BITBUCKET = "bitbucket"
    GIST = "gist"
    SOURCEHUT = "sourcehut"

    @property
    def domain(self) -> str:
        return _DOMAINS[self]


_DOMAINS = {
    Host.GITHUB: "github.com",
    Host.GITLAB: "gitlab.com",
    Host.BITBUCKET: "bitbucket.org",
    Host.GIST: "gist.github.com",
    Host.SOURCEHUT: "git.sr.ht",
}
_SHORTCUTS = frozenset(Host)
_BY_DOMAIN = {domain: host for host, domain in _DOMAINS.items()}
_SSH_AND_HTTPS = frozenset({"git+ssh", "git+https", "ssh", "https"})
_SCHEMES = {
    Host.GITHUB: _SSH_AND_HTTPS | {"git", "http"},
    Host.GITLAB: _SSH_AND_HTTPS,
    Host.BITBUCKET: _SSH_AND_HTTPS,
    Host.GIST: _SSH_AND_HTTPS | {"git"},
    Host.SOURCEHUT: frozenset({"git+ssh", "https"}),
}
_KNOWN_SCHEMES = frozenset({"git+ssh", "ssh", "git+https", "git", "http", "https", "git+http", *Host})
_AUTH_SCHEMES = frozenset({"git+https", "git", "http", "https", "git+http"})
_SPACE = re.compile(f"[{SPACE}]")


class Form(StrEnum):
    """How a repository was written, and so how npm writes it down."""

    SHORTCUT = "shortcut"
    SSH = "ssh"
    HTTPS = "https"
    GIT = "git"


class Hosted(msgspec.Struct, frozen=True):
    """A repository at a known host, and what of it is wanted. `auth` is a user and password, as escaped in the URL.

    Fields come unescaped from text anyone may have written: `user` may hold slashes and `project` may be empty.
    """

    host: Host
    user: str | None
    project: str
    committish: str | None
    form: Form
    auth: str = ""

    @property
    def _path(self) -> str:
        if self.host is Host.GIST:
            return self.project
        # npm really writes "null" for a short form without a user
        return f"{'null' if self.user is None else self.user}/{self.project}"

    @property
    def is_shortcut(self) -> bool:
        return self.form is Form.SHORTCUT

    def text(self, *, committish: bool = True) -> str:
        """The spec npm saves, in the form it was written in."""
        fragment = f"#{self.committish}" if committish and self.committish else ""
        match self.form:
            case Form.SHORTCUT:
                return f"{self.host}:{self._path}{fragment}"
            case Form.SSH:
                return f"git+ssh://git@{self.host.domain}/{self._path}.git{fragment}"
            case Form.GIT:
                auth = f"{self.auth}@" if self.auth and self.host is Host.GITHUB else ""
                return f"git://{auth}{self.host.domain}/{self._path}.git{fragment}"
            case Form.HTTPS if self.host is Host.SOURCEHUT:
                return f"https://{self.host.domain}/{self._path}{fragment}"
            case Form.HTTPS:
                auth = f"{self.auth}@" if self.auth and self.host is not Host.GIST else ""
                return f"git+https://{auth}{self.host.domain}/{self._path}.git{fragment}"

    def browse_url(self) -> str | None:
        """The repository's page; None where user or project are no plain path segments."""
        path = self._segments()
        return None if path is None else f"https://{self.host.domain}/{path}"

    def clone_url(self) -> str | None:
        """Where git fetches it from without a login; None as for `browse_url`."""
        page = self.browse_url()
        return page if page is None or self.host is Host.SOURCEHUT else f"{page}.git"

    def tarball_url(self, commit: str | None = None) -> str | None:
        """The archive of a commit, branch or tag, by default the one asked for or HEAD; None as for `browse_url`."""
        path = self._segments()
        wanted = encode_component(commit or self.committish or "HEAD")
        if path is None or wanted in {".", ".."}:
            return None
        domain = self.host.domain
        match self.host:
            case Host.GITHUB:
                return f"https://codeload.{domain}/{path}/tar.gz/{wanted}"
            case Host.GITLAB:
                project = encode_component(f"{self.user}/{self.project}")
                return f"https://{domain}/api/v4/projects/{project}/repository/archive.tar.gz?sha={wanted}"
            case Host.BITBUCKET:
                return f"https://{domain}/{path}/get/{wanted}.tar.gz"
            case Host.GIST:
                return f"https://codeload.github.com/gist/{path}/tar.gz/{wanted}"
            case Host.SOURCEHUT:
                return f"https://{domain}/{path}/archive/{wanted}.tar.gz"

    def _segments(self) -> str | None:
        """User and project as a URL path, escaped, so that no name can reach another place on the host."""
        parts = [self.project] if self.host is Host.GIST else [*(self.user or "").split("/"), self.project]
        if any(part in {"", ".", ".."} for part in parts):
            return None
        return "/".join(map(encode_component, parts))


def from_url(text: str) -> Hosted | None:
    """Read a short form or a URL at a known host; None for anything else."""
    url = _parse(f"github:{text}" if _is_github_shorthand(text) else text) if text else None
    if url is None:
        return None
    if url.scheme in _SHORTCUTS:
        return _from_shortcut(Host(url.scheme), url)
    host = _BY_DOMAIN.get(url.hostname.removeprefix("www."))
    if host is None or url.scheme not in _SCHEMES[host]:
        return None
    found = _EXTRACT[host](url)
    if found is None:
        return None
    user, project, committish = (part if part is None else decode_component(part) for part in found)
    if project is None or committish is None or (user is None and found[0] is not None):
        return None
    auth = ""
    if url.authority is not None and url.scheme in _AUTH_SCHEMES:
        auth = url.authority.credentials
    return Hosted(host, user, project, committish or None, _form(url.scheme), auth)


def from_repository(text: str) -> Hosted | None:
    """Read the `repository` URL of a package.json: like `from_url`, and any scheme will do for a known host."""
    found = from_url(text.removeprefix("git+"))
    if found is not None:
        return found
    url = parse_web_url(text)
    if url is None or not url.hostname:
        return None
    scheme = "http" if url.scheme == "git+http" else "https"
    return from_url(f"{scheme}://{url.hostname}{url.path.removesuffix('.git')}")


def _form(scheme: str) -> Form:
    if scheme in {"git+https", "https"}:
        return Form.HTTPS
    return Form.GIT if scheme == "git" else Form.SSH


def _is_github_shorthand(text: str) -> bool:
    """`user/repo#anything`: nothing before the # that would make it a path, a URL or a scoped name."""
    before = text.partition("#")[0]
    return (
        text.find("/") > 0  # even one after the #: to npm, "repo#a/b" is a repository without a user
        and before.count("/") <= 1
        and not before.endswith("/")
        and not text.startswith(".")
        and "@" not in before
        and ":" not in before
        and not _SPACE.search(before)
    )


def _parse(text: str) -> WebUrl | None:
    text = _with_slashes(text)
    return parse_web_url(text) or parse_web_url(_from_scp(text))


def _with_slashes(text: str) -> str:
    """`git:github.com:user/repo` → `git://github.com:user/repo`."""
    colon = text.find(":")
    if text[: max(colon, 0)] in _KNOWN_SCHEMES or (colon >= 0 and text.startswith("://", colon)):
        return text
    at = text.find("@")
    if at > colon:
        return f"git+ssh://{text}"
    return text if at >= 0 else f"{text[: colon + 1]}//{text[colon + 1 :]}"


def _from_scp(text: str) -> str:
    """`git@github.com:user/repo` → `git+ssh://git@github.com/user/repo`; what stands after a # is left alone."""
    before, mark, after = text.partition("#")
    if before.rfind(":") > before.rfind("@"):
        before = "/".join(before.rsplit(":", 1))
    text = f"{before}{mark}{after}"
    return f"git+ssh://{text}" if ":" not in before and "//" not in text else text


def _from_shortcut(host: Host, url: WebUrl) -> Hosted | None:
    path = url.path.removeprefix("/")
    path = path.partition("@")[2] if "@" in path else path
    user_text, _, project_text = path.rpartition("/")
    user, project = decode_component(user_text), decode_component(project_text)
    committish = decode_component(url.fragment or "")
    if user is None or project is None or committish is None:
        return None
    return Hosted(host, user or None, project.removesuffix(".git"), committish or None, Form.SHORTCUT)


_Found = tuple[str | None, str, str]


def _pieces(url: WebUrl, count: int) -> list[str | None]:
    pieces: list[str | None] = [*url.path.split("/")[1 : count + 1]]
    return pieces + [None] * (count - len(pieces))


def _owned(user: str | None, project: str | None, committish: str) -> _Found | None:
    project = (project or "").removesuffix(".git")
    return (user, project, committish) if user and project else None


def _github(url: WebUrl) -> _Found | None:
    user, project, kind, branch = _pieces(url, 4)
    if not kind:
        return _owned(user, project, url.fragment or "")
    # hosted-git-info decodes a missing branch to the text "undefined"
    return _owned(user, project, "undefined" if branch is None else branch) if kind == "tree" else None


def _gitlab(url: WebUrl) -> _Found | None:
    path = url.path.removeprefix("/")
    if "/-/" in path or "/archive.tar.gz" in path:
        return None
    user, _, project = path.rpartition("/")
    return _owned(user, project, url.fragment or "")


def _bitbucket(url: WebUrl) -> _Found | None:
    user, project, kind = _pieces(url, 3)
    return None if kind == "get" else _owned(user, project, url.fragment or "")


def _sourcehut(url: WebUrl) -> _Found | None:
    user, project, kind = _pieces(url, 3)
    return None if kind == "archive" else _owned(user, project, url.fragment or "")


def _gist(url: WebUrl) -> _Found | None:
    user, project, kind = _pieces(url, 3)
    if kind == "raw" or not (user or project):
        return None
    if not project:
        user, project = None, user
    return user, (project or "").removesuffix(".git"), url.fragment or ""


_EXTRACT: dict[Host, Callable[[WebUrl], _Found | None]] = {
    Host.GITHUB: _github,
    Host.GITLAB: _gitlab,
    Host.BITBUCKET: _bitbucket,
    Host.GIST: _gist,
    Host.SOURCEHUT: _sourcehut,
}
