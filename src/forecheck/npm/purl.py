"""Package URLs of npm releases (https://github.com/package-url/purl-spec, type `npm`)."""

from forecheck.npm.jstext import well_formed

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~:")


def _encode(text: str) -> str:
    data = well_formed(text).encode()
    return "".join([chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in data])


def purl(name: str, version: str = "") -> str:
    """`pkg:npm/%40scope/name@1.2.3`; without a version, the package's."""
    path = "/".join(_encode(part) for part in name.split("/"))
    return f"pkg:npm/{path}@{_encode(version)}" if version else f"pkg:npm/{path}"
