from collections.abc import Iterator

from forecheck.analysis.lock_source import Where
from forecheck.check import check
from forecheck.evidence.lock_sources import LockSources
from forecheck.lockfiles.pinning import is_strong
from forecheck.model import Confidence, Hit, LockedFile, Severity

_SECURE = frozenset(
    {"https", "git+https", "git+ssh", "ssh", "git+file", "github", "gitlab", "bitbucket", "gist"}
)


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_scheme(subject: LockedFile, sources: LockSources) -> Iterator[Hit]:
    """A package is fetched in a way that anybody on the network can change.

    ## Why it matters
    With `http:`, `git:` and `ftp:` nothing proves who answers, so whoever sits on the way can answer in the
    server's place. A strong hash, or the commit of a git source, still tells what arrives; without one
    nothing does.

    ## What to do
    `forecheck lockfile lint --fix` writes `https:` where the host is a configured registry. Otherwise change the
    address in package.json and install anew.

    ## What it cannot know
    Whether the host also answers over HTTPS.

    ## Examples
    ### bad: plain HTTP and nothing that pins the contents
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "resolved": "http://registry.npmjs.org/ms/-/ms-2.1.3.tgz"}}}
    ```
    ```text title="finding"
    is fetched over http:, and nothing pins what arrives
    ```
    ### bad: git's own protocol, with a commit
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"x": "git://git.example/o/x.git"}},
                  "node_modules/x": {"version": "1.0.0",
     "resolved": "git://git.example/o/x.git#6f060120ad94a5fc0395559803b35dc503fc290c"}}}
    ```
    ```text title="finding"
    is fetched over git:; only its hash tells what arrives
    ```
    ### good: HTTPS
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
        if source.where not in (Where.WEB, Where.GIT) or source.scheme in _SECURE:
            continue
        committed = source.where is Where.GIT and len(source.text.rpartition("#")[2].rpartition("=")[2]) >= 40
        pinned = committed or is_strong(entry.integrity) or bool(entry.checksum)
        if pinned or entry.integrity.startswith("sha1-"):
            message = f"is fetched over {source.scheme}:; only its hash tells what arrives"
        else:
            message = f"is fetched over {source.scheme}:, and nothing pins what arrives"
        severity = Severity.MEDIUM if pinned or entry.integrity else None
        yield Hit(message, severity, at=entry.at, key=entry.location, about=entry.release)
