from collections.abc import Iterator

from forecheck.check import Unknown, check
from forecheck.evidence.attestations import Attestations
from forecheck.evidence.statements import Statements
from forecheck.model import Confidence, Hit, Release, Severity
from forecheck.provenance.agreement import repository_key, same_repository


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH, unknown=Unknown.NOTE)
def provenance_repository(
    release: Release, attestations: Attestations, statements: Statements
) -> Iterator[Hit]:
    """It was built from another repository than its manifest names.

    ## Why it matters
    The repository in a manifest is what people look at when they judge a package, and anybody can write any there.
    The one in the provenance is where the build really ran. npm refuses to publish where the two differ, so that they
    do means that the metadata were changed later, or that the registry is not so strict.

    ## What to do
    Look at the repository that the provenance names: is it the project's, under a new name or owner, or a copy of it?

    ## What it cannot know
    Whether one repository was renamed or moved to the other: then both lead to the same place. A manifest whose
    repository is not written as an address at all cannot be compared.

    ## Examples
    ### bad: another owner
    ```json title="packument.json"
    {"name": "thing", "versions": {"1.0.0": {"repository": {"type": "git", "url": "git+https://github.com/some/thing.git"},
                                             "dist": {"integrity": "sha512-dGFyYmFsbA=="}}}}
    ```
    ```json title="attestations.json"
    {"thing@1.0.0": [{"repository": "https://github.com/mallory/thing"}]}
    ```
    ```text title="finding"
    built from github.com/mallory/thing, but its manifest names github.com/some/thing
    ```
    ### good: the same, in short
    ```json title="packument.json"
    {"name": "thing", "versions": {"1.0.0": {"repository": "github:Some/thing",
                                             "dist": {"integrity": "sha512-dGFyYmFsbA=="}}}}
    ```
    ```json title="attestations.json"
    {"thing@1.0.0": [{"repository": "https://github.com/some/thing"}]}
    ```
    """
    named = repository_key(statements.repository)
    if not named:
        return
    for build in attestations.builds(release):
        if not same_repository(statements.repository, build.repository):
            built = repository_key(build.repository) or build.repository
            yield Hit(f"built from {built}, but its manifest names {named}", key=built)
