from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec

from forecheck.analysis.family import same_scope, scope_named_after
from forecheck.check import Option, Stricter, check
from forecheck.checks.wording import ago
from forecheck.evidence.demand import brought_in_by
from forecheck.evidence.planned import Planned
from forecheck.evidence.published import Published
from forecheck.model import Confidence, Hit, Now, Release, Severity


class Options(msgspec.Struct, frozen=True):
    min_age: Annotated[timedelta, Option("Packages younger than this are reported.", Stricter.HIGHER)] = (
        timedelta(days=30)
    )


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def new_package(
    release: Release, published: Published, planned: Planned, now: Now, options: Options
) -> Iterator[Hit]:
    """The package did not exist a short while ago.

    ## Why it matters
    Packages made for an attack are young: plain-crypto-js was 18 hours old when it came in through axios in March
    2026, and names that a language model makes up, or that are one letter off, are registered the day they are
    needed. Hardly any package has earned trust within a month.

    ## What to do
    Make sure that this is the package you meant, by its repository and its author rather than by its name. If
    another package brings it in, ask why that one suddenly needs it.

    ## What it cannot know
    Whether a new package is good. Companies split existing code into new packages all the time; where a package of
    the same scope, or the one the scope is named after, brings it in, it is only noted. The age is that of the oldest
    version still listed: a package whose old versions were all taken down counts as new, as what is there now is.

    ## Examples
    ### bad: four days old
    ```json title="packument.json"
    {"name": "leftpad-utils", "versions": {"1.0.3": {}},
     "time": {"created": "2026-05-28T00:00:00.000Z", "1.0.3": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    first published 2 days ago; the name was taken 4 days ago
    ```
    ### bad: an old name, but everything listed under it is new
    ```json title="packument.json"
    {"name": "leftpad-utils", "versions": {"9.0.0": {}},
     "time": {"created": "2014-05-28T00:00:00.000Z", "9.0.0": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    first published 2 days ago; the name was taken 12 years ago
    ```
    ### good: a fresh version of an old package
    ```json title="packument.json"
    {"name": "leftpad-utils", "versions": {"1.0.0": {}, "1.0.1": {}},
     "time": {"created": "2019-05-28T00:00:00.000Z", "1.0.0": "2019-05-28T00:00:00.000Z",
              "1.0.1": "2026-05-31T00:00:00.000Z"}}
    ```
    ### unknown: the registry does not say when anything was published
    ```json title="packument.json"
    {"name": "leftpad-utils", "versions": {"1.0.0": {}}}
    ```
    """
    if now.at - published.first >= options.min_age:
        return
    message = f"first published {ago(published.first, now.at)}"
    if published.first - published.created >= timedelta(days=1):
        message += f"; the name was taken {ago(published.created, now.at)}"
    yield Hit(message, severity=Severity.LOW if _same_family(release.name, planned) else None)


def _same_family(name: str, planned: Planned) -> bool:
    """Whether packages of the same family bring it in, wherever it goes."""
    parents = [brought_in_by(step) for step in planned.steps]
    return all(same_scope(name, parent) or scope_named_after(name, parent) for parent in parents)
