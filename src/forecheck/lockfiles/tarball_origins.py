"""Whether a tarball URL is the registry's own, for managers that fetch the URL as the lockfile writes it."""

from forecheck.lockfiles.origins import PUBLIC_HOSTS, RegistryFor, origin_of
from forecheck.model import FromRegistry, Origin

_PUBLIC_BASES = tuple(f"https://{host}/" for host in PUBLIC_HOSTS)


class TarballOrigins:
    """Remembers the registry of every name, so that a lockfile of one registry costs one comparison an entry.

    Unlike npm, neither yarn nor pnpm exchanges the public registry's host for the configured one: a URL there is
    the public registry's, whatever is configured.
    """

    def __init__(self, registry_for: RegistryFor) -> None:
        self._registry_for = registry_for
        self._by_name: dict[str, FromRegistry] = {}
        self._by_url: dict[str, FromRegistry] = {}

    def registry(self, name: str) -> FromRegistry:
        """The configured registry of a package."""
        found = self._by_name.get(name)
        if found is None:
            found = self._by_name[name] = self._at(self._registry_for(name))
        return found

    def of_version(self, name: str, version: str) -> Origin:
        """The origin of what a file names by version alone; no registry has a version that is none."""
        return origin_of(name, version, "", lambda _: self.registry(name).url)

    def of_url(self, name: str, version: str, url: str) -> Origin:
        """The registry whose tarball of that very name and version the URL is; else a tarball from somewhere."""
        configured = self.registry(name)
        own = f"{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
        if url.endswith(own):
            base = url[: -len(own)]
            if base == configured.url:
                return configured
            if base in _PUBLIC_BASES:
                return self._public(configured)
        at_public = origin_of(name, version, url, lambda _: _PUBLIC_BASES[0])
        if isinstance(at_public, FromRegistry):
            return self._public(configured)
        return origin_of(name, version, url, lambda _: configured.url)

    def _public(self, configured: FromRegistry) -> FromRegistry:
        return configured if configured.url in _PUBLIC_BASES else self._at(_PUBLIC_BASES[0])

    def _at(self, url: str) -> FromRegistry:
        found = self._by_url.get(url)
        if found is None:
            found = self._by_url[url] = FromRegistry(url)
        return found
