"""Make `src/forecheck/data/popular-npm.txt` from a table of popular npm packages.

    python tools/make_popularity.py TABLE.tsv --date 2026-03 > src/forecheck/data/popular-npm.txt

The table is tab-separated with the columns `name`, `rank` and `downloads_month_*` (empty when unknown): the
names and order of npm-high-impact (MIT), joined with the counts of download-counts (MIT).
"""

import argparse
import csv
import sys
from pathlib import Path

SIGNIFICANT_DIGITS = 3


def rounded(count: int) -> int:
    """Downloads to three significant digits: enough for a ratio, and the file shrinks by a third."""
    unit = int("1" + "0" * max(0, len(str(count)) - SIGNIFICANT_DIGITS))
    return round(count / unit) * unit


def lines(table: Path, date: str) -> list[str]:
    with table.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle, delimiter="\t"))
    header, *body = rows
    counts = next(i for i, column in enumerate(header) if column.startswith("downloads_month"))
    rank = header.index("rank")
    body.sort(key=lambda row: int(row[rank]))
    return [
        "# Popular npm packages, most depended on and downloaded first: name, downloads a month ('-' = unknown).",
        "# source: npm-high-impact 1.13.0 (names and order) and download-counts 2.20260301.0 (counts), both npm",
        f"# date: {date}   names: {len(body)}   counts: {SIGNIFICANT_DIGITS} significant digits",
        "# licence: MIT (both packages)",
        f"# made by: python tools/make_popularity.py {table.name} --date {date}",
        *(f"{row[0]} {rounded(int(row[counts])) if row[counts] else '-'}" for row in body),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", type=Path)
    parser.add_argument("--date", required=True, help="the month of the counts, YYYY-MM")
    arguments = parser.parse_args()
    sys.stdout.write("\n".join(lines(arguments.table, arguments.date)) + "\n")


if __name__ == "__main__":
    main()
