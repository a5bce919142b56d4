"""Which names may be told to services beside the registry they come from."""

from collections.abc import Callable

import msgspec

from forecheck.model import Package


class PublicRegistries(msgspec.Struct, frozen=True):
    """Given to every run as context. `public` tells for a name and the registry it comes from whether both are
    public: the name of a private package is itself a secret, and an invitation to publish it.
    """

    public: Callable[[str, str], bool]

    def may_tell(self, package: Package) -> bool:
        """Whether a public service may learn of the package."""
        return self.public(package.name, package.registry)
