from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated

import msgspec

from forecheck.check import Option, Stricter, check
from forecheck.checks.publishing.new_publisher import compare, same_account
from forecheck.checks.wording import count, span
from forecheck.evidence.history import History, Publication
from forecheck.evidence.packument import Publisher
from forecheck.evidence.predecessor import SETTLED
from forecheck.evidence.published import Published
from forecheck.evidence.published_by import PublishedBy
from forecheck.model import Confidence, Hit, Now, Release, Severity


class Options(msgspec.Struct, frozen=True):
    silence: Annotated[
        timedelta, Option("An account that published nothing for so long was dormant.", Stricter.LOWER)
    ] = timedelta(days=365)
    recent: Annotated[timedelta, Option("Releases older than this are not looked at.", Stricter.HIGHER)] = (
        timedelta(days=30)
    )


@check(severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)
def dormant_publisher(
    release: Release,
    published: Published,
    published_by: PublishedBy,
    history: History,
    now: Now,
    options: Options,
) -> Iterator[Hit]:
    """The account that published it had been silent for a long time.

    ## Why it matters
    Forgotten accounts are the easiest to take: the password is old, there is no second factor, the e-mail domain has
    expired and can be bought. In May 2026 node-ipc was published through an account whose domain had been: three
    malicious versions within minutes.

    ## What to do
    See whether the person is back: in the repository, in its issues, in other packages. If only the registry knows,
    stay on the version before.

    ## What it cannot know
    Whether the person is back. Where the whole package slept and then woke, that is only noted, and not at all if it
    always moved slowly: the silence must be twice the longest one before. Other packages of the same account are not
    looked at.

    ## Examples
    ### bad: others had carried on without them
    ```json title="packument.json"
    {"name": "node-pipe",
     "versions": {"1.0.0": {"_npmUser": {"name": "old-hand"}}, "1.1.0": {"_npmUser": {"name": "anna"}},
                  "1.2.0": {"_npmUser": {"name": "anna"}}, "1.2.1": {"_npmUser": {"name": "old-hand"}}},
     "time": {"created": "2015-01-01T00:00:00.000Z", "1.0.0": "2021-05-30T00:00:00.000Z",
              "1.1.0": "2022-05-30T00:00:00.000Z", "1.2.0": "2025-05-30T00:00:00.000Z",
              "1.2.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    published by old-hand after 5 years of silence, in which others published 2 versions
    ```
    ### bad: the package woke after a sleep it never had before, which is only noted
    ```json title="packument.json"
    {"name": "node-pipe",
     "versions": {"1.0.0": {"_npmUser": {"name": "anna"}}, "1.0.1": {"_npmUser": {"name": "anna"}},
                  "1.0.2": {"_npmUser": {"name": "anna"}}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2020-03-01T00:00:00.000Z", "1.0.2": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    published by anna after 6 years in which nobody published anything of node-pipe
    ```
    ### good: it always moved slowly
    ```json title="packument.json"
    {"name": "node-pipe",
     "versions": {"1.0.0": {"_npmUser": {"name": "anna"}}, "1.0.1": {"_npmUser": {"name": "anna"}},
                  "1.0.2": {"_npmUser": {"name": "anna"}}},
     "time": {"created": "2018-01-01T00:00:00.000Z", "1.0.0": "2018-01-01T00:00:00.000Z",
              "1.0.1": "2021-03-01T00:00:00.000Z", "1.0.2": "2026-05-30T00:00:00.000Z"}}
    ```
    ### good: published all along
    ```json title="packument.json"
    {"name": "node-pipe",
     "versions": {"1.0.0": {"_npmUser": {"name": "anna"}}, "1.0.1": {"_npmUser": {"name": "anna"}}},
     "time": {"created": "2025-01-01T00:00:00.000Z", "1.0.0": "2026-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    """
    account = published_by.publisher
    if account.trusted or now.at - published.at >= options.recent:
        return
    publications = history.publications()
    silence = _silence(publications, account, published.at)
    if silence is None or silence[1] - silence[0] < options.silence:
        return
    length = silence[1] - silence[0]
    others = [one for one in publications if silence[0] < one.at < silence[1]]
    if others:
        word = count(len(others), "version")
        text = (
            f"published by {account.label} after {span(length)} of silence, in which others published {word}"
        )
        yield Hit(text, fix=compare(release, others[-1]))
    elif length >= 2 * _longest_pause([one.at for one in publications if one.at <= silence[0]]):
        text = f"published by {account.label} after {span(length)} in which nobody published anything"
        yield Hit(f"{text} of {release.name}", severity=Severity.LOW)


def _silence(
    publications: Sequence[Publication], account: Publisher, at: datetime
) -> tuple[datetime, datetime] | None:
    """Between which two publishes the account was silent before the release, or before the series it belongs to."""
    mine = [one.at for one in publications if same_account(one.publisher, account) and one.at <= at]
    settled = [moment for moment in mine if moment <= at - SETTLED]
    if not settled:
        return None
    return settled[-1], mine[len(settled)] if len(settled) < len(mine) else at


def _longest_pause(times: Sequence[datetime]) -> timedelta:
    pauses = (later - earlier for earlier, later in pairwise(times))
    return max(pauses, default=timedelta(0))
