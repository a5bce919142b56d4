from collections.abc import Iterator

from forecheck.check import check
from forecheck.evidence.attestations import Attestation, Attestations
from forecheck.model import Confidence, Hit, Release, Severity, Unavailable, UnavailableKind
from forecheck.provenance.agreement import Expected, disagreements, shown
from forecheck.provenance.refusal import Fault


@check(severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def provenance(release: Release, attestations: Attestations) -> Iterator[Hit]:
    """An attestation of where the release was built is false, about something else, or missing where it is promised.

    ## Why it matters
    An attestation ties a tarball to the repository, the commit and the workflow it was built from, and to npm's own
    record of the publish, in a public log. Nobody makes a false one by accident: it is there to make something look
    built in the open that was not. One that is promised and not served hides what it would say.

    ## What to do
    Do not install the version. Take one whose attestations hold, and tell the package's maintainers and the registry:
    either the registry was tampered with, or somebody between you and it changes what it serves.

    ## What it cannot know
    Valid provenance is not a promise of good intent. It says which workflow of which repository built the tarball,
    not what that workflow, the commit or a dependency of the build did; several attacks of 2026 published through the
    victim's own workflow and carried perfect provenance. A version without attestations is no finding here: most
    have none. An attestation signed with a key newer than the trust root at hand cannot be told from a forged one:
    offline, or where sigstore's TUF repository cannot be reached, that is reported as not examined.

    ## Examples
    ### bad: signed by somebody who is no build
    ```json title="packument.json"
    {"name": "thing", "versions": {"1.0.0": {"dist": {"integrity": "sha512-dGFyYmFsbA=="}}}}
    ```
    ```json title="attestations.json"
    {"thing@1.0.0": [{"issuer": "https://accounts.google.com", "subject": "mallory@example.com"}]}
    ```
    ```text title="finding"
    its attestation (slsa.dev/provenance/v1) is signed by mallory@example.com, which is no build service
    ```
    ### bad: a true attestation, of another tarball
    ```json title="packument.json"
    {"name": "thing", "versions": {"1.0.0": {"dist": {"integrity": "sha512-dGFyYmFsbA=="}}}}
    ```
    ```json title="attestations.json"
    {"thing@1.0.0": [{"about": "pkg:npm/other@1.0.0"}]}
    ```
    ```text title="finding"
    its attestation (slsa.dev/provenance/v1) is about pkg:npm/other@1.0.0
    ```
    ### bad: promised, but not served
    ```json title="packument.json"
    {"name": "thing",
     "versions": {"1.0.0": {"dist": {"integrity": "sha512-dGFyYmFsbA==", "attestations":
      {"url": "https://registry.npmjs.org/-/npm/v1/attestations/thing@1.0.0",
       "provenance": {"predicateType": "https://slsa.dev/provenance/v1"}}}}}}
    ```
    ```text title="finding"
    the registry promises an attestation (slsa.dev/provenance/v1) and serves none
    ```
    ### good: built in the open
    ```json title="packument.json"
    {"name": "thing", "versions": {"1.0.0": {"dist": {"integrity": "sha512-dGFyYmFsbA=="}}}}
    ```
    ```json title="attestations.json"
    {"thing@1.0.0": [{"repository": "https://github.com/some/thing"}]}
    ```
    ### good: none at all, from a registry that would say so
    ```json title="packument.json"
    {"name": "thing", "versions": {"1.0.0": {"dist": {"integrity": "sha512-dGFyYmFsbA==",
                                                      "signatures": [{"keyid": "SHA256:x", "sig": "MEQ="}]}}}}
    ```
    ### unknown: a mirror that takes them off
    ```json title="packument.json"
    {"name": "thing", "versions": {"1.0.0": {"dist": {"integrity": "sha512-dGFyYmFsbA=="}}}}
    ```
    """
    expected = Expected(release.name, release.version, attestations.sha512)
    hits = [
        hit for at, one in enumerate(attestations.listed) for hit in _hits(one, at, attestations, expected)
    ]
    hits.extend(_withheld(attestations))
    yield from hits
    if not hits:
        _refuse_to_guess(attestations)


def _hits(one: Attestation, at: int, attestations: Attestations, expected: Expected) -> Iterator[Hit]:
    its = f"its attestation ({_short(one.predicate_type)})"
    if one.verified is not None:
        for number, what in enumerate(disagreements(one.verified, one.predicate_type, expected)):
            yield Hit(f"{its} {what}", key=f"{at} {number}")
    elif one.fault is Fault.FALSE:
        yield Hit(f"{its} is false: {one.reason}", key=f"{at}")
    elif one.fault is Fault.STRANGER and attestations.trust_fresh:
        since = f"as of {attestations.trust_checked}"
        yield Hit(f"{its} is false: {one.reason}, {since}", key=f"{at}")
    elif one.fault is Fault.UNREADABLE:
        yield Hit(f"{its} cannot be read: {one.reason}", severity=Severity.HIGH, key=f"{at}")


def _withheld(attestations: Attestations) -> Iterator[Hit]:
    promised = attestations.announced
    if promised and promised not in [one.predicate_type for one in attestations.listed]:
        what = f"the registry promises an attestation ({_short(promised)}) and serves none"
        yield Hit(what, severity=Severity.HIGH, key="promised")
    elif attestations.promised and not attestations.listed:
        yield Hit(
            "the registry promises attestations and serves none", severity=Severity.HIGH, key="promised"
        )


def _refuse_to_guess(attestations: Attestations) -> None:
    """What was neither verified nor found false is not known."""
    for one in attestations.listed:
        if one.fault is Fault.STRANGER:
            reason = f"its attestation cannot be judged by a trust root of {attestations.trust_checked}: {one.reason}"
            raise Unavailable(UnavailableKind.OFFLINE, reason)
        if one.verified is None:
            raise Unavailable(UnavailableKind.MALFORMED, f"its attestation was not understood: {one.reason}")


def _short(predicate_type: str) -> str:
    """The type without what all of them share."""
    return shown(predicate_type.removeprefix("https://"))
