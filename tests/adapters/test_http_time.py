"""Retries, deadlines, and hosts that are given up. No test waits: sleeping moves a fake clock."""

import socket
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Event

import pytest

from forecheck.adapters.http import HttpClient
from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import SourceLimits
from tests.adapters.clients import MINUTE, ONCE, FakeTime, ask, client, closed_port, raw_server
from tests.fakes.registry import Fault, Registry

K = UnavailableKind


def failing(http: HttpClient, url: str, source: str = "packuments") -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        http.get(ask(url, source=source))
    return caught.value


def limits(seconds: float, attempts: int = 3) -> SourceLimits:
    return SourceLimits(timedelta(seconds=seconds), attempts)


@pytest.fixture
def app(registry: Registry) -> Registry:
    registry.publish("app", "1.0.0")
    return registry


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(429, times=2),
        Fault.status(502, times=2),
        Fault.status(503, times=2),
        Fault.status(504, times=2),
        Fault.close(times=2),
        Fault.reset(times=2),
        Fault.truncate(times=2),
    ],
)
def test_what_passes_is_tried_again(app: Registry, fault: Fault) -> None:
    app.fail("app", fault)
    time = FakeTime()
    with client(time=time) as http:
        assert http.get(ask(app.url + "app")).status == 200
    assert len(app.requests) == 3
    assert time.slept == [0.25, 0.5]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 500, 501])
def test_what_stays_is_not(app: Registry, status: int) -> None:
    app.fail("app", Fault.status(status))
    with client() as http:
        failing(http, app.url + "app")
    assert len(app.requests) == 1


@pytest.mark.parametrize("fault", [Fault.html(), Fault.gzip_bomb(200_000_000), Fault.status(206)])
def test_nor_is_an_answer_that_makes_no_sense(app: Registry, fault: Fault) -> None:
    app.fail("app", fault)
    with client() as http:
        failing(http, app.url + "app")
    assert len(app.requests) == 1


def test_attempts_are_those_of_the_source(app: Registry) -> None:
    app.fail("app", Fault.status(503))
    with client(limits=limits(60, attempts=5)) as http:
        failing(http, app.url + "app")
    assert len(app.requests) == 5


@pytest.mark.parametrize(
    ("headers", "slept"),
    [
        ({"retry-after": "7"}, [7.0]),
        ({"retry-after": "0"}, []),
        ({"retry-after": "Mon, 01 Jan 2024 00:00:09 GMT", "date": "Mon, 01 Jan 2024 00:00:00 GMT"}, [9.0]),
        ({"retry-after": "Mon, 01 Jan 2024 00:00:00 GMT", "date": "Mon, 01 Jan 2024 00:00:09 GMT"}, []),
        ({"retry-after": "soon"}, [0.25]),
        ({"retry-after": "-1"}, [0.25]),
    ],
)
def test_retry_after_is_honoured(app: Registry, headers: dict[str, str], slept: list[float]) -> None:
    app.fail("app", Fault.status(503, headers=headers, times=1))
    time = FakeTime()
    with client(time=time) as http:
        http.get(ask(app.url + "app"))
    assert time.slept == slept


def test_a_wait_beyond_the_deadline_is_not_begun_by_anyone(app: Registry) -> None:
    app.fail(None, Fault.status(429, headers={"retry-after": "3600"}))
    time = FakeTime()
    with client(time=time) as http:
        first, second = failing(http, app.url + "app"), failing(http, app.url + "other")
    assert first.kind is second.kind is K.REFUSED
    assert "asks to wait 3600 s" in first.reason
    assert second.reason == first.reason
    assert (len(app.requests), time.slept) == (1, [])


def test_everyone_waits_when_one_was_told_to(app: Registry) -> None:
    app.fail("app", Fault.status(429, headers={"retry-after": "5"}))
    time = FakeTime()
    app.publish("other", "1.0.0")
    with client(limits=limits(60, attempts=1), time=time) as http:
        failing(http, app.url + "app")
        http.get(ask(app.url + "other"))
    assert time.slept == []  # a single attempt is not told to wait: nobody would come back

    with client(limits=limits(60, attempts=2), time=time) as http:
        failing(http, app.url + "app")
    assert time.slept == [5.0]


def test_the_time_is_the_sources_not_the_requests(app: Registry) -> None:
    """Each request takes 0.75 s of pauses before it fails; the second cannot have all of that."""
    app.fail(None, Fault.status(503))
    time = FakeTime()
    with client(limits=limits(1), time=time) as http:
        assert failing(http, app.url + "app").kind is K.REFUSED
        assert "in trouble" in failing(http, app.url + "other").reason
        assert time.slept == [0.25, 0.5]
        assert failing(http, app.url + "app", source="downloads").kind is K.REFUSED
    assert time.slept == [0.25, 0.5, 0.25, 0.5]


def test_no_time_passes_between_requests(app: Registry) -> None:
    time = FakeTime()
    with client(limits=limits(1), time=time) as http:
        http.get(ask(app.url + "app"))
        time.now += 3600  # the user thinks about a question
        assert http.get(ask(app.url + "app")).status == 200


