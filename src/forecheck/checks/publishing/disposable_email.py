from collections.abc import Iterator

from forecheck.analysis.mail_domain import is_disposable, mail_domain
from forecheck.analysis.package_json import Person
from forecheck.check import check
from forecheck.checks.wording import listing
from forecheck.evidence.owners import Owners
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import Confidence, Hit, Release, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def disposable_email(_: Release, owners: Owners, manifest: RegistryManifest) -> Iterator[Hit]:
    """Somebody who may publish it has an address at a service for disposable mail.

    ## Why it matters
    Such an address is made in a second, often without a password, so that anyone who knows it can read its mail
    and reset the account. It is what spam and malware accounts are registered with; people who maintain
    software rarely hide behind one.

    ## What to do
    Look at who the publisher is: other packages, the repository, how long the account has been there. If it is
    an honest maintainer, ask them to take an address that only they can read.

    ## What it cannot know
    Every such service: new domains appear daily, and the list is bundled. Aliases that forward to a real
    mailbox (Firefox Relay, DuckDuckGo) are not on it. Where only another maintainer has such an address, not
    whoever published the version, it is noted.

    ## Examples
    ### bad: the publisher of this version
    ```json title="packument.json"
    {"name": "tidewater", "versions": {"1.0.0": {"_npmUser": {"name": "x83", "email": "x83@mailinator.com"}}},
     "maintainers": [{"name": "x83", "email": "x83@mailinator.com"}]}
    ```
    ```text title="finding"
    x83, who published it, has an address at mailinator.com, a service for disposable mail
    ```
    ### bad: another maintainer, which is only noted
    ```json title="packument.json"
    {"name": "tidewater", "versions": {"1.0.0": {"_npmUser": {"name": "anna", "email": "anna@example.com"}}},
     "maintainers": [{"name": "anna", "email": "anna@example.com"}, {"name": "x83", "email": "x83@a.mailinator.com"}]}
    ```
    ```text title="finding"
    x83, who may publish it, has an address at a.mailinator.com, a service for disposable mail
    ```
    ### good: an ordinary address
    ```json title="packument.json"
    {"name": "tidewater", "versions": {"1.0.0": {}}, "maintainers": [{"name": "anna", "email": "anna@example.com"}]}
    ```
    ### unknown: a registry that names nobody
    ```json title="packument.json"
    {"name": "tidewater", "versions": {"1.0.0": {}}}
    ```
    """
    publisher = manifest.publisher
    at_publish = None if publisher is None or publisher.trusted else Person(publisher.name, publisher.email)
    if at_publish is not None and _disposable(at_publish):
        yield Hit(_text([at_publish], "who published it"), key=at_publish.label)
    others: dict[str, list[Person]] = {}
    for person in owners.people:
        if _disposable(person) and (at_publish is None or person.label != at_publish.label):
            others.setdefault(mail_domain(person.email) or "", []).append(person)
    for domain, people in others.items():
        yield Hit(_text(people, "who may publish it"), severity=Severity.LOW, key=domain)


def _disposable(person: Person) -> bool:
    domain = mail_domain(person.email)
    return domain is not None and is_disposable(domain)


def _text(people: list[Person], who: str) -> str:
    names = listing([person.label for person in people])
    has = "has an address" if len(people) == 1 else "have addresses"
    return f"{names}, {who}, {has} at {mail_domain(people[0].email)}, a service for disposable mail"
