"""What the registry changes between the audit and the install must not reach node_modules.

The pause between the two is the prompt: `old` is deprecated, so there always is one.
"""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.harness import Lab, Run
from tests.fakes.registry import Registry

pytestmark = pytest.mark.e2e

EVIL_FILES = {"index.js": "module.exports = 'evil'\n"}
LOCKLESS = [
    pytest.param((), "", id="package-lock"),
    pytest.param(("--no-package-lock",), "", id="no-package-lock"),
    pytest.param((), "package-lock=false\n", id="npmrc"),
]


@pytest.fixture
def registry() -> Iterator[Registry]:
    """Nothing may be taken from npm's cache without asking: what changes is seen at once."""
    with Registry(max_age=0) as server:
        yield server


@pytest.fixture
def app(lab: Lab, registry: Registry) -> Lab:
    """`app` needs `deep@^1`; its deprecation gives the prompt."""
    registry.set_downloads({"app": 5_000_000, "deep": 5_000_000})
    registry.publish("deep", "1.0.0", manifest={"license": "MIT"})
    registry.publish("app", "1.0.0", dependencies={"deep": "^1.0.0"}, deprecated="use plain")
    lab.project()
    return lab


def during(change: Callable[[], object]) -> Callable[[], str]:
    """Say yes at the prompt after a change."""

    def answer() -> str:
        change()
        return "y\n"

    return answer


def publish_newer(registry: Registry) -> None:
    registry.publish("deep", "1.0.1", files=EVIL_FILES)
    registry.publish("app", "1.0.1", dependencies={"deep": "^1.0.0"}, files=EVIL_FILES)


@pytest.mark.parametrize(("options", "npmrc"), LOCKLESS)
def test_a_newer_version_is_not_picked_up(
    app: Lab, registry: Registry, options: tuple[str, ...], npmrc: str
) -> None:
    (app.folder / ".npmrc").write_text(npmrc)
    run = app.ask("npm", "install", *options, "app", answer=during(lambda: publish_newer(registry)))
    assert run.code == 0, run
    assert app.installed() == {"app": "1.0.0", "deep": "1.0.0"}
    assert app.manifest()["dependencies"] == {"app": "^1.0.0"}
    assert (app.folder / "package-lock.json").exists() == (not options and not npmrc)


@pytest.mark.parametrize(("options", "npmrc"), LOCKLESS)
def test_a_bare_install_takes_nothing_newer(
    app: Lab, registry: Registry, options: tuple[str, ...], npmrc: str
) -> None:
    app.project(dependencies={"app": "^1.0.0"})
    (app.folder / ".npmrc").write_text(npmrc)
    run = app.ask("npm", "install", *options, answer=during(lambda: publish_newer(registry)))
    assert run.code == 0, run
    assert app.installed() == {"app": "1.0.0", "deep": "1.0.0"}
    assert (app.folder / "package-lock.json").exists() == (not options and not npmrc)


def test_a_lockfile_that_is_not_to_be_used_stays_as_it_is(app: Lab, registry: Registry) -> None:
    app.project(dependencies={"plain": "*"})
    assert app.run("npm", "install").code == 0
    before = (app.folder / "package-lock.json").read_bytes()
    run = app.ask(
        "npm", "install", "--no-package-lock", "app", answer=during(lambda: publish_newer(registry))
    )
    assert run.code == 0, run
    assert app.installed() == {"app": "1.0.0", "deep": "1.0.0", "plain": "1.0.0"}
    assert (app.folder / "package-lock.json").read_bytes() == before


def refused(lab: Lab, run: Run, before: dict[str, str]) -> None:
    assert run.code not in (0, 5, 70), run
    assert "Traceback" not in run.out
    assert lab.installed() == {}
    assert {name: what for name, what in lab.snapshot().items() if "node_modules" not in name} == before


@pytest.mark.parametrize(("options", "npmrc"), LOCKLESS)
@pytest.mark.parametrize("victim", ["app", "deep"])
def test_a_swapped_tarball_is_refused(
    app: Lab, registry: Registry, options: tuple[str, ...], npmrc: str, victim: str
) -> None:
    (app.folder / ".npmrc").write_text(npmrc)
    before = app.snapshot()
    swap = during(lambda: registry.swap_tarball(victim, "1.0.0", EVIL_FILES))
    run = app.ask("npm", "install", *options, "app", answer=swap)
    refused(app, run, before)
    assert "EINTEGRITY" in run.out


