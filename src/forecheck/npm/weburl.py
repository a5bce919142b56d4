"""URLs as `new URL()` reads them (WHATWG URL Standard, no base, not `file:`): npm reads its specs with it.

It repairs rather than refuses. So it tells what npm will make of a text; to decide whom to trust, use `npm.url`.
"""

import re

import msgspec

from forecheck.npm.jstext import percent_encode, well_formed
from forecheck.npm.webhost import parse_host

_DEFAULT_PORTS = {"ftp": 21, "http": 80, "https": 443, "ws": 80, "wss": 443}  # the "special" schemes
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_TRIMMED = "".join(map(chr, range(0x21)))
_UNSEEN = str.maketrans("", "", "\t\n\r")
_FRAGMENT = frozenset(b' "<>`')
_QUERY = frozenset(b' "#<>')
_SPECIAL_QUERY = _QUERY | frozenset(b"'")
_PATH = _QUERY | frozenset(b"?`{}")  # and ^ in the standard since 2023, but not in Node 20
_USERINFO = _PATH | frozenset(b"/:;=@[\\]^|")
_SINGLE_DOTS = frozenset({".", "%2e"})
_DOUBLE_DOTS = frozenset({"..", ".%2e", "%2e.", "%2e%2e"})


class Authority(msgspec.Struct, frozen=True):
    """What stands after `//`: user and password as escaped in the URL, host and port in normal form."""

    username: str
    password: str
    host: str
    port: int | None

    @property
    def netloc(self) -> str:
        """Host and port, as `URL.host`."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def credentials(self) -> str:
        return f"{self.username}:{self.password}" if self.password else self.username

    @property
    def text(self) -> str:
        return f"{self.credentials}@{self.netloc}" if self.credentials else self.netloc


class WebUrl(msgspec.Struct, frozen=True):
    """A URL in normal form. `path` is segments if it starts with a slash, else one opaque text."""

    scheme: str
    authority: Authority | None
    path: str
    query: str | None
    fragment: str | None

    @property
    def hostname(self) -> str:
        return "" if self.authority is None else self.authority.host

    def text(self, *, fragment: bool = True) -> str:
        """`URL.href`, or it without its fragment."""
        if self.authority is not None:
            text = f"{self.scheme}://{self.authority.text}{self.path}"
        else:
            text = f"{self.scheme}:{'/.' if self.path.startswith('//') else ''}{self.path}"
        text += "" if self.query is None else f"?{self.query}"
        return text if self.fragment is None or not fragment else f"{text}#{self.fragment}"


def parse_web_url(text: str) -> WebUrl | None:
    """Read an absolute URL; None where `new URL()` throws, and for `file:`."""
    text = well_formed(text).strip(_TRIMMED).translate(_UNSEEN)
    found = _SCHEME.match(text)
    if found is None or (scheme := found[1].lower()) == "file":
        return None
    special = scheme in _DEFAULT_PORTS
    rest, hash_mark, fragment = text[found.end() :].partition("#")
    rest, question_mark, query = rest.partition("?")
    authority = None
    if special or rest.startswith("//"):
        before, path = _cut(rest.lstrip("/\\") if special else rest[2:], special)
        authority = _authority(before, scheme)
        if authority is None:
            return None
        path = _segments(path, special) if path or special else ""
    else:
        path = _segments(rest, special) if rest.startswith("/") else percent_encode(rest)
    return WebUrl(
        scheme,
        authority,
        path,
        percent_encode(query, _SPECIAL_QUERY if special else _QUERY) if question_mark else None,
        percent_encode(fragment, _FRAGMENT) if hash_mark else None,
    )


def _cut(text: str, special: bool) -> tuple[str, str]:
    end = min((at for at in map(text.find, "/\\" if special else "/") if at >= 0), default=len(text))
    return text[:end], text[end:]


def _authority(text: str, scheme: str) -> Authority | None:
    credentials, at_mark, place = text.rpartition("@")
    username, _, password = credentials.partition(":")
    bracket = place.find("]") + 1 if place.startswith("[") else 0
    name, colon, port_text = place[bracket:].partition(":")
    name = place[:bracket] + name
    host = parse_host(name, special=scheme in _DEFAULT_PORTS)
    port = port_text.lstrip("0") or ("0" if port_text else "")
    if host is None or (not name and (at_mark or colon)):
        return None
    if port and not (port.isascii() and port.isdigit() and len(port) < 6 and int(port) < 65536):
        return None
    number = int(port) if port else None
    return Authority(
        percent_encode(username, _USERINFO),
        percent_encode(password, _USERINFO),
        host,
        None if number == _DEFAULT_PORTS.get(scheme) else number,
    )


def _segments(path: str, special: bool) -> str:
    kept: list[str] = []
    segments = (path.replace("\\", "/") if special else path).removeprefix("/").split("/")
    for place, segment in enumerate(segments):
        last = place == len(segments) - 1
        dots = segment.lower()
        if dots in _DOUBLE_DOTS or dots in _SINGLE_DOTS:
            if dots in _DOUBLE_DOTS and kept:
                kept.pop()
            if last:
                kept.append("")
        else:
            kept.append(percent_encode(segment, _PATH))
    return "/" + "/".join(kept)
