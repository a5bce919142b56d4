"""What an audit does with what a package manager says, over ports that are tables."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from forecheck import discover
from forecheck.analysis.digests import digest
from forecheck.app import Audit, RegistryUnreachable, Session, audit
from forecheck.check import Unknown
from forecheck.config import defaults
from forecheck.config.settings import Meanings
from forecheck.evidence.lock_project import ConfiguredRegistries
from forecheck.evidence.packument import Freshness
from forecheck.evidence.tarball_place import Machine
from forecheck.lint import Dossier
from forecheck.lockfiles.npm import parse
from forecheck.model import (
    Decision,
    Finding,
    LockedFile,
    Lockfile,
    Missing,
    Passed,
    Unavailable,
    UnavailableKind,
    Unresolved,
)
from forecheck.popularity import Popularity
from forecheck.ports import Cache, Commits, Downloaded, Files, Guess, Http, Resolution
from tests.checks.examples import NoProgress, complete, one_by_one
from tests.fakes.cache import MemoryCache
from tests.fakes.ports import NOW, PUBLIC, Answers, FakeCommits, FakeDownloaded, FakeHttp, NoFiles
from tests.fakes.tarball import build

TARBALL = build({"package.json": json.dumps({"name": "a", "version": "1.0.0"})})
WEAK = digest(TARBALL.data, "sha1")
URL = f"{PUBLIC}a/-/a-1.0.0.tgz"
FOREIGN = "https://elsewhere.example/b-1.0.0.tgz"
POPULARITY = Popularity.load()
STRONG = digest(b"anything")
CHECKS = ("integrity-mismatch", "non-registry-dependency", "swapped-tarball", "unpinned")


def lockfile(**entries: Mapping[str, Any]) -> Lockfile:
    """Names are locations below node_modules."""
    packages = {"": {"dependencies": {"a": "*"}}} | {f"node_modules/{at}": one for at, one in entries.items()}
    data = json.dumps({"lockfileVersion": 3, "packages": packages}).encode()
    return parse(data, "package-lock.json", lambda _: PUBLIC)


def packument(name: str, *versions: str, **dist: str) -> dict[str, object]:
    return complete({"name": name, "versions": {version: {"dist": dist} for version in versions}})


class Manager:
    """Implements the package manager port: answers with one resolution, after guesses."""

    name = "npm"
    version = "11.0.0"

    def __init__(self, resolution: Resolution, guesses: Sequence[Guess] = ()) -> None:
        self.resolution = resolution
        self.guesses = guesses

    def resolve(self, while_waiting: Callable[[Sequence[Guess]], None]) -> Resolution:
        while_waiting(self.guesses)
        return self.resolution

    def apply(self, pins: Mapping[str, str]) -> int:
        raise NotImplementedError

    def close(self) -> None: ...


class Desk:
    def __init__(self, answers: Mapping[str, Answers], *, checks: Sequence[str] = CHECKS) -> None:
        self.http = FakeHttp(answers)
        self.cache = MemoryCache()
        self.checks = [check for check in discover.checks() if check.id in checks]

    def session(self, *, offline: bool = False) -> Session:
        return Session(
            config=defaults(discover.checks()),
            checks=self.checks,
            sources=discover.sources(),
            context={
                Http: self.http,
                Cache: self.cache,
                Files: NoFiles(),
                Commits: FakeCommits({}),
                Downloaded: FakeDownloaded(),
                Machine: Machine(),
                Popularity: POPULARITY,
                Freshness: Freshness(timedelta(hours=1)),
            },
            concurrently=one_by_one,
            progress=NoProgress(),
            clock=lambda: NOW.at,
            offline=offline,
        )

    def audit(
        self,
        after: Lockfile,
        *,
        guesses: Sequence[Guess] = (),
        dossier: Dossier | None = None,
        offline: bool = False,
        **resolution: Any,
    ) -> Audit:
        manager = Manager(Resolution(after=after, **resolution), guesses)
        return audit("npm install", manager, self.session(offline=offline), dossier)


def found(audited: Audit) -> set[tuple[str, str]]:
    return {(one.check, one.subject.spec) for one in audited.report.outcomes if isinstance(one, Finding)}


A = {"version": "1.0.0", "resolved": URL, "integrity": TARBALL.integrity}
GOOD: Mapping[str, Answers] = {
    f"{PUBLIC}a": packument("a", "1.0.0", integrity=TARBALL.integrity, tarball=URL),
    URL: TARBALL.data,
}


def test_each_check_has_an_outcome_for_each_release() -> None:
    audited = Desk(GOOD).audit(lockfile(a=A))
    assert {(type(one), one.check) for one in audited.report.outcomes} == {(Passed, one) for one in CHECKS}
    assert audited.report.verdict.decision is Decision.ALLOW
    assert audited.pins() == ({}, ())


def test_what_is_guessed_is_asked_for_once() -> None:
    desk = Desk(GOOD)
    after = lockfile(a=A)
    desk.audit(after, guesses=[entry.release for entry in after.entries])
    assert desk.http.asked.count(f"{PUBLIC}a") == 1


def test_a_packument_from_the_cache_that_lacks_the_version_is_asked_for_again() -> None:
    desk = Desk({f"{PUBLIC}a": packument("a", "0.9.0")}, checks=["integrity-mismatch"])
    desk.audit(lockfile(a={"version": "0.9.0"}))
    desk.http.answers.update(GOOD)
    audited = desk.audit(lockfile(a=A))
    assert found(audited) == set()
    assert desk.http.asked == [f"{PUBLIC}a"] * 2


def test_a_packument_from_the_cache_that_has_it_is_not() -> None:
    desk = Desk(GOOD, checks=["integrity-mismatch"])
    for _ in range(2):
        desk.audit(lockfile(a=A))
    assert desk.http.asked == [f"{PUBLIC}a"]


SILENT = Unavailable(UnavailableKind.TIMEOUT, "no answer")


def test_a_registry_that_answers_nothing_is_an_error() -> None:
    desk = Desk({f"{PUBLIC}a": SILENT, f"{PUBLIC}b": SILENT})
    after = lockfile(a=A, b={**A, "resolved": ""})
    with pytest.raises(RegistryUnreachable, match=rf"at {PUBLIC}: no answer"):
        desk.audit(after)
    assert desk.audit(after, offline=True).unseen(defaults(())) == {}


@pytest.mark.parametrize("answer", [packument("b", "1.0.0"), Unavailable(UnavailableKind.REFUSED, "no")])
def test_one_answer_of_any_kind_is_no_silence(answer: Answers) -> None:
    audited = Desk({f"{PUBLIC}a": SILENT, f"{PUBLIC}b": answer}).audit(lockfile(a=A, b={"version": "1.0.0"}))
    assert audited.report.verdict.decision is Decision.WARN


def test_a_tree_without_a_registry_is_no_silence() -> None:
    audited = Desk({}).audit(
        lockfile(a={"version": "1.0.0", "resolved": "git+ssh://git@h/o/r.git#" + "a" * 40})
    )
    assert found(audited) == {("non-registry-dependency", "a@1.0.0")}


def test_what_the_registry_does_not_have_is_a_subject_too() -> None:
    lost = Unresolved("lost", "*", PUBLIC, Missing.PACKAGE)
    audited = Desk({}, checks=["unknown-package"]).audit(lockfile(), unresolved=(lost,))
    assert found(audited) == {("unknown-package", "lost@*")}


def test_only_what_the_question_is_about_is_planned() -> None:
    audited = Desk(GOOD).audit(lockfile(a=A, b={"version": "1.0.0"}), only=frozenset({"node_modules/a"}))
    assert [step.entry.location for step in audited.report.plan.steps] == ["node_modules/a"]


# -- what ties npm to what was audited


@pytest.mark.parametrize(
    ("entry", "dist", "pinned", "loose"),
    [
        pytest.param({}, {}, "", False, id="a SHA-512 needs nothing"),
        pytest.param({"integrity": WEAK}, {"integrity": STRONG}, STRONG, False, id="the registry's"),
        pytest.param({"integrity": ""}, {"integrity": STRONG}, STRONG, False, id="the registry's for none"),
        pytest.param({"integrity": WEAK}, {"integrity": WEAK}, TARBALL.integrity, False, id="of the bytes"),
        pytest.param({"integrity": ""}, {"integrity": WEAK}, TARBALL.integrity, False, id="for none"),
        pytest.param({"integrity": ""}, {}, "", True, id="nothing says which bytes"),
        pytest.param({"integrity": "md5-x"}, {}, "", True, id="nor does an MD5"),
        pytest.param({"resolved": "evil/x"}, {"integrity": STRONG}, "", True, id="no source"),
        pytest.param({"resolved": FOREIGN, "integrity": ""}, {}, TARBALL.integrity, False, id="at a URL"),
    ],
)
def test_pins(entry: dict[str, str], dist: dict[str, str], pinned: str, loose: bool) -> None:
    document = packument("a", "1.0.0", tarball=URL, **dist)
    desk = Desk(
        {f"{PUBLIC}a": document, URL: TARBALL.data, FOREIGN: TARBALL.data},
        checks=(*CHECKS, "tarball-mismatch"),
    )
    pins, without = desk.audit(lockfile(a={**A, **entry})).pins()
    assert pins == ({"node_modules/a": pinned} if pinned else {})
    assert [step.entry.location for step in without] == (["node_modules/a"] if loose else [])


def test_other_bytes_than_the_lockfile_says_pin_nothing() -> None:
    desk = Desk({f"{PUBLIC}a": packument("a", "1.0.0", tarball=URL), URL: b"other"})
    audited = desk.audit(lockfile(a={**A, "integrity": WEAK}))
    assert audited.pins() == ({}, ())
    assert ("swapped-tarball", "a@1.0.0") in found(audited)


def test_without_the_checks_that_look_nothing_is_downloaded_to_pin_it() -> None:
    desk = Desk({f"{PUBLIC}a": packument("a", "1.0.0"), URL: TARBALL.data}, checks=["integrity-mismatch"])
    assert desk.audit(lockfile(a={**A, "integrity": WEAK})).pins() == ({}, ())
    assert URL not in desk.http.asked


# -- what nothing could be found out about


def test_new_releases_that_their_registry_is_silent_about() -> None:
    answers = {**GOOD, f"{PUBLIC}b": SILENT, f"{PUBLIC}c": SILENT}
    b, c = ({"version": "1.0.0", "integrity": STRONG} for _ in "bc")
    after = lockfile(a=A, b=b, c=c)
    audited = Desk(answers).audit(after, before=after, on_disk=frozenset({"node_modules/c"}))
    config = defaults(discover.checks())
    assert {release.spec: missing.kind for release, missing in audited.unseen(config).items()} == {
        "b@1.0.0": UnavailableKind.TIMEOUT
    }
    by_kind = Meanings(by_kind={UnavailableKind.TIMEOUT: Unknown.WARN})
    for said in (by_kind, Meanings(default=Unknown.NOTE)):
        assert audited.unseen(msgspec.structs.replace(config, unknown=said)) == {}


# -- the rules of the project's own lockfile


INJECTED = {"version": "1.0.0", "resolved": FOREIGN, "integrity": STRONG}
RULES = (*CHECKS, "lock-host", "lock-drift")


def dossier(of: Lockfile) -> Dossier:
    return Dossier(LockedFile("package-lock.json", "npm"), of, ConfiguredRegistries())


@pytest.mark.parametrize("rewritten", [False, True])
def test_what_somebody_put_into_the_lockfile_is_told_once(rewritten: bool) -> None:
    forged = lockfile(a={**A, "dependencies": {"b": "^1.0.0"}}, b=INJECTED)
    desk = Desk({**GOOD, FOREIGN: TARBALL.data}, checks=RULES)
    audited = desk.audit(forged, dossier=dossier(forged), rewritten=rewritten)
    assert found(audited) == {("lock-host", "b@1.0.0")}
    assert audited.report.verdict.decision is Decision.BLOCK
    without = desk.audit(forged)
    assert found(without) == {("non-registry-dependency", "b@1.0.0")}


def test_what_the_manager_takes_out_or_resolved_itself_is_not() -> None:
    forged = lockfile(a={**A, "dependencies": {"b": "^1.0.0"}}, b=INJECTED)
    desk = Desk(GOOD, checks=RULES)
    assert found(desk.audit(lockfile(a=A), dossier=dossier(forged), rewritten=True)) == set()
    fresh = desk.audit(forged, dossier=dossier(lockfile(a=A)), rewritten=True)
    assert found(fresh) == {("non-registry-dependency", "b@1.0.0")}


def test_a_milder_word_does_not_take_the_place_of_a_stronger_one() -> None:
    asked = lockfile(
        a={**A, "dependencies": {"b": "http://elsewhere.example/b-1.0.0.tgz"}},
        b={**INJECTED, "resolved": "http://elsewhere.example/b-1.0.0.tgz"},
    )
    audited = Desk(GOOD, checks=RULES).audit(asked, dossier=dossier(asked))
    assert {("lock-host", "b@1.0.0"), ("non-registry-dependency", "b@1.0.0")} <= found(audited)
