"""Who maintained a package when a release was published, and when the version before it was."""

from datetime import datetime

import msgspec

from forecheck.analysis.package_json import Person
from forecheck.evidence.packument import Publisher
from forecheck.evidence.predecessor import Predecessor
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import Release, Unavailable, UnavailableKind
from forecheck.source import source


class Team(msgspec.Struct, frozen=True):
    """`before` are the maintainers at version `since`, which is empty for a first version; `after` those at the
    release, which `publisher` published at `at` (either None where that is not known). `by_machine_before`: the
    version before was published by a CI system with trusted publishing.
    """

    since: str
    before: tuple[Person, ...]
    after: tuple[Person, ...]
    publisher: Publisher | None
    at: datetime | None
    by_machine_before: bool = False


@source()
def team(_: Release, manifest: RegistryManifest, predecessor: Predecessor) -> Team:
    """The maintainers; UNSUPPORTED where the registry does not name them at either version."""
    main = predecessor.main
    if main is None:
        return Team("", (), manifest.maintainers or (), manifest.publisher, predecessor.at)
    if not main.manifest.maintainers or not manifest.maintainers:
        reason = "the registry does not name the maintainers of both versions"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    before, after = main.manifest.maintainers, manifest.maintainers
    publisher = main.manifest.publisher
    machine = publisher is not None and bool(publisher.trusted)
    return Team(main.version, before, after, manifest.publisher, predecessor.at, machine)
