"""Which registry a name belongs to, and with what credentials, certificates and proxy it is asked."""

from collections.abc import Mapping

import msgspec

from forecheck.npm.config import NpmConfig
from forecheck.npm.credentials import Credentials, Keyring, keyring
from forecheck.npm.layers import Provenance, Reason, Refusal, Setting
from forecheck.npm.proxies import Proxy, ProxyRules, proxy_rules
from forecheck.npm.secret import Secret
from forecheck.npm.url import is_public_registry, registry_address
from forecheck.npm.values import as_boolean, is_scope_route

PUBLIC_URL = "https://registry.npmjs.org/"


class RegistryRef(msgspec.Struct, frozen=True):
    """A registry: `url` ends with a slash and holds no user or password.

    `is_public` means registry.npmjs.org or registry.yarnpkg.com (the same content). Show `shown`, never `url`:
    they differ where an environment variable, perhaps a token, is part of the path. `at` is None for npm's default.
    """

    url: str
    is_public: bool
    shown: str
    at: Provenance | None = None

    def __repr__(self) -> str:
        return f"RegistryRef({self.shown!r})"


class TlsSettings(msgspec.Struct, frozen=True):
    """How to check the server and who to be for it.

    `ca_file` (a path) or `ca_pem` replace the machine's authorities, at most one of them is given. npm ignores a
    `ca_file` that does not exist. The client certificate is either files or texts.
    """

    strict_ssl: bool
    ca_file: str = ""
    ca_pem: tuple[str, ...] = ()
    cert_file: str = ""
    key_file: str = ""
    cert_pem: str = ""
    key_pem: Secret | None = None


class Registries(msgspec.Struct, frozen=True):
    """Everything that decides where a request goes, worked out once from the configuration.

    `default` serves unscoped names and scopes without a route. `lost` is set where a project's key with a variable
    may be the route of any scope. `private_scopes` are all scopes that any layer routes to a private registry.
    """

    default: RegistryRef | Refusal
    scopes: Mapping[str, RegistryRef | Refusal]
    lost: Refusal | None
    private_scopes: frozenset[str]
    keyring: Keyring
    proxies: ProxyRules
    tls: TlsSettings
    problems: tuple[Refusal, ...]

    @classmethod
    def from_config(cls, config: NpmConfig) -> "Registries":
        scopes = _scopes(config)
        keys, proxies = keyring(config), proxy_rules(config)
        default = _fallback_scope(config, scopes) or _default(config)
        lost = next(iter(config.hidden_routes()), None)
        routes = (default, *scopes.values())
        invalid = [ref for ref in routes if isinstance(ref, Refusal) and ref.reason is Reason.INVALID]
        return cls(
            default,
            scopes,
            lost,
            _private_scopes(config),
            keys,
            proxies,
            _tls(config),
            (*config.refusals, *dict.fromkeys(invalid), *keys.refusals, *proxies.refusals),
        )

    def registry_for(self, name: str) -> RegistryRef | Refusal:
        """Where npm would look for `name`; a Refusal where that is not known, and then nobody may be asked."""
        scope = scope_of(name)
        routed = self.scopes.get(scope) if scope else None
        return routed or (self.lost if scope else None) or self.default

    def refused_routes(self) -> tuple[Refusal, ...]:
        """Every route that is unknown. A lockfile worked out without them may take names to the wrong registry."""
        routes = (self.default, *self.scopes.values(), self.lost)
        return tuple(dict.fromkeys(route for route in routes if isinstance(route, Refusal)))

    def credentials_for(self, url: str) -> Credentials | None:
        """What may be sent to `url`, by the longest host and path it is bound to."""
        return self.keyring.for_url(url)

    def tls_for(self, url: str) -> TlsSettings:
        """The settings for `url`; a client certificate bound to its host and path comes before the general one."""
        own = self.credentials_for(url)
        if own is None or not own.certfile:
            return self.tls
        return msgspec.structs.replace(
            self.tls, cert_file=own.certfile, key_file=own.keyfile, cert_pem="", key_pem=None
        )

    def proxy_for(self, url: str) -> Proxy | Refusal | None:
        """The proxy for `url`, None for a direct connection."""
        return self.proxies.for_url(url)

    def may_tell_public(self, name: str, registry: str) -> bool:
        """Whether a public service may learn of `name`, which was found at `registry` (a base URL).

        Only if the name is looked up at the public registry anyway, was found there, and no layer, whichever of
        them wins, routes its scope to a private one.
        """
        routed = self.registry_for(name)
        return (
            isinstance(routed, RegistryRef)
            and routed.is_public
            and is_public_registry(registry)
            and scope_of(name) not in self.private_scopes
        )


