from collections.abc import Iterator
from typing import Annotated

import msgspec

from forecheck.check import Option, Stricter, check
from forecheck.checks.wording import listing, quoted
from forecheck.evidence.lock_project import ConfiguredRegistries
from forecheck.evidence.lock_sources import LockSources
from forecheck.model import Confidence, Hit, LockedFile, Severity


class Options(msgspec.Struct, frozen=True):
    """Which other hosts are fine."""

    allow_hosts: Annotated[
        tuple[str, ...],
        Option(
            "Hosts that tarballs may come from, beside the public registry and those of your npm configuration.",
            Stricter.FEWER,
        ),
    ] = ()


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_host(
    subject: LockedFile, sources: LockSources, registries: ConfiguredRegistries, options: Options
) -> Iterator[Hit]:
    """A package is fetched from a host that is no configured registry.

    ## Why it matters
    Package managers download the address in the lockfile and compare it with the hash beside it. Whoever
    changes both in one pull request decides what everybody installs, and few reviewers read lockfiles.

    ## What to do
    If the host is your own registry or mirror, put it into your own .npmrc, or into `allow-hosts` of a
    forecheck.toml that you trust. Otherwise restore the entry from the main branch, or delete it and let
    the package manager write it anew.

    ## What it cannot know
    Who runs a host. An address that the project's own package.json asks for is not reported; one that only another
    package asks for is, as a warning.

    ## Examples
    ### bad: a foreign host
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "resolved": "https://npm.example/ms/-/ms-2.1.3.tgz"}}}
    ```
    ```text title="finding"
    comes from npm.example, not from registry.npmjs.org
    ```
    ### bad: what looks like a user name is the trusted host
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "resolved": "https://registry.npmjs.org@npm.example/ms/-/ms-2.1.3.tgz"}}}
    ```
    ```text title="finding"
    comes from npm.example, not from registry.npmjs.org
    ```
    ### bad: a tarball that only another package asks for
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"a": "^1.0.0"}},
                  "node_modules/a": {"version": "1.0.0", "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",
                                     "dependencies": {"x": "https://x.example/x.tgz"}},
                  "node_modules/x": {"version": "1.0.0", "resolved": "https://x.example/x.tgz"}}}
    ```
    ```text title="finding"
    comes from x.example because a asks for it, not the project
    ```
    ### bad: an address that only the lockfile's copy of package.json asks for
    ```json title="package.json"
    {"dependencies": {"ms": "^2.0.0"}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "https://x.example/ms.tgz"}},
                  "node_modules/ms": {"version": "2.1.3", "resolved": "https://x.example/ms.tgz"}}}
    ```
    ```text title="finding"
    comes from x.example, not from registry.npmjs.org
    ```
    ### bad: a workspace that is not there asks for it
    ```json title="package.json"
    {"dependencies": {"ms": "^2.0.0"}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "docs/x": {"version": "1.0.0", "dependencies": {"ms": "https://x.example/ms.tgz"}},
                  "node_modules/ms": {"version": "2.1.3", "resolved": "https://x.example/ms.tgz"}}}
    ```
    ```text title="finding"
    comes from x.example, not from registry.npmjs.org
    ```
    ### good: the registry
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3",
                                      "resolved": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz"}}}
    ```
    ### good: a tarball that the project asks for
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"x": "https://x.example/x.tgz"}},
                  "node_modules/x": {"version": "1.0.0", "resolved": "https://x.example/x.tgz"}}}
    ```
    """
    del subject
    known = registries.bases_by_host()
    allowed = {host.lower() for host in (*options.allow_hosts, *registries.extra_hosts)}
    for one in sources.web():
        entry, host = one.entry, one.source.host
        if host in known or host in allowed or one.by_project:
            continue
        if one.by_packages:
            message = f"comes from {host} because {listing(one.by_packages)} asks for it, not the project"
            yield Hit(message, Severity.MEDIUM, at=entry.at, key=entry.location, about=entry.release)
            continue
        usual = registries.registry_for(entry.release.name).partition("://")[2].partition("/")[0]
        message = f"comes from {host}, not from {usual}"
        if not host.isascii() or not host.isprintable():
            message = f"comes from {quoted(host)}, not from {usual}"
        yield Hit(message, at=entry.at, key=entry.location, about=entry.release)
