"""Whether a locked version answers what was asked for: fast for what lockfiles hold by the ten thousand."""

from forecheck.npm.semver import parse_range, satisfies
from forecheck.npm.version import parse_version

_ANY = frozenset({"", "*", "x", "X", "latest", "npm:*"})


class Ranges:
    """Compares with a memory of its own; `holds` is true as well where nothing can be said."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bool] = {}

    def holds(self, wanted: str, version: str) -> bool:
        """Whether `version` satisfies the range in `wanted`. Tags, addresses, catalogs and empty texts hold for any
        version; a version that is none (a local folder's) holds for any range.
        """
        key = (wanted, version)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _easily(wanted, version) or _holds(wanted, version)
        return known


def _easily(wanted: str, version: str) -> bool:
    if not version or wanted in _ANY:
        return True
    return wanted[0] == "^" and _caret(wanted[1:], version)


def _caret(floor: str, version: str) -> bool:
    """Plain numbers with a common major of one or more: anything else is left to the whole grammar."""
    low, high = floor.split("."), version.split(".")
    if len(low) != 3 or len(high) != 3 or low[0] != high[0] or low[0] == "0":
        return False
    if not (low[1].isdigit() and low[2].isdigit() and high[1].isdigit() and high[2].isdigit()):
        return False
    return (int(high[1]), int(high[2])) >= (int(low[1]), int(low[2]))


def _holds(wanted: str, version: str) -> bool:
    text = _range(wanted)
    if parse_range(text, loose=True) is None or parse_version(version, loose=True) is None:
        return True
    return satisfies(version, text, loose=True, include_prerelease=False) or (
        satisfies(version.partition("-")[0], text, loose=True) and _named_prerelease(text, version)
    )


def _named_prerelease(text: str, version: str) -> bool:
    """`workspace` and canary versions: a pre-release within the range is accepted where the range has one too."""
    return "-" in version and "-" in text


def _range(wanted: str) -> str:
    """The range inside `npm:^1`, `npm:real@^1`, `jsr:^1`, `workspace:^` and `patch:real@npm%3A^1#…`."""
    text = wanted
    while text.startswith("npm:"):
        text = text.removeprefix("npm:")
        at = text.find("@", 1)
        text = text[at + 1 :] if at > 0 else text
    return text
