"""Which proxy a request goes through (@npmcli/agent 4, proxy.js): the user's settings, then the environment."""

import base64
from collections.abc import Iterator

import msgspec

from forecheck.npm.config import NpmConfig
from forecheck.npm.jstext import decode_component, trim
from forecheck.npm.layers import LayerKind, Provenance, Reason, Refusal, Setting
from forecheck.npm.secret import Secret
from forecheck.npm.url import PORTS, Address, parse_address

_VARIABLES = frozenset({"https_proxy", "http_proxy", "proxy", "no_proxy"})


class Proxy(msgspec.Struct, frozen=True):
    """`url` is without user and password; `authorization` is the value of Proxy-Authorization, if any."""

    url: str
    scheme: str
    host: str
    port: int
    authorization: Secret | None = None


class ProxyRules(msgspec.Struct, frozen=True):
    """What was configured; `noproxy` are the host endings that are reached directly."""

    configured: Proxy | None
    for_https: Proxy | Refusal | None
    for_http: Proxy | Refusal | None
    noproxy: tuple[str, ...]
    refusals: tuple[Refusal, ...] = ()

    def for_url(self, url: str) -> Proxy | Refusal | None:
        """The proxy to use, None for a direct connection, a Refusal where the environment names none that works."""
        address = parse_address(url)
        if address is None or any(_ends_with(address.hostname, ending) for ending in self.noproxy):
            return None
        return self.configured or (self.for_https if address.scheme == "https" else self.for_http)


def proxy_rules(config: NpmConfig) -> ProxyRules:
    """One configured proxy serves http and https alike, `https-proxy` first; without one the environment decides."""
    env = {name.lower(): text for name, text in config.place.env.items() if name.lower() in _VARIABLES}
    refusals: list[Refusal] = []
    configured = _configured(config, "https-proxy", refusals) or _configured(config, "proxy", refusals)
    secure = env.get("https_proxy", "")
    plain = next((env[name] for name in ("https_proxy", "http_proxy", "proxy") if env.get(name)), "")
    endings = ",".join(_noproxy(config)) or env.get("no_proxy", "")
    return ProxyRules(
        configured,
        _from_environment("https_proxy", secure),
        _from_environment("http_proxy", plain),
        tuple(ending for part in endings.split(",") if (ending := trim(part))),
        tuple(refusals),
    )


def _configured(config: NpmConfig, key: str, refusals: list[Refusal]) -> Proxy | None:
    """The strongest layer's proxy that is an address; npm warns of others and looks further down."""
    for found in config.candidates(key):
        if isinstance(found, Refusal):
            continue
        if found.value is None or found.value is False:
            return None
        proxy = _proxy(found.text)
        if proxy is not None:
            return proxy
        refusals.append(Refusal(key, found.at, Reason.INVALID))
    return None


def _from_environment(name: str, text: str) -> Proxy | Refusal | None:
    if not text:
        return None
    return _proxy(text) or Refusal(name, Provenance(LayerKind.ENV), Reason.INVALID)


def _noproxy(config: NpmConfig) -> Iterator[str]:
    found = config.lookup("noproxy")
    if isinstance(found, Setting):
        values = found.value if isinstance(found.value, tuple) else (found.text,)
        yield from (str(value) for value in values if value)


def _proxy(text: str) -> Proxy | None:
    address = parse_address(trim(text), PORTS)
    if address is None:
        return None
    return Proxy(
        f"{address.scheme}://{address.hostname}:{address.port}",
        address.scheme,
        address.hostname,
        address.port,
        _authorization(address),
    )


def _authorization(address: Address) -> Secret | None:
    if not address.user:
        return None
    user, _, password = address.user.partition(":")
    # A percent sign that starts no escape makes node fail; the text as it stands is the likely meaning.
    plain = ":".join(part if (read := decode_component(part)) is None else read for part in (user, password))
    return Secret("Basic " + base64.b64encode(plain.encode()).decode())


def _ends_with(hostname: str, ending: str) -> bool:
    """Whether the last labels of `hostname` are those of `ending`; leading and doubled dots do not count."""
    wanted = [label for label in ending.split(".") if label]
    return bool(wanted) and hostname.split(".")[-len(wanted) :] == wanted
