"""The cache, conditional requests and honest ages around every fetching source."""

import enum
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.evidence.fetching import Fetched, cache_key, fetch_cached
from forecheck.model import Now, Unavailable, UnavailableKind
from forecheck.ports import Request, Response, Stored
from tests.fakes.cache import MemoryCache

K = UnavailableKind
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ASKED = Request("https://registry.example/app", "packuments")


class Trimmed(msgspec.Struct, frozen=True):
    name: str
    versions: tuple[str, ...] = ()


class Script:
    """An `Http` that answers from a list; `requests` is what it was asked."""

    def __init__(self, *answers: Response | Unavailable) -> None:
        self._answers = list(answers)
        self.requests: list[Request] = []

    def get(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Unavailable):
            raise answer
        return answer


def decode(body: bytes) -> Trimmed:
    try:
        return msgspec.json.decode(body, type=Trimmed)
    except msgspec.DecodeError as wrong:
        raise Malformed("registry.example", str(wrong)) from None


def answer(name: str, etag: str = '"1"') -> Response:
    return Response(200, json.dumps({"name": name}).encode(), etag, "Mon, 01 Jan 2024 00:00:00 GMT")


def fetch(
    http: Script, cache: MemoryCache, at: datetime = START, request: Request = ASKED
) -> Fetched[Trimmed]:
    return fetch_cached(http, cache, Now(at), request, decode, Trimmed, HOUR)


def test_the_first_time_it_is_fetched_and_kept() -> None:
    http, cache = Script(answer("app")), MemoryCache()
    assert fetch(http, cache) == Fetched(Trimmed("app"), START)
    assert http.requests == [ASKED]
    (stored,) = cache.entries.values()
    assert (stored.etag, stored.fetched_at) == ('"1"', START)


@pytest.mark.parametrize("age", [timedelta(0), HOUR - timedelta(microseconds=1)])
def test_a_young_answer_is_used_as_it_is(age: timedelta) -> None:
    cache = MemoryCache()
    fetch(Script(answer("app")), cache)
    assert fetch(Script(), cache, START + age) == Fetched(Trimmed("app"), START)


@pytest.mark.parametrize("age", [HOUR, timedelta(days=400), -timedelta(seconds=1)])
def test_an_old_one_or_one_from_the_future_is_asked_for_again(age: timedelta) -> None:
    cache = MemoryCache()
    fetch(Script(answer("app")), cache)
    http = Script(answer("renamed", '"2"'))
    assert fetch(http, cache, START + age) == Fetched(Trimmed("renamed"), START + age)
    assert (http.requests[0].etag, http.requests[0].last_modified) == ('"1"', "Mon, 01 Jan 2024 00:00:00 GMT")
    assert fetch(Script(), cache, START + age).value.name == "renamed"


def test_not_modified_makes_it_young_again() -> None:
    cache = MemoryCache()
    fetch(Script(answer("app")), cache)
    later = START + 2 * HOUR
    assert fetch(Script(Response(304, b"", '"1"')), cache, later) == Fetched(Trimmed("app"), later)
    assert fetch(Script(), cache, later + HOUR / 2) == Fetched(Trimmed("app"), later)


def test_with_nobody_to_ask_an_old_answer_is_used_and_says_so() -> None:
    cache = MemoryCache()
    fetch(Script(answer("app")), cache)
    offline = Script(Unavailable(K.OFFLINE, "no network"))
    found = fetch(offline, cache, START + 5 * HOUR)
    assert found == Fetched(Trimmed("app"), START, stale_since=START + HOUR)
    again = fetch(Script(Unavailable(K.OFFLINE, "no network")), cache, START + 6 * HOUR)
    assert again.stale_since == START + HOUR


def test_an_answer_from_the_future_is_stale_by_now() -> None:
    cache = MemoryCache()
    fetch(Script(answer("app")), cache)
    found = fetch(Script(Unavailable(K.OFFLINE, "no network")), cache, START - 5 * HOUR)
    assert found.stale_since == START - 5 * HOUR


@pytest.mark.parametrize("kind", [kind for kind in K if kind is not K.OFFLINE])
def test_any_other_reason_stands_whatever_the_cache_holds(kind: UnavailableKind) -> None:
    """A package that was taken down must not live on in the cache."""
    cache = MemoryCache()
    fetch(Script(answer("app")), cache)
    with pytest.raises(Unavailable) as caught:
        fetch(Script(Unavailable(kind, "because")), cache, START + 5 * HOUR)
    assert (caught.value.kind, caught.value.reason) == (kind, "because")