@pytest.mark.parametrize(("options", "npmrc"), LOCKLESS)
@pytest.mark.parametrize("victim", ["app", "deep"])
def test_other_content_under_the_audited_version_is_refused(
    app: Lab, registry: Registry, options: tuple[str, ...], npmrc: str, victim: str
) -> None:
    (app.folder / ".npmrc").write_text(npmrc)
    before = app.snapshot()
    change = during(lambda: registry.republish(victim, "1.0.0", EVIL_FILES))
    run = app.ask("npm", "install", *options, "app", answer=change)
    refused(app, run, before)


def test_a_packument_that_names_another_tarball_changes_nothing(app: Lab, registry: Registry) -> None:
    registry.publish("evil-bytes", "1.0.0", files=EVIL_FILES)
    bad = registry.release("evil-bytes", "1.0.0")

    def redirect() -> None:
        def edit(document: dict[str, dict[str, dict[str, object]]]) -> None:
            document["versions"]["1.0.0"]["dist"] = {
                "tarball": registry.tarball_url("evil-bytes", "1.0.0"),
                "integrity": bad.integrity,
            }

        registry.edit_packument("deep", edit)

    run = app.ask("npm", "install", "app", answer=during(redirect))
    assert run.code == 0, run
    assert "evil" not in (app.folder / "node_modules" / "deep" / "index.js").read_text()
    assert app.installed() == {"app": "1.0.0", "deep": "1.0.0"}


def test_npm_ci_takes_what_the_lockfile_says(app: Lab, registry: Registry) -> None:
    app.project(dependencies={"app": "^1.0.0"})
    assert app.ask("npm", "install", answer="y\n").code == 0
    lock = (app.folder / "package-lock.json").read_bytes()
    publish_newer(registry)
    app.environment["npm_config_cache"] = str(app.place / "another-cache")
    run = app.run("npm", "ci")
    assert run.code == 0, run
    assert app.installed() == {"app": "1.0.0", "deep": "1.0.0"}
    registry.swap_tarball("deep", "1.0.0", EVIL_FILES)
    app.environment["npm_config_cache"] = str(app.place / "a-third-cache")
    run = app.run("npm", "ci")
    assert run.code not in (0, 70), run
    assert run.says("EINTEGRITY")
    assert (app.folder / "package-lock.json").read_bytes() == lock


def test_npm_update_goes_to_what_was_audited(app: Lab, registry: Registry) -> None:
    assert app.ask("npm", "install", "app", answer="y\n").code == 0
    registry.deprecate("deep", "1.0.0", "use plain")
    registry.publish("deep", "1.1.0", deprecated="use plain")
    newest = during(lambda: registry.publish("deep", "1.2.0", files=EVIL_FILES))
    run = app.ask("npm", "update", answer=newest)
    assert run.code == 0, run
    assert app.installed() == {"app": "1.0.0", "deep": "1.1.0"}


@pytest.mark.parametrize("change", ["newer", "swapped", "republished"])
def test_a_global_install(app: Lab, registry: Registry, change: str) -> None:
    changes = {
        "newer": lambda: publish_newer(registry),
        "swapped": lambda: registry.swap_tarball("deep", "1.0.0", EVIL_FILES),
        "republished": lambda: registry.republish("deep", "1.0.0", EVIL_FILES),
    }
    prefix = app.place / "prefix"
    run = app.ask("npm", "install", "-g", f"--prefix={prefix}", "app", answer=during(changes[change]))
    found = {path.parent.name: json.loads(path.read_text()) for path in prefix.rglob("package.json")}
    assert "evil" not in "".join(path.read_text() for path in prefix.rglob("index.js"))
    if change == "newer":
        assert run.code == 0, run
        assert {name: manifest["version"] for name, manifest in found.items()} == {
            "app": "1.0.0",
            "deep": "1.0.0",
        }
    else:
        assert run.code not in (0, 5, 70), run
        assert found == {}


def test_a_project_that_changes_meanwhile_is_left_alone(app: Lab) -> None:
    def edit() -> None:
        app.project(dependencies={"other": "*"})

    run = app.ask("npm", "install", "app", answer=during(edit))
    assert run.code == 6, run
    assert "changed" in run.out
    assert app.installed() == {}
    assert app.manifest()["dependencies"] == {"other": "*"}
