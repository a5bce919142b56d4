"""What a name looks like is found out once, for a name and a list."""

from collections.abc import Mapping, Sequence

import msgspec
import pytest

from forecheck.analysis.edits import Kind
from forecheck.analysis.resemblance import Resemblance
from forecheck.evidence.likeness import Likeness, likeness
from forecheck.model import Package, Unavailable
from forecheck.popularity import Popularity
from forecheck.ports import Stored
from tests.fakes.cache import MemoryCache
from tests.fakes.ports import NOW, PUBLIC

POPULAR = Popularity({"lodash": 700_000_000, "react": 200_000_000})
NAMES = ("lodahs", "react", "corp-billing-rules", "r\u0435act")


class CountedCache(MemoryCache):
    """A `Cache` that counts its questions."""

    questions = 0

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Stored]:
        self.questions += 1
        return super().get_many(keys)


def ask(cache: MemoryCache, popularity: Popularity = POPULAR) -> dict[str, Likeness | Unavailable]:
    run = likeness.__forecheck__.run  # type: ignore[attr-defined]
    packages = tuple(Package(name, PUBLIC) for name in NAMES)
    return {package.name: found for package, found in run(packages, popularity, cache, NOW).items()}


def targets(found: Likeness | Unavailable) -> list[str]:
    assert isinstance(found, Likeness)
    return [one.target for one in found.found]


def test_what_every_name_looks_like() -> None:
    found = ask(MemoryCache())
    assert {name: targets(one) for name, one in found.items()} == {
        "lodahs": ["lodash"],
        "react": [],
        "corp-billing-rules": [],
        "r\u0435act": ["react"],
    }


def test_the_next_run_asks_the_cache_one_question_and_compares_nothing() -> None:
    cache = CountedCache()
    first = ask(cache)
    told = Likeness((Resemblance("react", Kind.SWAP, 5, new_word=True, same_initial=True),))
    for key, stored in cache.entries.items():
        if key.endswith(":lodahs"):
            cache.entries[key] = msgspec.structs.replace(stored, payload=msgspec.msgpack.encode(told))
    cache.questions = 0
    assert ask(cache) == {**first, "lodahs": told}
    assert cache.questions == 1


def test_another_list_is_another_question() -> None:
    cache = MemoryCache()
    ask(cache)
    assert targets(ask(cache, Popularity({"react": 200_000_000}))["lodahs"]) == []
    assert targets(ask(cache, Popularity({"lodash": 1}))["lodahs"]) == []
    assert targets(ask(cache)["lodahs"]) == ["lodash"]


@pytest.mark.parametrize("damaged", [b"", b"\xc1", b"\x91\xa1x", b"\x91\x91\x95\xa1\xff\xa4swap\x05\xc3\xc3"])
def test_a_damaged_entry_counts_as_none(damaged: bytes) -> None:
    cache = MemoryCache()
    whole = ask(cache)
    for key, stored in cache.entries.items():
        cache.entries[key] = msgspec.structs.replace(stored, payload=damaged)
    assert ask(cache) == whole
