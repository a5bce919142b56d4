"""What DNS and a domain's registry say together, and what it takes to call a domain free."""

from collections.abc import Iterator

import pytest

from forecheck.adapters.resolver import DnsResolver
from forecheck.evidence.mail_domains import MailSettings
from forecheck.evidence.rdap import RdapSettings
from forecheck.model import Confidence, Finding, Outcome, Passed, Severity, Skipped, UnavailableKind
from forecheck.ports import Delegation, Resolver
from tests.adapters.clients import ONCE
from tests.adapters.test_resolver import LONG
from tests.evidence.asking import asker
from tests.fakes.cache import MemoryCache
from tests.fakes.dns import Dns, DnsServer
from tests.fakes.forge import NOT_FOUND, Forges, json, moved
from tests.fakes.names import FAILING
from tests.fakes.wire import Reply

K = UnavailableKind
CHECK = "unclaimed-email-domain"
UNKNOWN, BARE, SERVED = Delegation.UNKNOWN, Delegation.BARE, Delegation.SERVED
HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
SURE, FAIR, UNSURE = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW


@pytest.fixture
def forges() -> Iterator[Forges]:
    with Forges() as server:
        yield server


def one(forges: Forges, seen: Delegation, *emails: str, cache: MemoryCache | None = None) -> Outcome:
    with asker(forges, cache, limits=ONCE) as run:
        run.resolver.domains["example.fr"] = seen
        run.package("pilot", emails=emails or ("anna@example.fr",))
        return run.run(CHECK)["pilot"]


@pytest.mark.parametrize(
    ("seen", "registered", "grade"),
    [
        (SERVED, False, None),
        (UNKNOWN, True, None),
        (UNKNOWN, False, (HIGH, SURE)),
        (BARE, True, None),
        (BARE, False, (MEDIUM, FAIR)),
    ],
)
def test_dns_and_the_registry(
    forges: Forges, seen: Delegation, registered: bool, grade: tuple[Severity, Confidence] | None
) -> None:
    forges.registry("fr", *(["example.fr"] if registered else []))
    found = one(forges, seen)
    if grade is None:
        assert isinstance(found, Passed)
    else:
        assert isinstance(found, Finding)
        assert (found.severity, found.confidence) == grade
    assert bool(forges.asked("/rdap/")) is (seen is not SERVED), "who has name servers is not asked about"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {"content-type": "text/html"}, b"<html>"),
        json({"objectClassName": "help"}),
        json({"objectClassName": "domain", "ldhName": "other.fr"}),
        json([]),
        json({}, 429),
        json({}, 500),
        json({}, 403),
        Reply(200, {"content-type": "application/rdap+json"}, b" " * 65536, repeat=100),
        Reply(silent=True),
        moved("/nowhere/"),
    ],
)
def test_a_registry_that_says_nothing_leaves_what_dns_says(forges: Forges, reply: Reply) -> None:
    forges.registry("fr")
    forges.answers["/rdap/fr/domain/example.fr"] = reply
    forges.answers["/nowhere/"] = reply
    found = one(forges, UNKNOWN)
    assert isinstance(found, Finding)
    assert (found.severity, found.confidence) == (MEDIUM, UNSURE)
    assert isinstance(one(forges, BARE), Skipped)


@pytest.mark.parametrize(
    "bootstrap",
    [
        NOT_FOUND,
        json({"services": [[["com"], ["https://rdap.example/"]]]}),
        json({"services": [[["fr"], []]]}),
        json({"services": [["fr"]]}),
        json({"services": []}),
        json("no"),
        Reply(200, {"content-type": "application/json"}, b"[" * 100_000),
    ],
)
def test_a_list_of_registries_without_this_one(forges: Forges, bootstrap: Reply) -> None:
    forges.answers["/rdap/dns.json"] = bootstrap
    found = one(forges, UNKNOWN)
    assert isinstance(found, Finding)
    assert found.confidence is UNSURE


def test_name_servers_that_know_nothing_are_no_evidence(forges: Forges) -> None:
    forges.registry("fr")
    with asker(forges) as run:
        run.resolver.domains |= {"example.fr": UNKNOWN, "fr": UNKNOWN}
        run.package("pilot", emails=["anna@example.fr"])
        found = run.run(CHECK)["pilot"]
    assert isinstance(found, Skipped)
    assert (found.kind, "they cannot see the internet" in found.reason) == (K.OFFLINE, True)


