"""What becomes of `forecheck npm install`, by verdict and by answer."""

import pytest

from tests.e2e.harness import PROMPT, Lab
from tests.fakes.registry import Kind, Registry

pytestmark = pytest.mark.e2e


def test_a_clean_tree_is_installed_exactly(lab: Lab, registry: Registry) -> None:
    registry.publish("app", "1.0.0", dependencies={"plain": "^1.0.0"})
    lab.project()
    run = lab.run("npm", "install", "app")
    assert run.code == 0, run
    assert lab.installed() == {"app": "1.0.0", "plain": "1.0.0"}
    assert lab.manifest()["dependencies"] == {"app": "^1.0.0"}
    assert lab.lock()["node_modules/plain"]["integrity"] == registry.release("plain", "1.0.0").integrity
    assert run.says("2 packages examined")


def test_a_warning_goes_on_in_a_pipe(lab: Lab) -> None:
    lab.project()
    run = lab.run("npm", "install", "old")
    assert run.code == 0, run
    assert run.says("deprecated", "use plain")
    assert lab.installed() == {"old": "1.0.0"}


def test_strict_makes_a_block_of_a_warning(lab: Lab) -> None:
    lab.project()
    before = lab.snapshot()
    run = lab.run("--strict", "npm", "install", "old")
    assert run.code == 1, run
    assert lab.snapshot() == before


def test_non_interactive_block_stops_a_warning_in_a_pipe(lab: Lab) -> None:
    lab.settings('[policy]\nnon-interactive = "block"\n')
    lab.project()
    run = lab.run("npm", "install", "old")
    assert run.code == 1, run
    assert lab.installed() == {}


def test_a_block_changes_nothing(lab: Lab, registry: Registry) -> None:
    lab.project()
    assert lab.run("npm", "install", "plain").code == 0
    before = lab.snapshot()
    registry.forget_requests()
    run = lab.run("npm", "install", "evil", "other")
    assert run.code == 1, run
    assert run.says("security-placeholder", "evil 0.0.1-security", "Nothing was installed")
    assert lab.snapshot() == before
    by_npm = [one for one in registry.asked("evil", kind=Kind.TARBALL) if "npm/" in one.headers["user-agent"]]
    assert by_npm == []


def test_a_block_deep_in_the_tree(lab: Lab, registry: Registry) -> None:
    registry.publish("middle", dependencies={"evil": "*"})
    registry.publish("app", dependencies={"middle": "*"})
    lab.project()
    before = lab.snapshot()
    run = lab.run("npm", "install", "app")
    assert run.code == 1, run
    assert lab.snapshot() == before


def test_dry_run_changes_nothing(lab: Lab) -> None:
    lab.project(dependencies={"plain": "1.0.0"})
    before = lab.snapshot()
    run = lab.run("--dry-run", "npm", "install", "other")
    assert run.code == 0, run
    assert run.says("2 packages examined")
    assert lab.snapshot() == before


def test_an_exception_lets_a_block_pass(lab: Lab) -> None:
    lab.project()
    assert lab.run("npm", "install", "evil").code == 1
    allowed = lab.run("allow", "security-placeholder", "evil@0.0.1-security", "--reason", "a test of ours")
    assert allowed.code == 0, allowed
    run = lab.run("npm", "install", "evil")
    assert run.code == 0, run
    assert lab.installed() == {"evil": "0.0.1-security"}


@pytest.mark.parametrize("answer", ["n\n", "\n", "\x04", "yes please\n"], ids=["n", "enter", "eof", "other"])
def test_declining_installs_nothing(lab: Lab, answer: str) -> None:
    lab.project()
    before = lab.snapshot()
    run = lab.ask("npm", "install", "old", answer=answer)
    assert PROMPT in run.out
    assert run.code == 5, run
    assert "Nothing was installed." in run.out
    assert lab.snapshot() == before


def test_a_yes_installs(lab: Lab) -> None:
    lab.project()
    run = lab.ask("npm", "install", "old", answer="y\n")
    assert run.code == 0, run
    assert lab.installed() == {"old": "1.0.0"}


def test_control_c_at_the_prompt(lab: Lab) -> None:
    lab.project()
    before = lab.snapshot()
    run = lab.ask("npm", "install", "old", answer="\x03")
    assert run.code == 130, run
    assert "Traceback" not in run.out
    assert lab.snapshot() == before


def test_yes_accepts_a_warning_without_asking(lab: Lab) -> None:
    lab.project()
    run = lab.ask("--yes", "npm", "install", "old", answer="")
    assert PROMPT not in run.out
    assert run.code == 0, run
    assert lab.installed() == {"old": "1.0.0"}


def test_yes_never_accepts_a_block(lab: Lab) -> None:
    lab.project()
    before = lab.snapshot()
    run = lab.ask("--yes", "npm", "install", "evil", answer="y\n")
    assert run.code == 1, run
    assert lab.snapshot() == before


def test_a_continuous_integration_run_is_never_asked(lab: Lab) -> None:
    lab.project()
    run = lab.ask("npm", "install", "old", answer="n\n", env={"CI": "true"})
    assert PROMPT not in run.out
    assert run.code == 0, run
