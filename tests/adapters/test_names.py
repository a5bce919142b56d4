"""Looking names up: once, in time, and the best address first."""

from collections.abc import Sequence
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.adapters.names import Names, NoAddress, is_public

IPV4 = [f"192.0.2.{number}" for number in range(1, 7)]
IPV6 = [f"2001:db8::{number}" for number in range(1, 7)]


def test_a_host_is_looked_up_once() -> None:
    asked: list[str] = []

    def lookup(host: str) -> Sequence[str]:
        asked.append(host)
        return IPV4

    names = Names(lookup)
    assert names.addresses("a", 5) == names.addresses("a", 5)
    names.addresses("b", 5)
    assert asked == ["a", "b"]


def test_a_failure_is_not_remembered() -> None:
    answers: list[Sequence[str]] = [(), IPV4[:1]]
    names = Names(lambda _: answers.pop(0))
    with pytest.raises(NoAddress):
        names.addresses("a", 5)
    assert names.addresses("a", 5) == ("192.0.2.1",)


def test_an_impossible_name_is_no_host() -> None:
    with pytest.raises(NoAddress) as caught:
        Names().addresses("x" * 64 + ".example", 5)
    assert not caught.value.temporary


def test_nobody_waits_longer_than_allowed() -> None:
    held = Event()

    def hang(host: str) -> Sequence[str]:
        held.wait(10)
        return ()

    names = Names(hang)
    with pytest.raises(TimeoutError):
        names.addresses("a", 0)
    with pytest.raises(TimeoutError):
        names.addresses("a", -1)
    held.set()


@given(st.permutations(IPV4 + IPV6))
def test_both_protocols_are_among_the_few_that_are_tried(found: list[str]) -> None:
    tried = Names(lambda _: found).addresses("a", 5)
    assert tried[0] == found[0]
    assert len(tried) == 4
    assert [":" in address for address in tried[:2]] in ([True, False], [False, True])


@given(st.lists(st.sampled_from(IPV4 + IPV6), min_size=1, max_size=4))
def test_few_addresses_are_all_tried(found: list[str]) -> None:
    assert set(Names(lambda _: found).addresses("a", 5)) == set(found)


def test_the_preferred_address_comes_first() -> None:
    names = Names(lambda _: IPV4[:3])
    names.addresses("a", 5)
    names.prefer("a", "192.0.2.3")
    assert names.addresses("a", 5) == ("192.0.2.3", "192.0.2.1", "192.0.2.2")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800::1", True),
        ("127.0.0.1", False),
        ("fe80::1%eth0", False),
        ("0.0.0.0", False),
        ("::ffff:7f00:1", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public
