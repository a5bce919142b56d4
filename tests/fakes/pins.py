"""Remembered keys in memory."""

from collections.abc import Sequence
from datetime import UTC, datetime

from forecheck.signing.keys import SCHEME, RegistryKey
from forecheck.signing.pinned import Pinned
from tests.fakes.signing import Signer

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


class MemoryPins:
    """Implements the `Pins` port; ``pinned`` is by registry."""

    def __init__(self, *pinned: Pinned) -> None:
        self.pinned = {one.registry: one for one in pinned}

    def of(self, registry: str) -> Pinned | None:
        return self.pinned.get(registry)

    def first(self, pinned: Pinned) -> Pinned:
        return self.pinned.setdefault(pinned.registry, pinned)


def key_of(seed: str | bytes, expires: datetime | None = None, keyid: str = "") -> RegistryKey:
    """A `Signer`'s key as forecheck has it."""
    signer = Signer(seed.encode() if isinstance(seed, str) else seed)
    document = signer.document()
    return RegistryKey(keyid or signer.keyid, SCHEME, document["key"], expires)


def pinned(registry: str, seeds: Sequence[str], withdrawn: Sequence[str] = ()) -> Pinned:
    """As if the registry had been seen with the keys of these signers."""
    return Pinned(registry, tuple(key_of(seed) for seed in seeds), SINCE, tuple(withdrawn))
