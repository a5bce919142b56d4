from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.trust.registry_keys_changed import comes_from_registry
from forecheck.checks.wording import count
from forecheck.evidence.registry_keys import Keyring
from forecheck.evidence.registry_signature import Judged, RegistrySignature, Worth
from forecheck.model import Confidence, Hit, Release, Severity


@check(severity=Severity.CRITICAL, confidence=Confidence.HIGH, concerns=comes_from_registry)
def registry_signature(release: Release, keyring: Keyring, signature: RegistrySignature) -> Iterator[Hit]:
    """The registry's signature is missing, or is not for what would be installed.

    ## Why it matters
    npm's registry signs name, version and integrity of everything it serves, with a key that no mirror, proxy or
    lockfile has. If the signature holds over the hash that would be installed, those bytes are what the registry
    took in under this name. If it does not, somebody between the registry and you changed one of the three.

    ## What to do
    An invalid signature: do not install. Fetch the package over another network, past any proxy or mirror, and
    compare; look at who changed the lockfile. A missing one: ask whoever runs the mirror why it is taken off, or set
    the registry to one that passes it on.

    ## What it cannot know
    Whether the bytes are harmless, or who published them: the registry signs whatever it is sent, malware included.
    The signature says nothing of the rest of the metadata either: times, people, dependencies and the tarball's URL
    can be changed without breaking it. Whether a key was still in use is judged by the time the registry gives for
    the publish; without one, a key with an end proves nothing. A registry without keys is not held to any signature
    (most private ones), but npm's own signatures count there too. Keys that nobody has accepted prove nothing, see
    registry-keys-changed.

    ## Examples
    ### bad: the lockfile pins other contents than were signed
    ```json title="packument.json"
    {"name": "lodash", "versions": {"4.18.1": {"dist": {
      "integrity": "sha512-dMInicTPVE8d1e5otfwmmjlxkZoUpiVLwyeTdUsi/Caj/gfzzblBcCE5sRHV/AsjuCmxWrte2TNGSYuCeCq+0Q==",
      "signatures": [
      {"keyid": "SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U",
       "sig": "MEUCIQDZo+W4JJ5T/9RkS8Wz1uN7Gw+CBvP16yGeT8H9lnb+sAIgKM5Nqj636zyRL2YOUuhbSK2e1DhK2VBaMXiVNIYMq1M="}]}}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"lodash": "^4.0.0"}},
                  "node_modules/lodash": {"version": "4.18.1", "integrity": "sha512-YXR0YWNrZXI="}}}
    ```
    ```text title="finding"
    node_modules/lodash is pinned to sha512-YXR0YWNrZXI=, and the signature of registry.npmjs.org is not for that
    ```
    ### bad: the registry's answer was changed on the way
    ```json title="packument.json"
    {"name": "lodash", "versions": {"4.18.1": {"dist": {
      "integrity": "sha512-YXR0YWNrZXI=",
      "signatures": [
      {"keyid": "SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U",
       "sig": "MEUCIQDZo+W4JJ5T/9RkS8Wz1uN7Gw+CBvP16yGeT8H9lnb+sAIgKM5Nqj636zyRL2YOUuhbSK2e1DhK2VBaMXiVNIYMq1M="}]}}}}
    ```
    ```text title="finding"
    the signature of registry.npmjs.org is not for lodash@4.18.1 with sha512-YXR0YWNrZXI=
    ```
    ### bad: the signature is missing where others have one
    ```json title="packument.json"
    {"name": "lodash", "versions": {
      "4.17.21": {"dist": {"integrity": "sha512-b2xk", "signatures": [{"keyid": "SHA256:jl3b", "sig": "c2ln"}]}},
      "4.18.1": {"dist": {"integrity": "sha512-bmV3"}}}}
    ```
    ```text title="finding"
    has no signature, although 1 other version of lodash has one
    ```
    ### good: the registry's own signature over the registry's own hash
    ```json title="packument.json"
    {"name": "lodash", "versions": {"4.18.1": {"dist": {
      "integrity": "sha512-dMInicTPVE8d1e5otfwmmjlxkZoUpiVLwyeTdUsi/Caj/gfzzblBcCE5sRHV/AsjuCmxWrte2TNGSYuCeCq+0Q==",
      "signatures": [
      {"keyid": "SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U",
       "sig": "MEUCIQDZo+W4JJ5T/9RkS8Wz1uN7Gw+CBvP16yGeT8H9lnb+sAIgKM5Nqj636zyRL2YOUuhbSK2e1DhK2VBaMXiVNIYMq1M="}]}}}}
    ```
    ### unknown: a registry that signs nothing
    ```json title="packument.json"
    {"name": "lodash", "versions": {"4.18.1": {"dist": {"integrity": "sha512-bmV3"}}}}
    ```
    """
    if not signature.judged:
        text = f"has no signature, although {_others(release, keyring, signature)}"
        yield Hit(text, severity=Severity.HIGH, key="missing")
    for judged in signature.judged:
        text, severity = _wrong(judged, release, keyring, signature)
        if text:
            at = judged.step.entry.at if judged.step else None
            yield Hit(text, severity=severity, at=at, key=f"{judged.worth} {judged.integrity}")


def _others(release: Release, keyring: Keyring, signature: RegistrySignature) -> str:
    if not signature.others:
        return f"{keyring.host} signs what it serves"
    has = "has" if signature.others == 1 else "have"
    return f"{count(signature.others, 'other version')} of {release.name} {has} one"


def _wrong(
    judged: Judged, release: Release, keyring: Keyring, signature: RegistrySignature
) -> tuple[str, Severity]:
    """What is wrong with it; empty for a valid signature."""
    registry, integrity = keyring.host, judged.integrity
    pinned = f"{judged.step.entry.location} is pinned to {integrity}" if judged.step else ""
    match judged.worth:
        case Worth.VALID:
            return "", Severity.INFO
        case Worth.INVALID if pinned:
            return f"{pinned}, and the signature of {registry} is not for that", Severity.CRITICAL
        case Worth.INVALID:
            text = f"the signature of {registry} is not for {release.spec} with {integrity}"
            return text, Severity.CRITICAL
        case Worth.UNREADABLE:
            return f"what {registry} gives as signature of {release.spec} is none", Severity.CRITICAL
        case Worth.UNSIGNED_HASH:
            return f"{pinned}, a kind of hash that {registry} does not sign", Severity.HIGH
        case Worth.EXPIRED if judged.key and judged.key.expires and signature.published:
            end, day = judged.key.expires.date(), signature.published.date()
            text = f"signed with {judged.keyid}, which ended on {end}; published on {day}"
            return text, Severity.HIGH
    return f"signed with {judged.keyid}, a key that {registry} does not vouch for", Severity.HIGH
