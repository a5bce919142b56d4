"""Name servers, domain registries, forges and Scorecard for the examples in docstrings."""

import json
from typing import Any

from forecheck.evidence.forge_api import ForgeSettings
from forecheck.evidence.mail_domains import MailSettings
from forecheck.evidence.name_routes import NameRoutes
from forecheck.evidence.once import Once
from forecheck.evidence.packument import escaped
from forecheck.evidence.rdap import RdapSettings
from forecheck.evidence.scorecard import ScorecardSettings
from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import Delegation, Resolver
from tests.fakes.names import FAILING, FakeResolver

CORP = "https://npm.corp.example/"
LIMIT = "api.github.com answers no more questions for now (its limit is reached, 403)"


def identity_world() -> dict[type, Any]:
    """The context of those sources: every domain is served, and no forge has anything."""
    return {
        Resolver: FakeResolver({}),
        MailSettings: MailSettings(),
        RdapSettings: RdapSettings(),
        ForgeSettings: ForgeSettings(),
        ScorecardSettings: ScorecardSettings(),
        Once: Once(),
        NameRoutes: routes({}),
    }


def routes(about: dict[str, Any]) -> NameRoutes:
    """What a `names.json` block says: `private` scopes, names in `ask`, whether the packages are `internal`, and
    what another configured registry has (`private-has`).
    """
    asked = frozenset(about.get("ask", ()))
    private = frozenset(about.get("private", ()))
    internal = bool(about.get("internal"))
    return NameRoutes(
        private=lambda name: name.partition("/")[0] in private,
        is_public=lambda _: not internal,
        may_ask=asked.__contains__,
        others=(CORP,) if "private-has" in about else (),
    )


def names(context: dict[type, Any], answers: dict[str, Any], text: str) -> None:
    """A `names.json` block; `public` is name → latest version at the public registry."""
    about = json.loads(text)
    context[NameRoutes] = routes(about)
    for name, latest in about.get("public", {}).items():
        url = f"{context[NameRoutes].public}/-/package/{escaped(name)}/dist-tags"
        answers[url] = {"latest": latest}
    for name, latest in about.get("private-has", {}).items():
        answers[f"{CORP}{escaped(name)}"] = {"name": name, "dist-tags": {"latest": latest}}


def domains(resolver: FakeResolver, answers: dict[str, Any], text: str) -> None:
    """A `domains.json` block."""
    dns: dict[str, Delegation | Unavailable] = {one.value: one for one in Delegation}
    dns["failing"] = FAILING
    services: list[list[list[str]]] = []
    for domain, about in json.loads(text).items():
        resolver.domains[domain] = dns[about["dns"]]
        top = domain.rpartition(".")[2]
        registry = f"https://rdap.{top}.example/"
        if "registered" in about:
            services.append([[top], [registry]])
        if about.get("registered"):
            answers[f"{registry}domain/{domain}"] = {"objectClassName": "domain", "ldhName": domain}
    answers[RdapSettings().url] = {"services": services}


def forge(answers: dict[str, Any], text: str) -> None:
    """A `forge.json` block, as GitHub answers without a token."""
    urls = ForgeSettings()
    for label, about in json.loads(text).items():
        path = label.partition("/")[2]
        at = f"{urls.github}/repos/{path}"
        files = about.get("files", {})
        if about.get("limited"):
            answers[at] = Unavailable(UnavailableKind.REFUSED, LIMIT)
        elif not about.get("gone"):
            stars, archived = about.get("stars", 500), about.get("archived", False)
            answers[at] = {"full_name": path, "archived": archived, "stargazers_count": stars}
            leaves = [{"path": name, "type": "blob"} for name in files]
            answers[f"{at}/git/trees/HEAD?recursive=1"] = {"tree": leaves}
        for name, content in files.items():
            answers[f"{urls.files}/{path}/HEAD/{name}"] = content
        if "scorecard" in about:
            answers[f"{ScorecardSettings().url}/projects/{label}"] = about["scorecard"]
