"""One thing that stands against a lockfile, and how it reads in lockfile-lint's shape."""

from collections.abc import Iterator

import msgspec

from forecheck.model import Entry, Location
from forecheck.text import escape


class Problem(msgspec.Struct, frozen=True):
    """`what` is the headline; `expected` and `actual` are left out where there is nothing to compare.

    `within` is the place in the tree where the entry belongs, if its name alone does not tell.
    """

    what: str
    at: Location
    expected: str = ""
    actual: str | None = None
    within: str = ""

    def lines(self) -> Iterator[str]:
        """The headline, and indented what was expected, what is there, and where."""
        yield escape(self.what)
        if self.expected:
            yield f"    expected: {escape(self.expected)}"
        if self.actual is not None:
            yield f"    actual: {escape(self.actual)}"
        place = f":{self.at.line}:{self.at.column}" if self.at.line else ""
        within = f" ({escape(self.within)})" if self.within else ""
        yield f"    at: {escape(self.at.path)}{place}{within}"


def about(what: str, entry: Entry, expected: str, actual: str | None, path: str) -> Problem:
    """A problem of one entry: `what` is followed by the package, as lockfile-lint does."""
    release = entry.release
    name = entry.installed_as or release.name
    spec = f"{name}@{release.version}" if release.version else name
    usual = (f"node_modules/{name}", spec, name)
    return Problem(
        f"{what}: {spec or entry.location}",
        entry.at or Location(path),
        expected,
        actual,
        "" if entry.location in usual else entry.location,
    )
