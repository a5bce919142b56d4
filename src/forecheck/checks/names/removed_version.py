from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import ago, host
from forecheck.evidence.packument import Packument, moment
from forecheck.model import Confidence, Hit, Now, Release, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def removed_version(release: Release, packument: Packument, now: Now) -> Iterator[Hit]:
    """The registry does not list the version that would be installed.

    ## Why it matters
    A version that was published and is gone was taken down, by its author within three days or by the registry at any
    time, and malware is the usual reason for the latter. Lockfiles, caches and mirrors go on serving it: whoever
    installs from them gets what everybody else is protected from.

    ## What to do
    Look for an advisory about the package, and move to a version that is listed. If the machine has installed this
    one before, find out what it did.

    ## What it cannot know
    Why a version is missing. A private registry may simply never have had it. What the registry said a few minutes
    ago is taken as current.

    ## Examples
    ### bad: published, and taken down again
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"3.0.9": {}},
     "time": {"created": "2019-03-01T00:00:00.000Z", "3.0.9": "2025-10-01T00:00:00.000Z",
              "3.1.0": "2026-05-30T00:00:00.000Z"}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"tiny-color": "^3.0.0"}}, "node_modules/tiny-color": {"version": "3.1.0"}}}
    ```
    ```text title="finding"
    published 2 days ago, and no longer listed by registry.npmjs.org
    ```
    ### bad: never heard of
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"3.0.9": {}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"tiny-color": "^3.0.0"}}, "node_modules/tiny-color": {"version": "3.1.0"}}}
    ```
    ```text title="finding"
    registry.npmjs.org lists no such version of tiny-color
    ```
    ### good: listed
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"3.0.9": {}}}
    ```
    """
    if packument.row(release.version) is not None:
        return
    registry = host(release.package.registry) if release.package else "the registry"
    if packument.unpublished is not None:
        gone = ago(moment(packument.unpublished), now.at)
        yield Hit(f"every version of {release.name} was unpublished {gone}", severity=Severity.HIGH)
    elif release.version in packument.removed:
        when = ago(moment(packument.removed[release.version]), now.at)
        yield Hit(f"published {when}, and no longer listed by {registry}", severity=Severity.HIGH)
    else:
        yield Hit(f"{registry} lists no such version of {release.name}")
