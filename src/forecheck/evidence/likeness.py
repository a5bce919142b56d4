"""Which popular names a package's name looks like, by the bundled list."""

from collections.abc import Mapping
from typing import Final

import msgspec

from forecheck import __version__
from forecheck.analysis.lookalike import likenesses
from forecheck.analysis.name_index import index_of
from forecheck.analysis.resemblance import Resemblance
from forecheck.evidence.fetching import shape
from forecheck.model import Now, Package, Unavailable
from forecheck.popularity import Popularity
from forecheck.ports import Cache, Stored
from forecheck.source import source


class Likeness(msgspec.Struct, frozen=True, array_like=True):
    """What could be held against the name, whoever has it; nothing against a popular one."""

    found: tuple[Resemblance, ...] = ()


_NONE: Final = Likeness()


@source(batch=True)
def likeness(
    packages: tuple[Package, ...], popularity: Popularity, cache: Cache, now: Now
) -> Mapping[Package, Likeness | Unavailable]:
    """Found out once for a name and a list: comparing a few hundred names with a long list takes a while."""
    prefix = f"{__version__}:{shape(Likeness)}:{popularity.digest}:"
    keys = {package: prefix + package.name for package in packages if package.name not in popularity}
    kept = cache.get_many(tuple(dict.fromkeys(keys.values()))) if keys else {}
    known = {key: found for key, entry in kept.items() if (found := _decoded(entry)) is not None}
    for package, key in keys.items():
        if key not in known:
            known[key] = Likeness(likenesses(package.name, index_of(popularity)))
            cache.put(key, Stored(msgspec.msgpack.encode(known[key]), now.at))
    return {package: known[keys[package]] if package in keys else _NONE for package in packages}


def _decoded(entry: Stored) -> Likeness | None:
    """A payload that cannot be read counts as none."""
    try:
        return msgspec.msgpack.decode(entry.payload, type=Likeness)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
