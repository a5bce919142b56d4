from collections.abc import Iterator
from typing import Annotated

import msgspec

from forecheck.check import Option, Stricter, Unknown, check
from forecheck.checks.wording import count
from forecheck.evidence.downloads import Downloads
from forecheck.model import Confidence, Hit, Release, Severity


class Options(msgspec.Struct, frozen=True):
    few: Annotated[int, Option("Packages downloaded less often a month are noted.", Stricter.HIGHER)] = 1000
    hardly_any: Annotated[
        int, Option("Packages downloaded less often a month are asked about.", Stricter.HIGHER)
    ] = 100


@check(severity=Severity.MEDIUM, confidence=Confidence.MEDIUM, unknown=Unknown.NOTE)
def low_downloads(release: Release, downloads: Downloads, options: Options) -> Iterator[Hit]:
    """Hardly anybody downloads the package.

    ## Why it matters
    A package that nobody uses has been looked at by nobody. Mirrors and scanners alone download every new package
    some dozens of times a month; a name that was mistyped or made up has no more than that.

    ## What to do
    Make sure that the name is the one you meant. If the package is your own or your company's, record that once.

    ## What it cannot know
    Who downloads, and why. Downloads can be bought. For popular packages the count of the bundled list is used, which
    may be some months old; the others are asked for at npm's counter, which knows public packages only and has
    nothing of packages published within the last days.

    ## Examples
    ### bad: scanners only
    ```json title="packument.json"
    {"name": "express-routes-lister", "versions": {"1.0.0": {}}}
    ```
    ```json title="downloads.json"
    {"express-routes-lister": 31}
    ```
    ```text title="finding"
    31 downloads of express-routes-lister in the last month
    ```
    ### bad: few, which is only noted
    ```json title="packument.json"
    {"name": "@harbour/pilot", "versions": {"1.0.0": {}}}
    ```
    ```json title="downloads.json"
    {"@harbour/pilot": 100}
    ```
    ```text title="finding"
    100 downloads of @harbour/pilot in the last month
    ```
    ### good: some
    ```json title="packument.json"
    {"name": "express-routes-lister", "versions": {"1.0.0": {}}}
    ```
    ```json title="downloads.json"
    {"express-routes-lister": 1000}
    ```
    ### good: popular, by the bundled list
    ```json title="packument.json"
    {"name": "express", "versions": {"5.0.0": {}}}
    ```
    ### unknown: not counted yet
    ```json title="packument.json"
    {"name": "express-routes-lister", "versions": {"1.0.0": {}}}
    ```
    """
    if downloads.monthly < options.few:
        severity = None if downloads.monthly < options.hardly_any else Severity.LOW
        yield Hit(
            f"{count(downloads.monthly, 'download')} of {release.name} in the last month", severity=severity
        )
