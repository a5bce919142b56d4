from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import command, quoted
from forecheck.evidence.demand import declared_by_project
from forecheck.evidence.planned import Planned
from forecheck.evidence.standing import Standing
from forecheck.model import Confidence, Fix, Hit, Release, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def deprecated(release: Release, standing: Standing, planned: Planned) -> Iterator[Hit]:
    """Its own maintainers advise against the version.

    ## Why it matters
    A version is deprecated because it is broken, insecure, renamed or abandoned. npm says so too, but only in passing
    and only once it is installed. After a take-over, deprecation is also how the true maintainers mark what is bad
    before the registry removes it.

    ## What to do
    Take a version that is not deprecated, or the package that the text names. What another package brings in is for
    that package to change; it is only noted.

    ## What it cannot know
    Whether the text is right. It is written by whoever may publish the package, and may hold anything.

    ## Examples
    ### bad: asked for by the project itself
    ```json title="packument.json"
    {"name": "left-thing", "dist-tags": {"latest": "1.0.0"},
     "versions": {"1.0.0": {"deprecated": "use right-thing"}, "2.0.0": {}},
     "time": {"created": "2020-01-01T00:00:00.000Z"}}
    ```
    ```text title="finding"
    deprecated: "use right-thing"
    ```
    ### bad: every version of it
    ```json title="packument.json"
    {"name": "left-thing", "versions": {"1.0.0": {"deprecated": true}},
     "time": {"created": "2020-01-01T00:00:00.000Z"}}
    ```
    ```text title="finding"
    deprecated, as is every version of left-thing: "no reason given"
    ```
    ### good: deprecated once, and taken back
    ```json title="packument.json"
    {"name": "left-thing", "versions": {"1.0.0": {"deprecated": ""}},
     "time": {"created": "2020-01-01T00:00:00.000Z"}}
    ```
    ### unknown: a mirror that leaves the field out
    ```json title="packument.json"
    {"name": "left-thing", "versions": {"1.0.0": {"license": "MIT"}}}
    ```
    """
    if not standing.deprecated:
        return
    fix = None
    if standing.successor:
        successor = f"{release.name}@{standing.successor}"
        fix = Fix(f"{standing.successor} is not deprecated", command("npm", "install", successor))
    every = "" if standing.successor else f", as is every version of {release.name}"
    direct = any(declared_by_project(step) for step in planned.steps)
    yield Hit(
        f"deprecated{every}: {quoted(standing.deprecated)}",
        severity=None if direct else Severity.LOW,
        fix=fix if direct else None,
    )
