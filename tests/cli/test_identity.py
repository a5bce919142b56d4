"""Which token goes where."""

from collections.abc import Mapping

import msgspec
import pytest

from forecheck.cli.identity import github_token, identity_context, identity_limits, with_token
from forecheck.config import Config, defaults
from forecheck.config.settings import Registries
from forecheck.evidence.forge_api import ForgeSettings
from forecheck.evidence.name_routes import NameRoutes
from forecheck.model import Passed
from tests.evidence.asking import asker
from tests.fakes.forge import Forges

API = "https://api.github.com/repos/o/r"


def config(url: str = "https://api.github.com") -> Config:
    standard = defaults(())
    github = msgspec.structs.replace(standard.sources["github"], url=url)
    return msgspec.structs.replace(standard, sources={**standard.sources, "github": github})


@pytest.mark.parametrize(
    ("env", "sent"),
    [
        ({"GITHUB_TOKEN": "t0ken"}, "Bearer t0ken"),
        ({"GH_TOKEN": " t0ken\n"}, "Bearer t0ken"),
        ({"GITHUB_TOKEN": "first", "GH_TOKEN": "second"}, "Bearer first"),
        ({"GITHUB_TOKEN": "", "GH_TOKEN": "second"}, "Bearer second"),
        ({"GITHUB_TOKEN": "t0ken", "GITHUB_API_URL": "https://api.github.com"}, "Bearer t0ken"),
        ({"GITHUB_TOKEN": "t0ken", "GITHUB_API_URL": "https://github.corp.example/api/v3"}, None),
        ({"GITHUB_TOKEN": "two words"}, None),
        ({"GITHUB_TOKEN": "a\r\nHost: evil"}, None),
        ({"GITHUB_TOKEN": "töken"}, None),
        ({}, None),
    ],
)
def test_the_token_of_the_environment(env: Mapping[str, str], sent: str | None) -> None:
    found = github_token(config(), env)
    assert (found.header_for(API) if found else None) == sent
    assert "t0ken" not in repr(found)


@pytest.mark.parametrize(
    "url",
    [
        "https://raw.githubusercontent.com/o/r/HEAD/package.json",
        "https://github.com/o/r",
        "http://api.github.com/repos/o/r",
        "https://api.github.com:8443/repos/o/r",
        "https://api.github.com.evil.example/repos/o/r",
        "https://api.github.com@evil.example/repos/o/r",
        "https://gitlab.com/api/v4/projects/o%2Fr",
        "https://registry.npmjs.org/a",
    ],
)
def test_no_other_host_gets_it(url: str) -> None:
    credentials = with_token(lambda _: None, github_token(config(), {"GITHUB_TOKEN": "t0ken"}))
    assert credentials(API) is not None
    assert credentials(url) is None


def test_it_goes_below_the_configured_path_only() -> None:
    found = github_token(config("https://git.corp.example/api/v3"), {"GITHUB_TOKEN": "t0ken"})
    assert found is not None
    assert found.covers("https://git.corp.example/api/v3/repos/o/r")
    assert not found.covers("https://git.corp.example/o/r")
    assert not found.covers(API)


def test_with_a_token_more_is_asked() -> None:
    without = identity_context(config(), {}, offline=True)[ForgeSettings]
    given = identity_context(config(), {"GH_TOKEN": "t0ken"}, offline=True)[ForgeSettings]
    assert (without.token, given.token) == (False, True)
    assert without.most < given.most


def test_every_source_has_its_own_deadline() -> None:
    limits = identity_limits(config())
    assert set(limits) == {"namesakes", "rdap", "github", "github-files", "gitlab", "bitbucket", "scorecard"}
    assert all(limit.deadline.total_seconds() <= 10 for limit in limits.values())


def test_a_run_sends_it_to_the_api_only() -> None:
    with Forges() as forges:
        forges.github("harbour/pilot", {"package.json": {"name": "pilot"}})
        forges.gitlab("harbour/pilot", {"package.json": {"name": "other"}})
        forges.scored("github.com/harbour/pilot", 1.0)
        token = github_token(config(f"{forges.url}/github"), {"GITHUB_TOKEN": "t0ken"})
        with asker(forges, credentials_for=with_token(lambda _: None, token)) as run:
            run.context[ForgeSettings] = forges.settings(token=True)
            run.package("pilot", "github:harbour/pilot")
            run.package("other", "gitlab:harbour/pilot")
            found = run.run("repository-mismatch", "repository-archived", "scorecard")
        assert isinstance(found["repository-mismatch pilot"], Passed)
        told = {request.path: request.headers.get("authorization") for request in forges.requests}
    assert {path.split("/")[1] for path in told} == {"github", "gitlab", "scorecard"}
    for path, authorization in told.items():
        assert authorization == ("Bearer t0ken" if path.startswith("/github/") else None), path


@pytest.mark.parametrize(
    ("name", "private", "ask"),
    [
        ("@corp/a", True, False),
        ("@corp/told", True, True),
        ("@open/a", False, True),
        ("inner", False, True),
        ("other", False, False),
        ("@inner", False, False),
    ],
)
def test_what_the_user_said_of_names(name: str, private: bool, ask: bool) -> None:
    said = Registries(private=("@corp",), ask=("@corp/told", "@open", "inner"))
    routes = identity_context(msgspec.structs.replace(config(), registries=said), {}, offline=True)[
        NameRoutes
    ]
    assert (routes.private(name), routes.may_ask(name)) == (private, ask)
    assert routes.is_public("https://registry.npmjs.org/")
    assert not routes.is_public("https://npm.corp.example/")
