from collections.abc import Iterator, Sequence
from typing import Final

from forecheck.check import Unknown, check
from forecheck.checks.wording import count
from forecheck.evidence.planned import PlanIndex
from forecheck.evidence.registry_keys import Keyring
from forecheck.model import Confidence, Fix, FromRegistry, Hit, Now, Release, Severity
from forecheck.signing.keys import RegistryKey
from forecheck.signing.pinned import ChangeKind, KeyChange

_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@/._+=-:")


def comes_from_registry(release: Release) -> bool:
    """Only what a registry serves can carry its signature."""
    return isinstance(release.origin, FromRegistry)


@check(
    severity=Severity.MEDIUM, confidence=Confidence.HIGH, unknown=Unknown.NOTE, concerns=comes_from_registry
)
def registry_keys_changed(release: Release, keyring: Keyring, index: PlanIndex, now: Now) -> Iterator[Hit]:
    """The registry signs with other keys than before.

    ## Why it matters
    Whoever can answer in a registry's place can answer with keys of their own, and then everything carries a valid
    signature. So the keys of npm's registry come with forecheck, those of any other are remembered from the first
    time it is seen, and only they count until you say otherwise. A real registry changes its keys every few years,
    announces it, and lists the old one beside the new.

    ## What to do
    Look for the registry's announcement, or ask whoever runs it, and compare the fingerprint. `forecheck keys URL`
    shows what is remembered and what the registry lists; `forecheck keys URL --accept FINGERPRINT` takes its new
    word. Where a known id suddenly stands for another key, or a registry no longer signs, install nothing until you
    know why.

    ## What it cannot know
    Whether the first list it ever saw of a registry other than npm's was the right one. On a machine that is new for
    each build every list is the first: keep the folder that `forecheck keys` names between builds. A list that
    could not be fetched changes nothing, and the keys known before still decide. A key that is to end sooner than
    before is followed without a word. It concerns all that the registry serves, and is said once, of the first
    package that would come from there.

    ## Examples
    ### bad: a new key beside the known one, which deserves a look
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {}}}
    ```
    ```json title="keys.json"
    {"npm": ["SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA",
             "SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U"], "seeds": ["next year's"]}
    ```
    ```text title="finding"
    registry.npmjs.org lists a key that it did not have before: SHA256:KVt1oMF8laEMHQihnuNJfsDxjJGO6WtSLW4g7SpEwzY
    ```
    ### bad: a known id stands for another key, which is critical
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {}}}
    ```
    ```json title="keys.json"
    {"npm": ["SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA"],
     "seeds": ["mallory's"], "ids": {"mallory's": "SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U"}}
    ```
    ```text title="finding"
    registry.npmjs.org gives another key as SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U
    ```
    ### bad: it signed before and does no longer
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {}}}
    ```
    ```json title="pins.json"
    {"seeds": ["registry"]}
    ```
    ```text title="finding"
    registry.npmjs.org used to sign what it serves (3 keys are known), and now lists no key at all
    ```
    ### good: the keys that are known
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {}}}
    ```
    ```json title="keys.json"
    {"npm": ["SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA",
             "SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U"]}
    ```
    """
    if not keyring.changes or release != _first_of(keyring.registry, index):
        return
    registry = keyring.host
    silent = [change.key for change in keyring.changes if change.kind is ChangeKind.SILENT]
    if silent:
        known = f"{count(len(silent), 'key')} {'is' if len(silent) == 1 else 'are'} known"
        text = f"{registry} used to sign what it serves ({known}), and now lists no key at all"
        yield Hit(text, severity=Severity.HIGH, key="silent", fix=_accept(keyring, silent))
        return
    replaced = not any(
        key.keyid not in _removed(keyring) and not key.expired(now.at) for key in keyring.trusted
    )
    for change in keyring.changes:
        text, severity = _said(change, replaced, now)
        yield Hit(
            f"{registry} {text}",
            severity=severity,
            key=f"{change.kind} {change.key.fingerprint}",
            fix=_accept(keyring, [change.key]),
        )


def _first_of(registry: str, index: PlanIndex) -> Release | None:
    served = (one for one in index.by_release if one.package is not None and one.package.registry == registry)
    return next(served, None)


def _removed(keyring: Keyring) -> frozenset[str]:
    return frozenset(change.key.keyid for change in keyring.changes if change.kind is ChangeKind.REMOVED)


def _said(change: KeyChange, replaced: bool, now: Now) -> tuple[str, Severity]:
    key = change.key
    if change.kind is ChangeKind.SWAPPED:
        return f"gives another key as {key.keyid}", Severity.CRITICAL
    if change.kind is ChangeKind.ADDED and replaced:
        return f"lists only keys that it did not have before: {_named(key)}", Severity.HIGH
    if change.kind is ChangeKind.ADDED:
        return f"lists a key that it did not have before: {_named(key)}", Severity.MEDIUM
    if change.kind is ChangeKind.REMOVED and key.expired(now.at):
        return f"no longer lists the key {_named(key)}, whose time is over", Severity.LOW
    if change.kind is ChangeKind.REMOVED:
        return f"no longer lists the key {_named(key)}", Severity.MEDIUM
    was = change.before.expires if change.before else None
    end = f"until {key.expires.date()}" if key.expires else "without end"
    before = f", which was to end on {was.date()}" if was else ""
    return f"has prolonged the key {_named(key)} {end}{before}", Severity.MEDIUM


def _named(key: RegistryKey) -> str:
    """The fingerprint, and the id where that is something else."""
    same = key.keyid == key.fingerprint
    return key.fingerprint if same else f"{key.fingerprint} (as {key.keyid})"


def _accept(keyring: Keyring, keys: Sequence[RegistryKey]) -> Fix:
    words = ["forecheck", "keys", keyring.registry]
    for key in keys:
        words += ["--accept", key.fingerprint]
    plain = all(_PLAIN.issuperset(word) for word in words)
    return Fix(
        "if the registry announced it, take its new word", " ".join(words) if plain else "forecheck keys"
    )
