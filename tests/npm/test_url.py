import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.npm.url import PORTS, is_public_registry, parse_address, registry_address
from tests.npm.real_npm import ask

READ = [
    ("https://r.example", "https://r.example/"),
    ("HTTPS://R.Example:443/A", "https://r.example/A"),
    ("http://r.example:80/", "http://r.example/"),
    ("http://r.example:443/", "http://r.example:443/"),
    ("https://u:p%40x@r.example/a", "https://r.example/a"),
    ("https://r.example/a?b#c", "https://r.example/a"),
    ("https://[::1]:4873/x", "https://[::1]:4873/x"),
    ("https://127.0.0.1:4873", "https://127.0.0.1:4873/"),
    ("https://r.example/@s%2fname/-/x-1.0.0.tgz", "https://r.example/@s%2fname/-/x-1.0.0.tgz"),
    ("https://r.example//a", "https://r.example//a"),
    ("https://r_x.example./", "https://r_x.example./"),
]

REFUSED = [
    "",
    "r.example",
    "//r.example/",
    "ftp://r.example/",
    "file:///etc/passwd",
    "https:/r.example/",
    "https://",
    "https:///x",
    "https://good.example\\@evil.example/",
    "https://a@b@c.example/",
    "https://r.example /",
    "https://r.exa\tmple/",
    "https://r.example/\n",
    "https://r.example/a/../b",
    "https://r.example/a/%2E%2e/b",
    "https://r.example/./a",
    "https://r%2eexample/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://127.1/",
    "https://127.0.0.01/",
    "https://r.example:99999/",
    "https://r.example:x/",
    "https://r.example:-1/",
    "https://r..example/",
    "https://\uff52.example/",
    "https://[::1",
    "https://[::1]x/",
    "https://[0:0::1]/",
    "https://[x]/",
    "https://<r>/",
    "https://${HOST}/",
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_reads(text: str, expected: str) -> None:
    address = parse_address(text)
    assert address is not None
    assert address.text == expected


@pytest.mark.parametrize("text", REFUSED)
def test_refuses_what_would_need_repair(text: str) -> None:
    assert parse_address(text) is None


def test_agrees_with_node_on_what_it_reads() -> None:
    texts = [text for text, _ in READ]
    theirs = ask(
        "answer = question.map(text => { const u = new URL(text); return [u.host, u.pathname, u.hostname] })",
        texts,
    )
    for text, expected in zip(texts, theirs, strict=True):
        address = parse_address(text)
        assert address is not None
        assert [address.host, address.path, address.hostname] == expected


HOSTS = st.lists(st.text("ab0x.-_:@[]/%1", max_size=6), max_size=3).map("".join)


@given(
    st.builds(
        "{}://{}{}".format,
        st.sampled_from(["http", "https", "HTTP"]),
        HOSTS,
        st.text("/a.%2eE?#@\\ ", max_size=8),
    )
)
def test_any_text_is_an_address_or_none(text: str) -> None:
    address = parse_address(text)
    if address is not None:
        again = parse_address(address.text)
        assert again is not None
        assert again.text == address.text
        assert ".." not in address.path.split("/")
        assert address.port in range(1, 65536)


def test_prefixes_are_npms() -> None:
    address = parse_address("https://r.example:8443/a//b/c")
    assert address is not None
    assert list(address.prefixes()) == [
        "//r.example:8443/a//b/c",
        "//r.example:8443/a//b/",
        "//r.example:8443/a//b",
        "//r.example:8443/a//",
        "//r.example:8443/a/",
        "//r.example:8443/a",
        "//r.example:8443/",
        "//r.example:8443",
    ]


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://registry.npmjs.org/", True),
        ("https://registry.npmjs.org", True),
        ("HTTPS://Registry.NPMJS.org:443/", True),
        ("http://registry.npmjs.org/", True),
        ("https://registry.yarnpkg.com/", True),
        ("https://registry.npmjs.org:8443/", False),
        ("https://registry.npmjs.org/x/", False),
        ("https://registry.npmjs.org.evil.example/", False),
        ("https://registry.npmjs.org@evil.example/", False),
        ("https://npm.pkg.github.com/", False),
        ("registry.npmjs.org", False),
    ],
)
def test_public_registries(url: str, public: bool) -> None:
    assert is_public_registry(url) is public


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" https://r.example/a ", "https://r.example/a/"),
        ("https://r.example/?a", None),
        ("https://r.example/#a", None),
    ],
)
def test_registry_addresses_can_have_names_put_behind_them(text: str, expected: str | None) -> None:
    address = registry_address(text)
    assert (address and address.text) == expected


def test_proxy_schemes_have_their_own_ports() -> None:
    address = parse_address("socks5://p.example", PORTS)
    assert address is not None
    assert address.port == 1080
    assert parse_address("socks5://p.example") is None
