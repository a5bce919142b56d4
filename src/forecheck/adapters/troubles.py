"""From an exception of the network stack to one plain sentence and what to do next."""

import http.client
import re
import ssl

from urllib3.exceptions import (
    HTTPError,
    IncompleteRead,
    InvalidChunkLength,
    ProtocolError,
    ProxyError,
    SSLError,
    TimeoutError,  # noqa: A004  (urllib3's name for it)
)

from forecheck.adapters.connections import Unreached
from forecheck.adapters.failures import Broken, Retry
from forecheck.model import UnavailableKind

OFFLINE = UnavailableKind.OFFLINE
MALFORMED = UnavailableKind.MALFORMED


def explain(error: HTTPError | Unreached, host: str, proxy: str) -> Broken:
    """`host` and `proxy` (empty: none) are as shown to the user, without credentials."""
    if isinstance(error, Unreached):
        where = f"the proxy {proxy}" if error.proxied else host
        retry = Retry.NEVER if error.final else Retry.UNREACHED
        return Broken(f"{where} cannot be reached: {error.reason}", OFFLINE, retry, final=error.final)
    if isinstance(error, ProxyError):
        return _of_proxy(error.original_error, host, proxy)
    if isinstance(error, SSLError):
        return _of_tls(error.args[0] if error.args else error, host)
    if isinstance(error, TimeoutError):
        return Broken(f"{host} stopped answering", UnavailableKind.TIMEOUT, Retry.REACHED)
    if isinstance(error, ProtocolError):
        return _of_protocol(error.args[-1], host)
    return Broken(f"{host} gave an answer that is not HTTP ({type(error).__name__})", MALFORMED, Retry.NEVER)


def proxy_wants_login(proxy: str) -> Broken:
    why = "wants a user name and password, or does not accept the ones it got"
    return Broken(f"the proxy {proxy} {why} (407)", UnavailableKind.REFUSED, Retry.NEVER, final=True)


def _of_protocol(cause: object, host: str) -> Broken:
    if isinstance(cause, IncompleteRead | InvalidChunkLength | http.client.IncompleteRead):
        return Broken(f"{host} sent less than it promised", MALFORMED, Retry.REACHED)
    if isinstance(cause, http.client.HTTPException) and not isinstance(cause, http.client.RemoteDisconnected):
        return Broken(f"{host} gave an answer that is not HTTP", MALFORMED, Retry.NEVER)
    return Broken(f"{host} broke the connection off", OFFLINE, Retry.REACHED)


def _of_tls(cause: object, host: str) -> Broken:
    if isinstance(cause, ssl.SSLCertVerificationError):
        what = cause.verify_message.rstrip(".")
        hint = "if it is your company's, point npm's cafile setting at its certificate authority"
        return Broken(
            f"{host} shows a certificate that is not trusted: {what}; {hint}",
            OFFLINE,
            Retry.NEVER,
            final=True,
        )
    why = cause.reason if isinstance(cause, ssl.SSLError) and cause.reason else type(cause).__name__
    return Broken(f"{host} makes no secure connection ({why})", OFFLINE, Retry.UNREACHED)


def _of_proxy(cause: Exception, host: str, proxy: str) -> Broken:
    if isinstance(cause, SSLError | ssl.SSLError):
        return _of_tls(
            cause.args[0] if isinstance(cause, SSLError) and cause.args else cause, f"the proxy {proxy}"
        )
    refused = re.search(r"Tunnel connection failed: (\d{3})", str(cause))
    if refused is None:
        return Broken(f"the proxy {proxy} broke the connection off", OFFLINE, Retry.UNREACHED)
    if refused[1] == "407":
        return proxy_wants_login(proxy)
    retry = Retry.UNREACHED if refused[1] in ("502", "503", "504") else Retry.NEVER
    return Broken(f"the proxy {proxy} does not connect to {host} ({refused[1]})", OFFLINE, retry)
