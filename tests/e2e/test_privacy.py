"""What is told to whom: tokens go to their own registry, private names nowhere else."""

from collections.abc import Iterator

import pytest

from tests.e2e.harness import Lab
from tests.fakes.registry import Kind, Registry

pytestmark = pytest.mark.e2e

SECRET = "s3cret-t0ken"


@pytest.fixture
def private() -> Iterator[Registry]:
    """A registry that wants a token, with `@corp/inner` on it."""
    with Registry(token=SECRET) as server:
        server.publish("@corp/inner", dependencies={"plain": "*"}, manifest={"license": "MIT"})
        yield server


def host(registry: Registry) -> str:
    return registry.url.removeprefix("http:")


@pytest.mark.parametrize("command", ["npm install @corp/inner", "check @corp/inner", "npm exec @corp/inner"])
def test_a_token_goes_to_its_registry_only(
    lab: Lab, registry: Registry, private: Registry, command: str
) -> None:
    program = {"bin.js": "#!/usr/bin/env node\n"}
    private.publish("@corp/inner", "1.1.0", dependencies={"plain": "*"}, bin="./bin.js", files=program)
    lab.npmrc(**{"@corp:registry": private.url, f"{host(private)}:_authToken": SECRET})
    lab.project()
    run = lab.run(*command.split())
    assert run.code in (0, 1), run
    assert run.says()
    assert private.asked("@corp/inner", kind=Kind.PACKUMENT)
    assert {request.headers.get("authorization") for request in private.requests} == {f"Bearer {SECRET}"}
    assert registry.asked("plain")
    assert registry.mentions(SECRET) == []
    assert registry.mentions("authorization:") == []
    assert registry.mentions("corp") == []
    assert SECRET not in run.out + run.err


def test_a_tarball_elsewhere_gets_no_token(lab: Lab, registry: Registry, private: Registry) -> None:
    registry.serve("elsewhere.tgz", private.release("@corp/inner", "1.0.0").tarball.data)

    def move(document: dict[str, dict[str, dict[str, dict[str, str]]]]) -> None:
        document["versions"]["1.0.0"]["dist"]["tarball"] = f"{registry.url}elsewhere.tgz"

    private.edit_packument("@corp/inner", move)
    lab.npmrc(**{"@corp:registry": private.url, f"{host(private)}:_authToken": SECRET})
    lab.project()
    run = lab.run("--yes", "npm", "install", "@corp/inner")
    assert run.says()
    assert registry.mentions(SECRET) == []


@pytest.mark.parametrize(
    "line",
    [
        "registry={url}${{SECRET}}/",
        "registry={url}?${{SECRET}}",
        "@corp:registry={url}${{SECRET}}/",
        "//{host}:_authToken=${{SECRET}}",
        "{host}:_authToken=${{SECRET}}",
        "{host}:_password=${{SECRET}}\n{host}:username=me",
        "proxy={url}${{SECRET}}",
        "user-agent=${{SECRET}}",
        "_auth=${{SECRET}}",
    ],
)
@pytest.mark.parametrize("command", ["--dry-run npm install plain @corp/inner", "audit"])
def test_a_project_cannot_send_the_environment_anywhere(
    lab: Lab, registry: Registry, line: str, command: str
) -> None:
    with Registry() as attacker:
        attacker.publish("plain")
        attacker.publish("@corp/inner")
        lab.project(dependencies={"plain": "*", "@corp/inner": "*"})
        text = line.format(url=attacker.url, host=host(attacker))
        (lab.folder / ".npmrc").write_text(f"registry={attacker.url}\n{text}\n")
        run = lab.run(*command.split(), env={"SECRET": SECRET})
        assert run.says()
        assert attacker.mentions(SECRET) == []
    assert registry.mentions(SECRET) == []
    assert SECRET not in run.out + run.err


def test_a_project_cannot_redirect_a_token(lab: Lab, registry: Registry) -> None:
    lab.npmrc(**{f"{host(registry)}:_authToken": SECRET})
    with Registry() as attacker:
        attacker.publish("plain")
        lab.project(dependencies={"plain": "*"})
        (lab.folder / ".npmrc").write_text(f"registry={attacker.url}\n")
        run = lab.run("--dry-run", "npm", "install")
        assert run.says()
        assert attacker.asked("plain")
        assert attacker.mentions(SECRET) == []


@pytest.mark.parametrize("scoped", [True, False])
def test_private_names_never_reach_the_downloads_api(lab: Lab, private: Registry, scoped: bool) -> None:
    private.publish("inner-tool", manifest={"license": "MIT"})
    key = "@corp:registry" if scoped else "registry"
    lab.npmrc(**{key: private.url, f"{host(private)}:_authToken": SECRET})
    name = "@corp/inner" if scoped else "inner-tool"
    with Registry() as downloads:
        lab.settings(f'[sources.downloads]\nurl = "{downloads.url}"\n')
        lab.project()
        run = lab.run("--dry-run", "npm", "install", name, "nosuchpackage")
        assert run.says()
        run = lab.run("check", name)
        assert run.says()
        assert private.asked(name)
        assert downloads.mentions("inner") == []
        assert downloads.mentions("corp") == []
        assert downloads.mentions("nosuch") == []


def test_an_offline_run_asks_nobody(lab: Lab, registry: Registry) -> None:
    lab.project(dependencies={"plain": "*"})
    lab.run("--offline", "--dry-run", "npm", "install")
    lab.run("--offline", "check", "plain")
    assert registry.requests == []
