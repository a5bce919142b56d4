"""What a registry says today about a version that was published some time ago."""

import msgspec

from forecheck.evidence.packument import Offers, Packument, document_of
from forecheck.evidence.registry_manifest import listed
from forecheck.model import Release, Unavailable, UnavailableKind
from forecheck.source import source


class Standing(msgspec.Struct, frozen=True):
    """`deprecated` is the reason given, empty for a version in good standing. `successor` is the highest version
    that is not deprecated, empty if there is none.
    """

    deprecated: str
    successor: str


@source()
def standing(release: Release, packument: Packument) -> Standing:
    """The version's standing; UNSUPPORTED from a registry that passes no deprecations on.

    What the registry said some time ago is enough to condemn a version, not to clear it.
    """
    row = listed(packument, release.version)
    if row.deprecated:
        sound = (other for other in reversed(packument.rows) if not (other.deprecated or other.prerelease))
        successor = next(sound, None)
        return Standing(document_of(row).deprecated, successor.version if successor else "")
    if not packument.offers & Offers.DEPRECATIONS:
        reason = "the registry does not pass on which versions are deprecated"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    if packument.stale_since is not None:
        reason = f"the registry could not be asked; what it said until {packument.stale_since.date()} is all there is"
        raise Unavailable(UnavailableKind.OFFLINE, reason)
    return Standing("", "")
