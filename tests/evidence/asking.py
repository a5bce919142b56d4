"""The evidence about people and repositories by the real network client, from servers on loopback."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from forecheck import discover
from forecheck.adapters.concurrency import run_concurrently
from forecheck.engine import Facts, run_checks
from forecheck.evidence.forge_api import ForgeSettings
from forecheck.evidence.mail_domains import MailSettings
from forecheck.evidence.once import Once
from forecheck.evidence.packument import Freshness, escaped
from forecheck.evidence.planned import PlanIndex
from forecheck.evidence.public_registries import PublicRegistries
from forecheck.evidence.rdap import RdapSettings
from forecheck.evidence.scorecard import ScorecardSettings
from forecheck.graph import wire
from forecheck.model import (
    Change,
    Crashed,
    Entry,
    EntryKind,
    FromRegistry,
    Now,
    Outcome,
    Release,
    Step,
)
from forecheck.popularity import Popularity
from forecheck.ports import Cache, Http, Request, Resolver, Response
from tests.adapters.clients import client
from tests.checks.examples import NoProgress, complete
from tests.fakes.cache import MemoryCache
from tests.fakes.forge import Forges
from tests.fakes.names import FakeResolver
from tests.fakes.ports import NOW, PUBLIC, FakeHttp


class Split:
    """Implements the `Http` port: packuments from a table, everything else by the real client."""

    def __init__(self, table: FakeHttp, real: Http) -> None:
        self._table, self._real = table, real

    def get(self, request: Request) -> Response:
        return self._table.get(request) if request.source == "packument" else self._real.get(request)


class Asker:
    """One run over some packages. A `cache` may be shared between runs."""

    def __init__(self, http: Http, forges: Forges, cache: MemoryCache | None) -> None:
        self._table = FakeHttp({})
        self._steps: dict[Release, tuple[Step, ...]] = {}
        self.resolver = FakeResolver({})
        self.context: dict[type, Any] = {
            Http: Split(self._table, http),
            Cache: cache or MemoryCache(),
            Now: NOW,
            Freshness: Freshness(timedelta(0)),
            Popularity: Popularity({}),
            PublicRegistries: PublicRegistries(lambda name, _: not name.startswith("@corp/")),
            Resolver: self.resolver,
            MailSettings: MailSettings(),
            RdapSettings: RdapSettings(url=f"{forges.url}/rdap/dns.json"),
            ForgeSettings: forges.settings(),
            ScorecardSettings: ScorecardSettings(url=f"{forges.url}/scorecard"),
            Once: Once(),
        }

    def package(
        self,
        name: str,
        repository: Any = None,
        *,
        because: Sequence[str] = (),
        change: Change = Change.ADDED,
        emails: Sequence[str] = (),
    ) -> None:
        """A package with one version that links to a repository and has maintainers with these addresses."""
        manifest = {"license": "MIT", **({"repository": repository} if repository else {})}
        people = [{"name": email.partition("@")[0], "email": email} for email in emails]
        document = complete({"name": name, "versions": {"1.0.0": manifest}, "maintainers": people})
        self._table.answers[PUBLIC + escaped(name)] = document
        release = Release(name, "1.0.0", FromRegistry(PUBLIC))
        entry = Entry(f"node_modules/{name}", EntryKind.PACKAGE, release, name)
        self._steps[release] = (Step(change, entry, tuple(because) or (name,)),)

    def run(self, *checks: str) -> dict[str, Outcome]:
        """What the checks (their ids) say; by package where there is one check, else by `check package`."""
        context = {**self.context, PlanIndex: PlanIndex(self._steps)}
        chosen = [check for check in discover.checks() if check.id in checks]
        assert len(chosen) == len(checks)
        facts = Facts(wire(chosen, discover.sources(), context), context)
        facts.fetch(list(self._steps), lambda tasks: run_concurrently(tasks, 8), NoProgress())
        found = run_checks(chosen, {}, {}, facts, list(self._steps))
        crashed = [one.detail for one in found if isinstance(one, Crashed)]
        assert not crashed, crashed[0]
        return {
            one.subject.name if len(checks) == 1 else f"{one.check} {one.subject.name}": one for one in found
        }


@contextmanager
def asker(forges: Forges, cache: MemoryCache | None = None, **options: Any) -> Iterator[Asker]:
    """`options` are those of the client."""
    with client(**options) as http:
        yield Asker(http, forges, cache)
