from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from forecheck.adapters.trust_root import SigstoreTrust, TrustSettings
from forecheck.adapters.tuf import NPM_KEYS, TRUSTED_ROOT
from forecheck.model import Unavailable, UnavailableKind
from forecheck.provenance.embedded import CURRENT_ON, embedded_trust, embedded_tuf_root
from tests.adapters.clients import client
from tests.fakes.cache import MemoryCache
from tests.fakes.ports import FakeHttp
from tests.fakes.registry import Registry
from tests.fakes.sigstore import Sigstore, shared
from tests.fakes.tuf import TufRepository

URL = "https://tuf.example"


def targets(sigstore: Sigstore) -> dict[str, bytes]:
    return {TRUSTED_ROOT: sigstore.trusted_root(), NPM_KEYS: sigstore.npm_keys()}


def served(repository: TufRepository) -> FakeHttp:
    return FakeHttp({f"{URL}/{path}": data for path, data in repository.files.items()})


class Run:
    """One run of the program: what it was given is what the cache holds."""

    def __init__(
        self,
        repository: TufRepository,
        http: FakeHttp,
        cache: MemoryCache,
        now: datetime,
        *,
        enabled: bool = True,
    ) -> None:
        settings = TrustSettings(URL, enabled, repository.first_root)
        self.http = http
        self.trust = SigstoreTrust(http, cache, settings, lambda: now)


@pytest.fixture
def repository() -> TufRepository:
    return TufRepository(targets(shared()))


@pytest.fixture
def cache() -> MemoryCache:
    return MemoryCache()


NOW = datetime.now(UTC)


def test_what_the_repository_offers_is_trusted(repository: TufRepository, cache: MemoryCache) -> None:
    run = Run(repository, served(repository), cache, NOW)
    trust = run.trust.current()
    assert trust.digest == shared().trust().digest
    assert trust.checked == NOW
    assert trust.version == "renewed"
    assert run.trust.notices() == ()
    assert [one.version for one in run.trust.data()] == [str(NOW.date())]


def test_nothing_is_asked_before_there_is_something_to_verify(
    repository: TufRepository, cache: MemoryCache
) -> None:
    run = Run(repository, served(repository), cache, NOW)
    assert run.trust.notices() == ()
    assert run.trust.data() == ()
    assert run.http.asked == []


def test_it_is_asked_once_in_a_run_and_once_a_day(repository: TufRepository, cache: MemoryCache) -> None:
    first = Run(repository, served(repository), cache, NOW)
    assert first.trust.current() is first.trust.current()
    asked = len(first.http.asked)
    soon = Run(repository, served(repository), cache, NOW + timedelta(hours=23))
    assert soon.trust.current().checked == NOW
    assert soon.http.asked == []
    later = Run(repository, served(repository), cache, NOW + timedelta(hours=25))
    assert later.trust.current().checked == NOW + timedelta(hours=25)
    assert 0 < len(later.http.asked) < asked + 3


def test_switched_off_it_asks_nobody(repository: TufRepository, cache: MemoryCache) -> None:
    run = Run(repository, served(repository), cache, NOW, enabled=False)
    assert run.trust.current() is embedded_trust()
    assert run.http.asked == []


def test_root_rotations_are_followed(repository: TufRepository, cache: MemoryCache) -> None:
    repository.rotate(new_key=True)
    repository.rotate(new_key=True)
    run = Run(repository, served(repository), cache, NOW)
    assert run.trust.current().version == "renewed"


def test_an_expired_first_root_only_leads_to_the_next(cache: MemoryCache) -> None:
    repository = TufRepository(targets(shared()))
    repository.root_version = 0
    repository.rotate(days=-30)
    repository.first_root = repository.files["1.root.json"]
    repository.rotate(new_key=True)
    assert Run(repository, served(repository), cache, NOW).trust.current().version == "renewed"


def spoil_expired(repository: TufRepository) -> None:
    repository.publish(targets(shared()), days=-1)


def spoil_expired_root(repository: TufRepository) -> None:
    repository.rotate(days=-1)


def spoil_signature(repository: TufRepository) -> None:
    stranger = TufRepository(targets(Sigstore("other")))
    for name in ("timestamp.json", "1.snapshot.json", "1.targets.json"):
        repository.files[name] = stranger.files[name]


def spoil_root(repository: TufRepository) -> None:
    stranger = TufRepository(targets(Sigstore("other")))
    stranger.rotate()
    repository.files["2.root.json"] = stranger.files["2.root.json"]


def spoil_target(repository: TufRepository) -> None:
    """Of the same length as what was signed."""
    for name, data in repository.files.items():
        if name.endswith(TRUSTED_ROOT):
            repository.files[name] = data.replace(b"rekor.example", b"rekor.exbmple")


def spoil_missing_target(repository: TufRepository) -> None:
    repository.publish({TRUSTED_ROOT: shared().trusted_root()})


def spoil_html(repository: TufRepository) -> None:
    repository.files["timestamp.json"] = b"<html>please log in</html>"


SPOILT = (
    spoil_expired,
    spoil_expired_root,
    spoil_signature,
    spoil_root,
    spoil_target,
    spoil_missing_target,
    spoil_html,
)


