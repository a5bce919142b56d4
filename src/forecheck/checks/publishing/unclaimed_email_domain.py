from collections.abc import Iterator

from forecheck.check import Unknown, check
from forecheck.checks.wording import listing
from forecheck.evidence.mail_domains import Holding, MailDomain, MailDomains
from forecheck.model import Confidence, Hit, Release, Severity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH, unknown=Unknown.NOTE)
def unclaimed_email_domain(_: Release, mail: MailDomains) -> Iterator[Hit]:
    """Anyone can register the mail domain of somebody who may publish it.

    ## Why it matters
    Whoever registers the domain receives the mail of the account, asks for a new password, and publishes. ctx
    on PyPI was taken that way in 2022, and node-ipc in May 2026: the domain cost a few dollars.

    ## What to do
    Tell the maintainers: the account needs another address, or the domain has to be registered again. Until
    then take no new version of the package, and look at what was published since the domain lapsed.

    ## What it cannot know
    Whether the account has a second factor, or whether the registry has locked it. Domains that lapsed but are
    not free yet, that are for sale, or that somebody else has registered already look like any other. DNS is
    asked first, then the registry of the top-level domain (RDAP, found through IANA's list); not every registry
    offers that, and then what DNS says is all there is. The mail domains of private packages are not asked
    about, nor those of large mail services.

    ## Examples
    ### bad: neither DNS nor the registry knows the domain
    ```json title="packument.json"
    {"name": "tidewater", "versions": {"1.0.0": {}}, "maintainers": [{"name": "anna", "email": "anna@example.fr"}]}
    ```
    ```json title="domains.json"
    {"example.fr": {"dns": "unknown", "registered": false}}
    ```
    ```text title="finding"
    mail for anna goes to example.fr, which nobody has registered: DNS and its registry say so
    ```
    ### bad: DNS does not know it, and the registry answers no such questions
    ```json title="packument.json"
    {"name": "tidewater", "versions": {"1.0.0": {}},
     "maintainers": [{"name": "anna", "email": "anna@mail.example.fr"}, {"name": "ben", "email": "ben@example.fr"}]}
    ```
    ```json title="domains.json"
    {"example.fr": {"dns": "unknown"}}
    ```
    ```text title="finding"
    mail for anna and ben goes to example.fr, which DNS does not know; its registry could not be asked
    ```
    ### good: registered, though without name servers
    ```json title="packument.json"
    {"name": "tidewater", "versions": {"1.0.0": {}}, "maintainers": [{"name": "anna", "email": "anna@example.fr"}]}
    ```
    ```json title="domains.json"
    {"example.fr": {"dns": "unknown", "registered": true}}
    ```
    ### good: a large mail service
    ```json title="packument.json"
    {"name": "tidewater", "versions": {"1.0.0": {}}, "maintainers": [{"name": "anna", "email": "anna@gmail.com"}]}
    ```
    ### unknown: the name servers fail
    ```json title="packument.json"
    {"name": "tidewater", "versions": {"1.0.0": {}}, "maintainers": [{"name": "anna", "email": "anna@example.fr"}]}
    ```
    ```json title="domains.json"
    {"example.fr": {"dns": "failing"}}
    ```
    """
    hits = [_hit(one) for one in mail.domains if one.missing is None and one.holding is not Holding.HELD]
    if not hits:
        for one in mail.domains:
            if one.missing is not None:
                raise one.missing
    yield from hits


def _hit(mail: MailDomain) -> Hit:
    text = f"mail for {listing(mail.people)} goes to {mail.domain}, which"
    if mail.holding is Holding.UNHEARD_OF:
        return Hit(
            f"{text} DNS does not know; its registry could not be asked",
            severity=Severity.MEDIUM,
            confidence=Confidence.LOW,
            key=mail.domain,
        )
    if mail.holding is Holding.FREE_BUT_NAMED:
        return Hit(
            f"{text} its registry does not know; DNS has the name, without name servers",
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
            key=mail.domain,
        )
    return Hit(f"{text} nobody has registered: DNS and its registry say so", key=mail.domain)
