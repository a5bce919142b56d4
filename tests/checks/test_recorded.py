"""Real packuments: what a normal project may hold must give nothing to ask about, and what is true must be said."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forecheck import discover
from forecheck.engine import Facts, run_checks
from forecheck.evidence.downloads import DownloadsSettings
from forecheck.evidence.packument import Packument, escaped
from forecheck.evidence.packument_wire import read
from forecheck.evidence.planned import PlanIndex
from forecheck.graph import wire
from forecheck.model import (
    Change,
    Crashed,
    Entry,
    EntryKind,
    Finding,
    FromRegistry,
    Outcome,
    Release,
    Severity,
    Skipped,
    Step,
    UnavailableKind,
)
from tests.checks.examples import Example, NoProgress, World, one_by_one, serve
from tests.fakes.packages import reduced
from tests.fakes.ports import NOW, PUBLIC

FIXTURES = Path(__file__).parent.parent / "fixtures" / "packuments"
CATEGORIES = {"names", "age", "publishing", "install", "dependencies", "quality"}
CHECKS = [check for check in discover.checks() if check.category in CATEGORIES]


def recorded(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_bytes())
    return document


def run(document: dict[str, Any], version: str, now: datetime = NOW.at) -> list[Outcome]:
    """Every check of this kind on one version of a package that the project asks for."""
    name = document["name"]
    release = Release(name, version, FromRegistry(PUBLIC))
    entry = Entry(f"node_modules/{name}", EntryKind.PACKAGE, release, name)
    world = World(Example("recorded", "good", name, ()), now)
    declared = document["versions"].get(version, {})
    world.http.answers[PUBLIC + escaped(name)] = {"name": name, "versions": {version: {**declared}}}
    serve(world, name, version, {"package.json": json.dumps({"name": name, "version": version, **declared})})
    context = {
        **world.context,
        DownloadsSettings: DownloadsSettings(enabled=False),
        PlanIndex: PlanIndex({release: (Step(Change.ADDED, entry, (release.spec,)),)}),
        Packument: read(json.dumps(document).encode(), name, name),
    }
    sources = [source for source in discover.sources() if source.gives is not Packument]
    facts = Facts(wire(CHECKS, sources, context), context)
    facts.fetch([release], one_by_one, NoProgress())
    outcomes = list(run_checks(CHECKS, {}, {}, facts, [release]))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Crashed)]
    return outcomes


def found(outcomes: list[Outcome], at_least: Severity) -> dict[str, Severity]:
    return {
        outcome.check: outcome.severity
        for outcome in outcomes
        if isinstance(outcome, Finding) and outcome.severity >= at_least
    }


def captured(name: str, before: dict[str, Any]) -> dict[str, Any]:
    """A packument around one captured version: one before it, and the times."""
    document = recorded(f"captured/{name}")
    return {
        "name": document["name"],
        "dist-tags": {"latest": document["version"]},
        "versions": {"0.0.1": {**document, "version": "0.0.1", **before}, document["version"]: document},
        "time": {
            "created": "2019-01-01T00:00:00.000Z",
            "0.0.1": "2026-01-01T00:00:00.000Z",
            document["version"]: "2026-05-20T00:00:00.000Z",
        },
        "readme": "# readme",
    }


PERSON = {"_npmUser": {"name": "yurys", "email": "yury.semikhatsky@gmail.com"}}


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("playwright-test-1.58.2", {}),
        ("playwright-test-1.58.2", PERSON),
        ("typescript-5.9.3", {}),
        ("types-node-25.3.3", {}),
        ("x402-express-2.12.0", {}),
    ],
)
def test_captured_versions_of_2026_raise_no_question(name: str, before: dict[str, Any]) -> None:
    document = captured(name, before)
    assert found(run(document, document["dist-tags"]["latest"]), Severity.MEDIUM) == {}


def test_request_is_deprecated_and_old_and_nothing_else() -> None:
    outcomes = run(recorded("request"), "2.88.2")
    assert found(outcomes, Severity.INFO) == {
        "deprecated": Severity.MEDIUM,
        "inactive-publisher": Severity.INFO,
        "stale-package": Severity.INFO,
    }


def test_esbuild_is_known_to_need_its_script() -> None:
    published = datetime(2021, 5, 28, 1, 10, tzinfo=UTC)
    outcomes = run(recorded("esbuild"), "0.12.5", published + timedelta(days=8))
    assert found(outcomes, Severity.INFO) == {"install-script": Severity.LOW}
    fresh = run(recorded("esbuild"), "0.12.5", published + timedelta(hours=5))
    assert found(fresh, Severity.MEDIUM) == {"fresh-release": Severity.MEDIUM}


@pytest.mark.parametrize("name", ["request", "esbuild"])
def test_a_stripped_mirror_gives_neither_findings_nor_passes_it_has_no_grounds_for(name: str) -> None:
    document = reduced(recorded(name))
    latest = document["dist-tags"]["latest"]
    outcomes = run(document, latest)
    skipped = {outcome.check for outcome in outcomes if isinstance(outcome, Skipped)}
    assert skipped >= {
        *("fresh-release", "new-package", "stale-package", "deprecated", "no-readme"),
        *("new-publisher", "dormant-publisher", "maintainers-changed"),
    }
    for outcome in outcomes:
        if isinstance(outcome, Skipped):
            assert outcome.kind is UnavailableKind.UNSUPPORTED, outcome
    assert found(outcomes, Severity.MEDIUM) == {}


def test_an_abbreviated_packument_gives_no_findings_at_all() -> None:
    document = recorded("lodash.corgi")
    assert found(run(document, "4.18.1"), Severity.INFO) == {}
