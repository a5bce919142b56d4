from collections.abc import Iterator

from forecheck.check import check
from forecheck.model import Confidence, Hit, LockedFile, Lockfile, RemarkKind, Severity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_script(subject: LockedFile, lockfile: Lockfile) -> Iterator[Hit]:
    """The lockfile itself holds scripts for npm to run.

    ## Why it matters
    npm never writes `scripts` into a lockfile, but runs what it finds there: a line
    `"scripts": {"postinstall": "…"}` in the entry of any package, however well known and however well pinned,
    is a command on every machine that installs.

    ## What to do
    Restore the lockfile from the main branch, and treat the change as an attack: find out who proposed it, and
    where it was installed.

    ## What it cannot know
    Whether `ignore-scripts` is set wherever it was installed.

    ## Examples
    ### bad: a script beside a version
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "scripts": {"postinstall": "node x.js"}}}}
    ```
    ```text title="finding"
    node_modules/ms has scripts in the lockfile itself, which npm runs
    ```
    ### good: the mark that the package has scripts of its own
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "hasInstallScript": true}}}
    ```
    """
    del subject
    for one in lockfile.remarks:
        if one.kind is RemarkKind.SCRIPTS:
            yield Hit(one.message, at=one.at, key=one.about)
