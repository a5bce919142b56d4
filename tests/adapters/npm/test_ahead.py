"""What can be asked before npm has resolved anything, and that npm then need not ask again."""

from pathlib import Path

import pytest

from forecheck.adapters.npm.ahead import asked_for, fetch_ahead, not_cached
from forecheck.adapters.npm.program import find_npm
from forecheck.adapters.npm.project import ManifestFile
from tests.fakes.npm import npm_environment, run_npm, write_npmrc
from tests.fakes.registry import Kind, Registry

MANIFEST = ManifestFile(
    dependencies={"a": "^1.0.0", "@s/b": "latest", "local": "file:../local", "alias": "npm:other@1"},
    dev_dependencies={"dev": "1.x", "git": "github:o/r", "odd": 7},
    optional_dependencies={"maybe": ""},
    peer_dependencies={"peer": "*"},
)


@pytest.mark.parametrize(
    ("manifests", "typed", "locked", "wanted"),
    [
        ((), (), (), {}),
        ((MANIFEST,), (), (), {"a": "^1.0.0", "@s/b": "latest", "dev": "1.x", "maybe": "*"}),
        ((MANIFEST,), (), ("a", "dev", "maybe"), {"@s/b": "latest"}),
        ((MANIFEST,), ("a@2",), ("a", "@s/b", "dev", "maybe"), {"a": "2"}),
        ((), ("a", "./folder", "https://h/x.tgz", "o/r", "name with blanks"), (), {"a": "*"}),
        ((ManifestFile(dependencies=["a"], dev_dependencies="b"),), (), (), {}),
    ],
)
def test_only_what_a_registry_will_surely_be_asked_for(
    manifests: tuple[ManifestFile, ...],
    typed: tuple[str, ...],
    locked: tuple[str, ...],
    wanted: dict[str, str],
) -> None:
    assert asked_for(manifests, typed, "/proj", frozenset(locked)) == wanted


@pytest.mark.e2e
def test_npm_finds_in_its_cache_what_was_asked_ahead(
    tmp_path: Path, npm_home: Path, registry: Registry
) -> None:
    names = [f"package-{number}" for number in range(11)] + ["@scope/one"]
    for name in names:
        registry.publish(name, "1.0.0")
    wanted = dict.fromkeys(names, "^1.0.0")
    write_npmrc(npm_home, registry.url)
    env = npm_environment(npm_home)
    cache = env["npm_config_cache"]
    assert not_cached(wanted, cache, lambda _: registry.url) == wanted
    fetch_ahead(find_npm(env), wanted, str(tmp_path / "ahead"), "", env)
    assert len(registry.asked(kind=Kind.PACKUMENT)) == len(names)
    assert not_cached(wanted, cache, lambda _: registry.url) == {}
    registry.forget_requests()
    run = run_npm(
        ["install", "--package-lock-only", *names], cwd=tmp_path, registry=registry.url, home=npm_home
    )
    assert run.returncode == 0, run.stderr
    assert not registry.asked(kind=Kind.PACKUMENT)


@pytest.mark.e2e
def test_a_few_packages_are_not_worth_another_start(
    tmp_path: Path, npm_home: Path, registry: Registry
) -> None:
    registry.publish("one", "1.0.0")
    write_npmrc(npm_home, registry.url)
    env = npm_environment(npm_home)
    fetch_ahead(find_npm(env), {"one": "1.0.0"}, str(tmp_path / "ahead"), "", env)
    assert not registry.requests
