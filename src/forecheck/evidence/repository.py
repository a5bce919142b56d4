"""The repository a release links to, as its forge shows it today."""

import msgspec

from forecheck.analysis.forge import Link, link_of
from forecheck.evidence.forge_api import Forges, ForgeSettings, ProjectState
from forecheck.evidence.nearest import Nearest
from forecheck.evidence.once import Once
from forecheck.evidence.packument import Offers, Packument, document_of
from forecheck.evidence.public_registries import PublicRegistries
from forecheck.evidence.registry_manifest import listed
from forecheck.model import Now, Release, Unavailable, UnavailableKind
from forecheck.ports import Cache, Http
from forecheck.source import source


class Repository(msgspec.Struct, frozen=True):
    """`state` is None where the forge shows no such repository: it is gone, or private and not for us to see."""

    link: Link
    state: ProjectState | None
    by_token: bool = False


@source(fetches=True)
def repository(
    release: Release,
    packument: Packument,
    public: PublicRegistries,
    nearest: Nearest,
    settings: ForgeSettings,
    http: Http,
    cache: Cache,
    now: Now,
    once: Once,
) -> Repository:
    """The forge's word, not older than a day; asked about public packages and the nearest releases only."""
    link = linked(release, packument, public)
    may_ask(release, link, nearest, settings)
    state = Forges(settings, http, cache, now, once).state(link.project)
    return Repository(link, state, by_token=settings.token)


def linked(release: Release, packument: Packument, public: PublicRegistries) -> Link:
    """Where the manifest says the source is; raises `Unavailable` (UNSUPPORTED) where that leads to no forge."""
    if not packument.offers & Offers.FULL:
        raise _unsupported("the registry does not give whole manifests")
    declared = document_of(listed(packument, release.version)).declared
    if not declared.repository:
        raise _unsupported("the manifest names no repository")
    if release.package is None or not public.may_tell(release.package):
        raise _unsupported("no public service is asked about a private package")
    link = link_of(declared.repository, declared.directory)
    if link is None:
        raise _unsupported("the repository is at none of GitHub, GitLab and Bitbucket")
    return link


def may_ask(release: Release, link: Link, nearest: Nearest, settings: ForgeSettings) -> None:
    """Raise `Unavailable` where the link's forge is turned off, or the release is too far from the project."""
    forge = link.project.forge
    if forge not in settings.enabled:
        raise _unsupported(f"asking {forge.domain} is turned off")
    if release not in nearest.releases:
        more = "" if settings.token else "; with GITHUB_TOKEN there are more"
        reason = f"forges are asked about the {nearest.most} packages nearest to the project{more}"
        raise _unsupported(reason)


def _unsupported(reason: str) -> Unavailable:
    return Unavailable(UnavailableKind.UNSUPPORTED, reason)
