from collections.abc import Iterator

from forecheck.check import check
from forecheck.model import Confidence, Hit, LockedFile, Lockfile, RemarkKind, Severity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_halves(subject: LockedFile, lockfile: Lockfile) -> Iterator[Hit]:
    """The two halves of an npm lockfile of version 2 do not say the same.

    ## Why it matters
    npm 7 and later read `packages`, npm 6 and before read `dependencies`, and most tools read one of the
    two. A package that stands differently in the other half is what somebody else installs.

    ## What to do
    Run `npm install` with a current npm, which writes both anew, and look at what changes.

    ## What it cannot know
    Which half is the one that was meant.

    ## Examples
    ### bad: another version in the old half
    ```json title="package-lock.json"
    {"lockfileVersion": 2,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"}},
     "dependencies": {"ms": {"version": "2.0.0"}}}
    ```
    ```text title="finding"
    node_modules/ms has a different version in the two halves: 2.1.3 in packages, 2.0.0 in dependencies
    ```
    ### good: the same in both
    ```json title="package-lock.json"
    {"lockfileVersion": 2,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"}},
     "dependencies": {"ms": {"version": "2.1.3"}}}
    ```
    """
    del subject
    for one in lockfile.remarks:
        if one.kind is RemarkKind.HALVES_DISAGREE:
            yield Hit(one.message, at=one.at, key=one.about)
