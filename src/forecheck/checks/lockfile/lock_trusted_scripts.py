from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.evidence.lock_project import ProjectManifests
from forecheck.model import Confidence, Hit, LockedFile, Lockfile, RemarkKind, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def lock_trusted_scripts(
    subject: LockedFile, lockfile: Lockfile, manifests: ProjectManifests
) -> Iterator[Hit]:
    """The lockfile lets a package run install scripts that package.json does not.

    ## Why it matters
    bun runs the install scripts of the packages in `trustedDependencies` only, and keeps a copy of that list in its
    lockfile. A name that was added to the copy alone lets a package run code at the next install.

    ## What to do
    Take the name out of the lockfile, or put it into package.json if you mean it.

    ## What it cannot know
    Without a package.json beside the lockfile, whether the project asks for it; then it is only noted.

    ## Examples
    ### bad: a name that package.json does not trust
    ```json title="package.json"
    {"dependencies": {"sharp": "^0.33.0"}, "trustedDependencies": ["sharp"]}
    ```
    ```jsonc title="bun.lock"
    {"lockfileVersion": 1,
     "workspaces": {"": {"name": "x", "dependencies": {"sharp": "^0.33.0"}}},
     "trustedDependencies": ["sharp", "evil"],
     "packages": {}}
    ```
    ```text title="finding"
    "evil" may run install scripts by the lockfile, but not by package.json
    ```
    ### good: the same names
    ```json title="package.json"
    {"dependencies": {"sharp": "^0.33.0"}, "trustedDependencies": ["sharp"]}
    ```
    ```jsonc title="bun.lock"
    {"lockfileVersion": 1,
     "workspaces": {"": {"name": "x", "dependencies": {"sharp": "^0.33.0"}}},
     "trustedDependencies": ["sharp"],
     "packages": {}}
    ```
    """
    del subject
    root = manifests.root
    listed = root.trusted_dependencies if root is not None else None
    trusted = (
        frozenset(name for name in listed if isinstance(name, str)) if isinstance(listed, list) else None
    )
    for one in lockfile.remarks:
        if one.kind is not RemarkKind.TRUSTED_SCRIPTS:
            continue
        if root is None:
            message = f"{quoted(one.about)} may run install scripts, as the lockfile says"
            yield Hit(message, Severity.INFO, at=one.at, key=one.about)
        elif one.about not in (trusted or ()):
            message = f"{quoted(one.about)} may run install scripts by the lockfile, but not by package.json"
            yield Hit(message, Severity.HIGH, at=one.at, key=one.about)
