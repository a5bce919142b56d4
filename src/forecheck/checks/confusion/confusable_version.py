from collections.abc import Iterator, Sequence
from datetime import timedelta

from forecheck.check import Unknown, check
from forecheck.evidence.packument import Packument
from forecheck.evidence.popular import Popular
from forecheck.model import Confidence, Hit, Release, Severity
from forecheck.npm.semver import parse_version
from forecheck.npm.version import Version

_ABSURD = 90
_YEARS = range(1990, 2101)
_DATES = range(19900101, 21001232)
_FEW = 2
_AT_ONCE = timedelta(days=30)


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM, unknown=Unknown.NOTE)
def confusable_version(release: Release, packument: Packument, popular: Popular) -> Iterator[Hit]:
    """Its version number is absurdly high and came from nowhere.

    ## Why it matters
    Package managers take the highest version. Whoever guesses the name of a company's internal package puts it
    on the public registry as 99.0.0, and every build that asks both registries takes that one (dependency
    confusion, 2021).

    ## What to do
    Find out which registry the name should come from. If it is yours, route it there (a scope with its registry
    line in .npmrc) and remove the public one from the lockfile.

    ## What it cannot know
    What the version is meant for: some packages follow the number of a browser or a build. So years and dates
    as major versions, packages of the bundled list of popular ones, and packages that have had more than two
    such majors in more than a month are left alone. A confusion that takes a modest number looks like any other
    version.

    ## Examples
    ### bad: the first version there ever was
    ```json title="packument.json"
    {"name": "harbour-billing", "versions": {"99.0.0": {}, "99.0.1": {}}}
    ```
    ```text title="finding"
    99.0.1, and no version of harbour-billing below 99
    ```
    ### bad: after a handful of small ones
    ```json title="packument.json"
    {"name": "harbour-billing", "versions": {"1.0.0": {}, "1.2.0": {}, "9.9.9": {}}}
    ```
    ```text title="finding"
    9.9.9, and no version of harbour-billing between 1 and 9
    ```
    ### good: it grew
    ```json title="packument.json"
    {"name": "pilot", "versions": {"60.0.0": {}, "75.0.0": {}, "90.0.0": {}, "101.0.0": {}}}
    ```
    ### good: a year
    ```json title="packument.json"
    {"name": "pilot", "versions": {"2026.5.1": {}}}
    ```
    """
    version = parse_version(release.version)
    if version is None or not _is_absurd(version) or popular.rank is not None:
        return
    majors = sorted({found.major for row in packument.rows if (found := parse_version(row.version))})
    below, above = _parted(majors, version.major)
    if above and (len(above) <= _FEW or _at_once(packument, above)):
        where = f"between {below[-1]} and {above[0]}" if below else f"below {above[0]}"
        yield Hit(f"{release.version}, and no version of {release.name} {where}")


def _is_absurd(version: Version) -> bool:
    if version.major in _YEARS or version.major in _DATES:
        return False
    nines = all(set(str(part)) == {"9"} for part in (version.major, version.minor, version.patch))
    return version.major >= _ABSURD or nines


def _parted(majors: Sequence[int], major: int) -> tuple[list[int], list[int]]:
    """The majors on either side of the last leap (to more than double) up to `major`; none above without a leap."""
    leap = None
    for at, one in enumerate(majors):
        before = majors[at - 1] if at else 0
        if one <= major and one > 2 * before and (one >= _ABSURD or one == major):
            leap = at
    if leap is None:
        return list(majors), []
    return list(majors[:leap]), list(majors[leap:])


def _at_once(packument: Packument, majors: Sequence[int]) -> bool:
    """Whether all versions with these majors came within a month; False where nobody says when they did."""
    rows = [row for row in packument.rows if (found := parse_version(row.version)) and found.major in majors]
    times = [row.published for row in rows if row.published is not None]
    return packument.has_times and len(times) == len(rows) and max(times) - min(times) <= _AT_ONCE
