from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.install.install_script import SKIP
from forecheck.evidence.planned import Planned
from forecheck.model import Confidence, FromBundle, Hit, Release, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def bundled_install_script(release: Release, planned: Planned) -> Iterator[Hit]:
    """A package shipped inside another one runs a program when it is installed.

    ## Why it matters
    npm runs the install scripts of bundled packages like any others, but no registry lists them: the manifest that
    everybody looks at is that of the package around them. Whoever publishes the outer package decides what the inner
    one holds, whatever name it bears.

    ## What to do
    Install with `--ignore-scripts` and see whether anything is missing, or unpack the outer package and read the
    script of the inner one.

    ## What it cannot know
    What the script does. It believes the lockfile that there is one; npm writes that down from the tarball itself,
    but a lockfile that somebody else wrote may keep quiet about it.

    ## Examples
    ### bad: a bundled package with a script
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"outer": "^1.0.0"}},
                  "node_modules/outer": {"version": "1.0.0", "bundleDependencies": ["inner"],
                                         "dependencies": {"inner": "*"}},
                  "node_modules/outer/node_modules/inner": {"version": "1.0.0", "inBundle": true,
                                                            "hasInstallScript": true}}}
    ```
    ```text title="finding"
    shipped inside outer, runs a script on install that no registry shows
    ```
    ### good: a bundled package without
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"outer": "^1.0.0"}},
                  "node_modules/outer": {"version": "1.0.0", "bundleDependencies": ["inner"],
                                         "dependencies": {"inner": "*"}},
                  "node_modules/outer/node_modules/inner": {"version": "1.0.0", "inBundle": true}}}
    ```
    """
    if not isinstance(release.origin, FromBundle):
        return
    if any(step.entry.install_script for step in planned.steps):
        parent = release.origin.parent
        yield Hit(f"shipped inside {parent}, runs a script on install that no registry shows", fix=SKIP)
