from collections.abc import Iterator
from typing import Final

from forecheck.check import check
from forecheck.checks.wording import span
from forecheck.evidence.advisory_sources import AdvisorySources, DatabaseState
from forecheck.model import Confidence, Fix, Hit, Now, Service, Severity

ADVISORIES: Final = Service("advisories")


def _is_advisories(service: Service) -> bool:
    return service == ADVISORIES


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH, concerns=_is_advisories)
def stale_advisories(
    service: Service,  # noqa: ARG001  (what the finding is about)
    state: DatabaseState,
    sources: AdvisorySources,
    now: Now,
) -> Iterator[Hit]:
    """The advisory database on this machine is older than it may be.

    ## Why it matters
    Malware is reported within hours and usually taken down within a day. A database of last month knows nothing of
    this month's attacks, and finding nothing in it means little.

    ## What to do
    `forecheck db update` brings it up to date; that takes seconds where there is one already. How old it may be is
    `max-age` in the `[advisories]` table of forecheck.toml.

    ## What it cannot know
    Whether the source itself is up to date. While the database is old the advisory services are asked too, if they
    are enabled.

    ## Examples
    ### bad: of last month
    ```json title="osv.json"
    {"id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-04-20T00:00:00Z", "summary": "Something", "affected": []}
    ```
    ```text title="finding"
    the newest record is 42 days old, and the limit is 7 days
    ```
    ### good: of today
    ```json title="osv.json"
    {"id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-06-01T00:00:00Z", "summary": "Something", "affected": []}
    ```
    """
    status = state.status
    if status is None or status.fresh(now.at, sources.max_age):
        return
    age = status.age(now.at)
    fix = Fix("bring it up to date", "forecheck db update")
    if age is None:
        yield Hit("it is from the future by this machine's clock, so its age is unknown", fix=fix)
    else:
        yield Hit(f"the newest record is {span(age)} old, and the limit is {span(sources.max_age)}", fix=fix)
