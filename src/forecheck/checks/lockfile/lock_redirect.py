from collections.abc import Iterator
from urllib.parse import urlsplit

from forecheck.check import check
from forecheck.model import Confidence, Hit, LockedFile, Lockfile, RemarkKind, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)
def lock_redirect(subject: LockedFile, lockfile: Lockfile) -> Iterator[Hit]:
    """The lockfile sends one address to another.

    ## Why it matters
    deno keeps the redirects it was given, and follows them from the lockfile without asking again. One that leads to
    another host brings in that host's code under the first one's name.

    ## What to do
    Compare with what the first address answers today; else delete the redirect and run `deno install`.

    ## What it cannot know
    What the server answered when the lockfile was written.

    ## Examples
    ### bad: to another host
    ```json title="deno.lock"
    {"version": "5", "redirects": {"https://deno.land/x/a/mod.ts": "https://evil.example/mod.ts"}}
    ```
    ```text title="finding"
    what is imported from https://deno.land/x/a/mod.ts comes from https://evil.example/mod.ts
    ```
    ### good: nothing is redirected
    ```json title="deno.lock"
    {"version": "5", "specifiers": {}}
    ```
    """
    del subject
    for one in lockfile.remarks:
        if one.kind is RemarkKind.REDIRECT:
            severity = Severity.INFO if _stays(one.message) else None
            yield Hit(one.message, severity, at=one.at, key=one.about)


def _stays(message: str) -> bool:
    """Whether both addresses of the message are of one host."""
    hosts = [urlsplit(word).netloc.lower() for word in message.split() if "://" in word]
    return len(hosts) == 2 and hosts[0] == hosts[1] != ""
