from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from forecheck.analysis.package_json import Person
from forecheck.check import Option, Stricter, check
from forecheck.checks.publishing.new_publisher import same_account
from forecheck.checks.wording import count, listing, span
from forecheck.evidence.history import History, Publication
from forecheck.evidence.owners import Owners
from forecheck.evidence.packument import Publisher
from forecheck.model import Confidence, Hit, Now, Release, Severity


class Options(msgspec.Struct, frozen=True):
    silence: Annotated[
        timedelta, Option("An account that published nothing for so long is inactive.", Stricter.LOWER)
    ] = timedelta(days=730)


@check(severity=Severity.INFO, confidence=Confidence.MEDIUM)
def inactive_publisher(
    _: Release, owners: Owners, history: History, now: Now, options: Options
) -> Iterator[Hit]:
    """Somebody may publish the package who never has, or not for years.

    ## Why it matters
    Every account that may publish is a way in, and nobody watches the ones that are never used: event-stream's
    malware came from a right given away, others from accounts whose owners had moved on years ago.

    ## What to do
    Nothing before an install. If you know the maintainers, ask them to take the right away from accounts that
    do not use it (`npm owner rm`).

    ## What it cannot know
    What else the account does: it may publish other packages daily, have a second factor, or be a robot's.
    Somebody who merges and leaves the publishing to others looks inactive. Accounts that stopped when the
    package began to be published by its build system are judged by the time before. A dormant account that has
    published the version at hand is the business of dormant-publisher.

    ## Examples
    ### bad: one never did, one not for long
    ```json title="packument.json"
    {"name": "tidewater",
     "maintainers": [{"name": "anna"}, {"name": "ben"}, {"name": "cleo"}],
     "versions": {"1.0.0": {"_npmUser": {"name": "ben"}}, "1.1.0": {"_npmUser": {"name": "anna"}}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.1.0": "2026-01-01T00:00:00.000Z"}}
    ```
    ```text title="finding"
    of 3 accounts that may publish, cleo never has and ben has not for 6 years
    ```
    ### good: a finished package, and whoever published it last
    ```json title="packument.json"
    {"name": "tidewater", "maintainers": [{"name": "anna"}],
     "versions": {"1.0.0": {"_npmUser": {"name": "anna"}}},
     "time": {"created": "2016-01-01T00:00:00.000Z", "1.0.0": "2016-01-01T00:00:00.000Z"}}
    ```
    ### good: the build system has published since
    ```json title="packument.json"
    {"name": "tidewater", "maintainers": [{"name": "anna"}],
     "versions": {"1.0.0": {"_npmUser": {"name": "anna"}},
                  "1.1.0": {"_npmUser": {"name": "GitHub Actions", "trustedPublisher": {"id": "github"}}}},
     "time": {"created": "2022-01-01T00:00:00.000Z", "1.0.0": "2022-01-01T00:00:00.000Z",
              "1.1.0": "2022-06-01T00:00:00.000Z"}}
    ```
    ### unknown: a registry that does not say who published what
    ```json title="packument.json"
    {"name": "tidewater", "versions": {"1.0.0": {}}, "maintainers": [{"name": "anna"}]}
    ```
    """
    publications = history.publications()
    by_hand = [one for one in publications if one.publisher is not None and not one.publisher.trusted]
    if not by_hand:
        return
    until = _switch(publications) or now.at
    last = _last_times(owners.people, by_hand)
    newest = max(one.at for one in by_hand)
    never = [label for label, moment in last.items() if moment is None]
    silent = [
        (label, moment)
        for label, moment in last.items()
        if moment is not None and moment != newest and until - moment >= options.silence
    ]
    if never or silent:
        parts = [f"{listing(never)} never {_has(never)}"] if never else []
        if silent:
            latest = max(moment for _, moment in silent)
            names = [label for label, _ in silent]
            parts.append(f"{listing(names)} {_has(names)} not for {span(now.at - latest)}")
        yield Hit(f"of {count(len(last), 'account')} that may publish, {' and '.join(parts)}")


def _has(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _switch(publications: Sequence[Publication]) -> datetime | None:
    """When the build system took over, if it has published everything since."""
    moment = None
    for one in reversed(publications):
        if one.publisher is None or not one.publisher.trusted:
            break
        moment = one.at
    return moment


def _last_times(
    people: Sequence[Person], publications: Sequence[Publication]
) -> Mapping[str, datetime | None]:
    """When each account published last, by its label; None if never."""
    found: dict[str, datetime | None] = {}
    for person in people:
        account = Publisher(person.name, person.email)
        times = [one.at for one in publications if same_account(one.publisher, account)]
        found[person.label] = max(times, default=None)
    return found
