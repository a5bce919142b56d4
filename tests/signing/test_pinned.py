"""What counts as a change of keys, and what accepting one does."""

from datetime import UTC, datetime

import pytest

from forecheck.signing.keys import RegistryKey, npm_keys
from forecheck.signing.pinned import ChangeKind, accept, compare, strictest
from tests.fakes.pins import key_of, pinned

URL = "https://npm.example.com/"
SOON = datetime(2026, 7, 1, tzinfo=UTC)
LATER = datetime(2027, 7, 1, tzinfo=UTC)

A, B, C = key_of("a"), key_of("b"), key_of("c")
A_SOON, A_LATER = key_of("a", SOON), key_of("a", LATER)
C_AS_A = key_of("c", keyid=A.keyid)


@pytest.mark.parametrize(
    ("trusted", "served", "changes"),
    [
        ((A, B), (B, A), []),
        ((A,), (A, B), [(ChangeKind.ADDED, B)]),
        ((A, B), (B,), [(ChangeKind.REMOVED, A)]),
        ((A,), (B,), [(ChangeKind.ADDED, B), (ChangeKind.REMOVED, A)]),
        ((A,), (C_AS_A,), [(ChangeKind.SWAPPED, C_AS_A)]),
        ((A,), (A_SOON,), []),
        ((A_LATER,), (A_SOON,), []),
        ((A_SOON,), (A_LATER,), [(ChangeKind.PROLONGED, A_LATER)]),
        ((A_SOON,), (A,), [(ChangeKind.PROLONGED, A)]),
        ((A,), (A, *npm_keys()), []),
    ],
)
def test_changes(
    trusted: tuple[RegistryKey, ...], served: tuple[RegistryKey, ...], changes: list[object]
) -> None:
    assert [(change.kind, change.key) for change in compare(trusted, served)] == changes


def test_another_key_under_the_id_of_one_of_npm_s_is_a_new_one() -> None:
    fake = key_of("a", keyid=npm_keys()[0].keyid)
    assert [change.kind for change in compare((B,), (B, fake))] == [ChangeKind.ADDED]
    assert [change.kind for change in compare(npm_keys(), (fake, npm_keys()[1]))] == [ChangeKind.SWAPPED]


def test_the_earlier_end_counts() -> None:
    assert strictest((A,), (A_SOON,)) == (A_SOON,)
    assert strictest((A_SOON,), (A_LATER,)) == (A_SOON,)
    assert strictest((A,), (C_AS_A, B)) == (A,)


def test_accepting_takes_the_registry_s_word_on_the_named_keys_only() -> None:
    before = pinned(URL, ["a", "b"])
    after = accept(before, (A, B, C), [C.fingerprint])
    assert after.keys == (A, B, C)
    assert compare(after.keys, (A, B, C)) == ()


def test_accepting_a_swapped_key_replaces_the_one_before() -> None:
    after = accept(pinned(URL, ["a"]), (C_AS_A,), [C.fingerprint])
    assert after.keys == (C_AS_A,)


def test_accepting_that_a_key_is_gone_withdraws_it_until_it_is_accepted_again() -> None:
    after = accept(pinned(URL, ["a", "b"]), (B,), [A.fingerprint])
    assert (after.keys, after.withdrawn) == ((B,), (A.fingerprint,))
    again = accept(after, (A, B), [A.fingerprint])
    assert (set(again.keys), again.withdrawn) == ({A, B}, ())
