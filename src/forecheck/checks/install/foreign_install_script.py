from collections.abc import Iterator

from forecheck.analysis.install_scripts import Nature, alarming_part, nature, run_on_build, run_on_install
from forecheck.analysis.package_json import NATIVE_BUILD
from forecheck.check import check
from forecheck.checks.install.install_script import SKIP
from forecheck.checks.wording import quoted
from forecheck.evidence.contents import Manifest, comes_from_elsewhere
from forecheck.evidence.demand import declared_by_project
from forecheck.evidence.planned import Planned
from forecheck.model import Confidence, FromDirectory, FromTarball, Hit, Release, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH, concerns=comes_from_elsewhere)
def foreign_install_script(release: Release, manifest: Manifest, planned: Planned) -> Iterator[Hit]:
    """A package from outside of any registry runs a program when it is installed.

    ## Why it matters
    npm builds what comes from a git repository: it installs the development dependencies too and runs `prepare`, with
    the rights of whoever installs. The TanStack versions of May 2026 referred to a commit whose `prepare` did the
    rest.

    ## What to do
    Read the script at that very commit or in that tarball. Install with `--ignore-scripts` if you can do without.

    ## What it cannot know
    What the script does. For commits it reads the archive that the host makes of them, at GitHub, GitLab, Bitbucket
    and sourcehut; npm may clone the repository instead, and a repository can leave files out of its archives.

    ## Examples
    ### bad: a commit with a prepare script
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"setup": "github:router/router#79ac49e"}},
                  "node_modules/setup": {"version": "1.0.0",
                    "resolved": "git+ssh://git@github.com/router/router.git#79ac49eedf774dd4b0cfa308722bc463cfe5885c"}}}
    ```
    ```json title="tarball.json"
    {"url": "https://codeload.github.com/router/router/tar.gz/79ac49eedf774dd4b0cfa308722bc463cfe5885c",
     "root": "router-79ac49e",
     "files": {"package.json": {"name": "setup", "scripts": {"prepare": "node init.js"}}}}
    ```
    ```text title="finding"
    prepare runs "node init.js"
    ```
    ### bad: a tarball with a binding.gyp
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"addon": "https://example.net/addon.tgz"}},
                  "node_modules/addon": {"version": "1.0.0", "resolved": "https://example.net/addon.tgz"}}}
    ```
    ```json title="tarball.json"
    {"url": "https://example.net/addon.tgz",
     "files": {"package.json": {"name": "addon"}, "binding.gyp": "{}"}}
    ```
    ```text title="finding"
    install builds native code with "node-gyp rebuild"
    ```
    ### good: a tarball is not built, only installed
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"plain": "https://example.net/plain.tgz"}},
                  "node_modules/plain": {"version": "1.0.0", "resolved": "https://example.net/plain.tgz"}}}
    ```
    ```json title="tarball.json"
    {"url": "https://example.net/plain.tgz",
     "files": {"package.json": {"name": "plain", "scripts": {"prepare": "node build.js"}}}}
    ```
    ### unknown: a host that serves no archives
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"inner": "git+ssh://git@git.corp.example/x.git"}},
                  "node_modules/inner": {"version": "1.0.0",
                    "resolved": "git+ssh://git@git.corp.example/x.git#79ac49eedf774dd4b0cfa308722bc463cfe5885c"}}}
    ```
    """
    declared = manifest.declared
    built = not isinstance(release.origin, FromTarball)
    scripts = run_on_build(declared) if built else run_on_install(declared)
    if manifest.binding and declared.gypfile is not False and not scripts.keys() & {"install", "preinstall"}:
        scripts["install"] = NATIVE_BUILD
    folder = isinstance(release.origin, FromDirectory)
    own_folder = folder and all(declared_by_project(step) for step in planned.steps)
    for hook, script in scripts.items():
        hit = _judged(hook, script)
        if hit is None:
            continue
        yield Hit(hit.message, severity=Severity.LOW, key=hook) if own_folder else hit


def _judged(hook: str, script: str) -> Hit | None:
    match nature(script):
        case Nature.NOTHING:
            return None
        case Nature.NATIVE_BUILD:
            return Hit(f"{hook} builds native code with {quoted(script)}", severity=Severity.LOW, key=hook)
        case Nature.ALARMING:
            text = f"{hook} runs {quoted(script)}, with {alarming_part(script)} in it"
            return Hit(text, severity=Severity.HIGH, confidence=Confidence.MEDIUM, fix=SKIP, key=hook)
    return Hit(f"{hook} runs {quoted(script)}", fix=SKIP, key=hook)
