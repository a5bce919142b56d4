from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import command, host, quoted
from forecheck.model import Confidence, Fix, Hit, Missing, Severity, Unresolved


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def unknown_version(unresolved: Unresolved) -> Iterator[Hit]:
    """No version of the package is what was asked for.

    ## Why it matters
    Nothing can be installed. The usual reasons are a typing error and a mirror that lags behind; but a version that
    was there yesterday and is gone today may have been taken down because it was malicious.

    ## What to do
    Look which versions there are. If a lockfile or a colleague's machine has the missing version, find out why it
    was removed before anything else: `npm view NAME time` still shows when it was published.

    ## What it cannot know
    Why the version is missing, and whether it ever existed.

    ## Examples
    ### bad: no such version
    ```json title="wanted.json"
    {"name": "express", "wanted": "^999.0.0", "missing": "version"}
    ```
    ```text title="finding"
    registry.npmjs.org has no version of express that is "^999.0.0"
    ```
    ### good: the package itself is missing, which another check reports
    ```json title="wanted.json"
    {"name": "expresss", "wanted": "latest", "missing": "package"}
    ```
    """
    if unresolved.missing is not Missing.VERSION:
        return
    yield Hit(
        f"{host(unresolved.registry)} has no version of {unresolved.name} that is {quoted(unresolved.wanted)}",
        fix=Fix("see which versions there are", command("npm", "view", unresolved.name, "versions")),
    )
