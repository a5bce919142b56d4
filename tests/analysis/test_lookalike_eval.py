"""The bounds the typosquat analysis is held to, on the committed lists of evals/typosquat."""

import pytest

from evals.typosquat.corpus import (
    AS_PUBLISHED,
    LOOKALIKE_CLASSES,
    NOTHING_KNOWN,
    judge_popular,
    judge_real,
    judge_squats,
    popular_names,
    protectable,
    real_names,
    squats,
)
from forecheck.popularity import Popularity

POPULAR = Popularity.load()


def test_the_lists_are_what_the_results_say() -> None:
    rows = squats()
    assert len({row.name for row in rows}) == len(rows) >= 150
    assert all(row.source.startswith("https://") and row.target != row.name for row in rows)
    assert not [row.name for row in rows if row.name in POPULAR]
    names = popular_names()
    assert len(set(names)) == len(names) == 2_000
    assert all(name in POPULAR for name in names)
    real = real_names()
    assert len({row.name for row in real}) == len(real) == 1_000
    assert not [row.name for row in real if row.name in POPULAR]


def test_nine_documented_squats_in_ten_are_found() -> None:
    listed = protectable(squats(), POPULAR)
    assert judge_squats([row for row in listed if row.kind != "lure"], POPULAR, AS_PUBLISHED).rate >= 0.90
    lookalikes = [row for row in listed if row.kind in LOOKALIKE_CLASSES]
    assert len(lookalikes) >= 150
    assert judge_squats(lookalikes, POPULAR, AS_PUBLISHED).rate >= 0.94


@pytest.mark.parametrize(("half", "least"), [(0, 0.98), (1, 0.89)])
def test_the_held_out_half_is_not_far_behind(half: int, least: float) -> None:
    rows = [
        row for row in protectable(squats(), POPULAR) if row.kind in LOOKALIKE_CLASSES and row.half == half
    ]
    assert judge_squats(rows, POPULAR, AS_PUBLISHED).rate >= least


@pytest.mark.parametrize("downloads_known", [True, False])
def test_at_most_two_popular_names_in_a_thousand_are_flagged(downloads_known: bool) -> None:
    assert judge_popular(popular_names(), POPULAR, downloads_known=downloads_known).rate <= 0.002


def test_existing_packages_are_hardly_ever_flagged() -> None:
    real = real_names()
    assert judge_real(real, POPULAR, None).rate <= 0.002
    assert judge_real(real, POPULAR, NOTHING_KNOWN).rate <= 0.002
    assert judge_real(real, POPULAR, AS_PUBLISHED).rate <= 0.02
