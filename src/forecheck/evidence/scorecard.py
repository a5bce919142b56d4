"""What OpenSSF Scorecard found in the repository a release links to."""

from datetime import timedelta
from typing import Final

import msgspec

from forecheck.analysis.forge import Forge
from forecheck.decode import read_json
from forecheck.evidence.fetching import fetch_cached
from forecheck.evidence.forge_api import ForgeSettings
from forecheck.evidence.nearest import Nearest
from forecheck.evidence.once import Once
from forecheck.evidence.packument import Packument
from forecheck.evidence.public_registries import PublicRegistries
from forecheck.evidence.repository import linked, may_ask
from forecheck.model import Now, Release, Unavailable, UnavailableKind
from forecheck.ports import Cache, Http, Request
from forecheck.source import source

FRESH_FOR: Final = timedelta(days=1)
_MAX_BYTES: Final = 1024 * 1024


class ScorecardSettings(msgspec.Struct, frozen=True):
    """Given to every run as context: where the results are, and whether they are asked for."""

    url: str = "https://api.scorecard.dev"
    enabled: bool = True


class Score(msgspec.Struct, frozen=True):
    """One check of Scorecard's: 0 to 10, -1 where it could not tell."""

    name: str
    score: int


class Scorecard(msgspec.Struct, frozen=True):
    """`score` is the weighted mean of the checks, 0 to 10; `date` as the service writes it."""

    project: str
    score: float
    checks: tuple[Score, ...]
    date: str


class _Wire(msgspec.Struct, frozen=True):
    score: float
    checks: list[Score] = []
    date: str = ""


@source(fetches=True)
def scorecard(
    release: Release,
    packument: Packument,
    public: PublicRegistries,
    nearest: Nearest,
    forges: ForgeSettings,
    settings: ScorecardSettings,
    http: Http,
    cache: Cache,
    now: Now,
    once: Once,
) -> Scorecard:
    """The published result; UNSUPPORTED for a repository that nobody has scored."""
    link = linked(release, packument, public)
    if not settings.enabled:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "asking for Scorecard results is turned off")
    may_ask(release, link, nearest, forges)
    project = link.project
    if project.forge is Forge.BITBUCKET or project.path.count("/") != 1:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "Scorecard has results for GitHub and GitLab only")
    url = f"{settings.url.removesuffix('/')}/projects/{project.label}"
    request = Request(url, "scorecard", max_bytes=_MAX_BYTES)

    def decode(body: bytes) -> Scorecard:
        wire = read_json(body, _Wire, "the Scorecard result", max_bytes=_MAX_BYTES)
        return Scorecard(project.label, wire.score, tuple(wire.checks), wire.date)

    def ask() -> Scorecard:
        return fetch_cached(http, cache, now, request, decode, Scorecard, FRESH_FOR).value

    try:
        return once.get(("scorecard", project.key), ask)
    except Unavailable as missing:
        if missing.kind is UnavailableKind.NOT_FOUND:
            reason = f"Scorecard has no result for {project.label}"
            raise Unavailable(UnavailableKind.UNSUPPORTED, reason) from None
        raise
