from collections.abc import Iterator

from forecheck.check import Unknown, check
from forecheck.evidence.public_name import PublicName
from forecheck.model import Confidence, Hit, Release, Severity


def _unscoped(subject: object) -> bool:
    return isinstance(subject, Release) and not subject.name.startswith("@")


@check(severity=Severity.LOW, confidence=Confidence.MEDIUM, unknown=Unknown.NOTE, concerns=_unscoped)
def unclaimed_internal_name(release: Release, name: PublicName) -> Iterator[Hit]:
    """A private registry serves it, and anyone could publish its name on the public one.

    ## Why it matters
    Names of internal packages leak: in bundles, in lockfiles, in error messages. Whoever publishes one of them
    publicly waits for a machine that asks the wrong registry.

    ## What to do
    Rename it into a scope that you own on the public registry, or publish an empty package of the name there.

    ## What it cannot know
    Whether any machine of yours ever asks the wrong registry. Names in a scope are left out: nobody can publish
    there but the scope's owner, and who that is the registry does not say. The public registry is asked about
    names that `registries.ask` in forecheck.toml lists, and about no other.

    ## Examples
    ### bad: free
    ```json title="packument.json"
    {"name": "harbour-billing", "versions": {"1.4.0": {}}}
    ```
    ```json title="names.json"
    {"internal": true, "ask": ["harbour-billing"]}
    ```
    ```text title="finding"
    anyone could publish harbour-billing on the public registry
    ```
    ### good: taken
    ```json title="packument.json"
    {"name": "harbour-billing", "versions": {"1.4.0": {}}}
    ```
    ```json title="names.json"
    {"internal": true, "ask": ["harbour-billing"], "public": {"harbour-billing": "0.0.0"}}
    ```
    ### unknown: a name that is nobody's business
    ```json title="packument.json"
    {"name": "harbour-billing", "versions": {"1.4.0": {}}}
    ```
    ```json title="names.json"
    {"internal": true}
    ```
    """
    if name.internal and name.latest is None:
        yield Hit(f"anyone could publish {release.name} on the public registry")
