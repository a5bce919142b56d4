from collections.abc import Iterator

from forecheck.analysis.lookalike import find_target
from forecheck.check import check
from forecheck.checks.wording import command, host
from forecheck.model import Confidence, Fix, Hit, Missing, Severity, Unresolved
from forecheck.popularity import Popularity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def unknown_package(unresolved: Unresolved, popularity: Popularity) -> Iterator[Hit]:
    """The registry has no package of this name.

    ## Why it matters
    A name that does not exist today can be registered by anybody tomorrow. Attackers collect names that people
    mistype, that language models make up, and that companies use inside only, and wait: a command that fails now
    installs their code next time.

    ## What to do
    Correct the name. If it is a private package, make sure that its scope is routed to the private registry in
    `.npmrc`, so that the public one is never asked. If a language model suggested it, take the suggestion as wrong.

    ## What it cannot know
    Whether the package existed before and was removed, or whether it is hidden from you for lack of rights:
    registries answer the same to all three.

    ## Examples
    ### bad: a slip of the hand
    ```json title="wanted.json"
    {"name": "expresss", "wanted": "latest", "missing": "package"}
    ```
    ```text title="finding"
    registry.npmjs.org has no package called expresss
    ```
    ### good: the package is there, only the version is not
    ```json title="wanted.json"
    {"name": "express", "wanted": "999.0.0", "missing": "version"}
    ```
    """
    if unresolved.missing is not Missing.PACKAGE:
        return
    meant = find_target(unresolved.name, popularity, candidate_monthly_downloads=0, candidate_age=None)
    fix = None
    if meant is not None:
        fix = Fix(f"did you mean {meant.target}?", command("npm", "install", meant.target))
    yield Hit(f"{host(unresolved.registry)} has no package called {unresolved.name}", fix=fix)
