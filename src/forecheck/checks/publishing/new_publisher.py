from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated

import msgspec

from forecheck.check import Option, Stricter, check
from forecheck.checks.wording import ago, command, count, listing
from forecheck.evidence.history import History, Publication
from forecheck.evidence.packument import Publisher
from forecheck.evidence.published import Published
from forecheck.evidence.published_by import PublishedBy
from forecheck.model import Confidence, Fix, Hit, Now, Release, Severity


class Options(msgspec.Struct, frozen=True):
    known_after: Annotated[
        timedelta,
        Option(
            "An account that first published the package this long ago is no longer new.", Stricter.HIGHER
        ),
    ] = timedelta(days=30)
    note_from: Annotated[
        timedelta,
        Option("From this long ago on it is only noted, no longer asked about.", Stricter.HIGHER),
    ] = timedelta(days=14)


@check(severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)
def new_publisher(
    release: Release,
    published: Published,
    published_by: PublishedBy,
    history: History,
    now: Now,
    options: Options,
) -> Iterator[Hit]:
    """The account that published it had not published the package before.

    ## Why it matters
    event-stream was handed to a stranger who asked for it, and the stranger's first version brought the malware in.
    A package bought, inherited or taken over shows itself first in who publishes it.

    ## What to do
    See whether the account belongs to the project: in the repository's history, its organisation, its releases. If
    nothing there knows the account, stay on the version before.

    ## What it cannot know
    Whether the account belongs to a known person under another name, and whether a known account is still in its
    owner's hands. A publish by a CI system with trusted publishing is not a person's and never counts as new. An
    account that was a maintainer before it published is only noted, and so is one after whose version the others
    carried on. After a month without an outcry nothing is said.

    ## Examples
    ### bad: a stranger
    ```json title="packument.json"
    {"name": "event-pipe",
     "versions": {"3.3.5": {"_npmUser": {"name": "dominic"}, "maintainers": [{"name": "dominic"}]},
                  "3.3.6": {"_npmUser": {"name": "right9"},
                            "maintainers": [{"name": "dominic"}, {"name": "right9"}]}},
     "time": {"created": "2011-01-01T00:00:00.000Z", "3.3.5": "2024-01-01T00:00:00.000Z",
              "3.3.6": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    published by right9, who never did before 2 days ago; the 1 version before was published by dominic
    ```
    ### bad: one of the maintainers publishes for the first time, which is only noted
    ```json title="packument.json"
    {"name": "event-pipe",
     "versions": {"3.3.5": {"_npmUser": {"name": "dominic"},
                            "maintainers": [{"name": "dominic"}, {"name": "anna"}]},
                  "3.3.6": {"_npmUser": {"name": "anna"},
                            "maintainers": [{"name": "dominic"}, {"name": "anna"}]}},
     "time": {"created": "2011-01-01T00:00:00.000Z", "3.3.5": "2024-01-01T00:00:00.000Z",
              "3.3.6": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    published by anna, a maintainer who never did before 2 days ago; the 1 version before was published by dominic
    ```
    ### good: the project moves to trusted publishing
    ```json title="packument.json"
    {"name": "event-pipe",
     "versions": {"3.3.5": {"_npmUser": {"name": "dominic"}},
                  "3.3.6": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com",
                                         "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"}}}},
     "time": {"created": "2011-01-01T00:00:00.000Z", "3.3.5": "2024-01-01T00:00:00.000Z",
              "3.3.6": "2026-05-30T00:00:00.000Z"}}
    ```
    ### good: and back, by the hand of somebody who published before
    ```json title="packument.json"
    {"name": "event-pipe",
     "versions": {"3.3.4": {"_npmUser": {"name": "dominic"}},
                  "3.3.5": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com"}},
                  "3.3.6": {"_npmUser": {"name": "dominic"}}},
     "time": {"created": "2011-01-01T00:00:00.000Z", "3.3.4": "2023-01-01T00:00:00.000Z",
              "3.3.5": "2024-01-01T00:00:00.000Z", "3.3.6": "2026-05-30T00:00:00.000Z"}}
    ```
    ### good: a new package, published by its author
    ```json title="packument.json"
    {"name": "event-pipe", "versions": {"1.0.0": {"_npmUser": {"name": "anna"}}},
     "time": {"created": "2026-05-30T00:00:00.000Z", "1.0.0": "2026-05-30T00:00:00.000Z"}}
    ```
    ### unknown: a registry that does not say who published
    ```json title="packument.json"
    {"name": "event-pipe", "versions": {"1.0.0": {}},
     "time": {"created": "2026-05-30T00:00:00.000Z", "1.0.0": "2026-05-30T00:00:00.000Z"}}
    ```
    """
    account = published_by.publisher
    if account.trusted or now.at - published.at >= options.known_after:
        return
    publications = history.publications()
    first = next((one for one in publications if same_account(one.publisher, account)), None)
    if first is None or now.at - first.at >= options.known_after:
        return
    before = [one for one in publications if one.at < first.at and one.publisher is not None]
    if not before:
        return
    maintainer = any(account.name in {person.name for person in one.team or ()} for one in before)
    known_to_others = maintainer or _carried_on(publications, first, before)
    yield Hit(
        f"published by {account.label}, {'a maintainer ' if maintainer else ''}who never did before"
        f" {ago(first.at, now.at)}; the {count(len(before), 'version')} before"
        f" {'was' if len(before) == 1 else 'were'} published by {listing(_publishers(before))}",
        severity=Severity.LOW if known_to_others or now.at - first.at >= options.note_from else None,
        fix=compare(release, before[-1]),
    )


def _carried_on(
    publications: Sequence[Publication], first: Publication, before: Sequence[Publication]
) -> bool:
    """Whether somebody who published before has done so again since, and so has seen the new account's version."""
    later = (one.publisher for one in publications if one.at > first.at)
    return any(
        publisher is not None and any(same_account(one.publisher, publisher) for one in before)
        for publisher in later
    )


def compare(release: Release, before: Publication) -> Fix:
    """The command that shows what changed since another version."""
    old, new = f"--diff={release.name}@{before.version}", f"--diff={release.spec}"
    return Fix(f"compare with {before.version}", command("npm", "diff", old, new))


def same_account(one: Publisher | None, other: Publisher) -> bool:
    """Whether two versions were published by one account; its name is what lasts, its e-mail address may change."""
    if one is None or one.trusted or other.trusted:
        return False
    return one.name == other.name if one.name and other.name else one.email == other.email


def _publishers(publications: Sequence[Publication]) -> list[str]:
    """Who published, the last one first."""
    labels = [one.publisher.label for one in reversed(publications) if one.publisher is not None]
    return list(dict.fromkeys(labels))
