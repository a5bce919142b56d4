"""A change is said once for a registry, and how bad it is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from forecheck.evidence.planned import PlanIndex
from forecheck.evidence.registry_keys import Keyring
from forecheck.model import FromRegistry, Hit, Now, Release, Severity
from forecheck.signing.keys import RegistryKey
from forecheck.signing.pinned import ChangeKind, KeyChange, compare
from tests.checks.running import check_called
from tests.fakes.pins import key_of
from tests.fakes.ports import NOW

URL = "https://npm.example.com/"
OVER, SOON = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
A, B = key_of("a"), key_of("b")
FIRST = Release("first", "1.0.0", FromRegistry(URL))
SECOND = Release("second", "1.0.0", FromRegistry(URL))
ELSEWHERE = Release("third", "1.0.0", FromRegistry("https://registry.npmjs.org/"))
INDEX = PlanIndex(dict.fromkeys((ELSEWHERE, FIRST, SECOND), ()))
CHECK = check_called("registry-keys-changed")


def said(
    trusted: tuple[RegistryKey, ...], changes: tuple[KeyChange, ...], release: Release = FIRST
) -> list[Hit]:
    ring = Keyring(URL, trusted, changes=changes, signs=True)
    return list(CHECK.run(release, keyring=ring, index=INDEX, now=NOW))


@pytest.mark.parametrize(
    ("trusted", "served", "severities"),
    [
        ((A,), (A,), []),
        ((A,), (A, B), [Severity.MEDIUM]),
        ((A,), (B,), [Severity.HIGH, Severity.MEDIUM]),
        ((key_of("a", OVER),), (key_of("a", OVER), B), [Severity.HIGH]),
        ((A, B), (B,), [Severity.MEDIUM]),
        ((key_of("a", OVER), B), (B,), [Severity.LOW]),
        ((A,), (key_of("b", keyid=A.keyid),), [Severity.CRITICAL]),
        ((key_of("a", SOON),), (A,), [Severity.MEDIUM]),
    ],
)
def test_severities(
    trusted: tuple[RegistryKey, ...], served: tuple[RegistryKey, ...], severities: list[Severity]
) -> None:
    found = said(trusted, compare(trusted, served))
    assert [hit.severity for hit in found] == severities
    assert all(hit.message.startswith("npm.example.com ") for hit in found)
    assert len({hit.key for hit in found}) == len(found)


def test_a_registry_that_fell_silent_is_said_once_and_high() -> None:
    (hit,) = said((A, B), (KeyChange(ChangeKind.SILENT, A), KeyChange(ChangeKind.SILENT, B)))
    assert hit.severity is Severity.HIGH
    assert "2 keys are known" in hit.message


def test_it_is_said_of_one_package_only() -> None:
    changes = compare((A,), (A, B))
    assert len(said((A,), changes)) == 1
    assert said((A,), changes, SECOND) == []


def test_the_way_to_accept_it_names_the_key() -> None:
    (hit,) = said((A,), compare((A,), (A, B)))
    assert hit.fix is not None
    assert hit.fix.command == f"forecheck keys {URL} --accept {B.fingerprint}"


def test_a_registry_s_text_gets_into_no_command() -> None:
    ring = Keyring("https://npm.example.com/$(x)/", (A,), changes=compare((A,), (A, B)))
    odd = Release("odd", "1.0.0", FromRegistry(ring.registry))
    index: Any = PlanIndex({odd: ()})
    (hit,) = CHECK.run(odd, keyring=ring, index=index, now=Now(NOW.at))
    assert hit.fix is not None
    assert hit.fix.command == "forecheck keys"
