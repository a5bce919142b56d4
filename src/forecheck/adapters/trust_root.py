"""Sigstore's trust root: the embedded one, or what its TUF repository offers, verified from the embedded root role.

The network can only add: whatever goes wrong, what was trusted before is still trusted, and `notices` says so.
Metadata that are expired, not signed by the role's keys, or older than those seen before are refused (TUF 1.0, 5).
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from forecheck.adapters.tuf import Kept, RefusedUpdate, update
from forecheck.decode import Malformed
from forecheck.evidence.fetching import cache_key
from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import Cache, Http, Request, Stored
from forecheck.provenance.embedded import CURRENT_ON, embedded_trust, embedded_tuf_root
from forecheck.provenance.trust import Trust, read_trust
from forecheck.report import DataVersion

RENEW_AFTER: Final = timedelta(days=1)
"""How long what the repository said counts as what it says; its timestamp role is signed for a week."""

OLD: Final = timedelta(days=90)

PAUSE: Final = timedelta(hours=1)
"""How long a repository that was reached in vain is left alone: a blocked host may take its whole deadline."""


class TrustSettings(msgspec.Struct, frozen=True):
    """The TUF repository's base URL, whether it may be asked, and the root role (JSON) that it begins with."""

    url: str
    enabled: bool = True
    root: bytes = msgspec.field(default_factory=embedded_tuf_root)


class SigstoreTrust:
    """Implements `TrustRoots`. Safe for threads; asks the repository at most once in a run, and once a day."""

    def __init__(
        self, http: Http, cache: Cache, settings: TrustSettings, clock: Callable[[], datetime]
    ) -> None:
        self._http = http
        self._cache = cache
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._trust: Trust | None = None
        self._trouble = ""

    def current(self) -> Trust:
        with self._lock:
            if self._trust is None:
                self._trust = self._newest()
            return self._trust

    def data(self) -> tuple[DataVersion, ...]:
        """The trust root that verdicts of this run rest on; nothing if there was nothing to verify."""
        trust = self._trust
        if trust is None:
            return ()
        day = trust.checked.date().isoformat()
        return (DataVersion("sigstore-root", day),)

    def notices(self) -> tuple[str, ...]:
        """Why the trust root could not be renewed, and that it is old."""
        trust = self._trust
        if trust is None:
            return ()
        age = self._clock() - trust.checked
        day = trust.checked.date().isoformat()
        trouble = (f"sigstore's trust root stays that of {day}: {self._trouble}",) if self._trouble else ()
        old = (f"sigstore's trust root is {age.days} days old ({trust.version}, {day})",) if age > OLD else ()
        return (*trouble, *old)

    def _newest(self) -> Trust:
        known, kept = self._known()
        now = self._clock()
        if not self._settings.enabled or timedelta(0) <= now - known.checked < RENEW_AFTER:
            return known
        if self._in_vain(now):
            return known
        try:
            kept = update(
                self._http,
                self._settings.url,
                self._settings.root,
                kept.metadata if kept is not None else {},
            )
            trust = read_trust(kept.trusted_root, kept.npm_keys, version="renewed", checked=now)
        except Unavailable as missing:
            self._trouble = missing.reason
            if missing.kind is UnavailableKind.OFFLINE:  # found out at once, and perhaps only this run's wish
                return known
        except RefusedUpdate as refused:
            self._trouble = f"what {self._settings.url} offers was refused: {refused}"
        except Malformed as wrong:
            self._trouble = str(wrong)
        else:
            self._cache.put(self._key(), Stored(msgspec.msgpack.encode(kept), now))
            return trust
        self._cache.put(self._trouble_key(), Stored(self._trouble.encode(), now))
        return known

    def _in_vain(self, now: datetime) -> bool:
        """Whether asking failed a short while ago; then for the reason it failed."""
        stored = self._cache.get_many((self._trouble_key(),)).get(self._trouble_key())
        if stored is None or not timedelta(0) <= now - stored.fetched_at < PAUSE:
            return False
        self._trouble = stored.payload.decode("utf-8", "replace")
        return True

    def _known(self) -> tuple[Trust, Kept | None]:
        """What an earlier run was given, if it is newer than what is embedded and can be read."""
        stored = self._cache.get_many((self._key(),)).get(self._key())
        if stored is None or not CURRENT_ON < stored.fetched_at <= self._clock():
            return embedded_trust(), None
        try:
            kept = msgspec.msgpack.decode(stored.payload, type=Kept)
            trust = read_trust(kept.trusted_root, kept.npm_keys, version="renewed", checked=stored.fetched_at)
        except (msgspec.DecodeError, UnicodeDecodeError, Malformed):
            return embedded_trust(), None
        return trust, kept

    def _trouble_key(self) -> str:
        return f"{self._key()}:trouble"

    def _key(self) -> str:
        return cache_key(Request(url=self._settings.url, source="sigstore-tuf"), Kept)
