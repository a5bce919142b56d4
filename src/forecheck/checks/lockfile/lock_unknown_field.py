from collections.abc import Iterator

from forecheck.check import check
from forecheck.model import Confidence, Hit, LockedFile, Lockfile, RemarkKind, Severity


@check(severity=Severity.LOW, confidence=Confidence.MEDIUM)
def lock_unknown_field(subject: LockedFile, lockfile: Lockfile) -> Iterator[Hit]:
    """The lockfile holds something that its package manager does not write.

    ## Why it matters
    What one version of a package manager skips another may follow, and a reviewer may take it for what counts.

    ## What to do
    Install anew with the version the project uses: it leaves out what it does not know.

    ## What it cannot know
    What versions to come will write.

    ## Examples
    ### bad: a field that yarn does not have
    ```text title="yarn.lock"
    # yarn lockfile v1


    ms@^2.0.0:
      version "2.1.3"
      resolved "https://registry.yarnpkg.com/ms/-/ms-2.1.3.tgz"
      tarball "https://npm.example/ms.tgz"
    ```
    ```text title="finding"
    ms@^2.0.0 has tarball, which yarn does not write
    ```
    ### good: what yarn writes
    ```text title="yarn.lock"
    # yarn lockfile v1


    ms@^2.0.0:
      version "2.1.3"
      resolved "https://registry.yarnpkg.com/ms/-/ms-2.1.3.tgz"
    ```
    """
    del subject
    for one in lockfile.remarks:
        if one.kind is RemarkKind.UNKNOWN_FIELD:
            yield Hit(one.message, at=one.at, key=one.about)
