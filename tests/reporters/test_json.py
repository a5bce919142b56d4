import json as stdlib_json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given

from forecheck import model
from forecheck.model import Change, FromGit, Release, Severity
from forecheck.report import Ignore, Report
from forecheck.reporter import Style
from forecheck.reporters import json_wire as wire
from forecheck.reporters import json_words as words
from forecheck.reporters.json import dump, json, on_the_wire
from tests.reporters.building import bystanders, config, finding, passed, release, report, step
from tests.reporters.hostile import reports
from tests.reporters.samples import SAMPLES
from tests.reporters.test_injection import PATIENT
from tools import make_report_schema

ROOT = Path(__file__).parent.parent.parent
SCHEMA = stdlib_json.loads((ROOT / "schemas" / "report-v1.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def read(made: Report) -> dict[str, Any]:
    parsed: dict[str, Any] = stdlib_json.loads(json(made, Style()))
    return parsed


@pytest.mark.parametrize("sample", SAMPLES)
def test_reports_are_valid_and_read_back_the_same(sample: str) -> None:
    made = SAMPLES[sample]()
    VALIDATOR.validate(read(made))
    assert msgspec.json.decode(json(made, Style()), type=wire.Report) == on_the_wire(made)


@PATIENT
@given(reports())
def test_hostile_reports_are_valid(made: Report) -> None:
    VALIDATOR.validate(read(made))


def test_the_schema_is_one_and_current() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert make_report_schema.schema() == SCHEMA


def test_the_document_is_current_and_says_something_about_every_field() -> None:
    written = make_report_schema.DOCUMENT.read_text(encoding="utf-8")
    assert make_report_schema.document(written) == written
    assert "|  |" not in written


def test_the_example_in_the_document_is_a_report() -> None:
    written = make_report_schema.DOCUMENT.read_text(encoding="utf-8")
    example = written.partition("```json\n")[2].partition("```")[0]
    VALIDATOR.validate(stdlib_json.loads(example))
    assert dump(msgspec.json.decode(example, type=wire.Report)) == example


@pytest.mark.parametrize("breakage", ["forecheckReport", "verdict", "outcomes", "plan"])
def test_the_schema_refuses_what_is_no_report(breakage: str) -> None:
    broken = read(SAMPLES["warn"]())
    del broken[breakage]
    assert not VALIDATOR.is_valid(broken)


def test_a_newer_report_of_the_same_version_is_valid() -> None:
    newer = {**read(SAMPLES["warn"]()), "somethingNew": 1}
    VALIDATOR.validate(newer)


@pytest.mark.parametrize(
    ("ours", "wires"),
    [
        (model.Decision, words.Decision),
        (model.UnavailableKind, words.Absence),
        (model.Change, words.Change),
        (model.Missing, words.Missing),
    ],
)
def test_the_words_are_those_of_the_model(ours: Any, wires: Any) -> None:
    assert {one.value for one in ours} == {one.value for one in wires}


def test_the_grades_are_those_of_the_model() -> None:
    assert [one.label for one in model.Severity] == [one.value for one in words.Severity]
    assert [one.label for one in model.Confidence] == [one.value for one in words.Confidence]


def test_every_outcome_is_there_in_the_order_of_the_run() -> None:
    made = SAMPLES["unknown-only"]()
    assert [(one["check"], one["subject"].get("name")) for one in read(made)["outcomes"]] == [
        (one.check, one.subject.name) for one in made.outcomes
    ]


def test_what_was_skipped_says_why() -> None:
    outcomes = read(SAMPLES["unknown-only"]())["outcomes"]
    skipped = next(one for one in outcomes if one["status"] == "skipped")
    assert skipped == {
        "status": "skipped",
        "check": "fresh-release",
        "subject": {
            "type": "release",
            "name": "quiet-0",
            "version": "2.0.0",
            "origin": {"type": "registry", "url": "https://registry.npmjs.org/"},
        },
        "source": "Packument",
        "kind": "timeout",
        "reason": "registry.npmjs.org stopped answering",
        "decision": "warn",
        "why": "timeout means warn: the check's own default",
        "exception": None,
    }


def test_an_accepted_finding_names_its_exception() -> None:
    tiny = release("tiny")
    accepted = Ignore("fresh-release", "tiny", "reviewed", None, "forecheck.toml:3")
    made = report([finding("fresh-release", tiny, "m")], [step(tiny)], by=config((accepted,)))
    (one,) = read(made)["outcomes"]
    assert one["decision"] == "allow"
    assert one["exception"] == {
        "check": "fresh-release",
        "package": "tiny",
        "reason": "reviewed",
        "until": None,
        "where": "forecheck.toml:3",
    }


def test_counts() -> None:
    assert read(SAMPLES["block"]())["verdict"] == {
        "decision": "block",
        "unknownOnly": False,
        "examined": True,
        "counts": {
            "examined": 212,
            "blocked": 1,
            "warned": 1,
            "findings": 4,
            "unavailable": 0,
            "crashed": 0,
            "passed": 210,
        },
    }


def test_a_release_in_several_places_is_one_package() -> None:
    tiny = release("tiny")
    steps = [
        step(tiny, "a@1", location="node_modules/a/node_modules/tiny"),
        step(tiny, "b@1", location="node_modules/b/node_modules/tiny", on_disk=True),
    ]
    (package,) = read(report(passed([tiny]), steps))["plan"]["packages"]
    assert package["locations"] == ["node_modules/a/node_modules/tiny", "node_modules/b/node_modules/tiny"]
    assert package["paths"] == [["a@1", "tiny@1.0.0"], ["b@1", "tiny@1.0.0"]]
    assert package["onDisk"] is False


def test_the_same_release_with_other_bytes_is_another_package() -> None:
    tiny = release("tiny")
    steps = [step(tiny), step(tiny, location="x", integrity="sha512-other")]
    assert len(read(report(passed([tiny]), steps))["plan"]["packages"]) == 2


def test_a_changed_package_says_what_it_replaces() -> None:
    old, new = step(release("tiny", "1.0.0")).entry, release("tiny", "1.1.0")
    made = report(passed([new]), [step(new, change=Change.CHANGED, before=old)])
    (package,) = read(made)["plan"]["packages"]
    assert (package["change"], package["previous"]["version"]) == ("changed", "1.0.0")


def test_a_kept_package_replaces_nothing() -> None:
    old = step(release("tiny")).entry
    (package,) = read(report((), [step(release("tiny"), change=Change.KEPT, before=old)]))["plan"]["packages"]
    assert package["previous"] is None


def test_no_secret_from_a_url_gets_in() -> None:
    private = Release(
        "tiny", "1.0.0", FromGit("git+https://me:t0ken@git.example/tiny.git?key=s3cret", "c" * 40)
    )
    made = report([finding("typosquat", private, "m", Severity.HIGH)], [step(private)])
    shown = json(made, Style())
    assert "t0ken" not in shown
    assert "s3cret" not in shown
    assert "git+https://***@git.example/tiny.git?***" in shown


def test_one_package_and_one_outcome_a_line() -> None:
    quiet = bystanders(3)
    shown = json(report(passed(quiet), map(step, quiet)), Style()).splitlines()
    assert sum(line.startswith('    {"status": "passed"') for line in shown) == 3
    assert sum(line.startswith('      {"name": "quiet-') for line in shown) == 3
