from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec

from forecheck.analysis.install_scripts import Nature, nature
from forecheck.check import Option, Stricter, check
from forecheck.checks.install.install_script import SKIP
from forecheck.checks.wording import quoted
from forecheck.data.install_script_lists import NEEDED, NOT_NEEDED
from forecheck.evidence.install_scripts import ScriptChange, ScriptChanges
from forecheck.model import Confidence, Hit, Now, Release, Severity


class Options(msgspec.Struct, frozen=True):
    recent: Annotated[
        timedelta, Option("In releases older than this, the change is only noted.", Stricter.HIGHER)
    ] = timedelta(days=30)


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def install_script_added(
    release: Release, changed: ScriptChanges, now: Now, options: Options
) -> Iterator[Hit]:
    """The version before this one ran nothing on install, or something else.

    ## Why it matters
    A package that lived for years without an install script and suddenly has one was, time and again, a package in
    the wrong hands: eslint-scope 3.7.2, ua-parser-js 0.7.29, coa 2.0.3, Nx 21.5.0, the packages of Shai-Hulud.

    ## What to do
    Stay on the version before until you know why. Compare the two: `npm diff --diff=NAME@BEFORE --diff=NAME@THIS`.

    ## What it cannot know
    Why the script was added. The version compared with is the highest lower one that was already a week old when this
    one was published, so that a quick series of malicious versions does not vouch for itself. A change of the file
    that an unchanged script runs is not visible in the registry's metadata.

    ## Examples
    ### bad: a patch release starts to run something
    ```json title="packument.json"
    {"name": "tiny-color",
     "versions": {"1.0.0": {}, "1.0.1": {"scripts": {"postinstall": "node setup.js"}}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    postinstall runs "node setup.js"; 1.0.0 had no postinstall
    ```
    ### bad: the script became another one
    ```json title="packument.json"
    {"name": "tiny-color",
     "versions": {"1.0.0": {"scripts": {"install": "node build.js"}},
                  "1.0.1": {"scripts": {"install": "node build.js && node x.js"}}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    install runs "node build.js && node x.js"; in 1.0.0 it was "node build.js"
    ```
    ### bad: the second of two quick releases
    ```json title="packument.json"
    {"name": "tiny-color",
     "versions": {"1.0.0": {}, "1.0.1": {"scripts": {"postinstall": "node setup.js"}},
                  "1.0.2": {"scripts": {"postinstall": "node setup.js"}}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z", "1.0.2": "2026-05-30T01:00:00.000Z"}}
    ```
    ```text title="finding"
    postinstall runs "node setup.js"; 1.0.0 had no postinstall
    ```
    ### good: it always ran this script
    ```json title="packument.json"
    {"name": "tiny-color",
     "versions": {"1.0.0": {"scripts": {"install": "node build.js"}},
                  "1.0.1": {"scripts": {"install": "node build.js"}}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ### good: there is no version before
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"1.0.0": {"scripts": {"install": "node build.js"}}},
     "time": {"created": "2026-05-30T00:00:00.000Z", "1.0.0": "2026-05-30T00:00:00.000Z"}}
    ```
    ### good: the release candidates had it, and were there for a month
    ```json title="packument.json"
    {"name": "tiny-color",
     "versions": {"1.0.0": {}, "2.0.0-rc.1": {"scripts": {"install": "node build.js"}},
                  "2.0.0": {"scripts": {"install": "node build.js"}}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
              "2.0.0-rc.1": "2026-04-30T00:00:00.000Z", "2.0.0": "2026-05-30T00:00:00.000Z"}}
    ```
    """
    recent = changed.at is None or now.at - changed.at < options.recent
    for one in changed.changes:
        was = (
            f"in {changed.since} it was {quoted(one.before)}"
            if one.before
            else f"{changed.since} had no {one.hook}"
        )
        severity = _severity(release.name, one)
        if severity is None:
            continue
        severity = severity if recent else Severity.LOW
        yield Hit(
            f"{one.hook} runs {quoted(one.script)}; {was}",
            severity=severity,
            fix=SKIP if severity >= Severity.MEDIUM else None,
            key=one.hook,
        )


def _severity(name: str, change: ScriptChange) -> Severity | None:
    match nature(change.script):
        case Nature.NOTHING:
            return None
        case Nature.ALARMING:
            return Severity.HIGH
        case Nature.NATIVE_BUILD:
            return Severity.LOW
    if name in NEEDED or name in NOT_NEEDED:
        return Severity.LOW
    return Severity.MEDIUM if change.before else Severity.HIGH
