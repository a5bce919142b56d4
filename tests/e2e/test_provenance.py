"""Attestations from the registry to the report, with a real one of 2026."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Lab
from tests.fakes.registry import Registry
from tests.provenance.recorded import filed, integrities

pytestmark = pytest.mark.e2e

NAME, VERSION = "@playwright/cli", "0.1.1"
RECORDED = "sigstore-dotnet/playwright-cli-0.1.1"
LINE = (
    "built by GitHub Actions from github.com/microsoft/playwright-cli @ refs/tags/v0.1.1,"
    " workflow .github/workflows/publish.yml"
)
ONLY = """
[sources.downloads]
url = "{url}"
[sources.sigstore-tuf]
url = "{url}tuf"
"""


@pytest.fixture
def lab(tmp_path: Path, registry: Registry) -> Lab:
    """A project that depends on a release with recorded attestations; the trust root's repository is not there."""
    made = Lab(tmp_path, registry)
    made.settings(ONLY.format(url=registry.url))
    made.project(dependencies={NAME: f"^{VERSION}"})
    registry.publish(NAME, VERSION, attestations=filed(f"{RECORDED}-attestations.json"))
    registry.edit_packument(NAME, recorded_integrity)
    entry = {
        "version": VERSION,
        "resolved": registry.tarball_url(NAME, VERSION),
        "integrity": integrities()[RECORDED],
    }
    packages = {"": {"dependencies": {NAME: f"^{VERSION}"}}, f"node_modules/{NAME}": entry}
    lock = {"name": "project", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}
    (made.folder / "package-lock.json").write_text(json.dumps(lock))
    return made


def recorded_integrity(document: Any) -> None:
    document["versions"][VERSION]["dist"]["integrity"] = integrities()[RECORDED]


def said(lab: Lab, check: str) -> list[dict[str, Any]]:
    report = json.loads(lab.run("audit", "--format", "json").out)
    return [one for one in report["outcomes"] if one["status"] == "finding" and one["check"] == check]


def test_the_report_tells_which_build_it_was(lab: Lab) -> None:
    (finding,) = said(lab, "attested-build")
    assert (finding["message"], finding["severity"]) == (LINE, "info")
    assert said(lab, "provenance") == []
    shown = " ".join(lab.run("audit", "--verbose").out.split())
    assert LINE in shown
    assert "sigstore-root data of 2026-10-01" in shown


def test_what_was_tampered_with_blocks(lab: Lab, registry: Registry) -> None:
    entries = json.loads(json.dumps(filed(f"{RECORDED}-attestations.json")))
    envelope = entries[1]["bundle"]["dsseEnvelope"]
    envelope["signatures"][0]["sig"] = entries[0]["bundle"]["dsseEnvelope"]["signatures"][0]["sig"]
    registry.attest(NAME, VERSION, entries)
    (finding,) = said(lab, "provenance")
    assert finding["severity"] == "critical"
    assert finding["message"].endswith("is false: its signature does not hold")
    assert said(lab, "attested-build") == []


def test_the_trust_root_is_looked_for_where_it_was_configured(lab: Lab, registry: Registry) -> None:
    said(lab, "attested-build")
    assert any("/tuf/" in request.path for request in registry.requests)


def test_without_attestations_none_of_it_is_imported(tmp_path: Path, registry: Registry) -> None:
    lab = Lab(tmp_path, registry)
    lab.settings(ONLY.format(url=registry.url))
    registry.publish("plain", "1.0.0")
    entry = {"version": "1.0.0", "integrity": registry.release("plain", "1.0.0").tarball.integrity}
    packages = {"": {"dependencies": {"plain": "^1.0.0"}}, "node_modules/plain": entry}
    lab.project(dependencies={"plain": "^1.0.0"})
    (lab.folder / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    script = (
        "import sys; from forecheck.__main__ import main\n"
        "try: main()\n"
        "finally: print([name for name in ('sigstore', 'tuf', 'cryptography.x509') if name in sys.modules],"
        " file=sys.stderr)"
    )
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", script, "audit"],
        cwd=lab.folder,
        env=lab.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.rstrip().endswith("[]"), done.stderr
    assert not any("/tuf" in request.path for request in registry.requests)
