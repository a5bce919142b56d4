from collections.abc import Iterator

from forecheck.analysis.registry_path import name_in
from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.evidence.lock_project import ConfiguredRegistries
from forecheck.evidence.lock_sources import LockSources
from forecheck.model import Confidence, Hit, LockedFile, Severity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_name(subject: LockedFile, sources: LockSources, registries: ConfiguredRegistries) -> Iterator[Hit]:
    """The address of a package is another package's.

    ## Why it matters
    Host, scheme and hash are all in order, and yet `ms` brings in `evil`: the address of another package of
    the same registry is the easiest way to swap one, and its hash is public. Nothing compares the name in
    the downloaded package.json with the one in the lockfile.

    ## What to do
    Restore the entry from the main branch. An alias is written as `npm:real@range` in package.json and
    keeps the real name in the lockfile.

    ## What it cannot know
    How every registry lays out its addresses: at an allowed host the layouts of npm, GitHub Packages and
    JSR are known.

    ## Examples
    ### bad: another package of the registry
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "resolved": "https://registry.npmjs.org/evil/-/evil-2.1.3.tgz"}}}
    ```
    ```text title="finding"
    is fetched as evil: "https://registry.npmjs.org/evil/-/evil-2.1.3.tgz"
    ```
    ### bad: a package of the same name without the scope
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"@good/ms": "^2.0.0"}},
                  "node_modules/@good/ms": {"version": "2.1.3",
                                            "resolved": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz"}}}
    ```
    ```text title="finding"
    is fetched as ms: "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz"
    ```
    ### good: its own address
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"@good/ms": "^2.0.0"}},
                  "node_modules/@good/ms": {"version": "2.1.3",
                                            "resolved": "https://registry.npmjs.org/@good/ms/-/ms-2.1.3.tgz"}}}
    ```
    """
    del subject
    hosts = registries.bases_by_host()
    for one in sources.web():
        entry, source = one.entry, one.source
        if one.by_project or (source.host not in hosts and source.host not in registries.extra_hosts):
            continue
        said = name_in(source.path)
        if said and said != entry.release.name:
            message = f"is fetched as {said}: {quoted(source.text)}"
            yield Hit(message, at=entry.at, key=entry.location, about=entry.release)
