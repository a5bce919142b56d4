from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec

from forecheck.analysis.lookalike import Candidate, Limits, Lookalike, weigh
from forecheck.check import Option, Stricter, check
from forecheck.checks.wording import command
from forecheck.evidence.downloads import Usage
from forecheck.evidence.likeness import Likeness
from forecheck.evidence.packument import Packument, moment
from forecheck.model import Confidence, Fix, Hit, Now, Release, Severity
from forecheck.popularity import Popularity


class Options(msgspec.Struct, frozen=True):
    used_downloads: Annotated[
        int, Option("A package downloaded so often a month has earned its name.", Stricter.HIGHER)
    ] = Limits().used_downloads
    settled_age: Annotated[
        timedelta, Option("So has an older one that is downloaded at all regularly.", Stricter.HIGHER)
    ] = Limits().settled_age


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def typosquat(
    release: Release,
    packument: Packument,
    usage: Usage,
    likeness: Likeness,
    popularity: Popularity,
    now: Now,
    options: Options,
) -> Iterator[Hit]:
    """The name looks like that of a popular package.

    ## Why it matters
    crossenv (for cross-env) sent the environment of everybody who mistyped it to a server in 2017; since then names
    one slip away from popular ones are registered by the thousand, and found in manifests for years.

    ## What to do
    Compare with the name you meant. If this package is the right one, record that once and the finding is gone for
    good.

    ## What it cannot know
    What you meant. It weighs the likeness against how much the package is used and how old it is: where neither can
    be had, only the likenesses count that popular names hardly ever have among themselves, with less confidence.

    ## Examples
    ### bad: one swap away, and hardly used
    ```json title="packument.json"
    {"name": "lodahs", "versions": {"1.0.1": {}},
     "time": {"created": "2026-05-01T00:00:00.000Z", "1.0.1": "2026-05-01T00:00:00.000Z"}}
    ```
    ```json title="downloads.json"
    {"lodahs": 31}
    ```
    ```json title="popular.json"
    {"lodash": 700000000}
    ```
    ```text title="finding"
    one swap away from lodash (700,000,000 downloads a month; this: 31)
    ```
    ### bad: nothing is known of the package but its name
    ```json title="packument.json"
    {"name": "lodahs", "versions": {"1.0.1": {}}}
    ```
    ```json title="popular.json"
    {"lodash": 700000000}
    ```
    ```text title="finding"
    one swap away from lodash (700,000,000 downloads a month; this: not known)
    ```
    ### good: alike, but in wide use itself
    ```json title="packument.json"
    {"name": "preact", "versions": {"10.0.0": {}}, "time": {"created": "2015-09-11T00:00:00.000Z"}}
    ```
    ```json title="popular.json"
    {"react": 200000000, "preact": 40000000}
    ```
    ### good: unlike any popular name
    ```json title="packument.json"
    {"name": "corp-billing-rules", "versions": {"1.0.0": {}}}
    ```
    ```json title="downloads.json"
    {"corp-billing-rules": 12}
    ```
    """
    if not likeness.found:
        return
    age = None if packument.created is None else now.at - moment(packument.created)
    limits = Limits(used_downloads=options.used_downloads, settled_age=options.settled_age)
    meant = weigh(release.name, likeness.found, popularity, Candidate(usage.monthly, age), limits)
    if meant is not None:
        yield Hit(
            _message(meant, usage),
            severity=_severity(meant, usage, packument),
            confidence=meant.confidence,
            fix=Fix(f"did you mean {meant.target}?", command("npm", "install", meant.target)),
        )


def _message(meant: Lookalike, usage: Usage) -> str:
    theirs = "popular" if meant.target_downloads is None else f"{meant.target_downloads:,} downloads a month"
    own = "not known" if usage.monthly is None else f"{usage.monthly:,}"
    return f"{meant.kind.phrase} {meant.target} ({theirs}; this: {own})"


def _severity(meant: Lookalike, usage: Usage, packument: Packument) -> Severity | None:
    """A faint likeness of a package of which nothing else is known is a remark, of a suspicious one a question."""
    if meant.confidence is not Confidence.LOW:
        return None
    known = usage.monthly is not None or packument.created is not None
    return Severity.MEDIUM if known else Severity.LOW
