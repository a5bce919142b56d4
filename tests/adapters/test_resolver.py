"""The domain name system by a local server: what it says, and every way in which it does not."""

from datetime import timedelta

import pytest

from forecheck.adapters.concurrency import run_concurrently
from forecheck.adapters.resolver import DnsResolver
from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import Delegation, SourceLimits
from tests.adapters.clients import FakeTime, closed_port
from tests.fakes.dns import Dns, DnsServer

SHORT = SourceLimits(deadline=timedelta(seconds=0.6), attempts=1)
LONG = SourceLimits(deadline=timedelta(seconds=20), attempts=1)


def resolver(server: str, limits: SourceLimits = LONG) -> DnsResolver:
    return DnsResolver(server=server, limits=limits, offline=False)


@pytest.mark.parametrize(
    ("how", "seen"),
    [
        (Dns.SERVED, Delegation.SERVED),
        (Dns.BARE, Delegation.BARE),
        (Dns.NXDOMAIN, Delegation.UNKNOWN),
        (Dns.TRUNCATED, Delegation.SERVED),
    ],
)
def test_what_the_servers_know(how: Dns, seen: Delegation) -> None:
    with DnsServer({"harbour.fr": how}) as server:
        assert resolver(server.address).delegation("harbour.fr") is seen
        assert server.asked == ["harbour.fr"]
        assert server.by_tcp == (["harbour.fr"] if how is Dns.TRUNCATED else [])


@pytest.mark.parametrize("how", [Dns.SERVFAIL, Dns.REFUSED])
def test_a_failure_is_not_an_absence(how: Dns) -> None:
    with DnsServer({"harbour.fr": how}) as server, pytest.raises(Unavailable) as caught:
        resolver(server.address).delegation("harbour.fr")
    assert caught.value.kind is UnavailableKind.REFUSED


@pytest.mark.parametrize("how", [Dns.SILENT, Dns.GARBAGE, Dns.WRONG_ID])
def test_no_answer_that_is_one_is_silence(how: Dns) -> None:
    with DnsServer({"harbour.fr": how}) as server, pytest.raises(Unavailable) as caught:
        resolver(server.address, SHORT).delegation("harbour.fr")
    assert caught.value.kind in (UnavailableKind.TIMEOUT, UnavailableKind.REFUSED)


def test_after_silence_nobody_is_asked_again() -> None:
    with DnsServer({}, default=Dns.SILENT) as server:
        mute = resolver(server.address, SHORT)
        for domain in ("a.fr", "b.fr", "c.fr"):
            with pytest.raises(Unavailable):
                mute.delegation(domain)
        assert set(server.asked) == {"a.fr"}


def test_one_dead_domain_does_not_silence_the_others() -> None:
    with DnsServer({"dead.fr": Dns.SILENT}) as server:
        asked = DnsResolver(server=server.address, limits=LONG, offline=False)
        assert asked.delegation("a.fr") is Delegation.SERVED
        with pytest.raises(Unavailable):
            asked.delegation("dead.fr")
        assert asked.delegation("b.fr") is Delegation.SERVED


def test_all_questions_together_have_one_deadline() -> None:
    time = FakeTime(step=11)
    limits = SourceLimits(deadline=timedelta(seconds=10), attempts=1)
    with DnsServer({}) as server:
        late = DnsResolver(server=server.address, limits=limits, offline=False, timing=time.timing)
        with pytest.raises(Unavailable) as caught:
            late.delegation("a.fr")
    assert caught.value.kind is UnavailableKind.TIMEOUT
    assert "10 s that dns may take" in caught.value.reason


def test_offline_asks_nobody() -> None:
    with DnsServer({}) as server, pytest.raises(Unavailable) as caught:
        DnsResolver(server=server.address, limits=LONG, offline=True).delegation("a.fr")
    assert (caught.value.kind, server.asked) == (UnavailableKind.OFFLINE, [])


def test_nobody_listens() -> None:
    with pytest.raises(Unavailable):
        resolver(f"127.0.0.1:{closed_port()}", SHORT).delegation("a.fr")


def test_what_is_no_address_is_said() -> None:
    with pytest.raises(Unavailable, match=r"999\.1\.1\.1 is no name server's address"):
        resolver("999.1.1.1").delegation("a.fr")


def test_many_at_once() -> None:
    seen: dict[str, Delegation] = {}
    with DnsServer({f"d{n}.fr": Dns.NXDOMAIN for n in range(0, 60, 2)}) as server:
        shared = resolver(server.address)

        def ask(domain: str) -> None:
            seen[domain] = shared.delegation(domain)

        run_concurrently([lambda n=n: ask(f"d{n}.fr") for n in range(60)], 16)  # type: ignore[misc]
    assert [n for n in range(60) if seen[f"d{n}.fr"] is Delegation.UNKNOWN] == list(range(0, 60, 2))
