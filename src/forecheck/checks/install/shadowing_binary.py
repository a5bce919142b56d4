from collections.abc import Iterator

from forecheck.check import check
from forecheck.data.programs import OWNERS, PROGRAMS
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import Confidence, Hit, Release, Severity


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def shadowing_binary(release: Release, manifest: RegistryManifest) -> Iterator[Hit]:
    """The package brings a command with the name of a well-known program.

    ## Why it matters
    npm puts `node_modules/.bin` first in the search path of every script. A package with a command called `git` or
    `node` is run wherever a script of the project means the real one, with its arguments and its secrets, without any
    install script.

    ## What to do
    Do not install it, unless supplying that very program is what the package is for.

    ## What it cannot know
    Which programs your scripts call. Packages known to be the home of a command (npm, yarn, node, which …) are left
    out; one that is merely called like its command is asked about.

    ## Examples
    ### bad: a colour library with its own git
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"1.0.0": {"bin": {"tiny-color": "cli.js", "git": "g.js"}}}}
    ```
    ```text title="finding"
    its command git takes the place of the program of that name in the project's scripts
    ```
    ### good: the home of the command
    ```json title="packument.json"
    {"name": "npm", "versions": {"11.0.0": {"bin": {"npm": "bin/npm-cli.js", "npx": "bin/npx-cli.js"}}}}
    ```
    ### good: a command of its own
    ```json title="packument.json"
    {"name": "mkdirp", "versions": {"3.0.1": {"bin": {"mkdirp": "dist/cjs/src/bin.js"}}}}
    ```
    """
    owned = OWNERS.get(release.name, frozenset())
    for command in manifest.declared.bin:
        name = command.rpartition("/")[2].removesuffix(".exe").removesuffix(".cmd")
        if name.lower() in PROGRAMS and name not in owned:
            yield Hit(
                f"its command {command} takes the place of the program of that name in the project's scripts",
                severity=Severity.MEDIUM if release.name == name else None,
                key=command,
            )
