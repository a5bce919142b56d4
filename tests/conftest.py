"""Fixtures for every test. What a fixture needs is imported when a test asks for it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fakes.canary import Canary
    from tests.fakes.registry import Registry
    from tests.fakes.verdaccio import Verdaccio

MACHINE = dict(os.environ)
"""The environment pytest was started with: only installing a test server from a package registry needs it."""

SCRUBBED = re.compile(
    r"npm_config_.*|pnpm_config_.*|yarn_.*|bun_config_.*|corepack_.*|node_options|node_extra_ca_certs"
    r"|(https?|all|no|ftp)_proxy|ci|github_.*|gitlab_.*|xdg_.*|.*_token|forecheck_(?!test_).*",
    re.IGNORECASE,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests last: a quick one fails first."""
    items.sort(key=lambda item: "e2e" in item.keywords)


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, empty_home: Path) -> None:
    """Whatever the machine sets for package managers, proxies, CI and tokens is not there in a test, and the
    home (npmrc, git configuration, caches) is not the developer's."""
    for name in [name for name in os.environ if SCRUBBED.fullmatch(name)]:
        monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(name, str(empty_home))


@pytest.fixture
def registry() -> "Iterator[Registry]":
    """An empty test registry, serving."""
    from tests.fakes.registry import Registry

    with Registry() as server:
        yield server


@pytest.fixture
def npm_home(tmp_path: Path) -> Path:
    """A home for `run_npm`: its npmrc and cache. Skips where there is no npm."""
    from tests.fakes.npm import npm_command

    if not npm_command():
        pytest.skip("there is no npm")
    return tmp_path / "npm-home"


@pytest.fixture
def canary(tmp_path: Path) -> "Canary":
    from tests.fakes.canary import Canary

    return Canary(tmp_path)


@pytest.fixture(scope="session")
def verdaccio(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Verdaccio]":
    """A verdaccio of this test run. Skips where it cannot be installed."""
    from tests.fakes.verdaccio import InstallError, Verdaccio, install

    try:
        script = install(MACHINE)
    except InstallError as reason:
        pytest.skip(str(reason))
    with Verdaccio(script, tmp_path_factory.mktemp("verdaccio")) as server:
        yield server


@pytest.fixture(scope="session")
def pnpm_script() -> Path:
    """The real pnpm's start script, for `tests.fakes.pnpm.run_pnpm`. Fails where it cannot be installed: a second
    opinion that is not asked must not go unnoticed."""
    from tests.fakes.pnpm import InstallError, install

    try:
        return install(MACHINE)
    except InstallError as reason:
        pytest.fail(str(reason))


@pytest.fixture(scope="session")
def lockfile_lint_folder() -> Path:
    """Where the real lockfile-lint is, for `tests.fakes.lockfile_lint`. Fails where it cannot be installed."""
    from tests.fakes.lockfile_lint import InstallError, install

    try:
        return install(MACHINE)
    except InstallError as reason:
        pytest.fail(str(reason))
