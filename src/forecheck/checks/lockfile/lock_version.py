from collections.abc import Iterator

from forecheck.analysis.locators import BERRY, located_version
from forecheck.analysis.registry_path import version_in
from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.evidence.lock_sources import LockSources
from forecheck.model import Confidence, EntryKind, Hit, LockedFile, Lockfile, Severity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_version(subject: LockedFile, sources: LockSources, lockfile: Lockfile) -> Iterator[Hit]:
    """The address of a package is that of another version.

    ## Why it matters
    The entry says 2.1.3 and the address fetches 0.0.1: an old version with a known hole comes in, and
    whoever reads the lockfile, or asks an advisory database about it, sees the new one.

    ## What to do
    Restore the entry from the main branch, or delete it and let the package manager write it anew.

    ## What it cannot know
    What is in the tarball; registries that do not put the version into the address tell nothing.

    ## Examples
    ### bad: an older version
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "resolved": "https://registry.npmjs.org/ms/-/ms-0.7.0.tgz"}}}
    ```
    ```text title="finding"
    is fetched as version 0.7.0: "https://registry.npmjs.org/ms/-/ms-0.7.0.tgz"
    ```
    ### good: its own version
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "resolved": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz"}}}
    ```
    """
    del subject
    for one in sources.web():
        entry, source = one.entry, one.source
        said, stated = version_in(source.path, entry.release.name), entry.release.version
        if said and stated and said not in (stated, stated.partition("+")[0]):
            message = f"is fetched as version {said}: {quoted(source.text)}"
            yield Hit(message, at=entry.at, key=entry.location, about=entry.release)
    if lockfile.format == BERRY:
        for entry in lockfile.entries:
            if entry.kind is not EntryKind.PACKAGE:
                continue
            located = located_version(entry)
            if located and located != entry.release.version:
                message = f"is resolved to {located}, though its version is given as {entry.release.version}"
                yield Hit(message, at=entry.at, key=entry.location, about=entry.release)
