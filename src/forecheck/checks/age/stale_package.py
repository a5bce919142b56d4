from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec

from forecheck.check import Option, Stricter, Unknown, check
from forecheck.checks.wording import ago
from forecheck.evidence.published import Published
from forecheck.model import Confidence, Hit, Now, Release, Severity


class Options(msgspec.Struct, frozen=True):
    max_silence: Annotated[
        timedelta,
        Option("Packages of which nothing was published for longer than this are noted.", Stricter.LOWER),
    ] = timedelta(days=3 * 365)


@check(severity=Severity.INFO, confidence=Confidence.HIGH, unknown=Unknown.NOTE)
def stale_package(release: Release, published: Published, now: Now, options: Options) -> Iterator[Hit]:
    """Nothing of the package has been published for years.

    ## Why it matters
    A package without a maintainer gets no security fixes, and its name or its maintainer's e-mail domain may pass
    into other hands, as with ctx and node-ipc. Many small packages are simply finished, which is why this is a
    remark and never a reason to stop.

    ## What to do
    Nothing, if the package is small and does one thing. For one that parses input from outside or talks to the
    network, look whether its repository is alive or a successor exists.

    ## What it cannot know
    Whether a package is finished or abandoned. It looks at the last publish of any version, not at the repository.

    ## Examples
    ### bad: five years of silence
    ```json title="packument.json"
    {"name": "xml-thing", "versions": {"1.0.0": {}},
     "time": {"created": "2019-01-01T00:00:00.000Z", "1.0.0": "2021-05-01T00:00:00.000Z"}}
    ```
    ```text title="finding"
    the last version of xml-thing was published 5 years ago
    ```
    ### good: an old version of a package that is alive
    ```json title="packument.json"
    {"name": "xml-thing", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {}, "2.0.0": {}},
     "time": {"created": "2019-01-01T00:00:00.000Z", "1.0.0": "2021-05-01T00:00:00.000Z",
              "2.0.0": "2026-01-01T00:00:00.000Z"}}
    ```
    """
    if now.at - published.last > options.max_silence:
        yield Hit(f"the last version of {release.name} was published {ago(published.last, now.at)}")
