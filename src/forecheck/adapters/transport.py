"""One exchange on the wire, over pooled urllib3 connections. Imported when the first request goes out."""

import threading
from collections.abc import Callable, Mapping

import urllib3
from urllib3.exceptions import HTTPError, InsecureRequestWarning
from urllib3.response import BaseHTTPResponse

from forecheck.adapters.answers import Answer
from forecheck.adapters.bodies import read_body, too_large
from forecheck.adapters.connections import IDLE_SECONDS, Unreached, pool_classes
from forecheck.adapters.failures import address_of
from forecheck.adapters.names import Names, NoAddress, is_ip, is_public
from forecheck.adapters.tls import context_for
from forecheck.adapters.troubles import explain, proxy_wants_login
from forecheck.model import Unavailable, UnavailableKind
from forecheck.npm.proxies import Proxy
from forecheck.npm.registries import TlsSettings
from forecheck.npm.url import Address

_CONNECT_SECONDS = 5.0
_LEAST_SECONDS = 0.001  # urllib3 takes no timeout of zero
_CHUNK = 64 * 1024
_SMALL = 64 * 1024  # error pages up to here are read to the end, so that the connection can be used again
_POOLS = 64  # hosts to keep connections to at once

Left = Callable[[], float]


class Transport:
    """Pools per proxy and TLS settings, `concurrency` connections per host. Safe for threads."""

    def __init__(self, concurrency: int, names: Names) -> None:
        self._concurrency = concurrency
        self._names = names
        self._lock = threading.Lock()
        self._managers: dict[tuple[Proxy | None, TlsSettings], urllib3.PoolManager] = {}
        self._call = threading.local()
        self._pool_classes = pool_classes(names, lambda: float(self._call.left()))

    def exchange(
        self,
        url: str,
        headers: Mapping[str, str],
        max_bytes: int,
        tls: TlsSettings,
        proxy: Proxy | None,
        left: Left,
        body: bytes = b"",
    ) -> Answer:
        """One GET, or POST of a body, redirects not followed. `left` gives the seconds that remain for it.

        Raises `Broken` where another attempt may help and `Unavailable` where it cannot.
        """
        host = address_of(url).host
        manager = self._manager(proxy, tls)
        self._call.left = left
        seconds = max(left(), _LEAST_SECONDS)
        timeout = urllib3.Timeout(connect=min(seconds, _CONNECT_SECONDS), read=min(seconds, IDLE_SECONDS))
        try:
            response = manager.urlopen(
                "POST" if body else "GET",
                url,
                body=body or None,
                redirect=False,
                headers=headers,
                timeout=timeout,
                retries=False,
                preload_content=False,
                decode_content=False,
            )
            answer = _read(response, host, max_bytes, with_credentials="Authorization" in headers)
        except (HTTPError, Unreached) as error:
            raise explain(error, host, _shown(proxy)) from None
        if proxy is not None and answer.status == 407:
            raise proxy_wants_login(_shown(proxy))
        return answer

    def is_public(self, address: Address, proxy: Proxy | None, left: Left) -> bool:
        """Whether a host is one of the internet's. What only a proxy can look up counts as such."""
        name = address.hostname.strip("[]")
        if name == "localhost" or name.endswith(".localhost"):
            return False
        if is_ip(name):
            return is_public(name)
        if proxy is not None:
            return True
        try:
            return all(map(is_public, self._names.addresses(name, left())))
        except (NoAddress, TimeoutError):  # then nothing will be sent there either
            return True

    def close(self) -> None:
        with self._lock:
            for manager in self._managers.values():
                manager.clear()
            self._managers.clear()

    def _manager(self, proxy: Proxy | None, tls: TlsSettings) -> urllib3.PoolManager:
        with self._lock:
            if (proxy, tls) not in self._managers:
                self._managers[proxy, tls] = self._new_manager(proxy, tls)
            return self._managers[proxy, tls]

    def _new_manager(self, proxy: Proxy | None, tls: TlsSettings) -> urllib3.PoolManager:
        context = context_for(tls)
        if not tls.strict_ssl:  # the user's choice, which `doctor` speaks about; not a warning per request
            urllib3.disable_warnings(InsecureRequestWarning)
        if proxy is None:
            manager = urllib3.PoolManager(_POOLS, maxsize=self._concurrency, ssl_context=context)
        elif proxy.scheme in ("http", "https"):
            login = {"Proxy-Authorization": proxy.authorization.reveal()} if proxy.authorization else None
            manager = urllib3.ProxyManager(
                proxy.url,
                _POOLS,
                proxy_headers=login,
                proxy_ssl_context=context,
                maxsize=self._concurrency,
                ssl_context=context,
            )
        else:
            raise Unavailable(
                UnavailableKind.UNSUPPORTED, f"{proxy.scheme} proxies ({proxy.host}) are not supported"
            )
        manager.pool_classes_by_scheme = self._pool_classes
        return manager


def _shown(proxy: Proxy | None) -> str:
    return f"{proxy.host}:{proxy.port}" if proxy else ""


def _read(response: BaseHTTPResponse, host: str, max_bytes: int, *, with_credentials: bool) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    body = b""
    try:
        if response.status != 200:
            _discard(response)
        elif (response.length_remaining or 0) > max_bytes:
            raise too_large(host, max_bytes)
        else:
            chunks = response.stream(_CHUNK, decode_content=False)
            body = read_body(chunks, headers.get("content-encoding", ""), max_bytes, host)
    except BaseException:
        response.close()
        raise
    finally:
        response.release_conn()
    return Answer(host, response.status, headers, body, with_credentials)


def _discard(response: BaseHTTPResponse) -> None:
    """Nobody needs an error's text, but read to its end the connection can serve the next request."""
    try:
        if len(response.read(_SMALL + 1, decode_content=False)) > _SMALL:
            response.close()
    except HTTPError:
        response.close()
