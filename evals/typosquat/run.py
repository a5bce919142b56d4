"""Judge the lookalike analysis on the committed lists; prints the result and writes RESULTS.md beside this file.

python -m evals.typosquat.run
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from evals.typosquat.corpus import (
    AS_PUBLISHED,
    HERE,
    LOOKALIKE_CLASSES,
    NEW,
    NOTHING_KNOWN,
    Squat,
    Tally,
    judge_popular,
    judge_real,
    judge_squats,
    popular_names,
    protectable,
    real_names,
    rightly_named,
    squats,
)
from forecheck.analysis.lookalike import nearest
from forecheck.analysis.name_index import NameIndex, index_of
from forecheck.data import read_text
from forecheck.popularity import Popularity

STATES = (
    ("as published: 14 days old, 45 downloads", AS_PUBLISHED),
    ("14 days old, downloads unknown", NEW),
    ("nothing known of the candidate", NOTHING_KNOWN),
)


def row(label: str, tally: Tally) -> str:
    shares = (f"{count} ({count / tally.names:.1%})" for count in (tally.flagged, tally.medium, tally.high))
    return f"| {label} | {tally.names} | " + " | ".join(shares) + " |"


def table(title: str, rows: list[str]) -> list[str]:
    head = [f"| {title} | names | flagged | medium or high | high |", "|---|--:|--:|--:|--:|"]
    return [*head, *rows, ""]


def recall(popularity: Popularity) -> list[str]:
    everything = squats()
    listed = protectable(everything, popularity)
    lookalikes = [squat for squat in listed if squat.kind in LOOKALIKE_CLASSES]
    groups: list[tuple[str, list[Squat]]] = [
        ("**all but lures**", [squat for squat in listed if squat.kind != "lure"]),
        ("look-alikes (all but combo and lure)", lookalikes),
        ("look-alikes, tuning half", [squat for squat in lookalikes if squat.half == 0]),
        ("look-alikes, held-out half", [squat for squat in lookalikes if squat.half == 1]),
        *(
            (f"class {kind}", [s for s in listed if s.kind == kind])
            for kind in (*LOOKALIKE_CLASSES, "combo", "lure")
        ),
        ("target not in the list", [squat for squat in everything if squat.target not in popularity]),
    ]
    lines = [f"## Documented squats: {len(everything)}, of which {len(listed)} imitate a listed package", ""]
    for label, candidate in STATES:
        rows = [row(name, judge_squats(group, popularity, candidate)) for name, group in groups if group]
        lines += table(label, rows)
    named = rightly_named(listed, popularity, AS_PUBLISHED)
    lines += [f"As published, {named} are reported with the very target that their source names.", ""]
    return lines


def false_alarms(popularity: Popularity) -> list[str]:
    popular, real = popular_names(), real_names()
    leave_one_out = [
        row("their real downloads, age unknown", judge_popular(popular, popularity, downloads_known=True)),
        row("nothing known", judge_popular(popular, popularity, downloads_known=False)),
    ]
    outside = [
        row("their real downloads, age unknown", judge_real(real, popularity, None)),
        row("nothing known", judge_real(real, popularity, NOTHING_KNOWN)),
        row("as if 14 days old with 45 downloads", judge_real(real, popularity, AS_PUBLISHED)),
    ]
    return [
        "## False alarms",
        "",
        *table("popular names, each as if it were not listed", leave_one_out),
        *table("other existing packages", outside),
    ]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def timings(popularity: Popularity) -> list[str]:
    text = read_text("popular-npm.txt")
    index = index_of(popularity)
    names = [real.name for real in real_names()] + [squat.name for squat in squats()]
    each = sorted(timed(partial(nearest, name, index, AS_PUBLISHED)) for name in names)
    return [
        "## Time",
        "",
        "| | ms |",
        "|---|--:|",
        f"| parse the list ({len(popularity):,} names) | {timed(lambda: Popularity.parse(text)):.0f} |",
        f"| build the index, once a process | {timed(lambda: NameIndex(popularity)):.0f} |",
        f"| one name, median of {len(each):,} | {statistics.median(each):.2f} |",
        f"| one name, 95th percentile | {each[len(each) * 95 // 100]:.2f} |",
        f"| one name, slowest | {each[-1]:.2f} |",
        "",
    ]


def main() -> None:
    popularity = Popularity.load()
    today = datetime.now(UTC).date()
    lines = [
        "# Typosquat: results",
        "",
        f"{today}, `python -m evals.typosquat.run`. How, and what it cannot show: [METHOD.md](METHOD.md).",
        "",
        *recall(popularity),
        *false_alarms(popularity),
        *timings(popularity),
    ]
    text = "\n".join(lines)
    (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
