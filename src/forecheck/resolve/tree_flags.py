"""Which entries of a tree are there for development, optional use or peers only (Arborist's `calcDepFlags`)."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

_EVERY: Final = frozenset({"dev", "optional", "devOptional", "peer"})


class Kind(Enum):
    """What one entry wants another for; LINK leads from a workspace's link to its folder."""

    PROD = "prod"
    DEV = "dev"
    OPTIONAL = "optional"
    PEER = "peer"
    PEER_OPTIONAL = "peer-optional"
    WORKSPACE = "workspace"
    LINK = "link"


_OWN: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.DEV: frozenset({"dev"}),
    Kind.OPTIONAL: frozenset({"optional"}),
    Kind.PEER: frozenset({"peer"}),
    Kind.PEER_OPTIONAL: frozenset({"peer", "optional"}),
}


def flags_of(leads: Mapping[str, Iterable[tuple[str, Kind]]]) -> dict[str, frozenset[str]]:
    """The flags of every entry that is reached from the root (the empty text), by location.

    A flag stays only where every way to the entry has it: `dev` if each begins with a dev dependency, `optional` if
    each has an optional one in it; `devOptional` if each has one of the two, but neither alone will do.
    """
    flags = {"": frozenset[str]()}
    todo = [""]
    while todo:
        location = todo.pop()
        for target, kind in leads.get(location, ()):
            before = flags.get(target, _EVERY)
            after = before & _passed_on(flags[location], kind)
            if target not in flags or after != before:
                flags[target] = after
                todo.append(target)
    return {location: _told(found) for location, found in flags.items()}


def _passed_on(flags: frozenset[str], kind: Kind) -> frozenset[str]:
    passed = flags | _OWN.get(kind, frozenset())
    return passed | {"devOptional"} if passed & {"dev", "optional"} else passed


def _told(flags: frozenset[str]) -> frozenset[str]:
    return flags - {"devOptional"} if flags & {"dev", "optional"} else flags
