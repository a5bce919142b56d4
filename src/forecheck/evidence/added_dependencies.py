"""Dependencies that a release has and the version before it had not, and how old those packages are."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from forecheck.analysis.dependency_spec import Place, place_of, registry_name
from forecheck.evidence.packument import Freshness, Packument, moment
from forecheck.evidence.packument import packument as fetch_packument
from forecheck.evidence.predecessor import Predecessor
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import FromRegistry, Now, Package, Release, Unavailable
from forecheck.ports import Cache, Http
from forecheck.source import source

LOOKED_AT: Final = timedelta(days=90)
"""In older releases an addition is old news, and nobody has to be asked about it."""


class AddedDependency(msgspec.Struct, frozen=True):
    """`first` is when the package's oldest listed version was published; None where that is not known, and then
    `unknown` says why. `related`: an account that maintained or published the release's package before also does
    so for this one.
    """

    name: str
    section: str
    first: datetime | None
    unknown: str = ""
    related: bool = False


class AddedDependencies(msgspec.Struct, frozen=True):
    """What was added since version `since`, which is empty for a package's first version. `at` is when the
    release was published, None where that is not known.
    """

    since: str
    at: datetime | None
    items: tuple[AddedDependency, ...] = ()


@source(fetches=True)
def added_dependencies(
    release: Release,
    manifest: RegistryManifest,
    predecessor: Predecessor,
    http: Http,
    cache: Cache,
    now: Now,
    freshness: Freshness,
) -> AddedDependencies:
    """The additions among what comes from the registry; the rest is another check's matter.

    They are asked about at the release's own registry, which knows their names from its manifest anyway.
    """
    if predecessor.main is None:
        return AddedDependencies("", predecessor.at)
    since = predecessor.main.version
    if predecessor.at is not None and now.at - predecessor.at > LOOKED_AT:
        return AddedDependencies(since, predecessor.at)
    known = {
        registry_name(name, wanted)
        for earlier in predecessor.all()
        for _, specs in earlier.manifest.declared.sections()
        for name, wanted in specs.items()
    }
    registry = release.origin.url if isinstance(release.origin, FromRegistry) else ""
    accounts = _accounts(predecessor)
    items = []
    for section, name in _declared(manifest):
        if name in known:
            continue
        try:
            found = fetch_packument(Package(name, registry), http, cache, now, freshness)
        except Unavailable as missing:
            items.append(AddedDependency(name, section, None, missing.reason))
            continue
        items.append(_described(name, section, found, accounts))
    return AddedDependencies(since, predecessor.at, tuple(items))


def _declared(manifest: RegistryManifest) -> Iterator[tuple[str, str]]:
    """Section and registry package of each dependency, each package once."""
    seen: set[str] = set()
    for section, specs in manifest.declared.sections():
        for name, wanted in specs.items():
            real = registry_name(name, wanted)
            if place_of(wanted) is Place.REGISTRY and real not in seen:
                seen.add(real)
                yield section, real


def _accounts(predecessor: Predecessor) -> frozenset[str]:
    """Who maintained or published the package up to the version before: what changed since does not count."""
    names = {person.name for earlier in predecessor.all() for person in earlier.manifest.maintainers or ()}
    publishers = (earlier.manifest.publisher for earlier in predecessor.all())
    names.update(one.name for one in publishers if one is not None and not one.trusted)
    return frozenset(names - {""})


def _described(name: str, section: str, found: Packument, accounts: frozenset[str]) -> AddedDependency:
    times = [row.at for row in found.rows if row.at is not None]
    if not found.has_times or not times:
        reason = f"the registry does not say when {name} was published"
        return AddedDependency(name, section, None, reason)
    theirs = {one.name for one in found.publishers if not one.trusted}
    theirs.update(person.name for team in found.teams for person in team)
    return AddedDependency(name, section, moment(min(times)), related=not accounts.isdisjoint(theirs))