@pytest.mark.parametrize("kind", list(K))
def test_without_a_cache_every_reason_stands(kind: UnavailableKind) -> None:
    cache = MemoryCache()
    with pytest.raises(Unavailable) as caught:
        fetch(Script(Unavailable(kind, "because")), cache)
    assert caught.value.kind is kind
    assert not cache.entries


def test_a_body_that_cannot_be_read_is_malformed_and_not_kept() -> None:
    cache = MemoryCache()
    fetch(Script(answer("app")), cache)
    with pytest.raises(Unavailable) as caught:
        fetch(Script(Response(200, b'{"name": 7}')), cache, START + 2 * HOUR)
    assert caught.value.kind is K.MALFORMED
    assert "registry.example" in caught.value.reason
    assert fetch(Script(), cache).value.name == "app"


@given(
    st.one_of(
        st.binary(max_size=100), st.just(msgspec.msgpack.encode({"name": 7})), st.just(b"\x91" * 100_000)
    )
)
def test_a_payload_that_cannot_be_read_counts_as_none(payload: bytes) -> None:
    cache = MemoryCache()
    cache.put(cache_key(ASKED, Trimmed), Stored(payload, START, '"1"'))
    http = Script(answer("app"))
    assert fetch(http, cache).value == Trimmed("app")
    assert http.requests == [ASKED]  # without the validator: a 304 would leave us with nothing


def test_one_answer_is_not_taken_for_another() -> None:
    cache = MemoryCache()
    fetch(Script(answer("app")), cache)
    short = msgspec.structs.replace(ASKED, accept="application/vnd.npm.install-v1+json")
    other = msgspec.structs.replace(ASKED, url="https://registry.example/other")
    assert fetch(Script(answer("short")), cache, request=short).value.name == "short"
    assert fetch(Script(answer("other")), cache, request=other).value.name == "other"
    assert fetch(Script(), cache).value.name == "app"


def test_another_shape_of_payload_is_another_entry() -> None:
    def shape(*fields: Any, name: str = "Payload", **config: Any) -> Any:
        return msgspec.defstruct(name, fields, **config)

    def color(*names: str) -> Any:
        return enum.Enum("Color", names, module=__name__, qualname="Color")

    listed: Any = tuple
    many: Any = list
    part, longer = shape(("a", int), name="Part"), shape(("a", int), ("b", int, 0), name="Part")
    shapes: list[Any] = [
        shape(("x", int)),
        shape(("x", str)),
        shape(("y", int)),
        shape(("x", int), ("y", int)),
        shape(("y", int), ("x", int)),
        shape(("x", int), array_like=True),
        shape(("x", int), tag="p"),
        shape(("x", part)),
        shape(("x", longer)),
        shape(("x", listed[part, ...])),
        shape(("x", listed[longer, ...])),
        shape(("x", color("RED"))),
        shape(("x", color("RED", "BLUE"))),
        int,
        str | None,
        str | int,
        list[int],
        many[part],
        many[longer],
    ]
    assert len({cache_key(ASKED, each) for each in shapes}) == len(shapes)


def test_a_key_is_the_same_in_every_run() -> None:
    script = """
from tests.evidence.test_fetching import ASKED, Trimmed
from forecheck.evidence.fetching import cache_key
print(cache_key(ASKED, Trimmed))
"""
    runs = {
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


def test_an_answer_from_the_cache_costs_no_heavy_import() -> None:
    script = """
import sys, tempfile
from datetime import UTC, datetime, timedelta
import msgspec
from forecheck.adapters.cache import DiskCache
import forecheck.adapters.concurrency, forecheck.adapters.progress, forecheck.adapters.clock
from forecheck.evidence.fetching import cache_key, fetch_cached
from forecheck.model import Now
from forecheck.ports import Request, Stored
class Payload(msgspec.Struct, frozen=True):
    name: str
now, asked = datetime.now(UTC), Request("https://registry.example/app", "packuments")
cache = DiskCache(tempfile.mkdtemp())
cache.put(cache_key(asked, Payload), Stored(msgspec.msgpack.encode(Payload("app")), now))
print(fetch_cached(None, cache, Now(now), asked, None, Payload, timedelta(hours=1)).value.name)
cache.close()
heavy = {"urllib3", "ssl", "socket", "http.client", "json", "concurrent.futures", "logging", "asyncio", "email"}
print(sorted(heavy & set(sys.modules)))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["app", "[]"]
