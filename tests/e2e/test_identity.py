"""People and repositories of private packages are told to nobody, whatever is configured."""

import pytest

from tests.e2e.harness import Lab
from tests.fakes.dns import DnsServer
from tests.fakes.forge import Forges
from tests.fakes.registry import Publisher, Registry

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("command", ["--dry-run npm install", "audit", "check inner"])
def test_a_private_registrys_people_are_asked_about_nowhere(
    lab: Lab, registry: Registry, command: str
) -> None:
    registry.publish(
        "inner", manifest={"license": "MIT", "repository": "github:corp/inner"}, dependencies={"plain": "*"}
    )
    registry.set_maintainers("inner", [Publisher("anna", "anna@corp-internal.fr")])
    with Forges() as forges, DnsServer({}) as names:
        lab.settings(
            f'{forges.toml()}[sources.dns]\nenabled = true\n[network]\nresolver = "{names.address}"\n'
        )
        lab.project(dependencies={"inner": "*"})
        run = lab.run("--verbose", *command.split(), env={"GITHUB_TOKEN": "gh-t0ken"})
        assert run.says(), run
        assert "private package" in run.out + run.err
        assert forges.asked() == []
        assert names.asked == []
        assert registry.mentions("gh-t0ken") == []
        assert "gh-t0ken" not in run.out + run.err
