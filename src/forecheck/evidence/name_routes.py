"""Which names are a company's own, and which registry they are looked up at."""

from collections.abc import Callable

import msgspec

from forecheck.model import Package


class NameRoutes(msgspec.Struct, frozen=True):
    """Given to every run as context.

    `private` tells of a name whether the user called its scope private. `is_public` tells of a registry's URL whether
    it is one of npm's. `may_ask` tells whether the public registry may be asked about a name that is not its own:
    the user has to have said so. `public` is that registry's URL; empty where nothing is to be asked. `others` are
    the registries that the user called private, as base URLs.
    """

    private: Callable[[str], bool]
    is_public: Callable[[str], bool]
    may_ask: Callable[[str], bool]
    public: str = "https://registry.npmjs.org"
    others: tuple[str, ...] = ()

    def is_internal(self, package: Package) -> bool:
        """Whether a package comes from a registry that is not npm's."""
        return not self.is_public(package.registry)