def test_name_servers_that_fail_are_no_evidence(forges: Forges) -> None:
    with asker(forges) as run:
        run.resolver.domains |= {"example.fr": FAILING, "example.it": UNKNOWN}
        forges.registry("it")
        run.package("one", emails=["anna@example.fr"])
        run.package("both", emails=["anna@example.fr", "ben@example.it"])
        found = run.run(CHECK)
    assert isinstance(found["one"], Skipped)
    assert isinstance(found["both"], Finding), "what is known to be free is said, whatever else is unknown"


def test_what_nobody_asks_about(forges: Forges) -> None:
    with asker(forges) as run:
        emails = [
            "a@gmail.com",
            "b@users.noreply.github.com",
            "c@localhost",
            "d@corp.local",
            "e",
            "f@[192.0.2.1]",
        ]
        run.package("pilot", emails=emails)
        run.package("@corp/secret", emails=["anna@corp.fr"])
        run.package("nobody")
        found = run.run(CHECK)
        assert run.resolver.asked == []
    assert isinstance(found["pilot"], Passed)
    for name, words in {"@corp/secret": "private package", "nobody": "who can publish"}.items():
        outcome = found[name]
        assert isinstance(outcome, Skipped)
        assert (outcome.kind, words in outcome.reason) == (K.UNSUPPORTED, True)


def test_asking_can_be_turned_off(forges: Forges) -> None:
    forges.registry("fr")
    with asker(forges) as run:
        run.context[MailSettings] = MailSettings(enabled=False)
        run.package("pilot", emails=["anna@example.fr"])
        assert isinstance(run.run(CHECK)["pilot"], Skipped)
        run.context[MailSettings] = MailSettings()
        run.context[RdapSettings] = RdapSettings(enabled=False)
        run.resolver.domains["example.fr"] = UNKNOWN
        found = run.run(CHECK)["pilot"]
    assert isinstance(found, Finding)
    assert (found.confidence, forges.asked()) == (UNSURE, [])


def test_a_domain_is_asked_about_once_a_day(forges: Forges) -> None:
    forges.registry("fr")
    cache = MemoryCache()
    for run_number in range(2):
        with asker(forges, cache) as run:
            run.resolver.domains["example.fr"] = UNKNOWN
            for number in range(20):
                run.package(f"p{number}", emails=["anna@example.fr", "ben@mail.example.fr", "c@example.it"])
            found = run.run(CHECK)
            assert run.resolver.asked.count("example.fr") == (run_number == 0)
            assert run.resolver.asked.count("example.it") == (run_number == 0)
        assert all(isinstance(outcome, Finding) for outcome in found.values())
    assert forges.asked() == ["/rdap/dns.json", "/rdap/fr/domain/example.fr"]


def test_what_could_not_be_confirmed_is_asked_again(forges: Forges) -> None:
    cache = MemoryCache()
    assert isinstance(one(forges, UNKNOWN, cache=cache), Finding)
    forges.registry("fr", "example.fr")
    assert isinstance(one(forges, UNKNOWN, cache=cache), Passed)


def test_a_damaged_memory_is_none(forges: Forges) -> None:
    forges.registry("fr", "example.fr")
    cache = MemoryCache()
    one(forges, UNKNOWN, cache=cache)
    for key, stored in cache.entries.items():
        cache.entries[key] = type(stored)(b"\xc1", stored.fetched_at)
    assert isinstance(one(forges, UNKNOWN, cache=cache), Passed)


def test_by_a_real_name_server(forges: Forges) -> None:
    forges.registry("fr")
    with DnsServer({"example.fr": Dns.NXDOMAIN}) as server, asker(forges) as run:
        run.context[Resolver] = DnsResolver(server=server.address, limits=LONG, offline=False)
        run.package("pilot", emails=["anna@example.fr", "ben@exämple.fr"])
        found = run.run(CHECK)["pilot"]
    assert isinstance(found, Finding)
    assert set(server.asked) == {"example.fr", "fr", "xn--exmple-cua.fr"}
