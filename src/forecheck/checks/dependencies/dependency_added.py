from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec

from forecheck.analysis.family import same_scope, scope_named_after
from forecheck.check import Option, Stricter, check
from forecheck.checks.wording import ago
from forecheck.evidence.added_dependencies import AddedDependencies, AddedDependency
from forecheck.model import Confidence, Hit, Now, Release, Severity


class Options(msgspec.Struct, frozen=True):
    young: Annotated[timedelta, Option("Added packages younger than this are reported.", Stricter.HIGHER)] = (
        timedelta(days=30)
    )
    recent: Annotated[
        timedelta, Option("Other additions are noted in releases younger than this.", Stricter.HIGHER)
    ] = timedelta(days=7)


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def dependency_added(release: Release, added: AddedDependencies, now: Now, options: Options) -> Iterator[Hit]:
    """The release depends on a package that the version before did not.

    ## Why it matters
    One new line in the manifest is how event-stream (flatmap-stream, 2018), axios (plain-crypto-js, 2026) and the 143
    packages of Mastra (easy-day-js, 2026) brought malware in. The carrier looks unchanged; the added package is hours
    or days old.

    ## What to do
    Stay on the version before until somebody explains the new package. Look whether the carrier's repository has the
    same line, and whether anything imports it.

    ## What it cannot know
    Whether the added package is used, or is any good. One of the carrier's own scope is only noted, one by the same
    people asked about: they split their code all the time. An account that was taken over belongs to the same people.
    Dependencies of dependencies are the same check's matter when it looks at those.

    ## Examples
    ### bad: a package that is a day old
    ```json title="packument.json"
    {"name": "fetcher",
     "versions": {"1.14.0": {"dependencies": {"ms": "^2.0.0"}},
                  "1.14.1": {"dependencies": {"ms": "^2.0.0", "plain-crypt": "^4.2.1"}}},
     "time": {"created": "2014-01-01T00:00:00.000Z", "1.14.0": "2026-01-01T00:00:00.000Z",
              "1.14.1": "2026-05-31T12:00:00.000Z"}}
    ```
    ```json title="packument.json"
    {"name": "plain-crypt", "versions": {"4.2.1": {}},
     "time": {"created": "2026-05-31T00:00:00.000Z", "4.2.1": "2026-05-31T00:00:00.000Z"}}
    ```
    ```text title="finding"
    depends on plain-crypt, first published 24 hours ago; 1.14.0 did not (dependencies)
    ```
    ### bad: an old package in a fresh release, which is only noted
    ```json title="packument.json"
    {"name": "fetcher", "versions": {"1.14.0": {}, "1.14.1": {"dependencies": {"ms": "^2.0.0"}}},
     "time": {"created": "2014-01-01T00:00:00.000Z", "1.14.0": "2026-01-01T00:00:00.000Z",
              "1.14.1": "2026-05-31T12:00:00.000Z"}}
    ```
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.0.0": {}},
     "time": {"created": "2011-12-21T00:00:00.000Z", "2.0.0": "2017-05-16T00:00:00.000Z"}}
    ```
    ```text title="finding"
    depends on ms, first published 9 years ago; 1.14.0 did not (dependencies)
    ```
    ### good: an old package, in a release that has been there for a while
    ```json title="packument.json"
    {"name": "fetcher", "versions": {"1.14.0": {}, "1.14.1": {"dependencies": {"ms": "^2.0.0"}}},
     "time": {"created": "2014-01-01T00:00:00.000Z", "1.14.0": "2026-01-01T00:00:00.000Z",
              "1.14.1": "2026-05-01T12:00:00.000Z"}}
    ```
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.0.0": {}},
     "time": {"created": "2011-12-21T00:00:00.000Z", "2.0.0": "2017-05-16T00:00:00.000Z"}}
    ```
    ### good: the same dependencies as before
    ```json title="packument.json"
    {"name": "fetcher",
     "versions": {"1.14.0": {"dependencies": {"ms": "^2.0.0"}}, "1.14.1": {"dependencies": {"ms": "^2.1.0"}}},
     "time": {"created": "2014-01-01T00:00:00.000Z", "1.14.0": "2026-01-01T00:00:00.000Z",
              "1.14.1": "2026-05-31T12:00:00.000Z"}}
    ```
    """
    fresh = added.at is None or now.at - added.at < options.recent
    for one in added.items:
        severity = _severity(release, one, now, options)
        if severity is None and not fresh:
            continue
        known = one.unknown if one.first is None else f"first published {ago(one.first, now.at)}"
        yield Hit(
            f"depends on {one.name}, {known}; {added.since} did not ({one.section})",
            severity=Severity.LOW if severity is None else severity,
            key=one.name,
        )


def _severity(release: Release, one: AddedDependency, now: Now, options: Options) -> Severity | None:
    """How suspicious a young addition is; None for an old one, or one of unknown age."""
    if one.first is None or now.at - one.first >= options.young:
        return None
    own = one.related and scope_named_after(one.name, release.name)
    if own or same_scope(one.name, release.name):
        return Severity.LOW
    return Severity.MEDIUM if one.related else Severity.HIGH
