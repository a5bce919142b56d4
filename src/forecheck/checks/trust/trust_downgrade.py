from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec

from forecheck.analysis.name_pattern import names
from forecheck.check import Option, Stricter, check
from forecheck.checks.wording import command, span
from forecheck.evidence.backing import Backed, Backing, BackingHistory
from forecheck.evidence.predecessor import SETTLED
from forecheck.model import Confidence, Fix, Hit, Now, Release, Severity


class Options(msgspec.Struct, frozen=True):
    exclude: Annotated[
        tuple[str, ...],
        Option(
            'Packages that are not looked at: "name", "@scope/*", or "name@1.2.3 || 1.2.4" for some versions.',
            Stricter.FEWER,
        ),
    ] = ()
    ignore_after: Annotated[
        timedelta, Option("Releases older than this are not looked at.", Stricter.HIGHER)
    ] = timedelta(days=30)


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def trust_downgrade(release: Release, history: BackingHistory, now: Now, options: Options) -> Iterator[Hit]:
    """Less stands behind it than behind the versions before.

    ## Why it matters
    axios was published from its repository by trusted publishing, with provenance. On 31 March 2026 somebody with the
    maintainer's account published 1.14.1 and 0.30.4 from a machine of their own: both installed a remote access tool,
    and neither had a trusted publisher or provenance. A stolen account or token cannot show what the project's own
    build shows, so what is missing gives it away, before anybody has read a line of the code.

    ## What to do
    Look for the version among the repository's tags and releases, and for the run of the workflow that built it. If
    there is none, stay on the version before and tell the maintainers. If the project says why it was published by
    hand, record that with `forecheck allow`.

    ## What it cannot know
    Why: builds break, and maintainers then publish by hand; that is why only what was published in the last month
    counts, and only a note is left where the project has gone on that way for a month. Whether provenance is valid is
    another check's business, and so is what it says: malware was published with valid provenance too. A backport on a
    line that never had more is not measured by the newer lines, unless one of them lost its backing in the same week.
    Packages that never had any are not found here.

    ## Examples
    ### bad: published by hand, where a trusted publisher did it before
    ```json title="packument.json"
    {"name": "axios", "versions": {
      "1.13.6": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com",
                              "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"}},
                 "dist": {"signatures": [{"keyid": "k", "sig": "s"}], "attestations": {
                   "url": "https://registry.npmjs.org/-/npm/v1/attestations/axios@1.13.6",
                   "provenance": {"predicateType": "https://slsa.dev/provenance/v1"}}}},
      "1.14.0": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com",
                              "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"}},
                 "dist": {"signatures": [{"keyid": "k", "sig": "s"}], "attestations": {
                   "url": "https://registry.npmjs.org/-/npm/v1/attestations/axios@1.14.0",
                   "provenance": {"predicateType": "https://slsa.dev/provenance/v1"}}}},
      "1.14.1": {"_npmUser": {"name": "jasonsaayman", "email": "ifstap@proton.me"},
                 "dist": {"signatures": [{"keyid": "k", "sig": "s"}]}}},
     "time": {"created": "2014-08-29T00:00:00.000Z", "1.13.6": "2026-04-27T00:00:00.000Z",
              "1.14.0": "2026-05-27T19:01:40.000Z", "1.14.1": "2026-05-31T00:21:58.000Z"}}
    ```
    ```text title="finding"
    published with only the registry's signature; 1.14.0, 3 days before, had a trusted publisher
    ```
    ### bad: an old line that never had more, in the same hour
    ```json title="packument.json"
    {"name": "axios", "dist-tags": {"latest": "0.30.4"}, "versions": {
      "0.30.3": {"_npmUser": {"name": "jasonsaayman"}, "dist": {"signatures": [{"keyid": "k", "sig": "s"}]}},
      "1.14.0": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com",
                              "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"}},
                 "dist": {"signatures": [{"keyid": "k", "sig": "s"}]}},
      "0.30.4": {"_npmUser": {"name": "jasonsaayman"}, "dist": {"signatures": [{"keyid": "k", "sig": "s"}]}},
      "1.14.1": {"_npmUser": {"name": "jasonsaayman"}, "dist": {"signatures": [{"keyid": "k", "sig": "s"}]}}},
     "time": {"created": "2014-08-29T00:00:00.000Z", "0.30.3": "2026-05-20T00:00:00.000Z",
              "1.14.0": "2026-05-27T19:01:40.000Z", "1.14.1": "2026-05-31T00:21:58.000Z",
              "0.30.4": "2026-05-31T01:00:57.000Z"}}
    ```
    ```text title="finding"
    published with only the registry's signature, like 1.14.1 38 minutes before, where 1.14.0 had a trusted publisher
    ```
    ### good: a backport on a line that is always published by hand
    ```json title="packument.json"
    {"name": "axios", "dist-tags": {"latest": "0.30.4"}, "versions": {
      "0.30.3": {"_npmUser": {"name": "jasonsaayman"}},
      "1.14.0": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com",
                              "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"}}},
      "0.30.4": {"_npmUser": {"name": "jasonsaayman"}},
      "1.13.6": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com",
                              "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"}}}},
     "time": {"created": "2014-08-29T00:00:00.000Z", "1.13.6": "2026-01-20T00:00:00.000Z",
              "0.30.3": "2026-02-20T00:00:00.000Z", "1.14.0": "2026-05-27T19:01:40.000Z",
              "0.30.4": "2026-05-31T01:00:57.000Z"}}
    ```
    ### good: an exception for a version that is known
    ```json title="packument.json"
    {"name": "axios", "versions": {
      "1.14.0": {"_npmUser": {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com"}},
      "1.14.1": {"_npmUser": {"name": "jasonsaayman"}}},
     "time": {"created": "2014-08-29T00:00:00.000Z", "1.14.0": "2026-05-27T00:00:00.000Z",
              "1.14.1": "2026-05-31T00:00:00.000Z"}}
    ```
    ```json title="options.json"
    {"exclude": ["axios@1.14.1 || 1.14.2"]}
    ```
    ### unknown: a registry that does not say how anything was published
    ```json title="packument.json"
    {"name": "axios", "versions": {"1.14.0": {}, "1.14.1": {}},
     "time": {"created": "2014-08-29T00:00:00.000Z", "1.14.0": "2026-05-27T00:00:00.000Z",
              "1.14.1": "2026-05-31T00:00:00.000Z"}}
    ```
    """
    if any(names(pattern, release.name, release.version) for pattern in options.exclude):
        return
    if now.at - history.published(release.version) >= options.ignore_after:
        return
    own = history.of(release.version)
    if own.backing is Backing.TRUSTED_PUBLISHER:
        return
    dropped = _dropped(history, own)
    if dropped is not None:
        best, since = dropped
        text = f"published {_lacking(own)}; {best.version}, {span(own.at - best.at)} before, {_having(best)}"
        habit = now.at - since.at >= options.ignore_after
        severity = Severity.LOW if habit else _severity(own, best)
        yield Hit(text, severity=severity, fix=_compare(release, best))
        return
    yield from _backport(history, own)


