import gzip
import http.client
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event, Thread

import pytest

from tests.fakes.client import Client
from tests.fakes.registry import Fault, Kind, Registry
from tests.fakes.tarball import integrity

TARBALL = "a/-/a-1.0.0.tgz"


@pytest.fixture
def client(registry: Registry) -> Iterator[Client]:
    registry.publish("a")
    with Client(registry.url) as made:
        yield made


def test_a_status_strikes_so_many_times_and_only_its_kind(registry: Registry, client: Client) -> None:
    registry.fail("a", Fault.status(503, times=2, headers={"retry-after": "1"}), kind=Kind.TARBALL)
    assert client.get("a").status == 200
    first = client.get(TARBALL)
    assert (first.status, first.headers["retry-after"]) == (503, "1")
    assert first.json() == {"error": "the registry answered 503"}
    assert [client.get(TARBALL).status for _ in range(2)] == [503, 200]


def test_a_reason_phrase_and_body_of_ones_own(registry: Registry, client: Client) -> None:
    registry.fail("a", Fault.status(403, body="no", reason="Blocked by policy"))
    answer = client.get("a")
    assert (answer.status, answer.reason, answer.body) == (403, "Blocked by policy", b"no")
    registry.heal()
    assert client.get("a").status == 200


@pytest.mark.parametrize(
    ("what", "struck"),
    [
        ("a", {"a", TARBALL}),
        ("/a", {"a"}),
        ("/*.tgz", {TARBALL}),
        (None, {"a", TARBALL, "-/ping"}),
        ("b", set()),
    ],
)
def test_faults_strike_a_package_a_path_or_all(
    registry: Registry, client: Client, what: str | None, struck: set[str]
) -> None:
    registry.fail(what, Fault.status(500))
    assert {path for path in ("a", TARBALL, "-/ping") if client.get(path).status == 500} == struck


def test_redirect_and_html(registry: Registry, client: Client) -> None:
    registry.fail("a", Fault.redirect("https://elsewhere.example/a"), kind=Kind.PACKUMENT)
    registry.fail("a", Fault.html(), kind=Kind.TARBALL)
    moved, page = client.get("a"), client.get(TARBALL)
    assert (moved.status, moved.headers["location"]) == (302, "https://elsewhere.example/a")
    assert (page.status, page.headers["content-type"]) == (200, "text/html")


def test_malformed_json_is_complete_as_http(registry: Registry, client: Client) -> None:
    registry.fail("a", Fault.malformed_json())
    answer = client.get("a", accept_encoding="gzip")
    assert answer.status == 200
    assert "etag" not in answer.headers
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert client.get(TARBALL).body[:2] == b"\x1f\x8b"


def test_a_wrong_hash_still_unpacks(registry: Registry, client: Client) -> None:
    registry.fail("a", Fault.wrong_hash(times=1))
    promised = client.get("a/1.0.0").json()["dist"]["integrity"]
    wrong, right = client.get(TARBALL).body, client.get(TARBALL).body
    assert integrity(wrong) != promised == integrity(right)
    assert gzip.decompress(wrong) == gzip.decompress(right)


def test_a_truncated_body_breaks_its_promise(registry: Registry, client: Client) -> None:
    registry.fail("a", Fault.truncate(10), kind=Kind.PACKUMENT)
    with pytest.raises(http.client.IncompleteRead) as cut:
        client.get("a")
    assert len(cut.value.partial) == 10


@pytest.mark.parametrize(
    ("fault", "failure"),
    [(Fault.close(), http.client.RemoteDisconnected), (Fault.reset(), ConnectionResetError)],
)
def test_a_lost_connection(
    registry: Registry, client: Client, fault: Fault, failure: type[Exception]
) -> None:
    registry.fail("a", fault)
    with pytest.raises(failure):
        client.get("a")


def test_a_huge_body_is_announced_and_sent(registry: Registry, client: Client) -> None:
    registry.fail("a", Fault.huge(3_000_000))
    answer = client.get("a")
    assert 2_900_000 < len(answer.body) <= 3_000_000
    assert answer.headers["content-length"] == str(len(answer.body))


