"""Where a package is looked for in the repository it links to, and what it takes to say that it is not there."""

from collections.abc import Iterator
from typing import Any

import pytest

from forecheck.evidence.forge_api import ForgeSettings
from forecheck.model import Change, Confidence, Finding, Outcome, Passed, Severity, Skipped, UnavailableKind
from tests.adapters.clients import ONCE
from tests.evidence.asking import asker
from tests.fakes.cache import MemoryCache
from tests.fakes.forge import TOO_FAST, USED_UP, Files, Forges, json, moved
from tests.fakes.wire import Reply

K = UnavailableKind
MISMATCH = "repository-mismatch"
PILOT = "https://github.com/harbour/pilot"
API = "/github/repos/harbour/pilot"
TREE = f"{API}/git/trees/HEAD?recursive=1"
FOREIGN = {"package.json": {"name": "pilot"}}


@pytest.fixture
def forges() -> Iterator[Forges]:
    with Forges() as server:
        yield server


def one(forges: Forges, name: str, repository: Any = PILOT, **options: Any) -> Outcome:
    with asker(forges, **options) as run:
        run.package(name, repository)
        return run.run(MISMATCH)[name]


def skipped(outcome: Outcome, kind: UnavailableKind, words: str) -> bool:
    assert isinstance(outcome, Skipped), outcome
    assert (outcome.kind, words in outcome.reason) == (kind, True), outcome
    return True


MONOREPO: Files = {
    "package.json": {"private": True, "workspaces": ["apps/*", "./libs/chart"]},
    "apps/web/package.json": {"name": "@harbour/web"},
    "libs/chart/package.json": {"name": "@harbour/chart"},
    "packages/pilot/package.json": {"name": "pilot"},
    "tools/deep/er/package.json": {"name": "rudder"},
}


@pytest.mark.parametrize(
    ("name", "repository", "listed"),
    [
        ("@harbour/web", PILOT, False),
        ("@harbour/chart", PILOT, False),
        ("pilot", PILOT, False),
        ("rudder", PILOT, True),
        ("rudder", {"url": f"git+{PILOT}.git", "directory": "tools/deep/er"}, False),
        ("rudder", {"url": f"git+{PILOT}.git", "directory": "./tools/deep/er/"}, False),
        ("rudder", {"url": PILOT, "directory": "moved/away"}, True),
        ("rudder", f"{PILOT}/tree/main/tools/deep/er", False),
        ("RUDDER", {"url": PILOT, "directory": "tools/deep/er"}, False),
        ("rudder", {"url": "https://github.com/Harbour/Pilot", "directory": "tools/deep/er"}, False),
    ],
)
def test_a_monorepo_holds_it(forges: Forges, name: str, repository: Any, listed: bool) -> None:
    forges.github("harbour/pilot", MONOREPO)
    for path, reply in list(forges.answers.items()):
        forges.answers[path.replace("harbour/pilot", "Harbour/Pilot")] = reply
    assert isinstance(one(forges, name, repository), Passed)
    assert (TREE in forges.asked()) is listed, "the list of files is asked for only where guessing fails"


def test_a_foreign_one_does_not(forges: Forges) -> None:
    forges.github("harbour/pilot", FOREIGN, stars=41_200)
    found = one(forges, "colours")
    assert isinstance(found, Finding)
    assert (found.severity, found.confidence) == (Severity.MEDIUM, Confidence.MEDIUM)


def test_one_without_any_package(forges: Forges) -> None:
    forges.github("harbour/pilot", {"README.md": "x"})
    found = one(forges, "colours")
    assert isinstance(found, Finding)
    assert found.message == "github.com/harbour/pilot (500 stars) holds no package called colours"


def test_an_unknown_project_lends_no_fame(forges: Forges) -> None:
    forges.github("harbour/pilot", FOREIGN, stars=3)
    found = one(forges, "colours")
    assert isinstance(found, Finding)
    assert found.severity is Severity.LOW