def _dropped(history: BackingHistory, own: Backed) -> tuple[Backed, Backed] | None:
    """The best-backed version that led up to it, and the first since then that had no more than it has."""
    line = history.before(own.version).line
    stronger = [one for one in line if one.backing > own.backing]
    if not stronger:
        return None
    best = max(stronger, key=lambda one: (one.backing, one.at))
    later = (one for one in line if one.at > stronger[-1].at)
    return best, next(later, own)


def _backport(history: BackingHistory, own: Backed) -> Iterator[Hit]:
    """A release on a line that never had more, while other lines had."""
    yardstick = history.before(own.version)
    stronger = [one for one in yardstick.elsewhere if one.backing > own.backing]
    if not stronger:
        return
    for other in history.around(own.version, SETTLED):
        dropped = _dropped(history, other) if other.backing <= own.backing else None
        if dropped is not None and dropped[0].backing > own.backing and dropped[1].version == other.version:
            best = dropped[0]
            text = f"published {_lacking(own)}, like {other.version} {_apart(own, other)}"
            text += f", where {best.version} {_having(best)}"
            yield Hit(text, severity=_severity(own, best))
            return
    if not any(one.at > stronger[0].at for one in yardstick.line):
        best = stronger[-1]
        text = f"published {_lacking(own)}, for the first time since {best.version} {_having(best)}"
        yield Hit(text, severity=Severity.LOW)


def _severity(own: Backed, best: Backed) -> Severity:
    """Provenance still ties it to a build, and a pre-release only reaches who asks for it."""
    attested = own.backing is Backing.PROVENANCE and best.backing is Backing.TRUSTED_PUBLISHER
    return Severity.MEDIUM if attested or own.prerelease else Severity.HIGH


def _lacking(own: Backed) -> str:
    return {
        Backing.NOTHING: "without a signature, provenance or a trusted publisher",
        Backing.SIGNATURE: "with only the registry's signature",
    }.get(own.backing, "with provenance, but not by a trusted publisher")


def _having(best: Backed) -> str:
    if best.backing is Backing.TRUSTED_PUBLISHER:
        return "had a trusted publisher"
    return "had provenance" if best.backing is Backing.PROVENANCE else "was signed by the registry"


def _apart(own: Backed, other: Backed) -> str:
    return f"{span(abs(own.at - other.at))} {'before' if other.at <= own.at else 'later'}"


def _compare(release: Release, before: Backed) -> Fix:
    old, new = f"--diff={release.name}@{before.version}", f"--diff={release.spec}"
    return Fix(f"compare with {before.version}", command("npm", "diff", old, new))