@pytest.mark.parametrize("spoil", SPOILT)
def test_what_does_not_hold_is_refused_and_said(
    spoil: object, repository: TufRepository, cache: MemoryCache
) -> None:
    assert callable(spoil)
    spoil(repository)
    run = Run(repository, served(repository), cache, NOW)
    assert run.trust.current() is embedded_trust()
    assert len(run.trust.notices()) == 1
    assert f"{URL} offers was refused" in run.trust.notices()[0]
    assert str(CURRENT_ON.date()) in run.trust.notices()[0]
    assert [key.endswith(":trouble") for key in cache.entries] == [True]


def test_in_vain_it_is_asked_once_an_hour(repository: TufRepository, cache: MemoryCache) -> None:
    spoil_expired(repository)
    first = Run(repository, served(repository), cache, NOW)
    first.trust.current()
    soon = Run(repository, served(repository), cache, NOW + timedelta(minutes=59))
    assert soon.trust.current() is embedded_trust()
    assert soon.http.asked == []
    assert soon.trust.notices() == first.trust.notices()
    repository.publish(targets(shared()))
    later = Run(repository, served(repository), cache, NOW + timedelta(minutes=61))
    assert later.trust.current().version == "renewed"
    assert later.trust.notices() == ()


def test_an_offline_run_keeps_the_next_one_from_nothing(
    repository: TufRepository, cache: MemoryCache
) -> None:
    offline = Unavailable(UnavailableKind.OFFLINE, "this run is offline")
    run = Run(repository, FakeHttp({f"{URL}/2.root.json": offline}), cache, NOW)
    assert run.trust.current() is embedded_trust()
    assert "offline" in run.trust.notices()[0]
    assert Run(repository, served(repository), cache, NOW).trust.current().version == "renewed"


def test_an_older_repository_is_refused_after_a_newer_one(
    repository: TufRepository, cache: MemoryCache
) -> None:
    old = dict(repository.files)
    repository.publish(targets(shared()))
    Run(repository, served(repository), cache, NOW).trust.current()
    rolled_back = FakeHttp({f"{URL}/{path}": data for path, data in old.items()})
    run = Run(repository, rolled_back, cache, NOW + timedelta(days=2))
    assert run.trust.current().checked == NOW
    assert "refused" in run.trust.notices()[0]


@pytest.mark.parametrize(
    "failure",
    [
        Unavailable(UnavailableKind.OFFLINE, "this run is offline"),
        Unavailable(UnavailableKind.REFUSED, "tuf.example is in trouble (503)"),
        Unavailable(UnavailableKind.TIMEOUT, "took too long"),
        Unavailable(UnavailableKind.TOO_LARGE, "tuf.example sent more than 8 MB"),
    ],
)
def test_without_the_network_what_was_trusted_is_trusted(
    failure: Unavailable, repository: TufRepository, cache: MemoryCache
) -> None:
    Run(repository, served(repository), cache, NOW).trust.current()
    everything: Mapping[str, Unavailable] = {f"{URL}/{path}": failure for path in repository.files}
    broken = FakeHttp({**everything, f"{URL}/2.root.json": failure})
    run = Run(repository, broken, cache, NOW + timedelta(days=3))
    assert run.trust.current().checked == NOW
    assert failure.reason in run.trust.notices()[0]


def test_age_is_told(cache: MemoryCache) -> None:
    repository = TufRepository(targets(shared()))
    run = Run(repository, FakeHttp({}), cache, CURRENT_ON + timedelta(days=100), enabled=False)
    run.trust.current()
    assert run.trust.notices() == ("sigstore's trust root is 100 days old (embedded, 2026-10-01)",)


@pytest.mark.parametrize(
    "payload", [b"", b"\xc1", msgspec.msgpack.encode([{}, b"{}", b"{}"]), b"\x93\x80\xa0"]
)
def test_a_damaged_cache_counts_as_none(
    payload: bytes, repository: TufRepository, cache: MemoryCache
) -> None:
    Run(repository, served(repository), cache, NOW).trust.current()
    key, stored = cache.entries.popitem()
    cache.entries[key] = msgspec.structs.replace(stored, payload=payload)
    run = Run(repository, FakeHttp({}), cache, NOW + timedelta(hours=1), enabled=False)
    assert run.trust.current() is embedded_trust()


def test_a_clock_in_the_past_takes_what_is_embedded(repository: TufRepository, cache: MemoryCache) -> None:
    Run(repository, served(repository), cache, NOW).trust.current()
    run = Run(repository, FakeHttp({}), cache, NOW - timedelta(days=2), enabled=False)
    assert run.trust.current() is embedded_trust()


def test_over_a_real_connection(repository: TufRepository, cache: MemoryCache) -> None:
    with Registry() as server, client() as http:
        for path, data in repository.files.items():
            server.serve(f"tuf/{path}", data)
        settings = TrustSettings(f"{server.url}tuf/", root=repository.first_root)
        trust = SigstoreTrust(http, cache, settings, lambda: NOW)
        assert trust.current().version == "renewed", trust.notices()


def test_the_embedded_root_role_starts_a_chain() -> None:
    from tuf.api._payload import Root
    from tuf.api.metadata import Metadata

    role = Metadata[Root].from_bytes(embedded_tuf_root())
    role.verify_delegate(Root.type, role)
    assert role.signed.version == 15
