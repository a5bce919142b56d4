from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec

from forecheck.analysis.forge import link_of
from forecheck.check import Option, Stricter, check
from forecheck.checks.publishing.new_publisher import compare
from forecheck.checks.wording import listing
from forecheck.evidence.history import History
from forecheck.evidence.packument import Publisher
from forecheck.evidence.predecessor import Predecessor
from forecheck.evidence.published import Published
from forecheck.evidence.published_by import PublishedBy
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import Confidence, Hit, Now, Release, Severity


class Options(msgspec.Struct, frozen=True):
    known_after: Annotated[
        timedelta,
        Option(
            "A trusted publisher that first published the package this long ago is no longer new.",
            Stricter.HIGHER,
        ),
    ] = timedelta(days=30)


@check(severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)
def trusted_publisher_changed(
    release: Release,
    published: Published,
    published_by: PublishedBy,
    history: History,
    manifest: RegistryManifest,
    predecessor: Predecessor,
    now: Now,
    options: Options,
) -> Iterator[Hit]:
    """Another trusted publisher than before published it.

    ## Why it matters
    With trusted publishing a registry takes versions from one workflow of one repository, and whoever owns the npm
    account decides which. Somebody who took the account over can point it to a repository of their own, and goes on
    publishing as "GitHub Actions", as the project did before.

    ## What to do
    See whether the project moved: to another CI service, another repository, another workflow file. The provenance of
    the version says where it was built; it should be the repository you know.

    ## What it cannot know
    Which repository or workflow a trust is for: the registry gives only an opaque id, which changes with each new
    setup, so another id alone is only noted, unless the version also came without the provenance that the one before
    had. The move from a person to trusted publishing is what projects are told to do, and is only mentioned where
    the package names another repository at the same moment. The way back is what trust-downgrade reports.

    ## Examples
    ### bad: another CI service
    ```json title="packument.json"
    {"name": "thing", "versions": {
      "1.0.0": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com",
                             "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"}}},
      "1.0.1": {"_npmUser": {"name": "GitLab CI", "email": "npm-oidc-no-reply@gitlab.com",
                             "trustedPublisher": {"id": "gitlab", "oidcConfigId": "oidc:2"}}}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2026-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    published by the trusted publisher gitlab; those before were published by github
    ```
    ### bad: another setup of the same service, which is only noted
    ```json title="packument.json"
    {"name": "thing", "versions": {
      "1.0.0": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com",
                             "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"}}},
      "1.0.1": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com",
                             "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:2"}}}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2026-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    published by another setup of the trusted publisher github (oidc:2) than those before (oidc:1)
    ```
    ### bad: the first by trusted publishing, and of another repository
    ```json title="packument.json"
    {"name": "thing", "versions": {
      "1.0.0": {"_npmUser": {"name": "anna"}, "repository": "github:anna/thing"},
      "1.0.1": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com",
                             "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"}},
                "repository": "github:mallory/thing"}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2026-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ```text title="finding"
    the first from a trusted publisher (github), and of github.com/mallory/thing; 1.0.0 was of github.com/anna/thing
    ```
    ### good: the first by trusted publishing, of the same repository
    ```json title="packument.json"
    {"name": "thing", "versions": {
      "1.0.0": {"_npmUser": {"name": "anna"}, "repository": "github:anna/thing"},
      "1.0.1": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com",
                             "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"}},
                "repository": {"type": "git", "url": "git+https://github.com/Anna/thing.git"}}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2026-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    ### good: a person, as ever
    ```json title="packument.json"
    {"name": "thing", "versions": {"1.0.0": {"_npmUser": {"name": "anna"}}, "1.0.1": {"_npmUser": {"name": "anna"}}},
     "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2026-01-01T00:00:00.000Z",
              "1.0.1": "2026-05-30T00:00:00.000Z"}}
    ```
    """
    account = published_by.publisher
    if not account.trusted or now.at - published.at >= options.known_after:
        return
    publications = history.publications()
    first = next((one for one in publications if _same(one.publisher, account)), None)
    if first is None or now.at - first.at >= options.known_after:
        return
    before = [one for one in publications if one.at < first.at]
    trusted = [one.publisher for one in before if one.publisher is not None and one.publisher.trusted]
    if not trusted:
        yield from _moved(account, manifest, predecessor)
        return
    severity: Severity | None = None
    if account.trusted not in {one.trusted for one in trusted}:
        others = listing(list(dict.fromkeys(one.trusted for one in reversed(trusted))))
        text = (
            f"published by the trusted publisher {account.trusted}; those before were published by {others}"
        )
    else:
        known = [one.configuration for one in reversed(trusted) if one.configuration]
        if not known or not account.configuration:
            return
        text = (
            f"published by another setup of the trusted publisher {account.trusted} ({account.configuration})"
        )
        text += f" than those before ({listing(list(dict.fromkeys(known)))})"
        severity = None if _attestation_lost(manifest, predecessor) else Severity.LOW
    yield Hit(text, severity=severity, fix=compare(release, before[-1]))


def _same(one: Publisher | None, account: Publisher) -> bool:
    """The provider alone where the registry did not name the setup: it did not always."""
    if one is None or one.trusted != account.trusted:
        return False
    return one.configuration == account.configuration


def _attestation_lost(manifest: RegistryManifest, predecessor: Predecessor) -> bool:
    before = predecessor.main
    return before is not None and bool(before.manifest.dist.predicate) and not manifest.dist.predicate


def _moved(account: Publisher, manifest: RegistryManifest, predecessor: Predecessor) -> Iterator[Hit]:
    """The move to trusted publishing, where the package names another repository at the same time."""
    before = predecessor.main
    if before is None:
        return
    was, now = link_of(before.manifest.declared.repository), link_of(manifest.declared.repository)
    if was is None or now is None or was.project.key == now.project.key:
        return
    text = f"the first from a trusted publisher ({account.trusted}), and of {now.project.label}"
    yield Hit(f"{text}; {before.version} was of {was.project.label}")
