"""Over which hash a signature is judged: the one an installer would hold the bytes to."""

import pytest

from forecheck.signing.integrity import Promise, promised, sri_of

OWN = "sha512-b3du"
SHASUM = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
SHA1 = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="
ITS_OWN = Promise(OWN)


def strange(text: str, *, comparable: bool = True) -> Promise:
    return Promise(text, of_registry=False, comparable=comparable)


@pytest.mark.parametrize(
    ("locked", "promises"),
    [
        ("", (ITS_OWN,)),
        ("sha999-whatever", (ITS_OWN,)),
        (OWN, (ITS_OWN,)),
        (f"{OWN}?opt", (ITS_OWN,)),
        (f"{SHA1} {OWN}", (ITS_OWN,)),
        (SHA1, (ITS_OWN,)),
        ("sha512-b3RoZXI=", (strange("sha512-b3RoZXI="),)),
        (f"{OWN} sha512-b3RoZXI=", (ITS_OWN, strange("sha512-b3RoZXI="))),
        (f"{SHA1} sha512-b3RoZXI=", (strange("sha512-b3RoZXI="),)),
        ("sha384-b3RoZXI=", (strange("sha384-b3RoZXI=", comparable=False),)),
        ("sha1-b3RoZXI=", (strange("sha1-b3RoZXI=", comparable=False),)),
    ],
)
def test_promises(locked: str, promises: tuple[Promise, ...]) -> None:
    assert promised(locked, OWN, SHASUM) == promises


def test_without_a_shasum_nobody_can_tell_what_a_sha1_is_of() -> None:
    assert promised(SHA1, OWN, "") == (strange(SHA1, comparable=False),)


def test_where_the_registry_gives_none_the_lockfile_s_own_may_be_what_was_signed() -> None:
    assert promised(OWN, "", SHASUM) == (strange(OWN),)


def test_a_shasum_is_a_sha1_and_nothing_else_is() -> None:
    assert sri_of(SHASUM) == sri_of(SHASUM.upper()) == SHA1
    assert sri_of("x" * 40) == sri_of("") == sri_of("ab") == ""
