"""The committed lists, and how often the lookalike analysis flags them."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec

from forecheck.analysis.lookalike import Candidate, Lookalike, find_target, nearest
from forecheck.analysis.name_index import index_of
from forecheck.model import Confidence
from forecheck.popularity import Popularity

HERE = Path(__file__).parent

NOTHING_KNOWN = Candidate()
NEW = Candidate(age=timedelta(days=14))
# The 38 packages of the first well-known campaign had a median of 45 downloads in their two weeks (npm, August 2017).
AS_PUBLISHED = Candidate(downloads=45, age=timedelta(days=14))

# What a spelling alone can give away; the other classes are reported beside it, not hidden in it.
LOOKALIKE_CLASSES = ("spelling", "separator", "order", "scope", "filler")


class Squat(msgspec.Struct, frozen=True):
    """A documented squat; `half` is 0 for tuning and 1 for judging, by target, so that no target is in both."""

    name: str
    target: str
    kind: str
    source: str
    osv: str

    @property
    def half(self) -> int:
        return hashlib.sha256(self.target.encode()).digest()[-1] % 2


class Real(msgspec.Struct, frozen=True):
    """An existing package outside the bundled list."""

    name: str
    downloads: int


class Tally(msgspec.Struct, frozen=True):
    """How many names were flagged, in all and with at least medium and high confidence."""

    names: int
    flagged: int
    medium: int
    high: int

    @property
    def rate(self) -> float:
        return self.flagged / self.names if self.names else 0.0

    @classmethod
    def of(cls, verdicts: Sequence[Lookalike | None]) -> "Tally":
        levels = [verdict.confidence for verdict in verdicts if verdict is not None]
        return cls(
            names=len(verdicts),
            flagged=len(levels),
            medium=sum(level >= Confidence.MEDIUM for level in levels),
            high=sum(level >= Confidence.HIGH for level in levels),
        )


def _rows(file: str) -> list[list[str]]:
    lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def squats() -> list[Squat]:
    return [Squat(*row) for row in _rows("squats.tsv")[1:]]


def popular_names() -> list[str]:
    return [name for (name,) in _rows("popular-2000.txt")]


def real_names() -> list[Real]:
    return [Real(name, int(downloads)) for name, downloads in _rows("real-1000.tsv")[1:]]


def protectable(rows: Iterable[Squat], popularity: Popularity) -> list[Squat]:
    """Squats of a listed target: nothing can be said of targets the list does not know."""
    return [squat for squat in rows if squat.target in popularity]


def look_at(squat: Squat, popularity: Popularity, candidate: Candidate) -> Lookalike | None:
    return find_target(
        squat.name, popularity, candidate_monthly_downloads=candidate.downloads, candidate_age=candidate.age
    )


def judge_squats(rows: Iterable[Squat], popularity: Popularity, candidate: Candidate) -> Tally:
    return Tally.of([look_at(squat, popularity, candidate) for squat in rows])


def rightly_named(rows: Iterable[Squat], popularity: Popularity, candidate: Candidate) -> int:
    """How many squats are reported with the very target that their source names."""
    verdicts = ((squat, look_at(squat, popularity, candidate)) for squat in rows)
    return sum(verdict is not None and verdict.target == squat.target for squat, verdict in verdicts)


def judge_popular(names: Iterable[str], popularity: Popularity, *, downloads_known: bool) -> Tally:
    """Leave one out: each popular name against all the others, with its real downloads or with none known."""
    index = index_of(popularity)
    return Tally.of(
        [
            nearest(
                name,
                index,
                Candidate(popularity.monthly_downloads(name)) if downloads_known else NOTHING_KNOWN,
            )
            for name in names
        ]
    )


def judge_real(rows: Iterable[Real], popularity: Popularity, candidate: Candidate | None) -> Tally:
    """Existing packages with what is known of them (None: their real downloads, of unknown age)."""
    index = index_of(popularity)
    return Tally.of([nearest(row.name, index, candidate or Candidate(row.downloads)) for row in rows])
