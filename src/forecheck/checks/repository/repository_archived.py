from collections.abc import Iterator

from forecheck.check import Unknown, check
from forecheck.evidence.repository import Repository
from forecheck.model import Confidence, Hit, Release, Severity, Unavailable, UnavailableKind


@check(severity=Severity.LOW, confidence=Confidence.HIGH, unknown=Unknown.NOTE)
def repository_archived(_: Release, repository: Repository) -> Iterator[Hit]:
    """The repository it links to is archived.

    ## Why it matters
    An archived repository takes no changes: flaws stay, and nobody reads reports of them. A new version of a
    package whose repository is archived came from somewhere else.

    ## What to do
    See what the readme recommends instead. If the version is newer than the archiving, find out who made it.

    ## What it cannot know
    When it was archived, and whether the work goes on elsewhere under another name. GitLab tells it to owners
    of a token only, Bitbucket to nobody.

    ## Examples
    ### bad: archived
    ```json title="packument.json"
    {"name": "pilot", "versions": {"1.0.0": {"repository": "https://github.com/harbour/pilot"}}}
    ```
    ```json title="forge.json"
    {"github.com/harbour/pilot": {"archived": true}}
    ```
    ```text title="finding"
    github.com/harbour/pilot, which it links to, is archived
    ```
    ### good: open
    ```json title="packument.json"
    {"name": "pilot", "versions": {"1.0.0": {"repository": "https://github.com/harbour/pilot"}}}
    ```
    ```json title="forge.json"
    {"github.com/harbour/pilot": {"archived": false}}
    ```
    ### unknown: no such repository, which is a finding of its own
    ```json title="packument.json"
    {"name": "pilot", "versions": {"1.0.0": {"repository": "https://github.com/harbour/pilot"}}}
    ```
    """
    label = repository.link.project.label
    if repository.state is None:
        raise Unavailable(UnavailableKind.UNSUPPORTED, f"{label} is gone or private")
    if repository.state.archived is None:
        domain = repository.link.project.forge.domain
        raise Unavailable(UnavailableKind.UNSUPPORTED, f"{domain} does not tell what is archived")
    if repository.state.archived:
        yield Hit(f"{label}, which it links to, is archived")
