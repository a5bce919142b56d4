from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Final

import msgspec

from forecheck.analysis.package_json import Person
from forecheck.check import Option, Stricter, check
from forecheck.checks.wording import count, listing
from forecheck.evidence.team import Team
from forecheck.model import Confidence, Hit, Now, Release, Severity

_ANONYMOUS: Final = frozenset(
    {
        *(
            "proton.me",
            "protonmail.com",
            "pm.me",
            "tutanota.com",
            "tuta.com",
            "tuta.io",
            "cock.li",
            "airmail.cc",
        ),
        *(
            "mail.ru",
            "yandex.ru",
            "yandex.com",
            "onionmail.org",
            "guerrillamail.com",
            "mailinator.com",
            "sharklasers.com",
        ),
    }
)
"""Mail services where an address costs nothing and tells nothing; stolen npm accounts were moved to such ones."""


class Options(msgspec.Struct, frozen=True):
    recent: Annotated[timedelta, Option("Releases older than this are not looked at.", Stricter.HIGHER)] = (
        timedelta(days=30)
    )


@check(severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)
def maintainers_changed(release: Release, team: Team, now: Now, options: Options) -> Iterator[Hit]:
    """Other people than before may publish the package.

    ## Why it matters
    Before the malicious axios versions of March 2026 the maintainer's account had been given another e-mail address;
    packages that are sold or handed over show it in their list of maintainers first.

    ## What to do
    See whether the project announced the change. Where every maintainer is new, or the publisher's address changed,
    wait for that before you update.

    ## What it cannot know
    Why the list changed. Teams grow and shrink, and organisations add whole teams at once: a list that only grew is
    noted, one that only shrank is not even that. People change their address: that is only noted too, unless the new
    one is at a service for anonymous mail, or the version before was published by trusted publishing and this one by
    hand. It compares what the registry recorded at each publish, so a change after the publish is not seen.

    ## Examples
    ### bad: nobody of before is left
    ```json title="packument.json"
    {"name": "wide-align",
     "versions": {"1.0.0": {"maintainers": [{"name": "anna"}, {"name": "ben"}]},
                  "1.0.1": {"maintainers": [{"name": "mallory"}]}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    all maintainers of wide-align at 1.0.0 (anna and ben) are gone; now there is mallory
    ```
    ### bad: the publisher's address is another one
    ```json title="packument.json"
    {"name": "wide-align",
     "versions": {"1.0.0": {"maintainers": [{"name": "anna", "email": "anna@example.com"}]},
                  "1.0.1": {"_npmUser": {"name": "anna", "email": "anna84@proton.me"},
                            "maintainers": [{"name": "anna", "email": "anna84@proton.me"}]}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    the e-mail address of anna, who published it, was anna@example.com at 1.0.0 and is anna84@proton.me
    ```
    ### bad: the publisher moved to another address, which is only noted
    ```json title="packument.json"
    {"name": "wide-align",
     "versions": {"1.0.0": {"maintainers": [{"name": "anna", "email": "anna@example.com"}]},
                  "1.0.1": {"_npmUser": {"name": "anna", "email": "anna@example.org"},
                            "maintainers": [{"name": "anna", "email": "anna@example.org"}]}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    the e-mail address of anna, who published it, was anna@example.com at 1.0.0 and is anna@example.org
    ```
    ### bad: somebody joined, which is only noted
    ```json title="packument.json"
    {"name": "wide-align",
     "versions": {"1.0.0": {"maintainers": [{"name": "anna"}]},
                  "1.0.1": {"maintainers": [{"name": "anna"}, {"name": "ben"}]}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    1 maintainer more than at 1.0.0: ben
    ```
    ### good: somebody left
    ```json title="packument.json"
    {"name": "wide-align",
     "versions": {"1.0.0": {"maintainers": [{"name": "anna"}, {"name": "ben"}]},
                  "1.0.1": {"maintainers": [{"name": "anna"}]}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ### unknown: a registry that names no maintainers
    ```json title="packument.json"
    {"name": "wide-align", "versions": {"1.0.0": {}, "1.0.1": {}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    """
    if not team.since or (team.at is not None and now.at - team.at >= options.recent):
        return
    before, after = _by_label(team.before), _by_label(team.after)
    yield from _address_changed(team, before)
    joined = [label for label in after if label not in before]
    if before.keys().isdisjoint(after):
        gone = f"all maintainers of {release.name} at {team.since} ({listing(list(before))}) are gone"
        yield Hit(f"{gone}; now there {'is' if len(after) == 1 else 'are'} {listing(list(after))}", key="all")
    elif joined:
        text = f"{count(len(joined), 'maintainer')} more than at {team.since}: {listing(joined)}"
        yield Hit(text, severity=Severity.LOW, key="joined")


def _by_label(people: tuple[Person, ...]) -> dict[str, Person]:
    return {person.label: person for person in people}


def _address_changed(team: Team, before: Mapping[str, Person]) -> Iterator[Hit]:
    """The publisher's own address, at the version before and now."""
    publisher = team.publisher
    if publisher is None or publisher.trusted or not publisher.name or publisher.name not in before:
        return
    was, now = before[publisher.name].email.lower(), publisher.email.lower()
    if not was or not now or was == now:
        return
    serious = team.by_machine_before or now.rpartition("@")[2] in _ANONYMOUS
    yield Hit(
        f"the e-mail address of {publisher.name}, who published it, was {was} at {team.since} and is {now}",
        severity=None if serious else Severity.LOW,
        key="address",
    )
