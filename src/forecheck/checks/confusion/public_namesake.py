from collections.abc import Iterator

from forecheck.check import Unknown, check
from forecheck.evidence.public_name import PublicName
from forecheck.model import Confidence, Hit, Release, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.MEDIUM, unknown=Unknown.NOTE)
def public_namesake(release: Release, name: PublicName) -> Iterator[Hit]:
    """A private registry serves it, and the public registry has a package of that name.

    ## Why it matters
    A machine or a build without the private registry's line gets the other package, and so does a registry that
    looks in both places for the highest version (dependency confusion).

    ## What to do
    Find out whose the public one is. If it is not yours, rename the internal package into a scope that you own
    on the public registry, and route that scope.

    ## What it cannot know
    Whether the public package is your own, or a mirror's original that the private registry only passes on. The
    public registry is asked about names and scopes that `registries.ask` in forecheck.toml lists, and about no
    other, because the question tells it the name.

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
