from collections.abc import Iterator

from forecheck.analysis.lock_source import Where
from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.evidence.lock_sources import LockSources
from forecheck.model import Confidence, FromUnknown, Hit, LockedFile, Severity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_source_syntax(subject: LockedFile, sources: LockSources) -> Iterator[Hit]:
    """A source is no address that a package manager writes.

    ## Why it matters
    Package managers take far more than addresses: `owner/repo` is GitHub, `../x.tgz` and `/tmp/x.tgz` are
    files, `git@host:o/r` is git. Linters that skip what they cannot parse as a URL let all of these
    through, and the package manager installs them. None writes such a text by itself.

    ## What to do
    Restore the entry from the main branch, or delete it and let the package manager write it anew.

    ## What it cannot know
    What every version of every package manager would make of the text.

    ## Examples
    ### bad: GitHub's short form
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "resolved": "evil/repo#deadbeef"}}}
    ```
    ```text title="finding"
    has the source "evil/repo#deadbeef", which is no address
    ```
    ### bad: git's short form
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "resolved": "git@github.com:evil/repo.git#deadbeef"}}}
    ```
    ```text title="finding"
    has the source "git@github.com:evil/repo.git#deadbeef": it is git's short form, which is no address
    ```
    ### bad: a path that is written to look like the package's own
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "resolved": "https://registry.npmjs.org/ms/..%2fx/-/x-2.1.3.tgz"}}}
    ```
    ```text title="finding"
    has the source "https://registry.npmjs.org/ms/..%2fx/-/x-2.1.3.tgz": parts of its path are written as escapes
    ```
    ### good: an address
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "resolved": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz"}}}
    ```
    """
    del subject
    for one in sources.odd:
        source, entry = one.source, one.entry
        if one.by_project or (
            source.where is Where.NOWHERE and isinstance(entry.release.origin, FromUnknown)
        ):
            continue
        if source.where is Where.MALFORMED and not source.odd:
            message = f"has the source {quoted(source.text)}, which is no address"
        elif source.odd:
            message = f"has the source {quoted(source.text)}: {source.odd}"
        else:
            continue
        yield Hit(message, at=entry.at, key=entry.location, about=entry.release)