def test_a_huge_body_may_come_unannounced(registry: Registry, client: Client) -> None:
    registry.fail("a", Fault.huge(200_000, announced=False))
    answer = client.get("a")
    assert "content-length" not in answer.headers
    assert len(answer.body) == 196_608


def test_faults_add_up(registry: Registry, client: Client) -> None:
    registry.fail("a", Fault.truncate(5), kind=Kind.PACKUMENT)
    registry.fail("a", Fault.status(500), kind=Kind.PACKUMENT)
    with pytest.raises(http.client.IncompleteRead) as cut:
        client.get("a")
    assert cut.value.partial == b'{"err'


def test_a_gzip_bomb_is_small_on_the_wire(registry: Registry, client: Client) -> None:
    registry.fail("a", Fault.gzip_bomb(5_000_000))
    answer = client.get("a")
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.body) < 10_000
    assert len(gzip.decompress(answer.body)) == 5_000_000


def test_headers_can_be_set_and_dropped(registry: Registry, client: Client) -> None:
    registry.fail("a", Fault.headers({"etag": None, "content-type": "text/plain", "x-new": "1"}))
    headers = client.get("a").headers
    assert (headers["content-type"], headers["x-new"]) == ("text/plain", "1")
    assert "etag" not in headers


def test_an_answer_waits_for_an_event(registry: Registry, client: Client) -> None:
    arrived, event, answers = Event(), Event(), list[int]()
    registry.on("a", lambda _: arrived.set())
    registry.fail("a", Fault.wait(event))
    asking = Thread(target=lambda: answers.append(client.get("a").status))
    asking.start()
    assert arrived.wait(10)
    assert not answers
    event.set()
    asking.join(10)
    assert answers == [200]


@pytest.mark.parametrize("fault", [Fault.delay(600), Fault.wait(Event()), Fault.slow_drip(600)])
def test_a_pause_ends_with_the_registry(fault: Fault) -> None:
    with Registry() as registry:
        registry.fail(None, fault)
        with Client(registry.url, seconds=0.05) as client, pytest.raises(TimeoutError):
            client.get("-/ping")


def test_delay_drip_and_date(client: Client) -> None:
    with Registry(date=datetime(2030, 1, 1, tzinfo=UTC)) as registry, Client(registry.url) as other:
        registry.fail(None, Fault.delay(0.01))
        registry.fail(None, Fault.slow_drip(0.001))
        answer = other.get("-/ping")
    assert (answer.body, answer.headers["date"]) == (b"{}", "Tue, 01 Jan 2030 00:00:00 GMT")


def test_a_hook_runs_between_two_requests(registry: Registry, client: Client) -> None:
    registry.on("a", lambda _: registry.publish("a", "1.0.1"), kind=Kind.PACKUMENT, nth=2)
    seen = [client.get("a").json()["dist-tags"]["latest"] for _ in range(3)]
    assert seen == ["1.0.0", "1.0.0", "1.0.1"]


def test_a_hook_can_swap_the_tarball_after_the_metadata_went_out(registry: Registry, client: Client) -> None:
    registry.on(
        "a",
        lambda request: registry.swap_tarball("a", "1.0.0", {"index.js": "evil()"}),
        kind=Kind.PACKUMENT,
    )
    promised = client.get("a").json()["versions"]["1.0.0"]["dist"]["integrity"]
    assert integrity(client.get(TARBALL).body) != promised


def test_a_failing_hook_fails_the_test() -> None:
    def refuse(_: object) -> None:
        raise LookupError("from the hook")

    registry = Registry().__enter__()
    registry.on(None, refuse)
    with Client(registry.url) as client:
        assert client.get("-/ping").status == 500
    with pytest.raises(LookupError, match="from the hook"):
        registry.__exit__(None, None, None)


def test_the_log_finds_what_was_told(registry: Registry, client: Client) -> None:
    client.get("a", authorization="Bearer abc")
    client.get("@private%2fname")
    assert [request.path for request in registry.mentions("bearer ABC")] == ["/a"]
    assert [request.package for request in registry.mentions("@private/name")] == ["@private/name"]
    assert not registry.mentions("never sent")
    registry.forget_requests()
    assert not registry.asked()
