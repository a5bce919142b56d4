"""The account that published a release."""

import msgspec

from forecheck.evidence.packument import Publisher
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import Release, Unavailable, UnavailableKind
from forecheck.source import source


class PublishedBy(msgspec.Struct, frozen=True):
    """Who published it, as the registry recorded at that moment."""

    publisher: Publisher


@source()
def published_by(_: Release, manifest: RegistryManifest) -> PublishedBy:
    """The publisher; UNSUPPORTED where the registry does not name one."""
    if manifest.publisher is None:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "the registry does not say who published a release")
    return PublishedBy(manifest.publisher)
