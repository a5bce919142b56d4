"""What GitHub, GitLab and Bitbucket are asked, and how their answers are read."""

from datetime import timedelta
from typing import Any, Final

import msgspec

from forecheck.analysis.forge import Forge, Project, project_at
from forecheck.analysis.package_json import text
from forecheck.decode import Malformed, read_json
from forecheck.evidence.fetching import cache_key, fetch_cached
from forecheck.evidence.once import Once
from forecheck.model import Now, Unavailable, UnavailableKind
from forecheck.npm.jstext import encode_component
from forecheck.ports import Cache, Http, Request, Stored

FRESH_FOR: Final = timedelta(days=1)
_MAX_PROJECT: Final = 1024 * 1024
_MAX_MANIFEST: Final = 1024 * 1024
_MAX_TREE: Final = 32 * 1024 * 1024
_MOST_PATHS: Final = 5000
_LONGEST_NAME: Final = 214
_RAW: Final = "application/vnd.github.raw+json"


class ForgeSettings(msgspec.Struct, frozen=True):
    """Given to every run as context: where each forge's API is, and who may be asked.

    `files` serves single files of public GitHub repositories without counting requests (empty: not to be asked).
    `token` says that GitHub is asked with one. `most` is how many packages of a run are asked about at all.
    """

    github: str = "https://api.github.com"
    files: str = "https://raw.githubusercontent.com"
    gitlab: str = "https://gitlab.com"
    bitbucket: str = "https://api.bitbucket.org"
    enabled: frozenset[Forge] = frozenset(Forge)
    token: bool = False
    most: int = 40


class ProjectState(msgspec.Struct, frozen=True):
    """A repository as its forge describes it today; `path` differs from what was asked for after a move.

    `archived` and `stars` are None where the forge does not say. `branch` is the default one.
    """

    path: str
    archived: bool | None = None
    stars: int | None = None
    branch: str = "HEAD"


class Manifest(msgspec.Struct, frozen=True):
    """What counts of a package.json in a repository; the name is empty where it has none or is not JSON."""

    name: str = ""
    workspaces: tuple[str, ...] = ()


class Tree(msgspec.Struct, frozen=True):
    """Where a repository has a package.json outside of node_modules; `whole` unless the list was cut."""

    manifests: tuple[str, ...]
    whole: bool


class _Absent(msgspec.Struct, frozen=True):
    """Stands in the cache for an answer of 404."""


class _GitHub(msgspec.Struct, frozen=True):
    full_name: str
    archived: bool
    stargazers_count: int = 0


class _GitLab(msgspec.Struct, frozen=True):
    path_with_namespace: str
    archived: bool | None = None
    star_count: int | None = None


class _Branch(msgspec.Struct, frozen=True):
    name: str = "HEAD"


class _Bitbucket(msgspec.Struct, frozen=True):
    full_name: str
    mainbranch: _Branch | None = None


class _PackageJson(msgspec.Struct, frozen=True):
    name: Any = None
    workspaces: Any = None


class _Leaf(msgspec.Struct, frozen=True):
    path: str
    type: str


class _Tree(msgspec.Struct, frozen=True):
    tree: list[_Leaf]
    truncated: bool = False


class Forges:
    """The questions of one run, each asked once, its answer kept for a day; a 404 is an answer: None."""

    def __init__(self, settings: ForgeSettings, http: Http, cache: Cache, now: Now, once: Once) -> None:
        self._settings = settings
        self._http = http
        self._cache = cache
        self._now = now
        self._once = once

    def state(self, project: Project) -> ProjectState | None:
        """The repository; None where the forge shows none of that name to us."""
        url = project_url(self._settings, project)
        request = Request(url, project.forge.value, max_bytes=_MAX_PROJECT, same_host=True)
        found: ProjectState | None = self._once.get(
            project.key, lambda: self._ask(request, lambda body: read_state(body, project), ProjectState)
        )
        return found

    def manifest(self, project: Project, folder: str, branch: str) -> Manifest | None:
        """The package.json in a folder of the default branch; None where there is none."""
        if project.forge is Forge.GITHUB and not (self._settings.token or self._settings.files):
            raise Unavailable(UnavailableKind.UNSUPPORTED, "asking for files at GitHub is turned off")
        request = file_request(self._settings, project, f"{folder}/package.json".lstrip("/"), branch)
        found: Manifest | None = self._once.get(
            request.url, lambda: self._ask(request, read_manifest, Manifest)
        )
        return found

    def tree(self, project: Project) -> Tree:
        """Every package.json of a GitHub repository; UNSUPPORTED elsewhere, where it takes a request a folder."""
        if project.forge is not Forge.GITHUB:
            reason = f"{project.forge.domain} gives no list of a repository's files at once"
            raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
        url = f"{project_url(self._settings, project)}/git/trees/HEAD?recursive=1"
        request = Request(url, project.forge.value, max_bytes=_MAX_TREE, same_host=True)
        found = self._once.get(url, lambda: self._ask(request, read_tree, Tree))
        return found or Tree((), whole=True)

    def _ask(self, request: Request, decode: Any, kind: type) -> Any:
        absent = f"{cache_key(request, _Absent)}{':by-token' if self._settings.token else ''}"
        known = self._cache.get_many((absent,)).get(absent)
        if known is not None and timedelta(0) <= self._now.at - known.fetched_at < FRESH_FOR:
            return None
        try:
            return fetch_cached(self._http, self._cache, self._now, request, decode, kind, FRESH_FOR).value
        except Unavailable as missing:
            if missing.kind is not UnavailableKind.NOT_FOUND:
                raise
            self._cache.put(absent, Stored(b"", self._now.at))
            return None


