from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from forecheck.check import check
from forecheck.checks.wording import host, quoted
from forecheck.evidence.planned import Planned
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.lockfiles.pinning import is_strong
from forecheck.model import Confidence, FromRegistry, Hit, Release, Severity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def other_tarball(release: Release, planned: Planned, manifest: RegistryManifest) -> Iterator[Hit]:
    """The lockfile fetches a release from another file than the registry names for it.

    ## Why it matters
    A registry may hold more than its list of versions shows: tarballs of versions that were taken down, or files that
    somebody could upload but not publish. An entry that names such a file brings it in under a version that looks
    well-known. Without a hash beside it nothing else would tell.

    ## What to do
    Delete the entry and let the package manager resolve it anew, then look at who wrote it.

    ## What it cannot know
    What the file holds. Only its name is compared: hosts and paths differ between mirrors of one registry. An entry
    that a strong hash pins brings in those bytes from wherever it is, and is graded lower.

    ## Examples
    ### bad: another file of the same package
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {"dist": {"tarball": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz"}}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "resolved": "https://registry.npmjs.org/ms/-/ms-next.tgz"}}}
    ```
    ```text title="finding"
    node_modules/ms fetches "ms-next.tgz", but for 2.1.3 registry.npmjs.org names "ms-2.1.3.tgz"
    ```
    ### good: the registry's file, by another address of the same registry
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {"dist": {"tarball": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz"}}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "resolved": "https://registry.yarnpkg.com/ms/-/ms-2.1.3.tgz"}}}
    ```
    """
    if not isinstance(release.origin, FromRegistry):
        return
    named = _file(manifest.dist.tarball)
    for step in planned.steps:
        entry = step.entry
        fetched = _file(entry.resolved)
        if named and fetched and fetched != named:
            yield Hit(
                f"{entry.location} fetches {quoted(fetched)}, but for {release.version} "
                f"{host(release.origin.url)} names {quoted(named)}",
                severity=Severity.MEDIUM if is_strong(entry.integrity) else None,
                at=entry.at,
                key=entry.location,
            )


def _file(url: str) -> str:
    """The name of the file that a web address leads to; empty for anything else."""
    if not url.startswith(("https://", "http://")):
        return ""
    try:
        return unquote(urlsplit(url).path).rpartition("/")[2]
    except ValueError:
        return ""
