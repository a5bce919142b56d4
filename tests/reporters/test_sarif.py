"""SARIF: valid by the standard's own schema, places and fingerprints that a service can rely on."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given

from forecheck import discover
from forecheck.model import Change, Entry, EntryKind, Location, LockedFile, Severity, Step
from forecheck.report import Ignore, Report
from forecheck.reporter import Style
from forecheck.reporters.sarif import sarif
from tests.reporters.building import config, finding, release, report, step
from tests.reporters.hostile import reports
from tests.reporters.samples import SAMPLES
from tests.reporters.test_injection import PATIENT

SCHEMA = Path(__file__).parents[1] / "fixtures" / "sarif" / "sarif-2.1.0.json"


@cache
def validator() -> Any:
    return jsonschema.Draft7Validator(json.loads(SCHEMA.read_bytes()))


def read(made: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(sarif(made, Style()))
    validator().validate(document)
    run: dict[str, Any] = document["runs"][0]
    return run


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_is_valid(sample: str) -> None:
    made = SAMPLES[sample]()
    run = read(made)
    assert len(run["results"]) == len(made.findings())
    assert run["properties"]["verdict"] == made.verdict.decision.value


@PATIENT
@given(reports())
def test_hostile_reports_are_valid_and_inert(made: Report) -> None:
    shown = sarif(made, Style())
    assert shown.isascii()
    assert "\x1b" not in shown
    assert "\x7f" not in shown
    run = read(made)
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        uri = place["artifactLocation"]["uri"]
        assert uri
        assert not uri.startswith("/")
        assert not set(uri) & set(":?#\\ ")
        assert place["region"]["startLine"] >= 1


def test_a_message_cannot_hold_a_link() -> None:
    evil = release("evil")
    run = read(report([finding("typosquat", evil, "see [the docs](https://evil.example) \\")], [step(evil)]))
    said = run["results"][0]["message"]["text"]
    assert "\\[the docs\\](" in said
    assert said.endswith("\\\\")


def test_rules_carry_the_checks_own_pages() -> None:
    checks = discover.checks()
    made = msgspec.structs.replace(SAMPLES["block"](), checks=checks)
    rules = read(made)["tool"]["driver"]["rules"]
    described = {rule["id"]: rule for rule in rules}
    assert set(described) >= {check.id for check in checks}
    typosquat = described["typosquat"]
    assert "Why it matters" in typosquat["help"]["markdown"]
    assert float(typosquat["properties"]["security-severity"]) >= 5
    for result in read(made)["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_place_is_the_findings_own_or_its_entrys() -> None:
    one, other, third = release("one"), release("other"), release("third")
    entry = Entry("other", EntryKind.PACKAGE, other, "other", at=Location("yarn.lock", 12, 3))
    made = report(
        [
            finding("typosquat", one, "a", at=Location("sub dir/package.json", 7, 2)),
            finding("typosquat", other, "b"),
            finding("typosquat", third, "c"),
            finding("typosquat", LockedFile("pnpm-lock.yaml", "pnpm"), "d"),
        ],
        [step(one), Step(Change.ADDED, entry, ("other@1.0.0",)), step(third)],
    )
    places = [result["locations"][0]["physicalLocation"] for result in read(made)["results"]]
    assert [(place["artifactLocation"]["uri"], place["region"]) for place in places] == [
        ("sub%20dir/package.json", {"startLine": 7, "startColumn": 2}),
        ("yarn.lock", {"startLine": 12, "startColumn": 3}),
        ("package.json", {"startLine": 1}),
        ("pnpm-lock.yaml", {"startLine": 1}),
    ]


def test_fingerprints_stay_when_only_the_words_change() -> None:
    evil = release("evil")

    def prints(*messages: str) -> list[str]:
        run = read(report([finding("fresh-release", evil, said) for said in messages], [step(evil)]))
        return [result["partialFingerprints"]["forecheck/v1"] for result in run["results"]]

    assert prints("published 5 hours ago") == prints("published 6 hours ago")
    assert len(set(prints("first", "second"))) == 2
    other = read(report([finding("typosquat", evil, "x")], [step(evil)]))["results"][0]
    assert other["partialFingerprints"]["forecheck/v1"] not in prints("x")


def test_an_accepted_finding_is_suppressed_not_hidden() -> None:
    one = release("one")
    accepted = Ignore("install-script", "one", "read on 2026-10-02")
    made = report(
        [finding("install-script", one, "runs", Severity.HIGH)], [step(one)], by=config((accepted,))
    )
    [result] = read(made)["results"]
    assert result["suppressions"] == [{"kind": "external", "justification": "read on 2026-10-02"}]


def test_what_could_not_be_looked_at_is_told_once() -> None:
    made = SAMPLES["unknown-only"]()
    notices = read(made)["invocations"][0]["toolExecutionNotifications"]
    said = [one["message"]["text"] for one in notices]
    assert sum("registry.corp.example attests nothing" in one for one in said) == 1
    assert any("(212 packages)" in one for one in said)