@pytest.mark.parametrize("cut", ["by github", "by us"])
def test_what_was_not_read_lowers_the_confidence(forges: Forges, cut: str) -> None:
    count = 1 if cut == "by github" else 30
    forges.github("harbour/pilot", {**FOREIGN, **{f"x/{n}/package.json": {} for n in range(count)}})
    if cut == "by github":
        forges.answers[TREE] = json({"tree": [], "truncated": True})
    found = one(forges, "colours")
    assert isinstance(found, Finding)
    assert found.confidence is Confidence.LOW
    assert "not every package.json in it was read" in found.message
    assert len(forges.asked("/raw/")) <= 16


def test_folders_called_after_the_package_are_read_first(forges: Forges) -> None:
    files = {f"a{n}/package.json": {"name": f"a{n}"} for n in range(40)}
    there = {"z/fixtures/rudder/package.json": {"name": "x"}, "zz/rudder/package.json": {"name": "@h/rudder"}}
    forges.github("harbour/pilot", {**files, **there})
    assert isinstance(one(forges, "@h/rudder"), Passed)
    raw = [path for path in forges.asked("/raw/") if "/z" in path]
    assert raw == ["/raw/harbour/pilot/HEAD/zz/rudder/package.json"]


def test_packages_in_node_modules_are_not_the_repositorys(forges: Forges) -> None:
    forges.github("harbour/pilot", {**FOREIGN, "node_modules/colours/package.json": {"name": "colours"}})
    assert isinstance(one(forges, "colours"), Finding)


def test_a_repository_that_moved_is_followed_at_its_forge(forges: Forges) -> None:
    forges.github("harbour/pilot", FOREIGN)
    forges.answers["/github/repos/old/name"] = moved(f"{forges.url}/github/repositories/7")
    forges.answers["/github/repositories/7"] = forges.answers[API]
    assert isinstance(one(forges, "pilot", "github:old/name"), Passed)


@pytest.mark.parametrize("path", ["../../evil", "harbour/pilot?x=1", "a/b/c", "", "harbour"])
def test_a_name_that_makes_no_sense_changes_nothing(forges: Forges, path: str) -> None:
    forges.github("harbour/pilot", FOREIGN)
    forges.answers[API] = json({"full_name": path, "archived": False})
    assert isinstance(one(forges, "pilot"), Passed)
    assert all(asked.startswith((API, "/raw/harbour/pilot/")) for asked in forges.asked())


def test_a_redirect_elsewhere_is_not_followed(forges: Forges) -> None:
    with Forges() as evil:
        evil.default = json({"full_name": "harbour/pilot", "archived": False, "name": "colours"})
        forges.default = moved(f"{evil.url}/anything")
        assert skipped(one(forges, "colours"), K.REFUSED, "which nobody asked")
        assert evil.asked() == []


def test_no_other_host_is_ever_asked(forges: Forges) -> None:
    for repository in (
        "https://git.evil.example/o/r",
        "https://github.com.evil.example/o/r",
        "https://evil.example/github.com/o/r",
        "http://127.0.0.1/o/r",
        "https://github.com@evil.example/o/r",
        "https://github.com/../..",
        "gist:0123456789abcdef",
        "git+ssh://git@169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "not a URL at all",
    ):
        assert skipped(one(forges, "colours", repository), K.UNSUPPORTED, "none of GitHub, GitLab")
    assert forges.asked() == []


@pytest.mark.parametrize("limit", [USED_UP, TOO_FAST])
def test_after_the_limit_nobody_is_asked_again(forges: Forges, limit: Reply) -> None:
    forges.default = limit
    with asker(forges) as run:
        for number in range(20):
            run.package(f"p{number}", f"github:harbour/r{number}")
        found = run.run("repository-archived")
    assert all(skipped(outcome, K.REFUSED, "no more questions for now") for outcome in found.values())
    assert len({outcome.reason for outcome in found.values() if isinstance(outcome, Skipped)}) == 1
    assert len(forges.asked()) <= 8, "no more than were under way when the first answer came"


def test_files_are_read_where_the_api_is_used_up(forges: Forges) -> None:
    forges.github("harbour/pilot", FOREIGN)
    forges.answers[API] = USED_UP
    with asker(forges) as run:
        run.package("pilot", PILOT)
        run.package("colours", PILOT)
        found = run.run(MISMATCH)
    assert isinstance(found["pilot"], Passed)
    assert skipped(found["colours"], K.REFUSED, "no more questions")


