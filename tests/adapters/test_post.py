"""Questions by POST: what travels, what does not, and where a redirect may take them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import Response
from tests.adapters.clients import Bearer, ask, client, keys
from tests.fakes.ports import FakeHttp
from tests.fakes.server import Server
from tests.fakes.wire import Reply, Request

K = UnavailableKind
JSON = {"content-type": "application/json", "etag": '"7"'}


@contextmanager
def serving(answer: Callable[[Request], Reply]) -> Iterator[tuple[str, list[Request]]]:
    seen: list[Request] = []

    def noting(request: Request) -> Reply:
        seen.append(request)
        return answer(request)

    server = Server(noting, tls=None, date=None)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}/", seen
    finally:
        server.stop()


def post(url: str, **headers: str) -> Response:
    with client() as http:
        return http.get(ask(url, body=b'{"queries":[]}', content_type="application/json", **headers))


def test_a_body_makes_it_a_post() -> None:
    with serving(lambda request: Reply(200, JSON, request.body[::-1])) as (url, seen):
        assert post(url + "v1/querybatch").body == b'}][:"seireuq"{'
    assert (seen[0].method, seen[0].path, seen[0].body) == ("POST", "/v1/querybatch", b'{"queries":[]}')
    assert seen[0].headers["content-type"] == "application/json"
    assert seen[0].headers["content-length"] == "14"


def test_without_a_body_nothing_tells_of_one() -> None:
    with serving(lambda _: Reply(200, JSON, b"{}")) as (url, seen), client() as http:
        http.get(ask(url, content_type="application/json"))
    assert seen[0].method == "GET"
    assert not {"content-type", "content-length"} & set(seen[0].headers)


def test_an_answer_to_a_post_has_no_validators_and_none_are_sent() -> None:
    with serving(lambda _: Reply(200, JSON, b"{}")) as (url, seen):
        answer = post(url, etag='"7"', last_modified="Mon, 01 Jun 2026 00:00:00 GMT")
    assert (answer.etag, answer.last_modified) == ("", "")
    assert not {"if-none-match", "if-modified-since"} & set(seen[0].headers)


def test_not_modified_is_no_answer_to_a_post() -> None:
    with serving(lambda _: Reply(304)) as (url, _), pytest.raises(Unavailable) as caught:
        post(url, etag='"7"')
    assert caught.value.kind is K.MALFORMED


@pytest.mark.parametrize("code", [307, 308])
def test_a_redirect_on_the_same_host_takes_the_body_along(code: int) -> None:
    def answer(request: Request) -> Reply:
        moved = Reply(code, {"location": "/new"})
        return moved if request.path == "/old" else Reply(200, JSON, request.body)

    with serving(answer) as (url, seen):
        assert post(url + "old").body == b'{"queries":[]}'
    assert [(each.method, each.path) for each in seen] == [("POST", "/old"), ("POST", "/new")]


@pytest.mark.parametrize("code", [301, 302, 303])
def test_a_redirect_that_would_drop_the_body_is_not_followed(code: int) -> None:
    with (
        serving(lambda _: Reply(code, {"location": "/new"})) as (url, seen),
        pytest.raises(Unavailable) as caught,
    ):
        post(url + "old")
    assert caught.value.kind is K.REFUSED
    assert f"lost ({code}); not followed" in caught.value.reason
    assert len(seen) == 1


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_another_host_does_not_get_the_body(code: int) -> None:
    with serving(lambda _: Reply(200, JSON, b"{}")) as (elsewhere, got):
        with (
            serving(lambda _: Reply(code, {"location": elsewhere})) as (url, _),
            pytest.raises(Unavailable) as caught,
        ):
            post(url)
        assert not got
    assert caught.value.kind is K.REFUSED
    assert f"redirects a question to {elsewhere[7:-1]}; not followed" in caught.value.reason


def test_a_passing_failure_asks_again_with_the_same_body() -> None:
    answers = iter([Reply(503), Reply(200, JSON, b"[1]")])
    with serving(lambda _: next(answers)) as (url, seen):
        assert post(url).body == b"[1]"
    assert [each.body for each in seen] == [b'{"queries":[]}'] * 2


def test_credentials_are_those_of_the_url() -> None:
    with (
        serving(lambda _: Reply(200, JSON, b"{}")) as (url, seen),
        client(credentials_for=keys(Bearer(url + "private/", "s3cret"))) as http,
    ):
        http.get(ask(url + "private/bulk", body=b"{}"))
        http.get(ask(url + "bulk", body=b"{}"))
    assert [each.headers.get("authorization") for each in seen] == ["Bearer s3cret", None]


def test_the_limit_holds_for_the_answer() -> None:
    with (
        serving(lambda _: Reply(200, JSON, b"x" * 1000)) as (url, _),
        client() as http,
        pytest.raises(Unavailable) as caught,
    ):
        http.get(ask(url, body=b"{}", max_bytes=999))
    assert caught.value.kind is K.TOO_LARGE


def test_offline_nothing_is_asked() -> None:
    with serving(lambda _: Reply(200, JSON, b"{}")) as (url, seen):
        with client(offline=True) as http, pytest.raises(Unavailable) as caught:
            http.get(ask(url, body=b"{}"))
        assert not seen
    assert caught.value.kind is K.OFFLINE


def test_the_fake_answers_by_body_too() -> None:
    http = FakeHttp({"https://api.example/": lambda request: request.body * 2, "https://b.example/": b"b"})
    posted = http.get(ask("https://api.example/", body=b"ab"))
    assert (posted.body, posted.etag) == (b"abab", "")
    assert http.get(ask("https://b.example/")).etag
    assert [each.body for each in http.requests] == [b"ab", b""]
