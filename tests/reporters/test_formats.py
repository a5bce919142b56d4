"""The formats that other services read: their rules kept, and nothing a package says can be more than text."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from forecheck.model import Decision, Location, Outcome, Severity, UnavailableKind
from forecheck.report import Report
from forecheck.reporter import Reporter, Style
from forecheck.reporters.github import github
from forecheck.reporters.gitlab import gitlab
from forecheck.reporters.junit import junit
from forecheck.reporters.markdown import code, markdown
from tests.reporters.building import finding, release, report, skipped, step
from tests.reporters.hostile import CORPUS, TEXTS, reports
from tests.reporters.samples import SAMPLES
from tests.reporters.test_injection import PATIENT, SUMMARY, active

COMMAND = re.compile(
    r"::(error|warning|notice) (?:file=[^:,\s]*[^:,]*,line=\d+(?:,col=\d+)?,)?title=[^:,]*::.*"
)
FORMATS = (github, gitlab, junit, markdown)


def names() -> set[str]:
    from forecheck.discover import reporters

    return {one.id for one in reporters()}


def test_every_format_can_be_chosen() -> None:
    assert names() >= {"text", "json", "sarif", "github", "gitlab", "junit", "markdown"}


@PATIENT
@given(reports())
def test_github_lines_are_its_commands_and_nothing_else(made: Report) -> None:
    shown = github(made, Style())
    assert active(shown) == set()
    *commands, last = shown.removesuffix("\n").split("\n")
    assert SUMMARY.fullmatch(last)
    assert all(COMMAND.fullmatch(line) for line in commands), commands


def test_github_escapes_what_its_runner_would_read() -> None:
    evil = release("evil")
    at = Location("a,b:c%.json", 3, 4)
    shown = github(
        report([finding("typosquat", evil, "100% sure\nof it", Severity.HIGH, at=at)], [step(evil)]), Style()
    )
    assert shown.startswith(
        "::error file=a%2Cb%3Ac%25.json,line=3,col=4,title=typosquat%3A evil@1.0.0::100%25 sure"
    )
    assert shown.count("\n") == 2


@PATIENT
@given(reports())
def test_gitlab_is_what_its_documentation_asks_for(made: Report) -> None:
    issues = json.loads(gitlab(made, Style()))
    prints = [issue["fingerprint"] for issue in issues]
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["path"]
        assert issue["location"]["lines"]["begin"] >= 1
        assert active(issue["description"] + issue["check_name"] + issue["location"]["path"]) == set()
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in prints)


@PATIENT
@given(reports())
def test_junit_is_xml_whatever_is_said(made: Report) -> None:
    shown = junit(made, Style())
    root = ET.fromstring(shown)  # our own writing
    [suite] = root.findall("testsuite")
    cases = suite.findall("testcase")
    for kind in ("failure", "error", "skipped"):
        wanted = int(suite.get(f"{kind}s", suite.get(kind, "-1")))
        assert sum(case.find(kind) is not None for case in cases) == wanted
    assert int(suite.get("tests", "0")) == len(cases) > 0


@pytest.mark.parametrize("sample", SAMPLES)
def test_junit_fails_what_blocks_and_nothing_else(sample: str) -> None:
    made = SAMPLES[sample]()
    root = ET.fromstring(junit(made, Style()))
    failed = {
        case.get("name")
        for case in root.iter("testcase")
        if case.find("failure") is not None or case.find("error") is not None
    }
    blocked = {one.outcome.subject.spec for one in made.verdict.judged if one.decision is Decision.BLOCK}
    assert failed == blocked or (failed == {"nothing was examined"} and not made.outcomes)


@given(TEXTS)
def test_a_code_span_holds_everything(said: str) -> None:
    span = code(said)
    assert "\n" not in span
    assert active(span) == set()
    fence = re.match("`+", span)
    assert fence is not None
    inside = span[len(fence[0]) : -len(fence[0])]
    assert inside.strip()
    assert fence[0] not in inside
    assert not inside.startswith("`")


@pytest.mark.parametrize(
    "said", [*CORPUS.values(), "@everyone #1 [a](https://evil.example) <img src=x> `b` | c"]
)
def test_markdown_shows_hostile_text_only_in_code(said: str) -> None:
    evil = release(said, said)
    outcomes: list[Outcome] = [
        finding("typosquat", evil, said, Severity.HIGH),
        skipped("typosquat", evil, UnavailableKind.OFFLINE, said),
    ]
    shown = markdown(report(outcomes, [step(evil, said)], notices=(said,)), Style())
    assert active(shown) <= {"\ufe0f"}
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", shown)
    assert "evil.example" not in outside
    assert "@everyone" not in outside
    assert "<img" not in outside
    assert "<script" not in outside


@PATIENT
@given(reports())
def test_markdown_is_inert_whatever_is_said(made: Report) -> None:
    shown = markdown(made, Style())
    assert active(shown) <= {"\ufe0f"}
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", shown)
    assert "evil.example" not in outside
    tags = set(re.findall(r"</?\w+>", outside))
    assert tags <= {"<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>"}


@pytest.mark.parametrize("sample", ["clean", "warn", "block"])
def test_markdown_says_the_verdict_first(sample: str) -> None:
    made = SAMPLES[sample]()
    first = markdown(made, Style()).splitlines()[0]
    assert first.startswith("### ")
    assert {"clean": "nothing against them", "warn": "worth a look", "block": "must not be installed"}[
        sample
    ] in first


def test_reporters_are_registered_with_a_title() -> None:
    for function in FORMATS:
        plug: Reporter = function.__forecheck__  # type: ignore[attr-defined]
        assert plug.title
