"""What can be put right in the text of a lockfile, exactly and without asking anybody (pure)."""

from collections.abc import Mapping, Sequence
from difflib import unified_diff

from forecheck.model import EntryKind, Lockfile

_CONTEXT = 1


def secure_addresses(data: bytes, lockfile: Lockfile, hosts: Mapping[str, object]) -> bytes:
    """The file with `https:` in every address that names one of the hosts with `http:`.

    Only whole addresses that an entry has as its source are changed, and only on hosts that are configured
    registries: there the same file is served over HTTPS, and the hash beside it still tells.
    """
    for text in dict.fromkeys(one.resolved for one in lockfile.entries if one.kind is EntryKind.PACKAGE):
        scheme, separator, rest = text.partition("://")
        if separator and scheme == "http" and rest.partition("/")[0] in hosts:
            data = data.replace(text.encode(), f"https://{rest}".encode())
    return data


def diff(before: bytes, after: bytes, path: str) -> Sequence[str]:
    """A unified diff with little context, line by line."""
    old, new = (part.decode("utf-8", "replace").splitlines() for part in (before, after))
    return list(unified_diff(old, new, path, path, lineterm="", n=_CONTEXT))
