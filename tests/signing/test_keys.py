"""Lists of keys: what is read, and what is refused as a whole."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.signing.keys import MAX_KEYS, known_keys, npm_keys, read_keys
from tests.fakes.pins import key_of
from tests.fakes.signing import Signer
from tests.signing.real import keys_document

ONE = Signer(b"one").document()


def read(*keys: Any) -> tuple[Any, ...]:
    return read_keys(json.dumps({"keys": keys}).encode(), "the list")


def test_the_keys_of_npm_are_those_its_endpoint_lists() -> None:
    assert read_keys(keys_document(), "npm") == npm_keys()
    assert known_keys("https://registry.npmjs.org/") == npm_keys()
    assert known_keys("https://npm.example.com/") == ()


def test_ids_of_npm_are_fingerprints_of_the_keys() -> None:
    assert [key.fingerprint for key in npm_keys()] == [key.keyid for key in npm_keys()]
    assert not any(key.misnamed for key in npm_keys())


def test_a_fingerprint_is_of_the_key_and_not_of_the_id() -> None:
    assert key_of("one", keyid="mine").fingerprint == Signer(b"one").keyid
    assert not key_of("one", keyid="mine").misnamed
    assert key_of("one", keyid=Signer(b"two").keyid).misnamed


@pytest.mark.parametrize("expires", [None, "2027-01-01T00:00:00.000Z", "2027-01-01"])
def test_a_key_may_have_an_end(expires: str | None) -> None:
    (key,) = read({**ONE, "expires": expires})
    assert (key.expires is None) is (expires is None)
    assert key.expires is None or key.expires.tzinfo is not None


def test_the_same_key_twice_is_one() -> None:
    assert len(read(ONE, ONE)) == 1


def test_keys_of_other_schemes_are_kept() -> None:
    (key,) = read({**ONE, "scheme": "ml-dsa-65", "key": "whatever"})
    assert key.scheme == "ml-dsa-65"
    assert key.fingerprint.startswith("SHA256:")


@pytest.mark.parametrize(
    "keys",
    [
        [{}],
        [1],
        ["text"],
        [{**ONE, "keyid": ""}],
        [{**ONE, "keyid": "a\nb"}],
        [{**ONE, "keyid": "x" * 10_000}],
        [{**ONE, "keyid": None}],
        [{**ONE, "key": "bm8ga2V5"}],
        [{**ONE, "key": ONE["key"] + "\n"}],
        [{**ONE, "key": ONE["key"][:-4]}],
        [{**ONE, "expires": "soon"}],
        [{**ONE, "expires": 0}],
        [ONE, {**Signer(b"two").document(), "keyid": ONE["keyid"]}],
        [ONE, {**ONE, "expires": "2027-01-01"}],
        [{**ONE, "keyid": str(number)} for number in range(MAX_KEYS + 1)],
    ],
)
def test_a_list_with_anything_wrong_in_it_is_no_list(keys: list[Any]) -> None:
    with pytest.raises(Malformed):
        read(ONE, *keys) if len(keys) == 1 else read(*keys)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"keys": {}}', b'{"keys": null}', b"{}"])
def test_another_document_is_no_list(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_keys(body, "the list")


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_a_list_or_malformed(body: bytes) -> None:
    try:
        read_keys(body, "the list")
    except Malformed:
        return