def test_a_body_that_drips_ends_with_the_time(app: Registry) -> None:
    app.fail("app", Fault.slow_drip(0.001))
    with client(limits=limits(30), time=FakeTime(step=1)) as http:
        dripping = failing(http, app.url + "app")
        late = failing(http, app.url + "app")
    assert dripping.kind is late.kind is K.TIMEOUT
    assert "took longer than the 30 s that packuments may take" in dripping.reason
    assert len(app.requests) == 1


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_headers_that_drip_end_with_the_time(start: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(start)
        while True:
            connection.sendall(b"H" if not start else b"x: y\r\n")
            Event().wait(0.001)

    with raw_server(talk) as url, client(limits=limits(30), time=FakeTime(step=1)) as http:
        assert failing(http, url).kind is K.TIMEOUT


def test_silence_ends_with_the_time(app: Registry) -> None:
    held = Event()
    app.fail("app", Fault.wait(held))
    with client(limits=limits(0.2)) as http:
        silent = failing(http, app.url + "app")
    assert (silent.kind, "stopped answering" in silent.reason) == (K.TIMEOUT, True)
    held.set()


def test_a_host_without_a_name_costs_one_lookup() -> None:
    asked: list[str] = []
    time = FakeTime()
    with client(time=time, lookup=_gaierror(socket.EAI_NONAME, asked)) as http:
        found = [failing(http, f"https://dead.example/{number}") for number in range(3)]
    assert {(each.kind, each.reason) for each in found} == {
        (K.OFFLINE, "dead.example cannot be reached: no such host")
    }
    assert (asked, time.slept) == (["dead.example"], [])


def test_no_network_is_tried_a_few_times_once() -> None:
    asked: list[str] = []
    with client(lookup=_gaierror(socket.EAI_AGAIN, asked)) as http:
        found = [failing(http, f"https://dead.example/{number}") for number in range(3)]
    assert all("could not be looked up (no network?)" in each.reason for each in found)
    assert len(asked) == 3


def test_a_lookup_that_hangs_does_not_hold_the_run() -> None:
    held = Event()

    def hang(host: str) -> Sequence[str]:
        held.wait(10)
        return ()

    with client(limits=limits(0.05, attempts=1), lookup=hang) as http:
        assert failing(http, "https://slow.example/").kind is K.OFFLINE
    held.set()


def test_a_dead_host_costs_one_requests_attempts() -> None:
    time = FakeTime()
    url = f"http://127.0.0.1:{closed_port()}/"
    with client(time=time) as http:
        found = [failing(http, f"{url}{number}") for number in range(10)]
    assert {each.kind for each in found} == {K.OFFLINE}
    assert {each.reason for each in found} == {f"{url[7:-1]} cannot be reached: it refuses the connection"}
    assert time.slept == [0.25, 0.5]


def test_a_dead_host_is_dead_for_its_source_only(app: Registry) -> None:
    dead = f"http://127.0.0.1:{closed_port()}/"
    time = FakeTime()
    with client(time=time) as http:
        failing(http, dead)
        assert http.get(ask(app.url + "app")).status == 200
        failing(http, dead, source="downloads")
    assert time.slept == [0.25, 0.5] * 2


def test_a_host_that_always_fails_is_left_alone(app: Registry) -> None:
    app.fail(None, Fault.status(503))
    with client() as http:
        for number in range(20):
            failing(http, f"{app.url}p{number}")
    assert len(app.requests) == 5 * 3


def test_one_bad_document_does_not_condemn_its_host(app: Registry) -> None:
    app.fail("bad", Fault.status(503))
    with client(limits=ONCE) as http:
        for _ in range(20):
            failing(http, app.url + "bad")
            if len(app.requests) % 4 == 0:
                http.get(ask(app.url + "app"))
    assert len(app.asked("bad")) == 20


def test_answers_without_use_do_not_condemn_their_host(app: Registry) -> None:
    with client(limits=ONCE) as http:
        for number in range(20):
            assert failing(http, f"{app.url}missing{number}").kind is K.NOT_FOUND
        assert http.get(ask(app.url + "app")).status == 200


def test_the_address_that_works_is_kept() -> None:
    """The first address of the host refuses; the second serves."""
    served: list[int] = []

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        served.append(1)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")

    with raw_server(talk) as url, client(limits=MINUTE, lookup=lambda _: ["::1", "127.0.0.1"]) as http:
        named = url.replace("127.0.0.1", "registry.example")
        http.get(ask(named))
        http.get(ask(named))
    assert len(served) == 2


def _gaierror(code: int, asked: list[str]) -> Callable[[str], Sequence[str]]:
    def lookup(host: str) -> Sequence[str]:
        asked.append(host)
        raise socket.gaierror(code, "Name or service not known")

    return lookup


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1780272000"}),
        (429, {"x-ratelimit-remaining": "0"}),
        (403, {"retry-after": "60"}),
    ],
)
def test_a_used_up_allowance_ends_the_questions_to_that_host(
    registry: Registry, status: int, headers: dict[str, str]
) -> None:
    registry.fail(None, Fault.status(status, headers=headers))
    time = FakeTime()
    with client(time=time) as http:
        for name in ("a", "b", "c"):
            with pytest.raises(Unavailable, match="answers no more questions for now") as caught:
                http.get(ask(f"{registry.url}{name}"))
            assert caught.value.kind is UnavailableKind.REFUSED
    assert (len(registry.requests), time.slept) == (1, [])


def test_a_plain_refusal_ends_nothing(registry: Registry) -> None:
    registry.fail(None, Fault.status(403, headers={"x-ratelimit-remaining": "41"}))
    with client() as http:
        for name in ("a", "b"):
            with pytest.raises(Unavailable, match="refused access"):
                http.get(ask(f"{registry.url}{name}"))
    assert len(registry.requests) == 2
