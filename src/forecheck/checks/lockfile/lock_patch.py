from collections.abc import Iterator

from forecheck.analysis.lock_source import leaves_project
from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.model import Confidence, Hit, LockedFile, Lockfile, Severity


@check(severity=Severity.INFO, confidence=Confidence.HIGH)
def lock_patch(subject: LockedFile, lockfile: Lockfile) -> Iterator[Hit]:
    """A package is changed after it was fetched.

    ## Why it matters
    Patches of yarn, pnpm and bun change what a package does, and no hash of the package shows it. A patch file that
    lies outside of the project may be anybody's.

    ## What to do
    Read the patch like code of your own.

    ## What it cannot know
    What is in the patch.

    ## Examples
    ### bad: a patch
    ```yaml title="yarn.lock"
    __metadata:
      version: 8
      cacheKey: 10c0

    "ms@patch:ms@npm%3A2.1.3#./patches/ms.patch::locator=root%40workspace%3A.":
      version: 2.1.3
      resolution: "ms@patch:ms@npm%3A2.1.3#./patches/ms.patch::version=2.1.3&hash=9b6f7c&locator=root%40workspace%3A."
      languageName: node
      linkType: hard
    ```
    ```text title="finding"
    is changed by "./patches/ms.patch"
    ```
    ### good: as it was fetched
    ```yaml title="yarn.lock"
    __metadata:
      version: 8
      cacheKey: 10c0

    "ms@npm:^2.0.0":
      version: 2.1.3
      resolution: "ms@npm:2.1.3"
      languageName: node
      linkType: hard
    ```
    """
    del subject
    for entry in lockfile.entries:
        if not entry.patch or "builtin<" in entry.patch:
            continue
        outside = leaves_project(entry.patch.removeprefix("~/").removeprefix("optional!"))
        where = ", out of the project" if outside else ""
        message = f"is changed by {quoted(entry.patch)}{where}"
        severity = Severity.HIGH if outside else None
        yield Hit(message, severity, at=entry.at, key=entry.location, about=entry.release)
