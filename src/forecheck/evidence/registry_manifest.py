"""The manifest of one version as its registry gives it; the tarball may say something else."""

import msgspec

from forecheck.analysis.package_json import PackageJson, Person
from forecheck.evidence.packument import Dist, Offers, Packument, Publisher, Row, document_of, moment
from forecheck.model import Release, Unavailable, UnavailableKind
from forecheck.source import source


class RegistryManifest(msgspec.Struct, frozen=True):
    """What the registry's document of this version says.

    `deprecated` is the reason, empty where there is none. `install_script` is the registry's claim (None: none
    made). `publisher` and `maintainers` are those of the moment it was published (None: not given). `offers`
    tells what this registry's documents hold at all.
    """

    declared: PackageJson
    dist: Dist
    deprecated: str
    install_script: bool | None
    publisher: Publisher | None
    maintainers: tuple[Person, ...] | None
    offers: Offers


@source()
def registry_manifest(release: Release, packument: Packument) -> RegistryManifest:
    """The registry's document of the version; NOT_FOUND where it does not list it (any more)."""
    return manifest_of(packument, listed(packument, release.version))


def listed(packument: Packument, version: str) -> Row:
    """The row of a version; raises `Unavailable` (NOT_FOUND) if the registry does not list it."""
    row = packument.row(version)
    if row is not None:
        return row
    if packument.unpublished is not None:
        when = moment(packument.unpublished).date()
        reason = f"every version of {packument.name} was unpublished on {when}"
    else:
        reason = f"the registry does not list {version or 'this version'} of {packument.name}"
    raise Unavailable(UnavailableKind.NOT_FOUND, reason)


def manifest_of(packument: Packument, row: Row) -> RegistryManifest:
    """One version of a packument, with the people it points to."""
    document = document_of(row)
    return RegistryManifest(
        declared=document.declared,
        dist=document.dist,
        deprecated=document.deprecated,
        install_script=document.install_script,
        publisher=packument.publisher(row),
        maintainers=packument.team(row),
        offers=packument.offers,
    )
