from collections.abc import Iterator
from typing import Annotated

import msgspec

from forecheck.check import Option, Stricter, Unknown, check
from forecheck.checks.wording import listing
from forecheck.evidence.scorecard import Scorecard
from forecheck.model import Confidence, Hit, Release, Severity

_SHOWN = 5


class Options(msgspec.Struct, frozen=True):
    score: Annotated[
        float, Option("Repositories with a lower score (0 to 10) are noted.", Stricter.HIGHER)
    ] = 4.0
    low: Annotated[int, Option("Checks with at most this score (0 to 10) are named.", Stricter.HIGHER)] = 2


@check(severity=Severity.INFO, confidence=Confidence.MEDIUM, unknown=Unknown.NOTE)
def scorecard(_: Release, scorecard: Scorecard, options: Options) -> Iterator[Hit]:
    """OpenSSF Scorecard gives its repository few points.

    ## Why it matters
    Scorecard looks at how a project works: reviews, tests, pinned build steps, the rights of its workflows. A
    project whose releases anyone can change by a pull request is easier to take than one that reviews.

    ## What to do
    Nothing before an install. The named checks say what to ask the maintainers for, or what to weigh when you
    choose between packages.

    ## What it cannot know
    Whether the repository is where the package comes from, and anything about its code. Small finished projects
    score low for want of activity. Only repositories that somebody had scored have a result, and it can be some
    weeks old. A check that Scorecard could not decide is not named.

    ## Examples
    ### bad: few points
    ```json title="packument.json"
    {"name": "pilot", "versions": {"1.0.0": {"repository": "https://github.com/harbour/pilot"}}}
    ```
    ```json title="forge.json"
    {"github.com/harbour/pilot": {"scorecard": {"score": 2.9, "date": "2026-05-25", "checks": [
      {"name": "Code-Review", "score": 0}, {"name": "License", "score": 10}, {"name": "Fuzzing", "score": -1},
      {"name": "Token-Permissions", "score": 1}]}}}
    ```
    ```text title="finding"
    2.9 of 10 points for github.com/harbour/pilot; low: Code-Review 0 and Token-Permissions 1
    ```
    ### good: enough
    ```json title="packument.json"
    {"name": "pilot", "versions": {"1.0.0": {"repository": "https://github.com/harbour/pilot"}}}
    ```
    ```json title="forge.json"
    {"github.com/harbour/pilot": {"scorecard": {"score": 6.5, "checks": [{"name": "Code-Review", "score": 0}]}}}
    ```
    ### unknown: never scored
    ```json title="packument.json"
    {"name": "pilot", "versions": {"1.0.0": {"repository": "https://github.com/harbour/pilot"}}}
    ```
    """
    if scorecard.score >= options.score:
        return
    low = sorted((one.score, one.name) for one in scorecard.checks if 0 <= one.score <= options.low)
    named = listing([f"{name} {score}" for score, name in low], _SHOWN)
    yield Hit(f"{scorecard.score:g} of 10 points for {scorecard.project}{f'; low: {named}' if named else ''}")
