"""Where a package stands among the popular ones, by the bundled list."""

import msgspec

from forecheck.evidence.public_registries import PublicRegistries
from forecheck.model import Package
from forecheck.popularity import Popularity
from forecheck.source import source


class Popular(msgspec.Struct, frozen=True):
    """`rank` counts from 1, `monthly` is downloads a month; None for a package that is not listed, or not counted.

    A private package that shares its name with a popular one is not listed.
    """

    rank: int | None
    monthly: int | None


@source()
def popular(package: Package, public: PublicRegistries, popularity: Popularity) -> Popular:
    """The package's place in the bundled list."""
    if not public.may_tell(package):
        return Popular(None, None)
    return Popular(popularity.rank(package.name), popularity.monthly_downloads(package.name))
