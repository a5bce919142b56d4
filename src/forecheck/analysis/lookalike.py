"""Whether a package name looks like a popular one and is not known to deserve it.

A squat is asymmetric: its target is popular, the squat is new or hardly used. So there are two measures of
likeness (see `bars`). Where the asymmetry is known (a new or rarely downloaded candidate), a weaker likeness is
enough; where nothing is known of the candidate, only the likenesses that popular names hardly ever have among
themselves count.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

import msgspec

from forecheck.analysis.bars import confidence, is_clear, is_faint, plausibility
from forecheck.analysis.edits import Kind
from forecheck.analysis.homoglyphs import to_ascii
from forecheck.analysis.name_index import NameIndex, downloads_of, index_of, squashed
from forecheck.analysis.resemblance import Resemblance, resemblances
from forecheck.model import Confidence
from forecheck.popularity import Popularity


class Lookalike(msgspec.Struct, frozen=True):
    """A popular name that another name looks like.

    `distance` counts the edits between the two names as written (an adjacent swap is one); `ratio` is the target's
    monthly downloads to the candidate's, None when either is unknown, and counts a candidate without downloads as
    having one.
    """

    target: str
    kind: Kind
    distance: int
    target_downloads: int | None
    ratio: float | None
    confidence: Confidence


class Limits(msgspec.Struct, frozen=True):
    """When a candidate has earned its name and when it is suspicious; downloads are those of a month."""

    used_downloads: int = 30_000
    settled_downloads: int = 1_000
    settled_age: timedelta = timedelta(days=365)
    new_age: timedelta = timedelta(days=90)
    few_downloads: int = 500
    ratio: int = 1_000
    ratio_if_suspicious: int = 50


class Candidate(msgspec.Struct, frozen=True):
    """What is known of the package whose name is looked at; None is unknown, neither innocence nor guilt."""

    downloads: int | None = None
    age: timedelta | None = None

    def has_earned_its_name(self, limits: Limits) -> bool:
        """Used by many and not brand new (downloads can be bought), or used by some for a long time."""
        if self.downloads is None or self._is_new(limits):
            return False
        settled = self.age is not None and self.age >= limits.settled_age
        return self.downloads >= (limits.settled_downloads if settled else limits.used_downloads)

    def is_suspicious(self, limits: Limits) -> bool:
        """Known to be new, or known to be hardly used and not known to be old."""
        if self._is_new(limits):
            return True
        settled = self.age is not None and self.age >= limits.settled_age
        return not settled and self.downloads is not None and self.downloads < limits.few_downloads

    def _is_new(self, limits: Limits) -> bool:
        return self.age is not None and self.age < limits.new_age


DEFAULT_LIMITS = Limits()


def find_target(
    name: str,
    popularity: Popularity,
    *,
    candidate_monthly_downloads: int | None,
    candidate_age: timedelta | None,
    limits: Limits = DEFAULT_LIMITS,
) -> Lookalike | None:
    """The popular package that `name` looks like, or None when it looks like none or has earned its name.

    Both facts about the candidate may be None for unknown; less is reported then, with lower confidence.
    `candidate_age` is the time since the package was first published. Any text may be given as a name; for one that
    no package has, 0 downloads and an age of zero ask "what was meant?".

    The first call makes an index of the list (some 50 ms); each call takes well under a millisecond.
    """
    if name in popularity:
        return None
    return nearest(name, index_of(popularity), Candidate(candidate_monthly_downloads, candidate_age), limits)


def nearest(
    name: str, index: NameIndex, candidate: Candidate, limits: Limits = DEFAULT_LIMITS
) -> Lookalike | None:
    """`find_target` for a name that may itself be popular: it is compared with all the other popular names."""
    if name.isascii() and candidate.has_earned_its_name(limits):
        return None
    return weigh(name, likenesses(name, index), index.popularity, candidate, limits)


def likenesses(name: str, index: NameIndex) -> tuple[Resemblance, ...]:
    """The resemblances that count for some candidate of this name."""
    if not name.isascii():
        return tuple(_in_another_alphabet(name, index))
    return tuple(one for one in resemblances(name, index) if _counts(one, index.downloads(one.target)))


def _counts(one: Resemblance, target_downloads: int) -> bool:
    return is_clear(one, target_downloads) or is_faint(one, target_downloads)


def weigh(
    name: str,
    found: Iterable[Resemblance],
    popularity: Popularity,
    candidate: Candidate,
    limits: Limits = DEFAULT_LIMITS,
) -> Lookalike | None:
    """The most telling of a name's `likenesses` in the light of what is known of the candidate, None if none is."""
    if not name.isascii():
        # npm refuses such names, so nothing honest has one: neither use nor age speaks for it.
        first = next(iter(found), None)
        return _lookalike(name, first, Confidence.HIGH, popularity, candidate) if first else None
    if candidate.has_earned_its_name(limits):
        return None
    suspicious = candidate.is_suspicious(limits)
    ratio = limits.ratio_if_suspicious if suspicious else limits.ratio
    telling: list[tuple[tuple[bool, float], Resemblance]] = []
    for one in found:
        target_downloads = downloads_of(one.target, popularity)
        if candidate.downloads is not None and target_downloads < ratio * max(candidate.downloads, 1):
            continue
        clear = is_clear(one, target_downloads)
        if clear or (suspicious and is_faint(one, target_downloads)):
            telling.append(((clear, plausibility(one, target_downloads)), one))
    if not telling:
        return None
    (clear, _), best = max(telling, key=lambda entry: entry[0])
    how_sure = confidence(best.kind, clear=clear, suspicious=suspicious)
    return _lookalike(name, best, how_sure, popularity, candidate)


def _in_another_alphabet(name: str, index: NameIndex) -> Iterator[Resemblance]:
    seen_as = to_ascii(name)
    same = [seen_as] if seen_as in index.popularity else index.by_squash.get(squashed(seen_as), [])[:1]
    for target in same:
        yield Resemblance(target, Kind.HOMOGLYPH, len(seen_as), new_word=True, same_initial=True)


def _lookalike(
    name: str, like: Resemblance, how_sure: Confidence, popularity: Popularity, candidate: Candidate
) -> Lookalike:
    from rapidfuzz.distance import OSA

    downloads = popularity.monthly_downloads(like.target)
    ratio = None
    if downloads is not None and candidate.downloads is not None:
        ratio = downloads / max(candidate.downloads, 1)
    return Lookalike(
        target=like.target,
        kind=like.kind,
        distance=OSA.distance(name, like.target),
        target_downloads=downloads,
        ratio=ratio,
        confidence=how_sure,
    )
