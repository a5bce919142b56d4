from collections.abc import Iterator

from forecheck.check import Unknown, check
from forecheck.evidence.attestations import Attestations
from forecheck.model import Confidence, Hit, Release, Severity


@check(severity=Severity.INFO, confidence=Confidence.HIGH, unknown=Unknown.NOTE)
def attested_build(release: Release, attestations: Attestations) -> Iterator[Hit]:
    """Which workflow of which repository built the release, as its provenance proves.

    ## Why it matters
    It is a fact to go by, not a fault: whoever reads it can see whether the package comes from where it should, and
    from a tag rather than from somebody's branch.

    ## What to do
    Nothing. `--verbose` and the JSON report show it for each release that has valid provenance.

    ## What it cannot know
    Valid provenance is not a promise of good intent: what was in the repository at that commit, and what the workflow
    did, was decided by whoever could push there.

    ## Examples
    ### bad: not bad at all, but worth a line
    ```json title="packument.json"
    {"name": "thing", "versions": {"1.2.3": {"dist": {"integrity": "sha512-dGFyYmFsbA=="}}}}
    ```
    ```json title="attestations.json"
    {"thing@1.2.3": [{"repository": "https://github.com/some/thing", "ref": "refs/tags/v1.2.3",
                      "workflow": ".github/workflows/publish.yml"}]}
    ```
    ```text title="finding"
    built by GitHub Actions from github.com/some/thing @ refs/tags/v1.2.3, workflow .github/workflows/publish.yml
    ```
    ### good: npm's record of the publish alone says nothing of a build
    ```json title="packument.json"
    {"name": "thing", "versions": {"1.2.3": {"dist": {"integrity": "sha512-dGFyYmFsbA=="}}}}
    ```
    ```json title="attestations.json"
    {"thing@1.2.3": [{"signer": "npm"}]}
    ```
    ### unknown: a mirror that takes attestations off
    ```json title="packument.json"
    {"name": "thing", "versions": {"1.2.3": {"dist": {"integrity": "sha512-dGFyYmFsbA=="}}}}
    ```
    """
    for build in attestations.builds(release):
        yield Hit(f"built by {build.build}", key=build.run or build.subject)
