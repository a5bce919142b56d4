"""One round through a registry that others wrote: what npm publishes there, npm installs from there."""

import json
from pathlib import Path

import pytest

from tests.fakes.client import Client
from tests.fakes.npm import run_npm
from tests.fakes.verdaccio import Verdaccio

pytestmark = pytest.mark.e2e


def test_publish_and_install(verdaccio: Verdaccio, tmp_path: Path, npm_home: Path) -> None:
    package, project = tmp_path / "package", tmp_path / "project"
    package.mkdir()
    project.mkdir()
    manifest = {"name": "@forecheck/probe", "version": "1.0.0", "scripts": {"postinstall": "exit 0"}}
    (package / "package.json").write_text(json.dumps(manifest))
    verdaccio.publish(package)
    run = run_npm(
        ["install", "@forecheck/probe", "--ignore-scripts"],
        cwd=project,
        registry=verdaccio.url,
        home=npm_home,
    )
    assert run.returncode == 0, run.stderr
    assert (project / "node_modules" / "@forecheck" / "probe" / "package.json").exists()
    with Client(verdaccio.url) as client:
        corgi = client.get("@forecheck%2fprobe", accept="application/vnd.npm.install-v1+json").json()
    assert corgi["versions"]["1.0.0"]["hasInstallScript"] is True
