"""The popular names arranged so that those close to any given name are found in well under a millisecond."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain

import msgspec

from forecheck.analysis.edits import spoken
from forecheck.analysis.homoglyphs import at_a_glance
from forecheck.popularity import Popularity

_SEPARATORS = str.maketrans("", "", "-_.@/ ")
_TO_SPACES = str.maketrans("-_.@/", "     ")


def squashed(name: str) -> str:
    """The name in lower case without separators: what is left to mistype."""
    return name.lower().translate(_SEPARATORS)


def words(name: str) -> tuple[str, ...]:
    """The parts between separators, lower case, in order."""
    return tuple(name.lower().translate(_TO_SPACES).split())


def split_scope(name: str) -> tuple[str, str]:
    """`@scope/base` as (`scope`, `base`); the scope is empty for any other name."""
    scope, slash, base = name.removeprefix("@").partition("/")
    return (scope, base) if name.startswith("@") and slash else ("", name)


_UNCOUNTED = 1_000_000
_LONG_SCOPE = 12
_MOST_SEPARATORS = 2


class Near(msgspec.Struct, frozen=True):
    """A squashed popular name and its optimal string alignment distance from the one asked about."""

    squash: str
    distance: int


class NameIndex:
    """Popular names by what they share with others: spelling, words, scope. Made by `index_of`."""

    def __init__(self, popularity: Popularity) -> None:
        self.popularity = popularity
        self.by_squash: dict[str, list[str]] = defaultdict(list)
        self.by_words: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self.by_flat: dict[str, list[str]] = defaultdict(list)
        self.by_base: dict[str, list[str]] = defaultdict(list)
        self.bases: dict[str, set[str]] = defaultdict(set)
        names = popularity.names
        # All names are folded as one text: one call for each folding instead of one for each name.
        text = "\n".join(names)
        split = [tuple(line.split()) for line in _lines(text.lower().translate(_TO_SPACES))]
        for name, squash, parts in zip(names, _lines(squashed(text)), split, strict=True):
            if name.startswith("@"):
                self._add_scoped(name, squash)
            else:
                self.by_squash[squash].append(name)
                if len(parts) > 1:
                    self.by_words[tuple(sorted(parts))].append(name)
        self._uses = Counter(chain.from_iterable(map(set, split)))
        self._families = Counter(
            parts[0] for name, parts in zip(names, split, strict=True) if len(parts) > 1 and name[0] != "@"
        )
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for squash in self.by_squash:
            self._by_length[len(squash)].append(squash)
        self._alphabetical = sorted(self.by_squash)
        self._rank = {squash: rank for rank, squash in enumerate(self.by_squash)}
        self._by_glance = _grouped(self.by_squash, at_a_glance)
        self._by_sound = _grouped(self.by_squash, spoken)

    def _add_scoped(self, name: str, squash: str) -> None:
        scope, base = split_scope(name)
        self.by_flat[squash].append(name)
        self.by_base[base].append(name)
        self.bases[scope].add(base)

    def downloads(self, target: str) -> int:
        """`downloads_of` a name in this list."""
        return downloads_of(target, self.popularity)

    def near(self, squash: str, reach: int) -> Iterator[Near]:
        """Unscoped popular names at most `reach` edits away (an adjacent swap is one edit), itself excluded."""
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        lengths = range(len(squash) - reach, len(squash) + reach + 1)
        for choices in filter(None, map(self._by_length.get, lengths)):
            found = extract(squash, choices, scorer=OSA.distance, score_cutoff=reach, limit=None)
            yield from (Near(choice, int(distance)) for choice, distance, _ in found if distance)

    def beginning_with(self, squash: str, most: int) -> Iterator[str]:
        """Squashed popular names that go on for 1 to `most` more characters after this one."""
        found = []
        for at in range(bisect_right(self._alphabetical, squash), len(self._alphabetical)):
            listed = self._alphabetical[at]
            if not listed.startswith(squash):
                break
            if len(listed) <= len(squash) + most:
                found.append(listed)
        yield from sorted(found, key=lambda listed: (len(listed), self._rank[listed]))

    def read_alike(self, squash: str) -> list[str]:
        """Squashed popular names that a glance takes for this one, itself excluded."""
        return [other for other in self._by_glance.get(at_a_glance(squash), ()) if other != squash]

    def sounding_alike(self, squash: str) -> list[str]:
        """Squashed popular names that sound like this one, itself excluded."""
        return [other for other in self._by_sound.get(spoken(squash), ()) if other != squash]

    def uses(self, word: str, *, apart_from: str) -> int:
        """How many popular names other than `apart_from` have this word."""
        own = apart_from in self.popularity and word in words(apart_from)
        return self._uses[word] - own

    def family(self, word: str, *, apart_from: str) -> int:
        """How many unscoped popular names of several words, other than `apart_from`, begin with this word."""
        own = (
            apart_from in self.popularity
            and not apart_from.startswith("@")
            and words(apart_from)[:1] == (word,)
        )
        return self._families[word] - own

    def owns_scope(self, name: str) -> bool:
        """Whether the name is in a scope that holds other popular names: only its owner can publish there."""
        scope, base = split_scope(name)
        return bool(scope) and bool(self.bases.get(scope, set()) - {base})

    def favourite(self, scope: str) -> str:
        """The most downloaded of a scope's popular packages, without the scope."""
        return max(sorted(self.bases[scope]), key=lambda base: self.downloads(f"@{scope}/{base}"))

    def similar_scopes(self, scope: str) -> Iterator[str]:
        """Scopes of popular names that this one may be mistaken for, itself excluded: a long one two edits away."""
        from rapidfuzz.distance import OSA

        squash = squashed(scope)
        reach = 2 if len(squash) >= _LONG_SCOPE else 1
        for listed in self.bases:
            if listed == scope or abs(len(listed) - len(scope)) > reach + _MOST_SEPARATORS:
                continue
            if OSA.distance(squash, squashed(listed), score_cutoff=reach) <= reach:
                yield listed


def downloads_of(target: str, popularity: Popularity) -> int:
    """Monthly downloads of a popular name; one that nobody counted stands for a million, the least of most."""
    return popularity.monthly_downloads(target) or _UNCOUNTED


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _grouped(squashes: Iterable[str], fold: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    text = "\n".join(squashes)
    for squash, folded in zip(_lines(text), _lines(fold(text)), strict=True):
        groups[folded].append(squash)
    return groups


@lru_cache(maxsize=2)
def index_of(popularity: Popularity) -> NameIndex:
    """The list's index, made once (about 50 ms for 17,000 names)."""
    return NameIndex(popularity)
