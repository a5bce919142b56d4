from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import host
from forecheck.evidence.planned import Planned
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import Confidence, Hit, Release, Severity, Unavailable, UnavailableKind
from forecheck.signing.integrity import by_algorithm, sri_of


@check(severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def integrity_mismatch(release: Release, planned: Planned, manifest: RegistryManifest) -> Iterator[Hit]:
    """The lockfile pins other bytes than the registry's own for this version.

    ## Why it matters
    An installer believes the lockfile: with a matching hash beside it, a lockfile entry called `ms` may hold the
    tarball of another package, of another version, or of nobody you know. Every package manager up to npm 11 and
    yarn 4 installs it. The registry's own hash for that name and version is what tells.

    ## What to do
    Do not install. Look at who changed the lockfile and when (`git log -p -- package-lock.json`), then restore the
    entry from before, or delete it and let npm resolve it anew.

    ## What it cannot know
    Only hashes of the same kind can be compared: against a registry that gives just a SHA-1, a lockfile's SHA-512
    stays unexamined. A registry that rebuilds tarballs has hashes of its own, and then every entry made with another
    registry differs.

    ## Examples
    ### bad: the lockfile's hash is not the registry's
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {"dist": {"integrity": "sha512-cmVnaXN0cnk="}}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "integrity": "sha512-YXR0YWNrZXI="}}}
    ```
    ```text title="finding"
    node_modules/ms is pinned to sha512-YXR0YWNrZXI=, but registry.npmjs.org has sha512-cmVnaXN0cnk=
    ```
    ### bad: a second hash beside the right one, and npm takes what fits either
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {"dist": {"integrity": "sha512-cmVnaXN0cnk="}}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "integrity": "sha512-cmVnaXN0cnk= sha512-YXR0YWNrZXI="}}}
    ```
    ```text title="finding"
    node_modules/ms is pinned to sha512-YXR0YWNrZXI=, but registry.npmjs.org has sha512-cmVnaXN0cnk=
    ```
    ### good: the same hash
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {"dist": {"integrity": "sha512-cmVnaXN0cnk="}}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "integrity": "sha512-cmVnaXN0cnk="}}}
    ```
    """
    if all(step.entry.checksum and not step.entry.integrity for step in planned.steps):
        reason = "its lockfile pins yarn's own archive of it, whose hash no registry knows"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    own = by_algorithm(f"{manifest.dist.integrity} {sri_of(manifest.dist.shasum)}")
    registry = host(release.package.registry) if release.package else "the registry"
    for step in planned.steps:
        pinned = by_algorithm(step.entry.integrity)
        for algorithm in pinned.keys() & own.keys():
            strange = pinned[algorithm] - own[algorithm]
            if strange:
                seen, known = min(strange), min(own[algorithm])
                yield Hit(
                    f"{step.entry.location} is pinned to {seen}, but {registry} has {known}",
                    at=step.entry.at,
                    key=f"{step.entry.location} {algorithm}",
                )
