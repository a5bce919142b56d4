"""The domain name system as a table."""

from collections.abc import Mapping

from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import Delegation


class FakeResolver:
    """Implements the `Resolver` port; every domain that is not in the table has name servers. ``asked`` records."""

    def __init__(self, domains: Mapping[str, Delegation | Unavailable]) -> None:
        self.domains = dict(domains)
        self.asked: list[str] = []

    def delegation(self, domain: str) -> Delegation:
        self.asked.append(domain)
        found = self.domains.get(domain, Delegation.SERVED)
        if isinstance(found, Unavailable):
            raise found
        return found


FAILING = Unavailable(UnavailableKind.REFUSED, "the name servers could not say")
