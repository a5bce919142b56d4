"""How pnpm writes a package's place in the lockfile, and how a dependency points there.

Grammar: @pnpm/dependency-path of pnpm 3 to 11 (`parse`, `refToRelative`, `indexOfPeersSuffix`). Three spellings:
`/name/1.0.0_peer@2.0.0` (lockfileVersion 3 to 5), `/name@1.0.0(peer@2.0.0)` (6 and 7), `name@1.0.0(peer@2.0.0)` (9).
"""

from enum import Enum

import msgspec

from forecheck.npm.version import parse_version


class Spelling(Enum):
    """Which of the three grammars a file is written in."""

    SLASHES = "slashes"
    SLASH_AT = "slash-at"
    PLAIN = "plain"


class Place(msgspec.Struct, frozen=True):
    """A key taken apart. `version` is empty unless it is one; `source` is what stands in its place, or the whole key.

    `host` is a registry's, where the key begins with one. `patch_hash` is of the patch, where the key has it.
    """

    name: str
    version: str
    source: str = ""
    host: str = ""
    patch_hash: str = ""


def without_suffix(key: str) -> str:
    """A key without the groups in brackets at its end: its peers and its patch."""
    if not key.endswith(")"):
        return key
    depth = 0
    for at in range(len(key) - 1, -1, -1):
        if key[at] == ")":
            depth += 1
        elif key[at] == "(":
            depth -= 1
        elif depth == 0:
            return key[: at + 1]
    return key


def read_key(key: str, spelling: Spelling) -> Place:
    """Take a key apart; one that fits no grammar is all `source`."""
    bare = without_suffix(key)
    if spelling is Spelling.SLASHES:
        return _by_slashes(bare)
    patch = key[len(bare) :].partition("(patch_hash=")[2].partition(")")[0]
    absolute = spelling is Spelling.SLASH_AT and not bare.startswith("/")
    name, separator, version = _at(bare.removeprefix("/") if spelling is Spelling.SLASH_AT else bare)
    if not separator:
        return Place("", "", bare)
    if _is_version(version):
        host, _, name = _host_first(name) if absolute else ("", "", name)
        return Place(name, version, "", host, patch)
    return Place("", "", bare) if absolute else Place(name, "", version, "", patch)


def target_key(reference: str, name: str, spelling: Spelling) -> str:
    """The key that a dependency called `name` points to; empty for a link, which has none."""
    if reference.startswith("link:"):
        return ""
    if spelling is Spelling.PLAIN:
        at = reference.find("@")
        before = [found for found in (reference.find(":"), reference.find("(")) if found >= 0]
        whole = at == 0 or (at > 0 and all(at < other for other in before))
        return reference if whole else f"{name}@{reference}"
    if reference.startswith("file:"):
        return reference
    if "/" in without_suffix(reference):
        return reference
    return f"/{name}/{reference}" if spelling is Spelling.SLASHES else f"/{name}@{reference}"


def _by_slashes(key: str) -> Place:
    parts = key.split("/")
    host = parts.pop(0)
    if len(parts) > 1 and parts[0].startswith("@"):
        parts[:2] = ["/".join(parts[:2])]
    if len(parts) < 2:
        return Place("", "", key)
    version = parts[1].partition("_")[0]
    if not _is_version(version) or host.startswith("file:"):
        return Place("", "", key)
    return Place(parts[0], version, "", host)


def _at(text: str) -> tuple[str, str, str]:
    at = text.find("@", 1)
    return (text, "", "") if at < 0 else (text[:at], "@", text[at + 1 :])


def _host_first(name: str) -> tuple[str, str, str]:
    return name.partition("/")


def _is_version(text: str) -> bool:
    return bool(text) and text[0].isdigit() and parse_version(text, loose=True) is not None
