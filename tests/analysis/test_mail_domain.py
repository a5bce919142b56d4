"""Addresses of any shape to the domain that decides; the bundled lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.analysis.mail_domain import is_disposable, is_established, mail_domain, registrable, suffix
from forecheck.data import read_text


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("anna@example.fr", "example.fr"),
        (" Anna@EXAMPLE.fr. ", "example.fr"),
        ('"a@b"@mail.example.co.uk', "mail.example.co.uk"),
        ("anna@exämple.fr", "xn--exmple-cua.fr"),
        ("anna@пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("anna@xn--exmple-cua.fr", "xn--exmple-cua.fr"),
        ("anna@straße.de", None),
        ("anna@localhost", None),
        ("anna@[192.0.2.1]", None),
        ("anna@192.0.2.1", None),
        ("anna@example..fr", None),
        ("anna@-example.fr", None),
        ("anna@exa_mple.fr", None),
        ("anna@exa mple.fr", None),
        ("anna@example.fr/../x", None),
        ("anna@example.fr?x", None),
        ("anna@example.fr:53", None),
        ("@example.fr", None),
        ("anna@", None),
        ("anna", None),
        ("", None),
        ("anna@" + "a" * 64 + ".fr", None),
        ("anna@" + "a." * 200 + "fr", None),
        ("anna@" + "ä" * 60 + ".fr", None),
    ],
)
def test_the_domain_of_an_address(address: str, domain: str | None) -> None:
    assert mail_domain(address) == domain


@pytest.mark.parametrize(
    ("domain", "found"),
    [
        ("example.fr", "example.fr"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("co.uk", None),
        ("fr", None),
        ("anna.github.io", "github.io"),
        ("corp.local", None),
        ("example.xn--p1ai", "example.xn--p1ai"),
        ("", None),
    ],
)
def test_what_somebody_registers(domain: str, found: str | None) -> None:
    assert registrable(domain) == found


_TEXT = st.text(alphabet=st.sampled_from("aA0.-@_ /:%[]ä\u0661\u200d\u3002\0\n"), max_size=40) | st.text(
    max_size=300
)


@given(_TEXT | _TEXT.map("a@{}.fr".format))
def test_any_text_gives_a_plain_domain_or_none(address: str) -> None:
    domain = mail_domain(address)
    if domain is None:
        return
    assert set(domain) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert 0 < len(domain) <= 253
    assert all(0 < len(label) <= 63 for label in domain.split("."))
    assert mail_domain(f"a@{domain}") == domain
    found = registrable(domain)
    if found is not None:
        assert f".{domain}".endswith(f".{found}")
        assert suffix(found)


@pytest.mark.parametrize(
    ("domain", "disposable"),
    [("mailinator.com", True), ("x.mailinator.com", True), ("mailinator.example", False), ("com", False)],
)
def test_disposable(domain: str, disposable: bool) -> None:
    assert is_disposable(domain) is disposable


def test_no_established_service_is_disposable() -> None:
    established = [
        line for line in read_text("established-mail.txt").splitlines() if not line.startswith("#")
    ]
    assert len(established) > 50
    for domain in established:
        assert registrable(domain) == domain
        assert is_established(domain)
        assert not is_disposable(domain), domain
