"""The keys of a registry that are trusted because they were there before, and how a new list differs from them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from forecheck.signing.keys import RegistryKey, npm_keys


class Pinned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is remembered of a registry. `withdrawn` are fingerprints of keys that are not trusted any more although
    they once were. `since` is when it was first seen to sign (aware).
    """

    registry: str
    keys: tuple[RegistryKey, ...]
    since: Annotated[datetime, msgspec.Meta(tz=True)]
    withdrawn: tuple[str, ...] = ()


class ChangeKind(StrEnum):
    """How a registry's list differs from what was trusted."""

    SWAPPED = "swapped"  # the same id, another key
    ADDED = "added"
    REMOVED = "removed"
    PROLONGED = "prolonged"  # the end of a key was moved back, or taken away
    SILENT = "silent"  # no list of keys at all any more


class KeyChange(msgspec.Struct, frozen=True):
    """One difference. `key` is the one the registry lists now, or the one it listed before where it is gone;
    `before` is what its id stood for where it stands for something else now.
    """

    kind: ChangeKind
    key: RegistryKey
    before: RegistryKey | None = None


def compare(trusted: Sequence[RegistryKey], served: Sequence[RegistryKey]) -> tuple[KeyChange, ...]:
    """What a person has to accept before it is trusted. A key that ends earlier than before is simply followed, and
    one of npm's own keys is known wherever it turns up.
    """
    by_id = {key.keyid: key for key in trusted}
    listed = {key.keyid for key in served}
    changes = [change for key in served if (change := _change(by_id.get(key.keyid), key)) is not None]
    changes += [KeyChange(ChangeKind.REMOVED, key) for key in trusted if key.keyid not in listed]
    return tuple(changes)


def _change(before: RegistryKey | None, key: RegistryKey) -> KeyChange | None:
    if before is None:
        known = any(key.keyid == own.keyid and key.same_key(own) for own in npm_keys())
        return None if known else KeyChange(ChangeKind.ADDED, key)
    if not before.same_key(key):
        return KeyChange(ChangeKind.SWAPPED, key, before)
    if before.expires is not None and (key.expires is None or key.expires > before.expires):
        return KeyChange(ChangeKind.PROLONGED, key, before)
    return None


def strictest(trusted: Iterable[RegistryKey], served: Sequence[RegistryKey]) -> tuple[RegistryKey, ...]:
    """The trusted keys, each with the earlier of its two ends."""
    return tuple(_sooner(key, served) for key in trusted)


def _sooner(key: RegistryKey, served: Sequence[RegistryKey]) -> RegistryKey:
    ends = [one.expires for one in (key, *served) if one.keyid == key.keyid and one.same_key(key)]
    known = [end for end in ends if end is not None]
    return msgspec.structs.replace(key, expires=min(known, default=None))


def accept(pinned: Pinned, served: Sequence[RegistryKey], fingerprints: Iterable[str]) -> Pinned:
    """Take the registry's present word on the keys with these fingerprints: listed ones are trusted as they are
    listed, instead of any other with their id; the others are trusted no longer.
    """
    keys = {key.keyid: key for key in pinned.keys}
    withdrawn = set(pinned.withdrawn)
    listed = {key.fingerprint: key for key in served}
    for fingerprint in fingerprints:
        key = listed.get(fingerprint)
        if key is not None:
            keys[key.keyid] = key
            withdrawn.discard(fingerprint)
        else:
            keys = {keyid: one for keyid, one in keys.items() if one.fingerprint != fingerprint}
            withdrawn.add(fingerprint)
    return Pinned(pinned.registry, tuple(keys.values()), pinned.since, tuple(sorted(withdrawn)))
