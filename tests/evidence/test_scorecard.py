"""What the Scorecard service says, and what of it is passed on."""

from collections.abc import Iterator

import pytest

from forecheck.evidence.scorecard import ScorecardSettings
from forecheck.model import Finding, Outcome, Severity, Skipped, UnavailableKind
from tests.adapters.clients import ONCE
from tests.evidence.asking import asker
from tests.fakes.forge import Forges, json
from tests.fakes.wire import Reply

K = UnavailableKind


@pytest.fixture
def forges() -> Iterator[Forges]:
    with Forges() as server:
        yield server


def one(forges: Forges, repository: str = "github:harbour/pilot") -> Outcome:
    with asker(forges, limits=ONCE) as run:
        run.package("pilot", repository)
        return run.run("scorecard")["pilot"]


def test_few_points_are_information(forges: Forges) -> None:
    forges.scored("github.com/harbour/pilot", 2.5, Code_Review=0, Fuzzing=-1, License=10, Maintained=2)
    found = one(forges)
    assert isinstance(found, Finding)
    assert (found.severity, found.message) == (
        Severity.INFO,
        "2.5 of 10 points for github.com/harbour/pilot; low: Code-Review 0 and Maintained 2",
    )


def test_two_packages_of_one_repository_ask_once(forges: Forges) -> None:
    forges.scored("gitlab.com/harbour/pilot", 2.5)
    with asker(forges) as run:
        run.package("one", "gitlab:harbour/pilot")
        run.package("two", "gitlab:Harbour/Pilot")
        found = run.run("scorecard")
    assert all(isinstance(outcome, Finding) for outcome in found.values())
    assert len(forges.asked("/scorecard/")) == 1


@pytest.mark.parametrize(
    ("repository", "words"),
    [
        ("github:harbour/pilot", "Scorecard has no result for github.com/harbour/pilot"),
        ("bitbucket:harbour/pilot", "GitHub and GitLab only"),
        ("gitlab:a/b/c", "GitHub and GitLab only"),
    ],
)
def test_nothing_known_is_nothing_to_look_at(forges: Forges, repository: str, words: str) -> None:
    found = one(forges, repository)
    assert isinstance(found, Skipped)
    assert (found.kind, words in found.reason) == (K.UNSUPPORTED, True)


@pytest.mark.parametrize(
    "reply",
    [
        json({"score": "good"}),
        json({"score": 3.0, "checks": [{"name": "x"}]}),
        json([]),
        Reply(200, {"content-type": "text/html"}, b"<html>"),
        Reply(200, {"content-type": "application/json"}, b" " * 65536, repeat=100),
        json({}, 503),
    ],
)
def test_a_hostile_answer_is_no_result(forges: Forges, reply: Reply) -> None:
    forges.default = reply
    found = one(forges)
    assert isinstance(found, Skipped)
    assert found.kind is not K.UNSUPPORTED


def test_asking_can_be_turned_off(forges: Forges) -> None:
    with asker(forges) as run:
        run.context[ScorecardSettings] = ScorecardSettings(enabled=False)
        run.package("pilot", "github:harbour/pilot")
        assert isinstance(run.run("scorecard")["pilot"], Skipped)
    assert forges.asked() == []
