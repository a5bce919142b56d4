"""Which advisory sources a run asks, and what each of them answered for a release."""

from collections.abc import Callable
from datetime import timedelta

import msgspec

from forecheck.advisories.record import Advisory, AdvisoryStatus
from forecheck.evidence.public_registries import PublicRegistries
from forecheck.model import (
    FromBundle,
    FromGit,
    FromRegistry,
    FromTarball,
    Now,
    Release,
    Unavailable,
    UnavailableKind,
)
from forecheck.ports import AdvisoryStore
from forecheck.source import source


class AdvisorySources(msgspec.Struct, frozen=True):
    """Given to every run as context: what is asked always, and what may be asked instead of a database that is not
    there or is older than `max_age`.

    An empty `api` or a False `registry_endpoint` is never asked. `private` tells for a name and its registry whether
    the user called it private: then nothing public is about it.
    """

    private: Callable[[str, str], bool]
    database: bool = True
    api: str = "https://api.osv.dev"
    registry_endpoint: bool = True
    always_api: bool = False
    always_registry: bool = False
    max_age: timedelta = timedelta(days=7)


class DatabaseState(msgspec.Struct, frozen=True):
    """The database on this machine: what it holds, or why there is none to use; neither where it is not wanted."""

    status: AdvisoryStatus | None = None
    missing: Unavailable | None = None


class Asked(msgspec.Struct, frozen=True):
    """Which sources this run asks."""

    database: bool
    api: bool
    registry: bool


class Answer(msgspec.Struct, frozen=True):
    """What one source said of one release. Where it was `asked`, `missing` tells why it has no answer."""

    asked: bool = False
    records: tuple[Advisory, ...] = ()
    missing: Unavailable | None = None


@source(fetches=True)
def database_state(sources: AdvisorySources, store: AdvisoryStore) -> DatabaseState:
    """Whether there is a database that can be used; never unavailable itself."""
    if not sources.database:
        return DatabaseState()
    try:
        status = store.status()
    except Unavailable as missing:
        return DatabaseState(missing=missing)
    if status is None:
        reason = "there is no advisory database on this machine"
        return DatabaseState(missing=Unavailable(UnavailableKind.NOT_FOUND, reason))
    return DatabaseState(status)


@source()
def asked(sources: AdvisorySources, state: DatabaseState, now: Now) -> Asked:
    """The sources the user chose, and instead of a database that is missing or old, the others."""
    usable = state.status is not None
    current = usable and state.status is not None and state.status.fresh(now.at, sources.max_age)
    instead = sources.database and not current
    return Asked(
        database=usable,
        api=bool(sources.api) and (sources.always_api or instead),
        registry=sources.registry_endpoint and (sources.always_registry or instead),
    )


def nameable(release: Release, sources: AdvisorySources) -> bool:
    """Whether public records can be about the release: it has a name and version, and is nobody's private package."""
    match release.origin:
        case FromRegistry(url=url):
            return bool(release.version) and not sources.private(release.name, url)
        case FromGit() | FromTarball() | FromBundle():
            return bool(release.version)
        case _:
            return False


def tellable(release: Release, public: PublicRegistries) -> bool:
    """Whether a public service may be asked about the release by name."""
    package = release.package
    return package is not None and public.may_tell(package)
