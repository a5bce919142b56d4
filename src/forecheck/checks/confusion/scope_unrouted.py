from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import host
from forecheck.evidence.name_routes import NameRoutes
from forecheck.model import Confidence, Fix, FromRegistry, Hit, Release, Severity


def _scoped(subject: object) -> bool:
    return isinstance(subject, Release) and subject.name.startswith("@")


@check(severity=Severity.HIGH, confidence=Confidence.HIGH, concerns=_scoped)
def scope_unrouted(release: Release, routes: NameRoutes) -> Iterator[Hit]:
    """Its scope is private, and it comes from the public registry.

    ## Why it matters
    Without its registry line in .npmrc a private scope is looked up at the public registry. There the scope may
    belong to somebody else, or to nobody yet: whoever takes it decides what is installed.

    ## What to do
    Put the scope's line into the .npmrc of every machine and build: `@scope:registry=https://…`. Then make the
    lockfile anew for its packages.

    ## What it cannot know
    Which scopes are private: those that `registries.private` in forecheck.toml names. Names without a scope
    cannot be routed at all.

    ## Examples
    ### bad: no line for the scope
    ```json title="packument.json"
    {"name": "@harbour/billing", "versions": {"1.0.0": {}}}
    ```
    ```json title="names.json"
    {"private": ["@harbour"]}
    ```
    ```text title="finding"
    @harbour is private, and @harbour/billing comes from registry.npmjs.org
    ```
    ### good: a public scope
    ```json title="packument.json"
    {"name": "@babel/core", "versions": {"1.0.0": {}}}
    ```
    ```json title="names.json"
    {"private": ["@harbour"]}
    ```
    """
    origin = release.origin
    if isinstance(origin, FromRegistry) and routes.private(release.name) and routes.is_public(origin.url):
        scope = release.name.partition("/")[0]
        text = f"{scope} is private, and {release.name} comes from {host(origin.url)}"
        yield Hit(text, fix=Fix(f"set {scope}:registry in .npmrc"))
