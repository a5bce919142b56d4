"""Which popular names a name resembles, and in what way; whether that is suspicious is decided elsewhere."""

from collections.abc import Iterator

import msgspec

from forecheck.analysis.edits import Kind, one_slip, squeezed, two_slips
from forecheck.analysis.name_index import NameIndex, split_scope, squashed, words

# Words that say nothing about what a package does: a name plus one of them promises the same thing.
_EMPTY_ENDINGS = ("js", "javascript", "node", "nodejs", "npm", "pkg", "package", "official")
_EMPTY_BEGINNINGS = ("node", "nodejs", "npm", "js")

# Words that say next to nothing; honest companions of well-known packages have them too.
_VAGUE_ENDINGS = frozenset(
    {"api", "basic", "client", "core", "helper", "helpers", "http", "lib", "library", "module"}
    | {"plus", "pro", "sdk", "simple", "tool", "tools", "util", "utils", "wrapper"}
)

_MOST_LETTERS_CUT_OFF = 3
_FEWEST_LETTERS_MISTYPED = 3

# So long a scope, misspelt, tells by itself, whatever the package in it is called.
_TELLING_SCOPE_LETTERS = 12

# So many popular names beginning with a word make it common property: `babel-…` was there before `@babel/…`,
# and `rollup-utils` is one of many companions of rollup.
_A_FAMILY = 4
_MANY_COMPANIONS = 8


class Resemblance(msgspec.Struct, frozen=True, array_like=True):
    """One way in which a name resembles a popular one.

    `length` counts the letters of the part that could have been mistyped. `new_word` says that the name has a word
    no other popular name uses: `lodahs` has one, `scss-loader` beside `css-loader` has none.
    """

    target: str
    kind: Kind
    length: int
    new_word: bool
    same_initial: bool


def resemblances(name: str, index: NameIndex) -> Iterator[Resemblance]:
    """Every popular name, other than itself, that an ASCII name resembles, in no particular order."""
    if split_scope(name)[0]:
        return _of_scoped(name, index)
    bare = name.removeprefix("@")
    asked = _Asked(bare, squashed(bare), words(bare), index)
    return (found for found in _of_unscoped(asked) if found.target != name)


def _of_scoped(name: str, index: NameIndex) -> Iterator[Resemblance]:
    if index.owns_scope(name):
        return
    scope, base = split_scope(name)
    letters = len(squashed(scope))
    for listed in index.similar_scopes(scope):
        if base in index.bases[listed]:
            meant = base
        elif letters >= _TELLING_SCOPE_LETTERS and len(words(scope)) == len(words(listed)):
            meant = index.favourite(listed)
        else:
            continue
        same_initial = scope[:1] == listed[:1]
        yield Resemblance(f"@{listed}/{meant}", Kind.SCOPE_TYPO, letters, True, same_initial)


class _Asked(msgspec.Struct, frozen=True):
    """An unscoped name, cut up once for all the questions about it."""

    name: str
    squash: str
    words: tuple[str, ...]
    index: NameIndex

    def like(self, target: str, kind: Kind, *, new_word: bool | None = None) -> Resemblance:
        return Resemblance(
            target=target,
            kind=kind,
            length=len(self.squash),
            new_word=self._has_a_new_word(target) if new_word is None else new_word,
            same_initial=self.squash[:1] == squashed(target)[:1],
        )

    def like_squash(self, squash: str, kind: Kind) -> Resemblance:
        """`like`, for the most important name that is spelled so without separators."""
        return self.like(self.index.by_squash[squash][0], kind)

    def _has_a_new_word(self, target: str) -> bool:
        shared = set(words(target))
        return any(
            not self.index.uses(word, apart_from=self.name) for word in self.words if word not in shared
        )


def _of_unscoped(asked: _Asked) -> Iterator[Resemblance]:
    index, squash = asked.index, asked.squash
    for target in index.by_squash.get(squash, ()):
        yield asked.like(target, Kind.SEPARATOR)
    for other in index.read_alike(squash):
        yield asked.like_squash(other, Kind.HOMOGLYPH)
    for other in index.sounding_alike(squash):
        yield asked.like_squash(other, Kind.SOUND)
    for other in index.beginning_with(squash, most=_MOST_LETTERS_CUT_OFF):
        yield asked.like_squash(other, Kind.CUT_SHORT)
    yield from _mistyped(asked)
    yield from _rearranged(asked)
    yield from _with_an_empty_word(asked)


def _mistyped(asked: _Asked) -> Iterator[Resemblance]:
    for near in asked.index.near(asked.squash, reach=2):
        if near.distance == 1:
            slip = one_slip(asked.squash, near.squash)
        elif squeezed(asked.squash) == squeezed(near.squash):
            slip = Kind.DOUBLED
        else:
            slip = two_slips(asked.squash, near.squash)
        if slip is not None:
            yield asked.like_squash(near.squash, slip)


def _rearranged(asked: _Asked) -> Iterator[Resemblance]:
    index = asked.index
    for target in index.by_flat.get(asked.squash, ()):
        family = index.family(asked.words[0], apart_from=asked.name)
        yield asked.like(target, Kind.SCOPE_FLATTENED, new_word=family < _A_FAMILY)
    if len(asked.words) < 2:
        return
    for target in index.by_words.get(tuple(sorted(asked.words)), ()):
        if squashed(target) != asked.squash:
            yield asked.like(target, Kind.WORD_ORDER)
    for target in index.by_base.get(asked.name, ()):
        if not target.startswith("@types/"):
            yield asked.like(target, Kind.SCOPE_DROPPED)
    companions = index.family(asked.words[0], apart_from=asked.name)
    if asked.words[-1] in _VAGUE_ENDINGS and companions < _MANY_COMPANIONS:
        for target in index.by_squash.get("".join(asked.words[:-1]), ())[:1]:
            yield asked.like(target, Kind.VAGUE_WORD)


def _with_an_empty_word(asked: _Asked) -> Iterator[Resemblance]:
    name, squash = asked.name.lower(), asked.squash
    for word in _EMPTY_ENDINGS:
        if squash.endswith(word) and squash != word:
            # `-js` is how honest ports are called; `.js` and a glued `js` pretend to be the thing itself.
            apart = name.endswith((f"-{word}", f"_{word}", f".{word}")) and not name.endswith(".js")
            yield from _around(squash.removesuffix(word), asked, apart=apart)
    for word in _EMPTY_BEGINNINGS:
        if squash.startswith(word) and squash != word:
            apart = name.startswith((f"{word}-", f"{word}_", f"{word}."))
            yield from _around(squash.removeprefix(word), asked, apart=apart)


def _around(core: str, asked: _Asked, *, apart: bool) -> Iterator[Resemblance]:
    index = asked.index
    if core in index.by_squash:
        yield asked.like(index.by_squash[core][0], Kind.ADDED_WORD, new_word=not apart)
    elif len(core) >= _FEWEST_LETTERS_MISTYPED:
        for near in index.near(core, reach=1):
            slip = one_slip(core, near.squash)
            if slip is not None:
                yield asked.like_squash(near.squash, slip)
