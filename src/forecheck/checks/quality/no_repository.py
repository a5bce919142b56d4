from collections.abc import Iterator

from forecheck.check import Unknown, check
from forecheck.evidence.statements import Statements
from forecheck.model import Confidence, Hit, Release, Severity


@check(severity=Severity.LOW, confidence=Confidence.HIGH, unknown=Unknown.NOTE)
def no_repository(release: Release, statements: Statements) -> Iterator[Hit]:
    """The manifest names no repository.

    ## Why it matters
    The published files can then be compared with nothing, there is no history to read and no place to report a
    problem. Honest packages nearly always have one.

    ## What to do
    Look for the project's page before you depend on the package. For a company's own package, name the repository
    even if it is private: it helps whoever has to find the source.

    ## What it cannot know
    Whether the repository that a manifest names is really where the code comes from: anybody can name any. Provenance
    attestations prove it, and have a check of their own.

    ## Examples
    ### bad: nothing
    ```json title="packument.json"
    {"name": "left-thing", "versions": {"1.0.0": {"repository": {}}}}
    ```
    ```text title="finding"
    the manifest of left-thing@1.0.0 names no repository
    ```
    ### good: the shorthand
    ```json title="packument.json"
    {"name": "left-thing", "versions": {"1.0.0": {"repository": "github:left/thing"}}}
    ```
    """
    if not statements.repository:
        yield Hit(f"the manifest of {release.spec} names no repository")
