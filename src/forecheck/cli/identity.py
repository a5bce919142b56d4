"""What the sources about people and repositories are given: name servers, forges, and GitHub's token."""

from collections.abc import Callable, Mapping
from typing import Any

from forecheck.adapters.resolver import DnsResolver
from forecheck.analysis.forge import Forge
from forecheck.config import Config
from forecheck.evidence.forge_api import ForgeSettings
from forecheck.evidence.mail_domains import MailSettings
from forecheck.evidence.name_routes import NameRoutes
from forecheck.evidence.once import Once
from forecheck.evidence.rdap import RdapSettings
from forecheck.evidence.scorecard import ScorecardSettings
from forecheck.npm.credentials import AuthKind, Credentials
from forecheck.npm.layers import LayerKind, Provenance
from forecheck.npm.secret import Secret
from forecheck.npm.url import is_public_registry, parse_address
from forecheck.ports import Resolver, SourceLimits

TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
_ASKED = ("namesakes", "rdap", "github", "github-files", "gitlab", "bitbucket", "scorecard")
_MOST = 40
_MOST_WITH_TOKEN = 200


def identity_context(config: Config, env: Mapping[str, str], *, offline: bool) -> Mapping[type, Any]:
    """The context of those sources by type; `Once` is new for each run."""
    sources = config.sources
    token = github_token(config, env) is not None
    public = frozenset(config.registries.public)
    namesakes = sources["namesakes"]
    return {
        Once: Once(),
        NameRoutes: NameRoutes(
            private=lambda name: config.registries.is_private(name, ""),
            is_public=lambda url: is_public_registry(url) or url in public,
            may_ask=config.registries.may_ask,
            public=namesakes.url if namesakes.enabled else "",
            others=tuple(one for one in config.registries.private if "://" in one),
        ),
        Resolver: DnsResolver(
            server=config.network.resolver, limits=sources["dns"].limits(), offline=offline
        ),
        MailSettings: MailSettings(enabled=sources["dns"].enabled),
        RdapSettings: RdapSettings(url=sources["rdap"].url, enabled=sources["rdap"].enabled),
        ForgeSettings: ForgeSettings(
            github=sources["github"].url,
            files=sources["github-files"].url if sources["github-files"].enabled else "",
            gitlab=sources["gitlab"].url,
            bitbucket=sources["bitbucket"].url,
            enabled=frozenset(forge for forge in Forge if sources[forge.value].enabled),
            token=token,
            most=_MOST_WITH_TOKEN if token else _MOST,
        ),
        ScorecardSettings: ScorecardSettings(
            url=sources["scorecard"].url, enabled=sources["scorecard"].enabled
        ),
    }


def identity_limits(config: Config) -> Mapping[str, SourceLimits]:
    """The configured limits, by the source names that requests carry."""
    return {name: config.sources[name].limits() for name in _ASKED}


def github_token(config: Config, env: Mapping[str, str]) -> Credentials | None:
    """The environment's token, bound to the configured GitHub API; None where there is none, or it is another's.

    In a workflow of GitHub Enterprise Server the variables hold that server's token, and `GITHUB_API_URL` says so.
    """
    name = next((name for name in TOKENS if env.get(name, "").strip()), None)
    api = parse_address(config.sources["github"].url)
    if name is None or api is None:
        return None
    own = parse_address(env.get("GITHUB_API_URL", ""))
    token = env[name].strip()
    elsewhere = own is not None and own.host != api.host
    if elsewhere or not (token.isascii() and token.isprintable() and " " not in token):
        return None
    bound_to = f"//{api.host}{api.path.rstrip('/')}/"
    return Credentials(bound_to, AuthKind.BEARER, Secret(token), Provenance(LayerKind.ENV))


def with_token(
    others: Callable[[str], Credentials | None], token: Credentials | None
) -> Callable[[str], Credentials | None]:
    """The credentials for a URL: the token where it belongs, else what npm's configuration binds to it."""
    if token is None:
        return others
    return lambda url: token if token.covers(url) else others(url)
