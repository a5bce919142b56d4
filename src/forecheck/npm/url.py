"""Addresses of registries and their files, read strictly.

npm reads them by the WHATWG rules, which repair much: backslashes, tabs, `..`, `0x7f.1`. Whoever writes
an address can use such repairs to name one host to one reader and another host to the next, so an
address that would need any of them is not an address here.
"""

from collections.abc import Container, Iterator

import msgspec

from forecheck.npm.jstext import trim

WEB = frozenset({"http", "https"})
PORTS = {
    "http": 80,
    "https": 443,
    "socks": 1080,
    "socks4": 1080,
    "socks4a": 1080,
    "socks5": 1080,
    "socks5h": 1080,
}
_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_")
_PUBLIC_HOSTS = frozenset({"registry.npmjs.org", "registry.yarnpkg.com"})


class Address(msgspec.Struct, frozen=True):
    """`host` as URL.host has it: lower case, the port only where it is not the scheme's own."""

    scheme: str
    host: str
    path: str
    user: str = ""

    def __repr__(self) -> str:
        return f"Address({self.text!r})"

    @property
    def text(self) -> str:
        """The address without user and password."""
        return f"{self.scheme}://{self.host}{self.path}"

    @property
    def is_loopback(self) -> bool:
        name = self.hostname
        return name in {"localhost", "[::1]"} or (name.startswith("127.") and _is_ipv4(name))

    @property
    def hostname(self) -> str:
        return self.host.partition("]")[0] + "]" if self.host.startswith("[") else self.host.partition(":")[0]

    @property
    def port(self) -> int:
        own = self.host.removeprefix(self.hostname)
        return int(own[1:]) if own else PORTS[self.scheme]

    def prefixes(self) -> Iterator[str]:
        """The prefixes credentials may be bound to, longest first (npm-registry-fetch 19, auth.js)."""
        key = f"//{self.host}{self.path}"
        while len(key) > len("//"):
            yield key
            key = key[:-1] if key.endswith("/") else key[: key.rfind("/") + 1]


def parse_address(text: str, schemes: Container[str] = WEB) -> Address | None:
    """A URL of one of `schemes` (keys of PORTS), or None. Query and fragment are left out: no rule looks at them."""
    if not text.isascii() or not text.isprintable() or any(char in text for char in ' \\"<>^`{|}'):
        return None
    scheme, slashes, rest = text.partition("://")
    scheme = scheme.lower()
    if not slashes or scheme not in schemes or scheme not in PORTS:
        return None
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    authority, tail = rest[:end], rest[end:]
    user, _, location = authority.rpartition("@")
    host = _host(location, PORTS[scheme])
    path = tail.partition("#")[0].partition("?")[0] or "/"
    if host is None or "@" in user or _climbs(path):
        return None
    return Address(scheme, host, path, user)


def registry_address(text: str) -> Address | None:
    """The base URL of a registry, its path ended by a slash; None where names cannot be put behind it."""
    address = None if "?" in text or "#" in text else parse_address(trim(text))
    if address is None or address.path.endswith("/"):
        return address
    return Address(address.scheme, address.host, f"{address.path}/", address.user)


def is_public_registry(url: str) -> bool:
    """Whether `url` is npm's public registry, under its own name or yarn's (the same content)."""
    address = parse_address(url)
    return address is not None and address.host in _PUBLIC_HOSTS and address.path == "/"


def _host(location: str, own_port: int) -> str | None:
    name, port = _split_port(location.lower())
    if name is None or (port and not (port.isdigit() and 0 < int(port[:6]) < 65536 and len(port) < 6)):
        return None
    if name.startswith("["):
        return _with_port(name, port, own_port) if _is_ipv6(name) else None
    labels = name.removesuffix(".").split(".")
    if not all(labels) or not set(name) <= _HOST:
        return None
    last = labels[-1]
    # A last label that is a number makes the whole an IPv4 address, in any of the forms browsers know.
    if (last.isdigit() or last.startswith("0x")) and not _is_ipv4(name):
        return None
    return _with_port(name, port, own_port)


def _split_port(location: str) -> tuple[str | None, str]:
    if location.startswith("["):
        name, bracket, rest = location.partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            return None, ""
        return f"{name}]", rest[1:]
    name, _, port = location.partition(":")
    return name, port


def _with_port(name: str, port: str, own_port: int) -> str:
    return f"{name}:{int(port)}" if port and int(port) != own_port else name


def _is_ipv4(name: str) -> bool:
    numbers = [int(part[:4]) for part in name.split(".") if part.isdigit()]
    return len(numbers) == 4 and max(numbers) < 256 and ".".join(map(str, numbers)) == name


def _is_ipv6(name: str) -> bool:
    """Whether `[…]` is an IPv6 address in its shortest form, the only one that is compared."""
    import ipaddress

    try:
        return str(ipaddress.IPv6Address(name[1:-1])) == name[1:-1]
    except ValueError:
        return False


def _climbs(path: str) -> bool:
    return any(part.lower().replace("%2e", ".") in {".", ".."} for part in path.split("/"))
