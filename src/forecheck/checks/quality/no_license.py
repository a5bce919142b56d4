from collections.abc import Iterator

from forecheck.check import Unknown, check
from forecheck.evidence.statements import Statements
from forecheck.model import Confidence, Hit, Release, Severity


@check(severity=Severity.LOW, confidence=Confidence.HIGH, unknown=Unknown.NOTE)
def no_license(release: Release, statements: Statements) -> Iterator[Hit]:
    """The manifest names no licence.

    ## Why it matters
    Without a licence nobody but the author may use the code. Packages made for an attack often leave it out, as they
    leave out everything that takes effort.

    ## What to do
    Look for a licence file in the repository, and ask the author to name it in package.json.

    ## What it cannot know
    Whether a licence file lies in the package. Whether the licence that is named suits you: `UNLICENSED` and `SEE
    LICENSE IN …` are statements too.

    ## Examples
    ### bad: nothing
    ```json title="packument.json"
    {"name": "left-thing", "versions": {"1.0.0": {"description": "a thing"}}}
    ```
    ```text title="finding"
    the manifest of left-thing@1.0.0 names no licence
    ```
    ### good: the old form
    ```json title="packument.json"
    {"name": "left-thing", "versions": {"1.0.0": {"licenses": [{"type": "MIT", "url": "https://example.net/MIT"}]}}}
    ```
    ### good: only this version's own counts
    ```json title="packument.json"
    {"name": "left-thing", "dist-tags": {"latest": "1.0.0"},
     "versions": {"1.0.0": {"license": "MIT"}, "2.0.0": {}}}
    ```
    """
    if not statements.license:
        yield Hit(f"the manifest of {release.spec} names no licence")
