from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec

from forecheck.check import Option, Stricter, check
from forecheck.checks.wording import ago, command, span
from forecheck.evidence.alternatives import Alternatives
from forecheck.evidence.published import Published
from forecheck.model import Confidence, Fix, Hit, Now, Release, Severity


class Options(msgspec.Struct, frozen=True):
    min_age: Annotated[timedelta, Option("Releases younger than this are reported.", Stricter.HIGHER)] = (
        timedelta(days=7)
    )
    note_from: Annotated[
        timedelta,
        Option("From this age on they are only noted, no longer asked about.", Stricter.HIGHER),
    ] = timedelta(days=3)


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def fresh_release(
    release: Release, published: Published, alternatives: Alternatives, now: Now, options: Options
) -> Iterator[Hit]:
    """The release was published very recently.

    ## Why it matters
    Malicious versions of well-known packages are mostly found within hours or days, by others: axios 1.14.1 was
    there for some three hours in March 2026, the chalk and debug versions of September 2025 for about two. Whoever
    takes a version that is a week old has let the rest of the world try it first.

    ## What to do
    Take the older version that the finding names, if there is one; npm 11.10 and later do so by themselves with
    `min-release-age` in `.npmrc`. If this very version repairs a security problem that concerns you, look at what
    changed and take it.

    ## What it cannot know
    Whether the version is a security fix. Whether anybody has in fact looked at an older one: age is time in which a
    problem could have been found, nothing more. The time is the registry's; a mirror that keeps its own clock gives
    no evidence at all, and the check says so.

    ## Examples
    ### bad: a day old, and an older version would do
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"3.0.9": {}, "3.1.0": {}},
     "time": {"created": "2019-03-01T10:00:00.000Z", "3.0.9": "2025-10-01T10:00:00.000Z",
              "3.1.0": "2026-05-31T10:00:00.000Z"}}
    ```
    ```text title="finding"
    published 14 hours ago; 3.0.9 is 8 months old
    ```
    ### bad: another package brings it in, and its range leaves a choice
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"3.0.9": {}, "3.1.0": {}},
     "time": {"created": "2019-03-01T10:00:00.000Z", "3.0.9": "2025-10-01T10:00:00.000Z",
              "3.1.0": "2026-05-31T10:00:00.000Z"}}
    ```
    ```json title="packument.json"
    {"name": "pipe", "versions": {"1.0.0": {}},
     "time": {"created": "2019-03-01T10:00:00.000Z", "1.0.0": "2019-03-01T10:00:00.000Z"}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"pipe": "^1.0.0"}},
                  "node_modules/pipe": {"version": "1.0.0", "dependencies": {"tiny-color": "^3.0.0"}},
                  "node_modules/tiny-color": {"version": "3.1.0"}}}
    ```
    ```text title="finding"
    published 14 hours ago; 3.0.9 is 8 months old and satisfies every range that asks for it
    ```
    ### bad: four days old, which is only noted
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"3.0.9": {}, "3.1.0": {}},
     "time": {"created": "2019-03-01T10:00:00.000Z", "3.0.9": "2026-05-27T10:00:00.000Z",
              "3.1.0": "2026-05-28T00:00:00.000Z"}}
    ```
    ```text title="finding"
    published 4 days ago
    ```
    ### good: half a year old
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"3.0.9": {}},
     "time": {"created": "2019-03-01T10:00:00.000Z", "3.0.9": "2025-12-01T10:00:00.000Z"}}
    ```
    ### unknown: the registry is a mirror with a clock of its own
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"3.0.9": {}}, "time": {"3.0.9": "2026-05-31T10:00:00.123456+00:00"}}
    ```
    """
    age = now.at - published.at
    if age >= options.min_age:
        return
    message = f"published {ago(published.at, now.at)}"
    older = alternatives.newest(now.at - options.min_age)
    fix = None
    if older is not None and older.published is not None:
        direct = alternatives.demand.direct
        message += f"; {older.version} is {span(now.at - older.published)} old"
        message += "" if direct else " and satisfies every range that asks for it"
        fix = Fix(
            f"take {older.version}",
            command("npm", "install", f"{release.name}@{older.version}") if direct else "",
        )
    severity = Severity.LOW if age >= options.note_from else None
    yield Hit(message, severity=severity, fix=fix)
