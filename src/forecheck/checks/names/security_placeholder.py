from collections.abc import Iterator

from forecheck.check import check
from forecheck.evidence.packument import Packument
from forecheck.model import Confidence, Hit, Release, Severity
from forecheck.npm.semver import Version, parse_version


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def security_placeholder(release: Release, packument: Packument) -> Iterator[Hit]:
    """The name was taken over by npm's security team.

    ## Why it matters
    When npm removes a malicious package it often puts an empty one in its place, `0.0.1-security`, so that nobody can
    register the name again. The placeholder does no harm, but whoever gets it asked for a package that was malware,
    and wherever an older version of it is still in a lockfile or a mirror, that is the malware itself.

    ## What to do
    Find out where the name comes from: it is mistyped, made up by a language model, or was malicious all along. If a
    lockfile names a version other than the placeholder, treat the machines that installed it as compromised.

    ## What it cannot know
    Why the name was taken over. A few placeholders hold names that were only confusing, or disputed.

    ## Examples
    ### bad: the placeholder itself
    ```json title="packument.json"
    {"name": "crossenv", "versions": {"0.0.2-security": {}}}
    ```
    ```text title="finding"
    0.0.2-security is a placeholder that npm puts in the place of a removed package
    ```
    ### bad: a version from before it
    ```json title="packument.json"
    {"name": "crossenv", "dist-tags": {"latest": "0.0.2-security"},
     "versions": {"0.0.2-security": {}, "6.1.1": {}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"crossenv": "6.1.1"}}, "node_modules/crossenv": {"version": "6.1.1"}}}
    ```
    ```text title="finding"
    npm has put a placeholder, 0.0.2-security, in the place of crossenv
    ```
    ### good: a version that only speaks of security
    ```json title="packument.json"
    {"name": "cross-env", "dist-tags": {"latest": "7.0.4-security-fix"},
     "versions": {"7.0.3": {}, "7.0.4-security-fix": {}}}
    ```
    """
    latest = packument.tags.get("latest", "")
    if _is_placeholder(release.version):
        yield Hit(f"{release.version} is a placeholder that npm puts in the place of a removed package")
    elif _is_placeholder(latest):
        yield Hit(
            f"npm has put a placeholder, {latest}, in the place of {release.name}", severity=Severity.CRITICAL
        )


def _is_placeholder(text: str) -> bool:
    """`0.0.1-security`, `0.0.2-security` or, for the second one of a name, `0.0.1-security.0`."""
    version = parse_version(text)
    return version is not None and (version.major, version.minor) == (0, 0) and _says_security(version)


def _says_security(version: Version) -> bool:
    return version.prerelease[:1] == ("security",) and all(
        isinstance(part, int) for part in version.prerelease[1:]
    )