def test_gone_is_another_checks_business(forges: Forges) -> None:
    assert skipped(one(forges, "colours"), K.NOT_FOUND, "github.com/harbour/pilot is gone, or private")


@pytest.mark.parametrize(
    "content",
    [
        Reply(200, {"content-type": "text/plain"}, b"// comments\n{}"),
        json([]),
        json({"name": ["pilot"]}),
        json({"name": None, "workspaces": {"packages": 3}}),
        Reply(200, {"content-type": "application/json"}, b"[" * 100_000),
        Reply(200, {"content-type": "text/plain"}, b"\xff\xfe\0"),
    ],
)
def test_a_manifest_that_is_none_has_no_name(forges: Forges, content: Reply) -> None:
    forges.github("harbour/pilot", {"package.json": content})
    assert isinstance(one(forges, "pilot"), Finding)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(200, {"content-type": "text/html"}, b"<html>log in"), K.MALFORMED),
        (json([1, 2]), K.MALFORMED),
        (json({"full_name": 7, "archived": "no"}), K.MALFORMED),
        (Reply(200, {"content-type": "application/json"}, b" " * 65536, repeat=100), K.TOO_LARGE),
        (
            Reply(200, {"content-type": "application/json"}, b" " * 65536, repeat=100, unannounced=True),
            K.TOO_LARGE,
        ),
        (json({}, 500), K.REFUSED),
        (json({}, 401), K.REFUSED),
        (json({}, 403), K.REFUSED),
        (json({}, 451), K.REFUSED),
        (Reply(silent=True), K.OFFLINE),
        (Reply(200, {}, b'{"full_name"', cut=3), K.MALFORMED),
    ],
)
def test_a_hostile_answer_is_no_verdict(forges: Forges, reply: Reply, kind: UnavailableKind) -> None:
    forges.default = reply
    with asker(forges, limits=ONCE) as run:
        run.package("pilot", PILOT)
        found = run.run("repository-gone", "repository-archived")
    for outcome in found.values():
        assert isinstance(outcome, Skipped)
        assert outcome.kind is kind, outcome


def test_a_tree_that_is_none_is_no_verdict(forges: Forges) -> None:
    forges.github("harbour/pilot", FOREIGN)
    forges.answers[TREE] = json({"tree": {}})
    assert skipped(one(forges, "colours"), K.MALFORMED, "list of files")


def test_a_repository_is_asked_about_once_and_once_a_day(forges: Forges) -> None:
    forges.github("harbour/pilot", MONOREPO)
    cache = MemoryCache()
    for _ in range(2):
        with asker(forges, cache) as run:
            for name in ("@harbour/web", "@harbour/chart", "rudder", "nowhere"):
                run.package(name, PILOT)
            run.package("gone", "github:harbour/gone")
            found = run.run(MISMATCH, "repository-gone", "repository-archived")
        assert isinstance(found[f"{MISMATCH} nowhere"], Finding)
        assert isinstance(found["repository-gone gone"], Finding)
    asked = forges.asked()
    assert len(asked) == len(set(asked))
    assert len(forges.asked("/github/")) == 3, "two repositories and one list of files"


def test_who_is_nearest_is_asked_about(forges: Forges) -> None:
    with asker(forges) as run:
        run.context[ForgeSettings] = forges.settings(most=3)
        run.package("kept", "github:h/kept", change=Change.KEPT)
        run.package("deep", "github:h/deep", because=("a", "b", "deep"))
        run.package("below", "github:h/below", because=("a", "below"))
        run.package("direct", "github:h/direct")
        run.package("other", "github:h/other")
        found = run.run("repository-gone")
    assert {name for name, outcome in found.items() if isinstance(outcome, Finding)} == {
        "below",
        "direct",
        "other",
    }
    for name in ("kept", "deep"):
        assert skipped(found[name], K.UNSUPPORTED, "the 3 packages nearest to the project")


