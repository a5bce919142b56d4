"""Credentials bound to a host and path, as npm binds them (npm-registry-fetch 19, auth.js).

Stricter than npm in two ways. npm also sends a registry's credentials to any other path of the same host, and
over plain http as readily as over https. Here the path counts, and plain http gets them only where the user's
own configuration names that host's registry with http://, or on the machine itself.
"""

import base64
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from forecheck.npm.config import NpmConfig
from forecheck.npm.layers import Layer, LayerKind, Provenance, Reason, Refusal, Setting, strongest
from forecheck.npm.secret import Secret
from forecheck.npm.url import Address, parse_address, registry_address
from forecheck.npm.values import is_credential, is_scope_route


class AuthKind(StrEnum):
    """The scheme of the Authorization header; NONE where only a client certificate is configured."""

    BEARER = "Bearer"
    BASIC = "Basic"
    NONE = ""


class Credentials(msgspec.Struct, frozen=True):
    """What one `//host/path/` has configured; the secret part comes out through `header_for` only.

    `certfile` and `keyfile` are the paths of a client certificate, "" if none.
    """

    bound_to: str
    kind: AuthKind
    secret: Secret
    at: Provenance
    certfile: str = ""
    keyfile: str = ""
    plain_http: bool = False

    def covers(self, url: str) -> bool:
        """Whether these credentials may go to `url`: same host and port, below the path, not in the clear."""
        address = parse_address(url)
        if address is None or not (address.scheme == "https" or self.plain_http or address.is_loopback):
            return False
        return self.bound_to in address.prefixes()

    def header_for(self, url: str) -> str | None:
        """The value of the Authorization header for a request to `url`; None if it is not theirs to have.

        Ask again for the target of a redirect.
        """
        if self.kind is AuthKind.NONE or not self.covers(url):
            return None
        return f"{self.kind.value} {self.secret.reveal()}"


class Keyring(msgspec.Struct, frozen=True):
    """All usable credentials by what they are bound to, and those that cannot be used."""

    bound: Mapping[str, Credentials]
    refusals: tuple[Refusal, ...] = ()

    def for_url(self, url: str) -> Credentials | None:
        """Those bound to the longest prefix of `url`'s host and path; None too if they must not go there."""
        address = parse_address(url)
        keys = address.prefixes() if address is not None else ()
        found = next((self.bound[key] for key in keys if key in self.bound), None)
        return found if found is not None and found.covers(url) else None


def keyring(config: NpmConfig) -> Keyring:
    """Collect the credentials of all layers. The project's own are used for hosts the user has none for."""
    project = tuple(layer for layer in config.layers if layer.kind is LayerKind.PROJECT)
    own_http = _http_hosts(config.own)
    bound: dict[str, Credentials] = {}
    refusals: list[Refusal] = []
    taken = config.owned_hosts
    for layers, http_hosts, barred in (
        (config.own, own_http, frozenset[str]()),
        (project, own_http | _http_hosts(project), taken),
    ):
        for prefix, parts in _grouped(config, layers).items():
            made = _made(prefix, parts, plain_http=prefix[2:].split("/", 1)[0] in http_hosts)
            if isinstance(made, Refusal):
                refusals.append(made)
            elif made is not None:
                bound[prefix] = made
        for credentials in _in_addresses(config, layers, http_hosts, barred):
            bound.setdefault(credentials.bound_to, credentials)
    return Keyring(bound, tuple(refusals))


def _grouped(config: NpmConfig, layers: tuple[Layer, ...]) -> dict[str, dict[str, Setting]]:
    """Per `//host/path/` its parts, each from the strongest of `layers` that has it; refused ones are left out."""
    groups: dict[str, dict[str, Setting]] = {}
    for key in sorted({entry.key for layer in layers for entry in layer.entries if is_credential(entry.key)}):
        found = strongest(layers, key)
        if found is not None and config.refusal_of(found) is None:
            prefix, _, name = key.rpartition(":")
            groups.setdefault(prefix, {})[name] = found
    return groups


def _made(prefix: str, parts: dict[str, Setting], *, plain_http: bool) -> Credentials | Refusal | None:
    texts = {name: part.text for name, part in parts.items() if part.text}
    kind, secret, source = AuthKind.NONE, "", ""
    if "_authToken" in texts:
        kind, secret, source = AuthKind.BEARER, texts["_authToken"], "_authToken"
    elif "_auth" in texts:
        kind, secret, source = AuthKind.BASIC, texts["_auth"], "_auth"
    elif "username" in texts and "_password" in texts:
        password = _decoded(texts["_password"])
        kind, secret, source = AuthKind.BASIC, _encoded(f"{texts['username']}:{password}"), "_password"
    certificate = ("certfile" in texts and "keyfile" in texts) and (texts["certfile"], texts["keyfile"])
    if not source and not certificate:
        return None
    at = parts[source or "certfile"].at
    if not (secret.isascii() and secret.isprintable()):
        return Refusal(f"{prefix}:{source}", at, Reason.UNSENDABLE)
    certfile, keyfile = certificate or ("", "")
    return Credentials(prefix, kind, Secret(secret), at, certfile, keyfile, plain_http)


def _in_addresses(
    config: NpmConfig, layers: tuple[Layer, ...], http_hosts: frozenset[str], barred: frozenset[str]
) -> list[Credentials]:
    """User and password written into a registry's address: npm sends them as they are written there."""
    found: list[Credentials] = []
    for entry, address in _registries(layers):
        if address.user and config.refusal_of(entry) is None and address.host not in barred:
            secret = Secret(_encoded(address.user if ":" in address.user else f"{address.user}:"))
            prefix = f"//{address.host}{address.path}"
            plain_http = address.host in http_hosts
            found.append(Credentials(prefix, AuthKind.BASIC, secret, entry.at, plain_http=plain_http))
    return found


def _http_hosts(layers: tuple[Layer, ...]) -> frozenset[str]:
    return frozenset(address.host for _, address in _registries(layers) if address.scheme == "http")


def _registries(layers: tuple[Layer, ...]) -> list[tuple[Setting, Address]]:
    named = [
        (entry, registry_address(entry.text))
        for layer in layers
        for entry in layer.entries
        if entry.key == "registry" or is_scope_route(entry.key)
    ]
    return [(entry, address) for entry, address in named if address is not None]


def _decoded(text: str) -> str:
    """Base64 as node's Buffer reads it: URL-safe letters too, anything else skipped, the end at the first `=`."""
    letters = text.partition("=")[0].replace("-", "+").replace("_", "/")
    kept = "".join(char for char in letters if char.isascii() and (char.isalnum() or char in "+/"))
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    return base64.b64decode(kept + "=" * (-len(kept) % 4)).decode("utf-8", "replace")


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
