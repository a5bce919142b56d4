"""From a registry's answer and what is remembered to a keyring; every way in which there is no answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from forecheck.evidence.packument import Freshness
from forecheck.evidence.registry_keys import AskedRegistries, Keyring, borrowed_key, registry_keys
from forecheck.model import Now, Package, Unavailable, UnavailableKind
from forecheck.signing.keys import npm_keys
from forecheck.signing.pinned import ChangeKind
from tests.fakes.cache import MemoryCache
from tests.fakes.pins import MemoryPins, key_of, pinned
from tests.fakes.ports import NOW, PUBLIC, Answer, FakeHttp
from tests.fakes.signing import Signer

PRIVATE = "https://npm.example.com/"
ENDPOINT = "-/npm/v1/keys"
HOUR = Freshness(timedelta(hours=1))
A, B = key_of("a"), key_of("b")
NPM: list[object] = [msgspec.to_builtins(key) for key in npm_keys()]


def listed(*seeds: str) -> dict[str, object]:
    return {"keys": [Signer(seed.encode()).document() for seed in seeds]}


class Asking:
    """Several questions to the same world."""

    def __init__(self, pins: MemoryPins | None = None, **answers: Answer) -> None:
        urls = {"private": PRIVATE, "public": PUBLIC}
        self.http = FakeHttp({urls[name] + ENDPOINT: answer for name, answer in answers.items()})
        self.cache = MemoryCache()
        self.pins = pins or MemoryPins()
        self.asked = AskedRegistries()

    def __call__(self, *packages: Package, now: datetime = NOW.at) -> list[Any]:
        run: Any = registry_keys
        found = run(packages, self.http, self.cache, self.pins, Now(now), HOUR, self.asked)
        return [found[package] for package in packages]

    def one(self, registry: str = PRIVATE, now: datetime = NOW.at) -> Any:
        return self(Package("a", registry), now=now)[0]

    def ring(self, registry: str = PRIVATE, now: datetime = NOW.at) -> Keyring:
        found = self.one(registry, now)
        assert isinstance(found, Keyring), found
        return found

    def next_run(self) -> None:
        self.asked = AskedRegistries()


def test_each_registry_is_asked_once_in_a_run() -> None:
    ask = Asking(private=listed("a"), public=Unavailable(UnavailableKind.REFUSED, "500"))
    packages = [Package(name, url) for name in "abc" for url in (PRIVATE, PUBLIC)]
    ask(*packages[:3])
    ask(*packages)
    assert sorted(ask.http.asked) == [PRIVATE + ENDPOINT, PUBLIC + ENDPOINT]


def test_an_answer_is_kept_for_a_while_and_so_is_there_being_none() -> None:
    for ask in (Asking(private=listed("a")), Asking()):
        ask.ring()
        ask.next_run()
        ask.ring()
        assert len(ask.http.asked) == 1
        ask.next_run()
        ask.ring(now=NOW.at + timedelta(hours=2))
        assert len(ask.http.asked) == 2


def test_the_first_list_of_a_registry_is_remembered() -> None:
    ask = Asking(private=listed("a", "b"))
    ring = ask.ring()
    assert (ring.trusted, ring.untrusted, ring.changes, ring.signs) == ((A, B), (), (), True)
    assert ask.pins.pinned[PRIVATE].keys == (A, B)
    assert ask.pins.pinned[PRIVATE].since == NOW.at


def test_only_known_keys_are_remembered_of_npm_s_registry() -> None:
    ask = Asking(public={"keys": [*NPM, Signer(b"a").document()]})
    ring = ask.ring(PUBLIC)
    assert ring.trusted == npm_keys()
    assert ring.untrusted == (A,)
    assert [change.kind for change in ring.changes] == [ChangeKind.ADDED]
    assert ask.pins.pinned[PUBLIC].keys == npm_keys()


def test_later_lists_do_not_change_what_is_trusted() -> None:
    ask = Asking(MemoryPins(pinned(PRIVATE, ["a"])), private=listed("b"))
    ring = ask.ring()
    assert ring.trusted == (A,)
    assert ring.untrusted == (B,)
    assert ring.gone == {A.keyid}
    assert {change.kind for change in ring.changes} == {ChangeKind.ADDED, ChangeKind.REMOVED}
    assert ask.pins.pinned[PRIVATE].keys == (A,)


def test_what_another_run_remembered_meanwhile_counts() -> None:
    class Racing(MemoryPins):
        def of(self, registry: str) -> None:
            return None

    ask = Asking(Racing(pinned(PRIVATE, ["a"])), private=listed("b"))
    ring = ask.ring()
    assert ring.trusted == (A,)
    assert ring.untrusted == (B,)


def test_a_withdrawn_key_is_not_trusted_though_it_is_built_in() -> None:
    old = npm_keys()[0]
    ask = Asking(MemoryPins(pinned(PUBLIC, ["a"], [old.fingerprint])), public={"keys": NPM})
    assert old not in ask.ring(PUBLIC).trusted


@pytest.mark.parametrize("answer", [None, {"keys": []}])
def test_a_registry_without_keys_signs_nothing(answer: Answer | None) -> None:
    ask = Asking() if answer is None else Asking(private=answer, public=answer)
    assert ask.ring() == Keyring(PRIVATE)
    public = ask.ring(PUBLIC)
    assert (public.trusted, public.signs, public.changes) == (npm_keys(), False, ())
    assert ask.pins.pinned == {}


@pytest.mark.parametrize("answer", [None, {"keys": []}])
def test_one_that_signed_before_and_lists_none_now_is_a_change(answer: Answer | None) -> None:
    pins = MemoryPins(pinned(PRIVATE, ["a"]))
    ask = Asking(pins) if answer is None else Asking(pins, private=answer)
    ring = ask.ring()
    assert (ring.trusted, ring.signs) == ((A,), True)
    assert [change.kind for change in ring.changes] == [ChangeKind.SILENT]


BROKEN: list[tuple[Answer, UnavailableKind]] = [
    (Unavailable(UnavailableKind.OFFLINE, "no network"), UnavailableKind.OFFLINE),
    (Unavailable(UnavailableKind.TIMEOUT, "too slow"), UnavailableKind.TIMEOUT),
    (Unavailable(UnavailableKind.REFUSED, "500"), UnavailableKind.REFUSED),
    (b"<html>login</html>", UnavailableKind.MALFORMED),
    (b'{"keys": [{"keyid": "a"}]}', UnavailableKind.MALFORMED),
    (b'{"keys": [' + b" " * 300_000 + b"]}", UnavailableKind.TOO_LARGE),
]


@pytest.mark.parametrize(("answer", "kind"), BROKEN)
def test_without_an_answer_what_is_known_counts_and_nothing_is_said_of_the_rest(
    answer: Answer, kind: UnavailableKind
) -> None:
    ask = Asking(MemoryPins(pinned(PRIVATE, ["a"])), private=answer, public=answer)
    for ring, trusted, signs in ((ask.ring(), (A,), True), (ask.ring(PUBLIC), npm_keys(), False)):
        assert (ring.trusted, ring.signs, ring.changes) == (trusted, signs, ())
        assert ring.missing is not None
        assert ring.missing.kind is kind
    assert PUBLIC not in ask.pins.pinned


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (None, True),
        ({"keys": []}, True),
        (Unavailable(UnavailableKind.REFUSED, "405"), True),
        ({"keys": NPM}, False),
        (Unavailable(UnavailableKind.OFFLINE, "no network"), False),
    ],
)
def test_something_that_only_goes_by_npm_s_name_is_told_of_once(answer: Answer | None, told: bool) -> None:
    ask = Asking() if answer is None else Asking(public=answer)
    ask(Package("a", PUBLIC), Package("b", PUBLIC), Package("c", PRIVATE))
    notices = ask.asked.notices()
    assert len(notices) == told
    assert all("registry.npmjs.org lists no signing keys" in notice for notice in notices)


def test_what_was_seen_to_sign_is_a_change_and_no_notice() -> None:
    ask = Asking(MemoryPins(pinned(PUBLIC, ["a"])))
    ring = ask.ring(PUBLIC)
    assert {change.kind for change in ring.changes} == {ChangeKind.SILENT}
    assert ask.asked.notices() == ()


def test_a_list_that_names_a_key_by_the_id_of_another_is_not_remembered() -> None:
    wrong = {**Signer(b"a").document(), "keyid": Signer(b"b").keyid}
    ask = Asking(private={"keys": [wrong]})
    missing = ask.one()
    assert isinstance(missing, Unavailable)
    assert missing.kind is UnavailableKind.MALFORMED
    assert ask.pins.pinned == {}


def test_damaged_memory_is_not_an_empty_one() -> None:
    class Damaged(MemoryPins):
        def of(self, registry: str) -> None:
            raise Unavailable(UnavailableKind.MALFORMED, "the file is damaged")

    missing = Asking(Damaged(), private=listed("a")).one()
    assert isinstance(missing, Unavailable)
    assert missing.reason == "the file is damaged"


def test_a_clock_in_the_past_asks_again() -> None:
    ask = Asking(private=listed("a"))
    ask.ring()
    ask.next_run()
    ask.ring(now=datetime(2001, 1, 1, tzinfo=UTC))
    assert len(ask.http.asked) == 2


def test_npm_s_own_keys_count_at_a_registry_that_has_none_of_that_id() -> None:
    keyid = npm_keys()[1].keyid
    assert borrowed_key(Keyring(PRIVATE), keyid) == npm_keys()[1]
    assert borrowed_key(Keyring(PRIVATE), "other") is None
    assert borrowed_key(Keyring(PRIVATE, untrusted=(key_of("a", keyid=keyid),)), keyid) is None
    assert borrowed_key(Keyring(PRIVATE, withdrawn=(npm_keys()[1].fingerprint,)), keyid) is None
    assert borrowed_key(Keyring(PUBLIC), keyid) is None
