"""From an e-mail address to the domain that decides who receives its mail."""

from functools import cache
from typing import TYPE_CHECKING, Final

from forecheck.data import read_text

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_LONGEST_NAME: Final = 253
_LONGEST_LABEL: Final = 63
_LABEL: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_DEVIANT: Final = frozenset("ßς\u200c\u200d")
"""Characters that IDNA 2003 and 2008 read differently (UTS 46, 7): which domain is meant cannot be told."""


def mail_domain(address: str) -> str | None:
    """The domain of an address, ASCII, lower case, without a final dot; None if it has none that DNS could hold.

    IP literals (`a@[192.0.2.1]`) and single labels (`root@localhost`) are none.
    """
    local, at, written = address.strip().rpartition("@")
    written = written.removesuffix(".")
    if not (local and at) or len(written) > _LONGEST_NAME or not _DEVIANT.isdisjoint(written):
        return None
    try:
        domain = written.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = domain.split(".")
    if len(labels) < 2 or len(domain) > _LONGEST_NAME or labels[-1].isdigit():
        return None
    return domain if all(map(_is_label, labels)) else None


def registrable(domain: str) -> str | None:
    """The part of a domain that somebody registers and pays for, by the ICANN section of the public suffix list;
    None below no suffix that anyone can register at (`corp.local`), and for a suffix itself.
    """
    found = _suffixes().privatesuffix(domain)
    return found if isinstance(found, str) else None


def suffix(domain: str) -> str:
    """What the registrable domain stands below: `co.uk` of `a.co.uk`."""
    return domain.partition(".")[2]


def is_established(domain: str) -> bool:
    """Whether a registrable domain is one nobody needs to ask about."""
    return domain in _listed("established-mail.txt")


def is_disposable(domain: str) -> bool:
    """Whether a domain, or one it is part of, belongs to a service for disposable addresses (bundled list)."""
    labels = domain.split(".")
    known = _listed("disposable-mail.txt")
    return any(".".join(labels[at:]) in known for at in range(len(labels) - 1))


def _is_label(label: str) -> bool:
    plain = 0 < len(label) <= _LONGEST_LABEL and _LABEL.issuperset(label)
    return plain and not label.startswith("-") and not label.endswith("-")


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(line for line in read_text(name).splitlines() if line and not line.startswith("#"))


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList  # 40 ms, and only for addresses nobody knows

    return PublicSuffixList(accept_unknown=False, only_icann=True)
