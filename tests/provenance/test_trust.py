import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.provenance.trust import FRESH_FOR, read_trust
from tests.fakes.sigstore import LOGGED, shared

Json = dict[str, Any]


def root() -> Json:
    document: Json = json.loads(shared().trusted_root())
    return document


def read(document: Json, keys: bytes | None = None) -> Any:
    npm = shared().npm_keys() if keys is None else keys
    return read_trust(json.dumps(document).encode(), npm, version="test", checked=LOGGED)


def no_start(document: Json) -> None:
    """(trust-root-tlog-missing-validity-start)"""
    del document["tlogs"][0]["publicKey"]["validFor"]["start"]


def no_window(document: Json) -> None:
    del document["certificateAuthorities"][0]["validFor"]


def other_media(document: Json) -> None:
    document["mediaType"] = "application/vnd.dev.sigstore.trustedroot+json;version=0.9"


def bad_key(document: Json) -> None:
    document["ctlogs"][0]["publicKey"]["rawBytes"] = "not base64"


def bad_time(document: Json) -> None:
    document["tlogs"][0]["publicKey"]["validFor"]["start"] = "once upon a time"


@pytest.mark.parametrize("spoil", [no_start, no_window, other_media, bad_key, bad_time])
def test_a_trust_root_that_is_not_whole_is_none(spoil: Any) -> None:
    document = root()
    spoil(document)
    with pytest.raises(Malformed):
        read(document)


def test_npms_keys_need_a_start_too() -> None:
    keys = json.loads(shared().npm_keys())
    keys["keys"][0]["publicKey"]["validFor"] = {}
    with pytest.raises(Malformed):
        read(root(), json.dumps(keys).encode())


def test_keys_for_packages_are_not_keys_for_attestations() -> None:
    keys = json.loads(shared().npm_keys())
    keys["keys"][0]["keyUsage"] = "npm:signatures"
    assert read(root(), json.dumps(keys).encode()).npm_keys == {}


def test_both_ends_of_a_window_belong_to_it() -> None:
    document = root()
    ends = {"start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00.000Z"}
    document["tlogs"][0]["publicKey"]["validFor"] = ends
    (key,) = read(document).logs.values()
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    assert key.window.holds(start)
    assert key.window.holds(end)
    assert not key.window.holds(start - timedelta(seconds=1))
    assert not key.window.holds(end + timedelta(seconds=1))


def test_the_digest_is_of_all_that_is_trusted() -> None:
    other_keys = shared().npm_keys(until="2027-01-01T00:00:00Z")
    digests = {read(root()).digest, read(root(), other_keys).digest, read({**root(), "x": 1}).digest}
    assert len(digests) == 3


def test_freshness() -> None:
    trust = read(root())
    assert trust.is_fresh(LOGGED + FRESH_FOR)
    assert not trust.is_fresh(LOGGED + FRESH_FOR + timedelta(seconds=1))
    assert not trust.is_fresh(LOGGED - timedelta(days=400))


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_any_bytes_are_malformed(one: bytes, other: bytes) -> None:
    with suppress(Malformed):
        read_trust(one, other, version="test", checked=LOGGED)
        raise AssertionError("read as a trust root")