def test_private_packages_are_told_to_nobody(forges: Forges) -> None:
    with asker(forges) as run:
        run.package("@corp/secret", "github:corp/secret")
        found = run.run(MISMATCH, "repository-gone", "repository-archived", "scorecard")
    assert all(skipped(outcome, K.UNSUPPORTED, "private package") for outcome in found.values())
    assert forges.asked() == []


def test_a_forge_can_be_turned_off(forges: Forges) -> None:
    with asker(forges) as run:
        run.context[ForgeSettings] = forges.settings(enabled=frozenset())
        run.package("pilot", PILOT)
        assert skipped(run.run(MISMATCH)["pilot"], K.UNSUPPORTED, "asking github.com is turned off")


def test_offline_is_said(forges: Forges) -> None:
    assert skipped(one(forges, "pilot", offline=True), K.OFFLINE, "this run is offline")


def test_with_a_token_files_come_from_the_api(forges: Forges) -> None:
    forges.github("harbour/pilot", FOREIGN)
    with asker(forges) as run:
        run.context[ForgeSettings] = forges.settings(token=True)
        run.package("pilot", PILOT)
        assert isinstance(run.run(MISMATCH)["pilot"], Passed)
    assert forges.asked("/raw/") == []


def test_what_a_stranger_could_not_see_is_asked_again_with_a_token(forges: Forges) -> None:
    cache = MemoryCache()
    with asker(forges, cache) as run:
        run.package("pilot", PILOT)
        gone = run.run("repository-gone")["pilot"]
    assert isinstance(gone, Finding)
    assert (gone.confidence, gone.message) == (
        Confidence.LOW,
        "github.com/harbour/pilot, which it links to, is gone or private",
    )
    forges.github("harbour/pilot", FOREIGN)
    with asker(forges, cache) as run:
        run.context[ForgeSettings] = forges.settings(token=True)
        run.package("pilot", PILOT)
        assert isinstance(run.run("repository-gone")["pilot"], Passed)


def test_gitlab(forges: Forges) -> None:
    forges.gitlab(
        "group/sub/pilot", {"package.json": {"name": "pilot"}, "packages/web/package.json": {"name": "web"}}
    )
    with asker(forges) as run:
        run.package("pilot", "https://gitlab.com/group/sub/pilot.git")
        run.package("web", "gitlab:group/sub/pilot")
        run.package("colours", "https://gitlab.com/group/sub/pilot")
        found = run.run(MISMATCH, "repository-archived", "repository-gone")
    assert isinstance(found[f"{MISMATCH} pilot"], Passed)
    assert isinstance(found[f"{MISMATCH} web"], Passed)
    wrong = found[f"{MISMATCH} colours"]
    assert isinstance(wrong, Finding)
    assert wrong.confidence is Confidence.LOW, "GitLab has no list of all files"
    assert skipped(found["repository-archived pilot"], K.UNSUPPORTED, "gitlab.com does not tell")
    assert isinstance(found["repository-gone pilot"], Passed)


def test_gitlab_says_what_is_archived_to_some(forges: Forges) -> None:
    forges.gitlab("group/pilot", archived=True)
    with asker(forges) as run:
        run.package("pilot", "gitlab:group/pilot")
        assert isinstance(run.run("repository-archived")["pilot"], Finding)


def test_bitbucket(forges: Forges) -> None:
    forges.bitbucket("harbour/pilot", {"js/package.json": {"name": "pilot"}}, branch="trunk")
    with asker(forges) as run:
        run.package("pilot", {"url": "https://bitbucket.org/harbour/pilot.git", "directory": "js"})
        run.package("colours", "bitbucket:harbour/pilot")
        found = run.run(MISMATCH)
    assert isinstance(found["pilot"], Passed)
    assert isinstance(found["colours"], Finding)


def test_packages_of_one_repository_ask_once(forges: Forges) -> None:
    forges.github("harbour/pilot", FOREIGN)
    with asker(forges) as run:
        for number in range(30):
            run.package(f"p{number}", PILOT)
        found = run.run("repository-gone")
    assert all(isinstance(outcome, Passed) for outcome in found.values())
    assert forges.asked() == [API]
