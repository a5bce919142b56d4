from collections.abc import Iterator

from forecheck.check import Unknown, check
from forecheck.evidence.repository import Repository
from forecheck.model import Confidence, Hit, Release, Severity


@check(severity=Severity.LOW, confidence=Confidence.LOW, unknown=Unknown.NOTE)
def repository_gone(_: Release, repository: Repository) -> Iterator[Hit]:
    """The repository it links to is gone, or private.

    ## Why it matters
    Nobody can compare what was published with its source, read its history or report a problem. Where the
    owner's account is gone too, anyone can take the name and put up what they like.

    ## What to do
    Look for where the project went: its page, its newest version, its other packages. If it went nowhere,
    nobody maintains it.

    ## What it cannot know
    Whether the repository is gone or only private: to a stranger both look the same, and a token shows only
    what its owner may see. Companies that publish compiled packages often keep the source private. Forges
    follow a project that was renamed, so a rename is not reported.

    ## Examples
    ### bad: the forge shows nothing
    ```json title="packument.json"
    {"name": "pilot", "versions": {"1.0.0": {"repository": "https://github.com/harbour/pilot"}}}
    ```
    ```json title="forge.json"
    {"github.com/harbour/pilot": {"gone": true}}
    ```
    ```text title="finding"
    github.com/harbour/pilot, which it links to, is gone or private
    ```
    ### good: it is there
    ```json title="packument.json"
    {"name": "pilot", "versions": {"1.0.0": {"repository": "https://github.com/harbour/pilot"}}}
    ```
    ```json title="forge.json"
    {"github.com/harbour/pilot": {}}
    ```
    ### unknown: the allowance of requests is used up
    ```json title="packument.json"
    {"name": "pilot", "versions": {"1.0.0": {"repository": "https://github.com/harbour/pilot"}}}
    ```
    ```json title="forge.json"
    {"github.com/harbour/pilot": {"limited": true}}
    ```
    """
    if repository.state is None:
        label = repository.link.project.label
        if repository.by_token:
            text = f"{label}, which it links to, is gone, or private and not for the token's owner"
            yield Hit(text, confidence=Confidence.MEDIUM)
        else:
            yield Hit(f"{label}, which it links to, is gone or private")
