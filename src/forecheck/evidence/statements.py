"""What a release says about itself where one can tell silence from a registry that does not pass it on."""

import msgspec

from forecheck.evidence.packument import Offers, Packument
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import Package, Release, Unavailable, UnavailableKind
from forecheck.source import source


class Statements(msgspec.Struct, frozen=True):
    """The version's own licence and repository, empty where its manifest has none."""

    license: str
    repository: str


class Readme(msgspec.Struct, frozen=True):
    """Whether the newest version of the package has a readme."""

    present: bool


@source()
def statements(_: Release, manifest: RegistryManifest) -> Statements:
    """Licence and repository; UNSUPPORTED from a registry that serves abbreviated documents only."""
    if not manifest.offers & Offers.FULL:
        reason = "the registry does not give whole manifests"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    return Statements(manifest.declared.license, manifest.declared.repository)


@source()
def readme(_: Package, packument: Packument) -> Readme:
    """The readme; UNSUPPORTED from a registry that keeps none."""
    if packument.readme is None:
        raise Unavailable(UnavailableKind.UNSUPPORTED, "the registry does not pass readmes on")
    return Readme(packument.readme)