def project_url(settings: ForgeSettings, project: Project) -> str:
    """The API's address of a repository."""
    match project.forge:
        case Forge.GITHUB:
            return f"{_base(settings.github)}/repos/{project.path}"
        case Forge.GITLAB:
            return f"{_base(settings.gitlab)}/api/v4/projects/{encode_component(project.path)}"
        case Forge.BITBUCKET:
            return f"{_base(settings.bitbucket)}/2.0/repositories/{project.path}"


def file_request(settings: ForgeSettings, project: Project, path: str, branch: str) -> Request:
    """The request for one file; with a token GitHub's API, which shows private repositories too."""
    escaped = "/".join(map(encode_component, path.split("/")))
    project_at_api = project_url(settings, project)
    source, accept = project.forge.value, "application/json, text/plain"
    if project.forge is Forge.GITHUB and settings.token:
        url, accept = f"{project_at_api}/contents/{escaped}", _RAW
    elif project.forge is Forge.GITHUB:
        url, source = f"{_base(settings.files)}/{project.path}/HEAD/{escaped}", "github-files"
    elif project.forge is Forge.GITLAB:
        url = f"{project_at_api}/repository/files/{encode_component(path)}/raw?ref=HEAD"
    else:
        safe = encode_component(branch) if branch.strip(".") else "HEAD"
        url = f"{project_at_api}/src/{safe}/{escaped}"
    return Request(url, source, accept, max_bytes=_MAX_MANIFEST, same_host=True)


def read_state(body: bytes, project: Project) -> ProjectState:
    """A forge's description of a repository; a path in it that makes no sense counts as the one asked for."""
    where = f"{project.forge.domain}'s answer"
    if project.forge is Forge.GITHUB:
        github = read_json(body, _GitHub, where, max_bytes=_MAX_PROJECT)
        state = ProjectState(github.full_name, github.archived, github.stargazers_count)
    elif project.forge is Forge.GITLAB:
        gitlab = read_json(body, _GitLab, where, max_bytes=_MAX_PROJECT)
        state = ProjectState(gitlab.path_with_namespace, gitlab.archived, gitlab.star_count)
    else:
        bitbucket = read_json(body, _Bitbucket, where, max_bytes=_MAX_PROJECT)
        branch = bitbucket.mainbranch.name if bitbucket.mainbranch else "HEAD"
        state = ProjectState(bitbucket.full_name, branch=branch)
    if project_at(project.forge, state.path) is None:
        return msgspec.structs.replace(state, path=project.path)
    return state


def read_manifest(body: bytes) -> Manifest:
    """A package.json of a repository; templates and comments in it are nobody's fault and give an empty one."""
    try:
        wire = read_json(body, _PackageJson, "package.json", max_bytes=_MAX_MANIFEST)
    except Malformed:
        return Manifest()
    patterns = wire.workspaces.get("packages") if isinstance(wire.workspaces, dict) else wire.workspaces
    listed = patterns if isinstance(patterns, list) else []
    return Manifest(
        name=text(wire.name)[:_LONGEST_NAME],
        workspaces=tuple(one for one in listed if isinstance(one, str))[:_MOST_PATHS],
    )


def read_tree(body: bytes) -> Tree:
    """GitHub's recursive listing, which it cuts at 100,000 entries."""
    wire = read_json(body, _Tree, "github.com's list of files", max_bytes=_MAX_TREE)
    paths = [
        leaf.path
        for leaf in wire.tree
        if leaf.type == "blob" and leaf.path.rpartition("/")[2] == "package.json"
    ]
    own = [path for path in paths if "node_modules" not in path.split("/")]
    return Tree(tuple(own[:_MOST_PATHS]), whole=not wire.truncated and len(own) <= _MOST_PATHS)


def _base(url: str) -> str:
    return url.removesuffix("/")
