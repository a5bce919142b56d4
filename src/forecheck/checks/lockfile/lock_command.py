from collections.abc import Iterator

from forecheck.check import check
from forecheck.data.programs import OWNERS, PROGRAMS
from forecheck.model import Confidence, Hit, LockedFile, Lockfile, Severity


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def lock_command(subject: LockedFile, lockfile: Lockfile) -> Iterator[Hit]:
    """A lockfile gives a package a command with the name of a well-known program.

    ## Why it matters
    npm makes the commands in node_modules/.bin from the lockfile alone, whatever the package itself says. A
    line such as `"bin": {"node": "index.js"}` puts a file of the package in the place of node for every
    script of the project.

    ## What to do
    Restore the entry from the main branch, unless supplying that program is what the package is for.

    ## What it cannot know
    Whether the package's own manifest has the command: `forecheck lockfile verify` compares.

    ## Examples
    ### bad: a package that brings its own node
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "bin": {"node": "index.js"}}}}
    ```
    ```text title="finding"
    its command node takes the place of the program of that name
    ```
    ### bad: a command that leads out of .bin
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "bin": {"../../x": "index.js"}}}}
    ```
    ```text title="finding"
    its command ../../x has a path for a name
    ```
    ### good: a command of its own
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"mkdirp": "^3.0.0"}},
                  "node_modules/mkdirp": {"version": "3.0.1", "bin": {"mkdirp": "dist/cjs/src/bin.js"}}}}
    ```
    """
    del subject
    for entry in lockfile.entries:
        for command in entry.bins or ():
            name = command.removesuffix(".exe").removesuffix(".cmd").lower()
            key = f"{entry.location} {command}"
            if "/" in command.removeprefix("@").replace("/", "", command.startswith("@")) or ".." in command:
                message = f"its command {command} has a path for a name"
                yield Hit(message, at=entry.at, key=key, about=entry.release)
            elif name in PROGRAMS and name not in OWNERS.get(entry.release.name, ()):
                message = f"its command {command} takes the place of the program of that name"
                severity = Severity.LOW if entry.release.name.rpartition("/")[2] == name else None
                yield Hit(message, severity, at=entry.at, key=key, about=entry.release)
