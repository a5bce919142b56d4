from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec

from forecheck.check import Option, Stricter, Unknown, check
from forecheck.checks.wording import listing
from forecheck.evidence.predecessor import Predecessor
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import Confidence, Hit, Now, Release, Severity


class Options(msgspec.Struct, frozen=True):
    recent: Annotated[timedelta, Option("Releases older than this are not looked at.", Stricter.HIGHER)] = (
        timedelta(days=30)
    )


@check(severity=Severity.LOW, confidence=Confidence.HIGH, unknown=Unknown.NOTE)
def new_binary(
    release: Release, manifest: RegistryManifest, predecessor: Predecessor, now: Now, options: Options
) -> Iterator[Hit]:
    """The release adds a command that the version before did not have.

    ## Why it matters
    npm links every package's commands into `node_modules/.bin`, which comes first in the search path of all scripts
    of the project. A command that appears in an update can take the place of one that a script means. The
    @bitwarden/cli version of April 2026 carried its payload as both an install script and a command.

    ## What to do
    See whether the release notes speak of the command, and that no script of yours calls something of that name.

    ## What it cannot know
    What the command does, and whether you ever call it. Names of programs that the system or npm itself has are
    another check's matter. A first version has nothing to compare with.

    ## Examples
    ### bad: a library gets a command
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"1.0.0": {}, "1.0.1": {"bin": "cli.js"}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    1.0.1 adds the command tiny-color, unknown to 1.0.0
    ```
    ### good: the same command, written in another way
    ```json title="packument.json"
    {"name": "@paint/tiny-color",
     "versions": {"1.0.0": {"bin": "cli.js"}, "1.0.1": {"bin": {"tiny-color": "dist/cli.js"}}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ### good: added long ago
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"1.0.0": {}, "1.0.1": {"bin": "cli.js"}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-04-30T00:00:00.000Z"}}
    ```
    """
    main = predecessor.main
    if main is None or (predecessor.at is not None and now.at - predecessor.at >= options.recent):
        return
    known = {command for earlier in predecessor.all() for command in earlier.manifest.declared.bin}
    added = [command for command in manifest.declared.bin if command not in known]
    if added:
        plural = "commands" if len(added) > 1 else "command"
        yield Hit(f"{release.version} adds the {plural} {listing(added)}, unknown to {main.version}")