def scope_of(name: str) -> str:
    """`@scope` of `@scope/name`, "" for an unscoped name."""
    return name.partition("/")[0] if name.startswith("@") and "/" in name else ""


def _reference(entry: Setting) -> RegistryRef | None:
    address = registry_address(entry.text)
    if address is None:
        return None
    expanded = isinstance(entry.value, Secret) and not address.user and bool(entry.written)
    shown = entry.written if expanded else address.text
    return RegistryRef(address.text, is_public_registry(address.text), shown, entry.at)


def _default(config: NpmConfig) -> RegistryRef | Refusal:
    """The effective `registry`. npm stops at one that is no address, so nothing weaker takes its place."""
    found = config.lookup("registry")
    if found is None:
        return RegistryRef(PUBLIC_URL, is_public=True, shown=PUBLIC_URL)
    if isinstance(found, Refusal):
        return found
    return _reference(found) or Refusal("registry", found.at, Reason.INVALID)


def _scopes(config: NpmConfig) -> dict[str, RegistryRef | Refusal]:
    routes: dict[str, RegistryRef | Refusal] = {}
    for key in sorted(filter(is_scope_route, config.set_keys())):
        found, scope = config.lookup(key), key.removesuffix(":registry")
        if isinstance(found, Refusal):
            routes[scope] = found
        elif found is not None and (found.text or isinstance(found.value, tuple)):
            routes[scope] = _reference(found) or Refusal(key, found.at, Reason.INVALID)
    return routes


def _fallback_scope(
    config: NpmConfig, scopes: Mapping[str, RegistryRef | Refusal]
) -> RegistryRef | Refusal | None:
    """With `scope` set, npm asks that scope's registry for every name without a route of its own."""
    found = config.lookup("scope")
    if not isinstance(found, Setting):
        return found
    return scopes.get(found.text if found.text.startswith("@") else f"@{found.text}")


def _private_scopes(config: NpmConfig) -> frozenset[str]:
    return frozenset(
        entry.key.removesuffix(":registry")
        for layer in config.layers
        for entry in layer.entries
        if is_scope_route(entry.key) and entry.text and not is_public_registry(entry.text)
    )


def _tls(config: NpmConfig) -> TlsSettings:
    strict = config.lookup("strict-ssl")
    cert, key = config.lookup("cert"), config.lookup("key")
    authorities = _authorities(config)
    return TlsSettings(
        as_boolean(strict.value) if isinstance(strict, Setting) else True,
        ca_file=authorities if isinstance(authorities, str) else "",
        ca_pem=authorities if isinstance(authorities, tuple) else (),
        cert_pem=cert.text if isinstance(cert, Setting) else "",
        key_pem=Secret(key.text) if isinstance(key, Setting) and key.text else None,
    )


def _authorities(config: NpmConfig) -> str | tuple[str, ...]:
    """`ca` and `cafile` undo one another: the strongest layer's counts, within a layer the later of the two."""
    for layer in config.own:
        for entry in reversed(layer.entries):
            if entry.key == "cafile" and entry.text:
                return entry.text
            if entry.key == "ca":
                values = entry.value if isinstance(entry.value, tuple) else (entry.text,)
                return tuple(str(value) for value in values if value)
    return ()
