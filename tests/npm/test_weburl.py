import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.npm.weburl import parse_web_url
from tests.npm.real_npm import ask
from tests.npm.recorded import HOSTILE

NORMAL = [
    ("HTTP://User:P%40ss@EXAMPLE.com:80/a/../b?q#f", "http://User:P%40ss@example.com/b?q#f"),
    ("https://example.com", "https://example.com/"),
    ("https:example.com\\a\\b", "https://example.com/a/b"),
    (" https://e\tx.com/\na ", "https://ex.com/a"),
    ("https://a@b@c/", "https://a%40b@c/"),
    ("https://:@c/", "https://c/"),
    ("https://ex%41mple.com/%41", "https://example.com/%41"),
    ("https://\uff45xample\u3002com/", "https://example.com/"),
    ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ("http://0x7f.1/", "http://127.0.0.1/"),
    ("http://010.1/", "http://8.0.0.1/"),
    ("http://3232235521/", "http://192.168.0.1/"),
    ("http://[1:0:0:0:2:0:0:3]/", "http://[1::2:0:0:3]/"),
    ("http://[::]/", "http://[::]/"),
    ("http://[0:0:0:0:0:0:0:1]:443/", "http://[::1]:443/"),
    ("http://[::1.2.3.4]/", "http://[::102:304]/"),
    ("git://EXAMPLE.com", "git://EXAMPLE.com"),
    ("git://h:0080/%2e/x/%2E%2e/y", "git://h:80/y"),
    ("git:///x", "git:///x"),
    ("git:/x/./y", "git:/x/y"),
    ("git:/..//x", "git:/.//x"),
    ("github:user/repo#a b", "github:user/repo#a%20b"),
    ("foo:é \x01", "foo:%C3%A9"),
    ("foo:a\ud800b", "foo:a%EF%BF%BDb"),
]
REFUSED = [
    "", "x", "/x", "//x", "1x:y", "https://", "https:///", "https://a b/", "https://a:x/", "https://a:65536/", "https://a:99999999999999999999/",
    "https://%zz/", "https://%ff/", "http://1.2.3.256/", "http://256.256.256.256.256/", "http://1.2.3.4.5/", "http://0xg.1/", "http://09/",
    "http://[::1/", "http://[::1]x/", "http://[::1%25en0]/", "http://[1:2]/", "https://u@/", "git://u@/x", "git://:80/", "git://a<b/", "file:///x",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), NORMAL)
def test_normal_form(text: str, expected: str) -> None:
    found = parse_web_url(text)
    assert found is not None
    assert found.text() == expected


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    assert parse_web_url(text) is None


def test_agrees_with_node() -> None:
    texts = [text for text, _ in NORMAL] + REFUSED[:-1]
    answers = ask(
        "answer = question.map(t => { try { return new URL(t).href } catch { return null } })", texts
    )
    mine = [None if (url := parse_web_url(text)) is None else url.text() for text in texts]
    assert [row for row in zip(texts, mine, answers, strict=True) if row[1] != row[2]] == []


@given(st.text() | st.text("htps:/\\@.[]%0x1?#ab é\t", max_size=30).map(lambda text: f"https://{text}"))
def test_any_text_is_a_url_or_none_and_normal_form_is_stable(text: str) -> None:
    found = parse_web_url(text)
    if found is not None:
        again = parse_web_url(found.text())
        assert again == found


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    for start in ("", "https://", "git+ssh://", "https://a/", "foo:"):
        parse_web_url(start + text)
