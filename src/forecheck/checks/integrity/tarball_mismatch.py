from collections.abc import Iterator

from forecheck.check import check
from forecheck.evidence.contents import Manifest, comes_from_elsewhere
from forecheck.evidence.planned import Planned
from forecheck.model import Confidence, Hit, Release, Severity


@check(severity=Severity.CRITICAL, confidence=Confidence.HIGH, concerns=comes_from_elsewhere)
def tarball_mismatch(_: Release, manifest: Manifest, planned: Planned) -> Iterator[Hit]:
    """A tarball from a URL or a file is not the one the lockfile pins.

    ## Why it matters
    Behind a URL anything may lie, at any moment and for each who asks: a server can show one tarball to whoever looks
    and another to whoever installs. What was examined counts only if it is what gets installed.

    ## What to do
    Do not install. Find out from whoever runs the server which of the two is right; better, depend on a release of a
    registry instead of a URL.

    ## What it cannot know
    Only a SHA-512 is compared, which is what npm writes for what it downloads.

    ## Examples
    ### bad: other bytes than the lockfile pins
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"addon": "https://example.net/addon.tgz"}},
                  "node_modules/addon": {"version": "1.0.0", "resolved": "https://example.net/addon.tgz",
                                         "integrity": "sha512-c29tZXRoaW5nIGVsc2U="}}}
    ```
    ```json title="tarball.json"
    {"url": "https://example.net/addon.tgz", "files": {"package.json": {"name": "addon"}}}
    ```
    ```text title="finding"
    node_modules/addon is pinned to sha512-c29tZXRoaW5nIGVsc2U=, and other bytes arrived
    ```
    ### good: nothing pins it yet
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"addon": "https://example.net/addon.tgz"}},
                  "node_modules/addon": {"version": "1.0.0", "resolved": "https://example.net/addon.tgz"}}}
    ```
    ```json title="tarball.json"
    {"url": "https://example.net/addon.tgz", "files": {"package.json": {"name": "addon"}}}
    ```
    """
    if not manifest.integrity:
        return
    for step in planned.steps:
        pinned = [part.partition("?")[0] for part in step.entry.integrity.split()]
        strong = [part for part in pinned if part.startswith("sha512-")]
        if strong and manifest.integrity not in strong:
            yield Hit(
                f"{step.entry.location} is pinned to {strong[0]}, and other bytes arrived",
                at=step.entry.at,
                key=step.entry.location,
            )
