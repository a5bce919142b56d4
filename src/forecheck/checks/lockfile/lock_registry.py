from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated

import msgspec

from forecheck.analysis.lock_source import Where
from forecheck.check import Option, Stricter, check
from forecheck.checks.wording import host, quoted
from forecheck.evidence.lock_project import ConfiguredRegistries, host_of
from forecheck.evidence.lock_sources import LockSources
from forecheck.model import Confidence, Hit, LockedFile, Severity


class Options(msgspec.Struct, frozen=True):
    """Which addresses are fine beside the registries."""

    allow_urls: Annotated[
        tuple[str, ...],
        Option("Addresses that packages may come from: exact, or with `*` for any text.", Stricter.FEWER),
    ] = ()
    only_urls: Annotated[
        bool, Option("Report every address that `allow-urls` does not hold.", Stricter.TRUE)
    ] = False


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_registry(
    subject: LockedFile, sources: LockSources, registries: ConfiguredRegistries, options: Options
) -> Iterator[Hit]:
    """A package comes from the right host, but not out of the configured registry there.

    ## Why it matters
    One host often serves many registries under different paths: the mirror of the public one beside a folder that
    everybody in the company may upload to. A lockfile that leads from one to the other passes every check of hosts.

    ## What to do
    Compare the address with the `registry` of your .npmrc. Where a package rightly comes from another path,
    list that in `allow-urls`.

    ## What it cannot know
    What the server makes of a path. With `only-urls`, addresses of the public registry need an entry too.

    ## Examples
    ### bad: another registry of the same host
    ```ini title=".npmrc"
    registry=https://nexus.example/npm/
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "resolved": "https://nexus.example/up/ms/-/ms-2.1.3.tgz"}}}
    ```
    ```text title="finding"
    comes from "https://nexus.example/up/ms/-/ms-2.1.3.tgz", which is not in nexus.example/npm
    ```
    ### bad: a private scope from the public registry
    ```ini title=".npmrc"
    @corp:registry=https://nexus.example/npm/
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"@corp/a": "^1.0.0"}},
                  "node_modules/@corp/a": {"version": "1.0.0",
                                           "resolved": "https://registry.npmjs.org/@corp/a/-/a-1.0.0.tgz"}}}
    ```
    ```text title="finding"
    comes from registry.npmjs.org, though @corp is configured to come from nexus.example/npm
    ```
    ### good: the configured one
    ```ini title=".npmrc"
    registry=https://nexus.example/npm/
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "resolved": "https://nexus.example/npm/ms/-/ms-2.1.3.tgz"}}}
    ```
    ### bad: an address that is not listed where only listed ones are allowed
    ```json title="options.json"
    {"only_urls": true, "allow_urls": ["https://x.example/*"]}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"x": "https://y.example/y.tgz"}},
                  "node_modules/x": {"version": "1.0.0", "resolved": "https://y.example/y.tgz"}}}
    ```
    ```text title="finding"
    comes from "https://y.example/y.tgz", which allow-urls does not hold
    ```
    """
    del subject
    bases = registries.bases_by_host()
    for one in sources.odd:
        source, entry = one.source, one.entry
        if source.where is Where.NOWHERE or any(fnmatchcase(source.text, url) for url in options.allow_urls):
            continue
        if options.only_urls:
            message = f"comes from {quoted(source.text)}, which allow-urls does not hold"
            yield Hit(message, at=entry.at, key=entry.location, about=entry.release)
            continue
        scope = entry.release.name.partition("/")[0]
        routed = registries.scopes.get(scope, "") if source.where is Where.WEB and not one.by_project else ""
        if routed and host_of(routed) != source.host:
            message = f"comes from {source.host}, though {scope} is configured to come from {host(routed)}"
            yield Hit(message, at=entry.at, key=entry.location, about=entry.release)
            continue
        own = bases.get(source.host, ())
        if source.where is not Where.WEB or not own or one.by_project:
            continue
        paths = ["/" + base.partition("://")[2].partition("/")[2] for base in own]
        if not any(f"{source.path}/".startswith(path) for path in paths):
            message = f"comes from {quoted(source.text)}, which is not in {host(own[0])}"
            yield Hit(message, at=entry.at, key=entry.location, about=entry.release)
