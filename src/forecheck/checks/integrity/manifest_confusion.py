from collections.abc import Iterator

from forecheck.analysis.confusion import Difference, Side, commands, dependencies, same_version, scripts
from forecheck.analysis.install_scripts import Nature, nature, run_on_install
from forecheck.analysis.package_files import PackageFiles
from forecheck.analysis.package_json import PackageJson
from forecheck.check import check
from forecheck.checks.install.install_script import SKIP
from forecheck.checks.wording import quoted
from forecheck.evidence.packument import Offers
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.evidence.tarball import Served, from_registry
from forecheck.model import Confidence, Hit, Release, Severity, Unavailable, UnavailableKind


@check(severity=Severity.HIGH, confidence=Confidence.HIGH, concerns=from_registry)
def manifest_confusion(release: Release, manifest: RegistryManifest, served: Served) -> Iterator[Hit]:
    """The registry says other things of a release than the package.json in its tarball.

    ## Why it matters
    Whoever publishes sends the registry a manifest and a tarball, and nobody compares the two. Web pages, scanners
    and part of npm go by the first, what is unpacked and run by the second: a script or a dependency that is only in
    one of them is invisible to whoever looks at the other.

    ## What to do
    Do not install before you know why. `npm pack NAME@VERSION` and the package.json in there show the one side,
    `npm view NAME@VERSION --json` the other.

    ## What it cannot know
    Whether it was meant. npm tidies a manifest before it publishes it (forms of `bin`, old ways of writing, what
    follows from a `binding.gyp`), and that is not reported. A registry that makes its documents out of the tarballs
    cannot show a difference, and one that names no publishers is taken for such a registry where only a
    `binding.gyp` is concerned. Development dependencies are not compared, because nobody installs them.

    ## Examples
    ### bad: an install script the registry does not know of
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"1.0.1": {}}}
    ```
    ```json title="tarball.json"
    {"release": "tiny-color@1.0.1",
     "files": {"package.json": {"name": "tiny-color", "version": "1.0.1",
                                "scripts": {"postinstall": "node setup.js"}}}}
    ```
    ```text title="finding"
    postinstall runs "node setup.js", and the registry does not say so
    ```
    ### bad: a binding.gyp the registry does not know of
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"1.0.1": {"_npmUser": {"name": "ann"}}}}
    ```
    ```json title="tarball.json"
    {"release": "tiny-color@1.0.1",
     "files": {"package.json": {"name": "tiny-color", "version": "1.0.1"}, "binding.gyp": "{}"}}
    ```
    ```text title="finding"
    install runs "node-gyp rebuild" because of a binding.gyp, and the registry does not say so
    ```
    ### bad: another package's tarball, with a dependency of its own
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"1.0.1": {"dependencies": {"ms": "^2.0.0", "plain-crypto": "^4.2.1"}}}}
    ```
    ```json title="tarball.json"
    {"release": "tiny-color@1.0.1",
     "files": {"package.json": {"name": "tiny-colour", "version": "1.0.0", "dependencies": {"ms": "^2.1.0"}}}}
    ```
    ```text title="finding"
    its package.json is that of "tiny-colour"
    its package.json is that of version "1.0.0"
    dependencies: ms "^2.0.0" by the registry, "^2.1.0" by its package.json
    dependencies: plain-crypto "^4.2.1" by the registry, not in its package.json
    ```
    ### bad: what nobody can look into
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"1.0.1": {}}}
    ```
    ```json title="tarball.json"
    {"release": "tiny-color@1.0.1", "files": {"package.json": "{'name': 'tiny-color'}"}}
    ```
    ```text title="finding"
    tiny-color@1.0.1: package.json: is not valid JSON: JSON is malformed: object keys must be strings (byte 1)
    ```
    ### good: the same in another form
    ```json title="packument.json"
    {"name": "@paint/tiny-color",
     "versions": {"1.0.1": {"bin": {"tiny-color": "cli.js"}, "gypfile": true,
                            "scripts": {"install": "node-gyp rebuild"},
                            "dependencies": {"ms": "github:vercel/ms"}}}}
    ```
    ```json title="tarball.json"
    {"release": "@paint/tiny-color@1.0.1",
     "files": {"package.json": {"name": "@paint/tiny-color", "version": "v1.0.1", "bin": "./cli.js",
                                "dependencies": {"ms": "vercel/ms"}},
               "binding.gyp": "{}", "cli.js": ""}}
    ```
    """
    looked = served.looked
    if looked is None:
        raise Unavailable(UnavailableKind.MALFORMED, f"the tarball served is not that of {release.spec}")
    if looked.files is None:
        yield Hit(looked.unreadable, key="archive")
        return
    if looked.files.twins:
        text = "holds several package.json that differ; which of them counts depends on the system"
        yield Hit(text, key="twins")
    if looked.files.declared is None:
        yield Hit(looked.files.damage, key="package.json")
    else:
        yield from _names(release, looked.files.declared)
        yield from _dependencies(manifest.declared, looked.files.declared)
        yield from _commands(manifest.declared, looked.files.declared, looked.files.bin_folder)
    if manifest.offers & Offers.SCRIPTS:
        yield from _scripts(manifest, looked.files)


