from collections.abc import Iterator

from forecheck.analysis.install_scripts import Nature, nature
from forecheck.check import check
from forecheck.checks.install.install_script import SKIP
from forecheck.checks.wording import quoted
from forecheck.evidence.bundled import Brought, Bundle
from forecheck.evidence.planned import Planned
from forecheck.model import Confidence, FromBundle, Hit, Release, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def bundled_install_script(release: Release, planned: Planned, bundle: Bundle) -> Iterator[Hit]:
    """A package shipped inside another one runs a program when it is installed.

    ## Why it matters
    npm runs the install scripts of bundled packages like any others, but no registry lists them: the manifest that
    everybody looks at is that of the package around them. Whoever publishes the outer package decides what the inner
    one holds, whatever name it bears. A lockfile that somebody tampered with may keep quiet about the script, or
    about the whole package; the tarball cannot.

    ## What to do
    Install with `--ignore-scripts` and see whether anything is missing, or unpack the outer package and read the
    script of the inner one.

    ## What it cannot know
    What the script does. What a package from a git repository or a folder brings along is not searched.

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
    ```json title="packument.json"
    {"name": "outer", "versions": {"1.0.0": {"bundleDependencies": ["inner"], "dependencies": {"inner": "*"}}}}
    ```
    ```json title="tarball.json"
    {"release": "outer@1.0.0",
     "files": {"package.json": {"name": "outer", "version": "1.0.0", "bundleDependencies": ["inner"],
                                "dependencies": {"inner": "*"}},
               "node_modules/inner/package.json": {"name": "inner", "version": "1.0.0"}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"outer": "^1.0.0"}},
                  "node_modules/outer": {"version": "1.0.0", "bundleDependencies": ["inner"],
                                         "dependencies": {"inner": "*"}},
                  "node_modules/outer/node_modules/inner": {"version": "1.0.0", "inBundle": true}}}
    ```
    ### bad: the lockfile has a bundled package, and not its script
    ```json title="packument.json"
    {"name": "outer", "versions": {"1.0.0": {"bundleDependencies": ["inner"], "dependencies": {"inner": "*"}}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"outer": "^1.0.0"}},
                  "node_modules/outer": {"version": "1.0.0", "bundleDependencies": ["inner"],
                                         "dependencies": {"inner": "*"}},
                  "node_modules/outer/node_modules/inner": {"version": "1.0.0", "inBundle": true}}}
    ```
    ```json title="tarball.json"
    {"release": "outer@1.0.0",
     "files": {"package.json": {"name": "outer", "version": "1.0.0", "bundleDependencies": ["inner"],
                                "dependencies": {"inner": "*"}},
               "node_modules/inner/package.json": {"name": "inner", "version": "1.0.0",
                                                   "scripts": {"postinstall": "node setup.js"}}}}
    ```
    ```text title="finding"
    postinstall of inner@1.0.0, shipped inside, runs "node setup.js", and the lockfile does not say so
    ```
    ### bad: the lockfile leaves a bundled package out
    ```json title="packument.json"
    {"name": "outer", "versions": {"1.0.0": {"bundleDependencies": ["inner"], "dependencies": {"inner": "*"}}}}
    ```
    ```json title="tarball.json"
    {"release": "outer@1.0.0",
     "files": {"package.json": {"name": "outer", "version": "1.0.0", "bundleDependencies": ["inner"],
                                "dependencies": {"inner": "*"}},
               "node_modules/inner/package.json": {"name": "inner", "version": "1.0.0"}}}
    ```
    ```text title="finding"
    brings inner@1.0.0 along, which the lockfile leaves out
    ```
    """
    if isinstance(release.origin, FromBundle):
        if any(step.entry.install_script for step in planned.steps):
            parent = release.origin.parent
            yield Hit(f"shipped inside {parent}, runs a script on install that no registry shows", fix=SKIP)
        return
    for one in bundle.brought:
        if not one.told:
            yield from _brought(one)


def _brought(one: Brought) -> Iterator[Hit]:
    inner = one.inner
    spec = f"{inner.name or inner.path.rpartition('node_modules/')[2]}@{inner.version}"
    hidden = one.bundled and one.listed is not None
    silent = ", and the lockfile does not say so" if hidden else ""
    for hook, script in inner.runs.items():
        severity = _severity(script, hidden=hidden)
        if severity is not None:
            text = f"{hook} of {spec}, shipped inside, runs {quoted(script)}{silent}"
            yield Hit(text, severity=severity, fix=SKIP, key=f"{one.location} {hook}")
    if inner.damage:
        yield Hit(f"brings {inner.path} along, and {inner.damage}", key=one.location)
    elif one.bundled and one.listed is False and not inner.runs:
        text = f"brings {spec} along, which the lockfile leaves out"
        yield Hit(text, severity=Severity.HIGH, key=one.location)


def _severity(script: str, *, hidden: bool) -> Severity | None:
    match nature(script):
        case Nature.NOTHING:
            return None
        case Nature.ALARMING:
            return Severity.HIGH
        case Nature.NATIVE_BUILD:
            return Severity.MEDIUM if hidden else Severity.LOW
    return Severity.HIGH if hidden else Severity.MEDIUM
