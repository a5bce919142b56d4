"""Whether the repository a release links to holds a package of its name."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from forecheck.analysis.forge import Link, Project, project_at
from forecheck.evidence.forge_api import Forges, ForgeSettings, Manifest
from forecheck.evidence.nearest import Nearest
from forecheck.evidence.once import Once
from forecheck.evidence.packument import Packument
from forecheck.evidence.public_registries import PublicRegistries
from forecheck.evidence.repository import linked, may_ask
from forecheck.model import Now, Release, Unavailable, UnavailableKind
from forecheck.ports import Cache, Http
from forecheck.source import source

_MOST_READ: Final = 10
"""How many of a monorepo's manifests are read: the folder is nearly always called after the package."""

_GUESSES: Final = 3
_ASIDE: Final = frozenset({"test", "tests", "__tests__", "fixtures", "__fixtures__", "example", "examples"})


class Membership(msgspec.Struct, frozen=True):
    """`found` in the default branch. Else `root` is the name in the repository's own package.json (empty without
    one), and `complete` says that no other package.json is left to read. `stars` is None where nobody counts.
    """

    link: Link
    found: bool
    root: str = ""
    complete: bool = False
    stars: int | None = None


@source(fetches=True)
def membership(
    release: Release,
    packument: Packument,
    public: PublicRegistries,
    nearest: Nearest,
    settings: ForgeSettings,
    http: Http,
    cache: Cache,
    now: Now,
    once: Once,
) -> Membership:
    """Look in the folder the manifest names, at the root, where workspaces usually are, then in the list of files."""
    link = linked(release, packument, public)
    may_ask(release, link, nearest, settings)
    return _search(release.name, link, Forges(settings, http, cache, now, once))


def _search(name: str, link: Link, forges: Forges) -> Membership:
    project, branch, stars, trouble = _whereabouts(link.project, forges)
    read: set[str] = set()

    def holds(folder: str) -> bool:
        read.add(folder)
        manifest = forges.manifest(project, folder, branch)
        return manifest is not None and manifest.name.casefold() == name.casefold()

    found = Membership(link, found=True, stars=stars)
    if (link.folder and holds(link.folder)) or holds(""):
        return found
    root = forges.manifest(project, "", branch)
    if any(holds(folder) for folder in _guesses(name, root) if folder not in read):
        return found
    if trouble is not None:  # without the forge's own word it may as well be gone
        raise trouble
    lost = msgspec.structs.replace(found, found=False, root=root.name if root is not None else "")
    try:
        tree = forges.tree(project)
    except Unavailable as missing:
        if missing.kind is UnavailableKind.UNSUPPORTED:
            return lost
        raise
    left = [folder for folder in _ranked(tree.manifests, name) if folder not in read]
    if any(holds(folder) for folder in left[:_MOST_READ]):
        return found
    return msgspec.structs.replace(lost, complete=tree.whole and len(left) <= _MOST_READ)


def _whereabouts(project: Project, forges: Forges) -> tuple[Project, str, int | None, Unavailable | None]:
    """The project under its name of today, its default branch and stars; or why its forge does not say."""
    try:
        state = forges.state(project)
    except Unavailable as trouble:  # files may be had all the same
        return project, "HEAD", None, trouble
    if state is None:
        raise Unavailable(UnavailableKind.NOT_FOUND, f"{project.label} is gone, or private")
    return project_at(project.forge, state.path) or project, state.branch, state.stars, None


def _guesses(name: str, root: Manifest | None) -> Iterator[str]:
    """Where a workspace of that name usually is; each costs a request that nobody counts."""
    if root is None:
        return
    bare = name.rpartition("/")[2]
    patterns = [one.removeprefix("./") for one in root.workspaces if not one.startswith("!")]
    named = [one for one in patterns if one.rpartition("/")[2] == bare and "*" not in one]
    globs = [one.removesuffix("*") + bare for one in patterns if one.endswith("/*") and one.count("*") == 1]
    unsafe = ("..", "")
    tried = [one for one in (*named, *globs, f"packages/{bare}") if not set(unsafe) & set(one.split("/"))]
    yield from list(dict.fromkeys(tried))[:_GUESSES]


def _ranked(manifests: Sequence[str], name: str) -> list[str]:
    """The folders that hold a package.json, those first that are called after the package."""
    folders = [path.rpartition("/")[0] for path in manifests]
    return sorted(folders, key=lambda folder: (_distance(folder, name), folder.count("/"), folder))


def _distance(folder: str, name: str) -> int:
    bare = name.rpartition("/")[2].casefold()
    joined = name.removeprefix("@").replace("/", "-").casefold()
    *above, last = folder.casefold().split("/")
    aside = 4 if _ASIDE & {*above, last} else 0
    if last == bare or folder.casefold().endswith(f"/{name.casefold()}"):
        return aside
    if last == joined:
        return aside + 1
    return aside + (2 if last and (last in bare or bare in last) else 3)