def _names(release: Release, declared: PackageJson) -> Iterator[Hit]:
    if declared.name.strip() != release.name:
        text = f"its package.json is that of {quoted(declared.name)}"
        yield Hit(text, severity=Severity.CRITICAL, key="name")
    if not same_version(release.version, declared.version):
        text = f"its package.json is that of version {quoted(declared.version)}"
        yield Hit(text, severity=Severity.CRITICAL, key="version")


def _dependencies(told: PackageJson, held: PackageJson) -> Iterator[Hit]:
    for one in dependencies(told, held):
        yield Hit(f"{one.section}: {one.what} {_sides(one)}", key=f"{one.section} {one.what}")


def _commands(told: PackageJson, held: PackageJson, folder: str) -> Iterator[Hit]:
    for one in commands(told.bin, held.bin, folder):
        yield Hit(f"command {one.what}: {_sides(one)}", severity=Severity.MEDIUM, key=f"bin {one.what}")


def _sides(one: Difference) -> str:
    match one.side:
        case Side.TARBALL:
            return f"{quoted(one.tarball)} by its package.json, and not by the registry"
        case Side.REGISTRY:
            return f"{quoted(one.registry)} by the registry, not in its package.json"
        case Side.BOTH:
            return f"{quoted(one.registry)} by the registry, {quoted(one.tarball)} by its package.json"


def _scripts(manifest: RegistryManifest, files: PackageFiles) -> Iterator[Hit]:
    told = run_on_install(manifest.declared)
    if manifest.install_script and not told:
        return  # it says that there is one and leaves out which
    for one in scripts(told, files.runs()):
        key = f"scripts {one.what}"
        if one.side is Side.REGISTRY:
            text = f"{one.what} runs {quoted(one.registry)} by the registry, and nothing by its package.json"
            yield Hit(text, severity=Severity.LOW, key=key)
            continue
        inferred = files.declared is None or one.what not in files.declared.scripts
        if inferred and manifest.publisher is None:
            continue
        cause = " because of a binding.gyp" if inferred and files.binding else ""
        said = f"the registry says {quoted(one.registry)}" if one.registry else "the registry does not say so"
        text = f"{one.what} runs {quoted(one.tarball)}{cause}, and {said}"
        yield Hit(text, severity=_severity(one.tarball), fix=SKIP, key=key)


def _severity(script: str) -> Severity:
    match nature(script):
        case Nature.NOTHING:
            return Severity.LOW
        case Nature.ALARMING:
            return Severity.CRITICAL
    return Severity.HIGH
