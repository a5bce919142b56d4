from collections.abc import Iterator

from forecheck.check import Unknown, check
from forecheck.checks.wording import host
from forecheck.evidence.public_name import PublicName
from forecheck.model import Confidence, FromRegistry, Hit, Release, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.MEDIUM, unknown=Unknown.NOTE)
def public_namesake(release: Release, name: PublicName) -> Iterator[Hit]:
    """A private registry and the public one both have a package of that name.

    ## Why it matters
    A machine or a build without the private registry's line gets the other package, and so does a registry that
    looks in both places for the highest version (dependency confusion).

    ## What to do
    Find out whose the public one is, and which of the two was meant. If it is not yours, rename the internal package
    into a scope that you own on the public registry, and route that scope.

    ## What it cannot know
    Whether the public package is your own, or a mirror's original that the private registry only passes on. The
    public registry is asked about names and scopes that `registries.ask` in forecheck.toml lists, and about no
    other, because the question tells it the name. Names on that list that come from the public registry are looked
    for at the registries that `registries.private` names; one that passes on everything has every name.

    ## Examples
    ### bad: both have it
    ```json title="packument.json"
    {"name": "@harbour/billing", "versions": {"1.4.0": {}}}
    ```
    ```json title="names.json"
    {"internal": true, "ask": ["@harbour/billing"], "public": {"@harbour/billing": "99.0.0"}}
    ```
    ```text title="finding"
    the public registry has a package called @harbour/billing, too: 99.0.0
    ```
    ### bad: it is an internal name, and came from the public one
    ```json title="packument.json"
    {"name": "harbour-billing", "versions": {"99.0.0": {}}}
    ```
    ```json title="names.json"
    {"ask": ["harbour-billing"], "private-has": {"harbour-billing": "1.4.0"}}
    ```
    ```text title="finding"
    it comes from registry.npmjs.org, and npm.corp.example has a package called harbour-billing, too
    ```
    ### good: only the private one has it
    ```json title="packument.json"
    {"name": "@harbour/billing", "versions": {"1.4.0": {}}}
    ```
    ```json title="names.json"
    {"internal": true, "ask": ["@harbour/billing"]}
    ```
    ### unknown: a name that is nobody's business
    ```json title="packument.json"
    {"name": "@harbour/billing", "versions": {"1.4.0": {}}}
    ```
    ```json title="names.json"
    {"internal": true}
    ```
    """
    if name.internal and name.latest is not None:
        yield Hit(f"the public registry has a package called {release.name}, too: {name.latest}")
    if name.also_at and isinstance(release.origin, FromRegistry):
        here, there = host(release.origin.url), host(name.also_at)
        yield Hit(f"it comes from {here}, and {there} has a package called {release.name}, too")
