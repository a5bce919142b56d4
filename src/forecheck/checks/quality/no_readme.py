from collections.abc import Iterator

from forecheck.check import Unknown, check
from forecheck.evidence.statements import Readme
from forecheck.model import Confidence, Hit, Release, Severity


@check(severity=Severity.INFO, confidence=Confidence.LOW, unknown=Unknown.NOTE)
def no_readme(release: Release, readme: Readme) -> Iterator[Hit]:
    """The package has no readme.

    ## Why it matters
    A package that says nothing about itself is one nobody was meant to read about: names taken in advance, tests that
    were published by mistake, and throw-away malware look like this.

    ## What to do
    Look at the repository. If a package that you need has no word of explanation there either, think twice.

    ## What it cannot know
    Whether this very version has a readme: the registry keeps that of the newest version only. Some tools, pnpm among
    them, do not hand the readme over when they publish; the registry then has none although the tarball does.

    ## Examples
    ### bad: none
    ```json title="packument.json"
    {"name": "left-thing", "versions": {"1.0.0": {}}, "readme": "ERROR: No README data found!"}
    ```
    ```text title="finding"
    the registry has no readme of left-thing
    ```
    ### good: one
    ```json title="packument.json"
    {"name": "left-thing", "versions": {"1.0.0": {}}, "readme": "# left-thing"}
    ```
    ### unknown: a registry without readmes
    ```json title="packument.json"
    {"name": "left-thing", "versions": {"1.0.0": {}}}
    ```
    """
    if not readme.present:
        yield Hit(f"the registry has no readme of {release.name}")
