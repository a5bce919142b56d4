"""Outcomes and policy give a verdict: nothing unexplained, nothing weakened, nothing examined is not success."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.check import Unknown
from forecheck.config import Config, NonInteractive, defaults, merge, parse
from forecheck.config.settings import Meanings, Thresholds
from forecheck.model import (
    Change,
    Confidence,
    Crashed,
    Decision,
    Entry,
    EntryKind,
    Finding,
    FromRegistry,
    Missing,
    Outcome,
    Passed,
    Plan,
    Release,
    Severity,
    Skipped,
    Step,
    Subject,
    UnavailableKind,
    Unresolved,
)
from forecheck.policy import Next, exit_code, judge, next_step, relative_to
from forecheck.report import Exit, Ignore, Verdict
from tests.config.documents import DOCUMENTS
from tests.config.samples import CHECKS

NPM = "https://registry.npmjs.org/"
NOW = datetime(2026, 6, 15, 23, 30, tzinfo=UTC)
RANK = {Decision.ALLOW: 0, Decision.WARN: 1, Decision.BLOCK: 2}
CHECK = "young-release"
GHOST = Unresolved("ghost", "^2", NPM, Missing.PACKAGE)


def release(name: str, version: str = "1.0.0") -> Release:
    return Release(name, version, FromRegistry(NPM))


def step(name: str, *, on_disk: bool = False, change: Change = Change.ADDED, where: str = "") -> Step:
    entry = Entry(where or f"node_modules/{name}", EntryKind.PACKAGE, release(name), name)
    return Step(change, entry, (name,), on_disk=on_disk)


PLAN = Plan("npm", "11", (step("a"), step("b"), step("old", on_disk=True)), (GHOST,))
A, B, OLD = release("a"), release("b"), release("old")


def finding(
    subject: Subject = A,
    severity: Severity = Severity.MEDIUM,
    confidence: Confidence = Confidence.HIGH,
    check: str = CHECK,
) -> Finding:
    return Finding(check, subject, severity, confidence, "seen")


def skipped(
    subject: Subject = A, kind: UnavailableKind = UnavailableKind.OFFLINE, check: str = CHECK
) -> Skipped:
    return Skipped(check, subject, kind, "no network", "Published")


def config(text: str = "") -> Config:
    return merge(parse(text, "user", CHECKS), None, trusted=False, checks=CHECKS)[0]


def accepting(*ignores: Ignore, user: bool = False) -> Config:
    return msgspec.structs.replace(defaults(CHECKS), **{"user_ignores" if user else "ignores": ignores})


def judged(*outcomes: Outcome, by: Config | None = None, plan: Plan = PLAN) -> Verdict:
    return judge(outcomes, plan, by or defaults(CHECKS), NOW)


@pytest.mark.parametrize(
    ("severity", "confidence", "decision"),
    [
        (Severity.CRITICAL, Confidence.HIGH, Decision.BLOCK),
        (Severity.HIGH, Confidence.MEDIUM, Decision.BLOCK),
        (Severity.HIGH, Confidence.LOW, Decision.WARN),
        (Severity.MEDIUM, Confidence.HIGH, Decision.WARN),
        (Severity.LOW, Confidence.HIGH, Decision.ALLOW),
        (Severity.INFO, Confidence.LOW, Decision.ALLOW),
    ],
)
def test_thresholds(severity: Severity, confidence: Confidence, decision: Decision) -> None:
    verdict = judged(finding(severity=severity, confidence=confidence), Passed(CHECK, B))
    assert verdict.decision is decision
    assert [one.decision for one in verdict.judged] == [decision]
    assert severity.label in verdict.judged[0].why
    assert not verdict.unknown_only


def test_what_would_block_but_for_confidence_warns_even_above_warn_at() -> None:
    by = config("[policy]\nblock-at = 'low'\nwarn-at = 'critical'")
    assert judged(finding(severity=Severity.LOW, confidence=Confidence.LOW), by=by).decision is Decision.WARN


def test_all_passed_is_allowed() -> None:
    verdict = judged(Passed(CHECK, A))
    assert (verdict.decision, verdict.judged, verdict.examined) == (Decision.ALLOW, (), True)


def test_a_severity_a_stranger_demands_only_raises() -> None:
    project = parse(f"[checks.{CHECK}]\nseverity = 'high'", "project", CHECKS)
    by = merge(None, project, trusted=False, checks=CHECKS)[0]
    raised = judged(finding(severity=Severity.LOW), by=by)
    assert raised.decision is Decision.BLOCK
    assert "raised from low" in raised.judged[0].why
    above = msgspec.structs.replace(by, thresholds=Thresholds(block_at=Severity.CRITICAL))
    assert judged(finding(severity=Severity.CRITICAL), by=above).decision is Decision.BLOCK


def test_what_is_installed_already_does_not_warn_again() -> None:
    verdict = judged(finding(OLD), skipped(OLD))
    known, unknown = verdict.judged
    assert (known.decision, known.why) == (Decision.ALLOW, "already installed")
    assert unknown.decision is Decision.WARN


def test_what_is_installed_already_still_blocks() -> None:
    assert judged(finding(OLD, Severity.HIGH)).decision is Decision.BLOCK


def test_a_second_copy_is_not_installed_already() -> None:
    plan = Plan(
        "npm", "11", (step("old", on_disk=True), step("old", where="node_modules/b/node_modules/old"))
    )
    assert judged(finding(OLD), plan=plan).decision is Decision.WARN


MEANINGS = {
    "the check's own": ("", "young-release", UnavailableKind.OFFLINE, Decision.WARN),
    "the check's own block": ("", "known-malware", UnavailableKind.TIMEOUT, Decision.BLOCK),
    "the check's own note": ("", "install-script", UnavailableKind.TIMEOUT, Decision.ALLOW),
    "unsupported": ("", "known-malware", UnavailableKind.UNSUPPORTED, Decision.ALLOW),
    "policy": ("[policy]\nunknown='note'", "known-malware", UnavailableKind.OFFLINE, Decision.ALLOW),
    "policy on unsupported": (
        "[policy]\nunknown='block'",
        "young-release",
        UnavailableKind.UNSUPPORTED,
        Decision.BLOCK,
    ),
    "kind before default": (
        "[policy.unknown]\ndefault='block'\nunsupported='note'",
        "young-release",
        UnavailableKind.UNSUPPORTED,
        Decision.ALLOW,
    ),
    "another kind": (
        "[policy.unknown]\ntimeout='block'",
        "young-release",
        UnavailableKind.OFFLINE,
        Decision.WARN,
    ),
    "the check's table": (
        "[policy]\nunknown='block'\n[checks.young-release]\nunknown='note'",
        "young-release",
        UnavailableKind.OFFLINE,
        Decision.ALLOW,
    ),
}


@pytest.mark.parametrize(("text", "check", "kind", "decision"), MEANINGS.values(), ids=MEANINGS.keys())
def test_what_unknown_means(text: str, check: str, kind: UnavailableKind, decision: Decision) -> None:
    verdict = judged(skipped(kind=kind, check=check), by=config(text))
    assert verdict.decision is decision
    assert verdict.unknown_only is (decision is not Decision.ALLOW)
    assert kind.value in verdict.judged[0].why


def test_unknown_only_needs_every_reason_to_be_unknown() -> None:
    block = config("[policy]\nunknown='block'")
    assert judged(skipped(), finding(), by=block).unknown_only
    assert not judged(skipped(), finding(severity=Severity.HIGH), by=block).unknown_only


def test_a_crash_blocks_whatever_is_accepted() -> None:
    verdict = judged(Crashed(CHECK, A, "Traceback"), by=accepting(Ignore(CHECK, "*", "r")))
    assert verdict.decision is Decision.BLOCK
    assert not verdict.unknown_only
    assert len(verdict.unused) == 1


@pytest.mark.parametrize(
    ("package", "subject", "accepted"),
    [
        ("a", A, True),
        ("a", B, False),
        ("*", B, True),
        ("*", GHOST, True),
        ("a@1.0.0", A, True),
        ("a@^1", release("a", "1.9.0"), True),
        ("a@^1", release("a", "2.0.0"), False),
        ("a@^1", release("a", "1.9.0-rc.1"), False),
        ("a@1", release("a", "not a version"), False),
        ("@s/a@<2 || 3", release("@s/a", "3.1.0"), True),
        ("@s/a", release("@s/b"), False),
        ("ghost@^2", GHOST, True),
        ("ghost@2.0.0", GHOST, False),
        ("ghost", GHOST, True),
    ],
)
@pytest.mark.parametrize("make", [finding, skipped])
def test_exceptions_match_by_check_name_and_range(
    package: str, subject: Subject, accepted: bool, make: object
) -> None:
    ignore = Ignore(CHECK, package, "we looked")
    outcome = finding(subject) if make is finding else skipped(subject)
    verdict = judged(outcome, by=accepting(ignore))
    assert verdict.judged[0].ignored == (ignore if accepted else None)
    assert verdict.decision is (Decision.ALLOW if accepted else Decision.WARN)
    assert verdict.unused == (() if accepted else (ignore,))
    other = judged(msgspec.structs.replace(outcome, check="known-malware"), by=accepting(ignore))
    assert other.judged[0].ignored is None


@pytest.mark.parametrize(
    ("until", "active"),
    [(None, True), (date(2026, 6, 15), True), (date(2026, 6, 16), True), (date(2026, 6, 14), False)],
)
def test_an_exception_ends_with_its_day(until: date | None, active: bool) -> None:
    ignore = Ignore(CHECK, "a", "r", until)
    verdict = judged(finding(severity=Severity.HIGH), by=accepting(ignore))
    assert verdict.decision is (Decision.ALLOW if active else Decision.BLOCK)
    assert verdict.expired == (() if active else (ignore,))
    assert verdict.unused == ()


def test_the_day_is_that_of_utc() -> None:
    evening = NOW.astimezone(datetime.strptime("-0800", "%z").tzinfo) + timedelta(hours=1)
    ignore = Ignore(CHECK, "a", "r", date(2026, 6, 15))
    assert judge([finding()], PLAN, accepting(ignore), evening).expired == (ignore,)


def test_of_two_exceptions_the_one_that_lasts_longer_applies() -> None:
    short, long = (Ignore(CHECK, "a", "r", date(2026, 7, day)) for day in (1, 2))
    verdict = judged(finding(), by=accepting(short, long))
    assert verdict.judged[0].ignored == long
    assert verdict.unused == (short,)


def test_the_users_own_exceptions_for_other_projects_are_not_called_unused() -> None:
    here, elsewhere = Ignore(CHECK, "b", "r"), Ignore(CHECK, "elsewhere", "r")
    over = Ignore(CHECK, "elsewhere", "r", date(2020, 1, 1))
    verdict = judged(finding(), by=accepting(here, elsewhere, over, user=True))
    assert (verdict.unused, verdict.expired) == ((here,), ())
    verdict = judged(finding(), by=accepting(here, elsewhere, over))
    assert (set(verdict.unused), verdict.expired) == ({here, elsewhere}, (over,))


@pytest.mark.parametrize(
    ("plan", "outcomes", "examined"),
    [
        (Plan("npm", "11", ()), (), False),
        (Plan("npm", "11", (step("a", change=Change.REMOVED),)), (), False),
        (Plan("npm", "11", (step("a"),)), (), False),
        (Plan("npm", "11", (step("a"),)), (Passed(CHECK, A),), True),
        (Plan("npm", "11", (), (GHOST,)), (finding(GHOST),), True),
    ],
)
def test_nothing_examined_is_not_success(plan: Plan, outcomes: tuple[Outcome, ...], examined: bool) -> None:
    verdict = judged(*outcomes, plan=plan)
    assert verdict.examined is examined
    assert exit_code(verdict, went_on=True) == (Exit.ALLOW if examined else Exit.NOTHING)


BLOCK = finding(severity=Severity.HIGH)
UNKNOWN = skipped(check="known-malware")
CRASH = Crashed(CHECK, A, "Traceback")


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ((BLOCK,), Exit.FINDINGS),
        ((BLOCK, UNKNOWN, CRASH), Exit.FINDINGS),
        ((UNKNOWN,), Exit.UNKNOWN),
        ((UNKNOWN, finding()), Exit.UNKNOWN),
        ((UNKNOWN, CRASH), Exit.BUG),
        ((CRASH, finding()), Exit.BUG),
    ],
)
def test_a_block_is_never_gone_past(outcomes: tuple[Outcome, ...], code: int) -> None:
    verdict = judged(*outcomes)
    for went_on in (True, False):
        assert exit_code(verdict, went_on=went_on, asked=True) == code


@pytest.mark.parametrize(
    ("outcome", "went_on", "asked", "code"),
    [
        (finding(), True, True, Exit.ALLOW),
        (finding(), True, False, Exit.ALLOW),
        (finding(), False, True, Exit.DECLINED),
        (finding(), False, False, Exit.FINDINGS),
        (skipped(), False, False, Exit.UNKNOWN),
        (skipped(), False, True, Exit.DECLINED),
    ],
)
def test_exit_code_of_a_warning(outcome: Outcome, went_on: bool, asked: bool, code: int) -> None:
    assert exit_code(judged(outcome), went_on=went_on, asked=asked) == code


@pytest.mark.parametrize(
    ("outcome", "by", "terminal", "following"),
    [
        (Passed(CHECK, A), defaults(CHECKS).strictly(), False, Next.GO),
        (finding(), defaults(CHECKS), True, Next.ASK),
        (finding(), defaults(CHECKS), False, Next.GO),
        (finding(), config("[policy]\nnon-interactive='block'"), False, Next.STOP),
        (finding(), config("[policy]\nnon-interactive='block'"), True, Next.ASK),
        (finding(), defaults(CHECKS).strictly(), True, Next.STOP),
        (skipped(), defaults(CHECKS).strictly(), False, Next.STOP),
        (BLOCK, defaults(CHECKS), True, Next.STOP),
    ],
)
def test_next_step(outcome: Outcome, by: Config, terminal: bool, following: Next) -> None:
    assert next_step(judged(outcome), by, terminal=terminal) is following


SUBJECTS = st.sampled_from([A, B, OLD, GHOST, release("@s/a", "3.0.0-x")])
CHECK_IDS = st.sampled_from([check.id for check in CHECKS])
FINDINGS = st.builds(finding, SUBJECTS, st.sampled_from(Severity), st.sampled_from(Confidence), CHECK_IDS)
OUTCOMES = st.lists(
    FINDINGS
    | st.builds(skipped, SUBJECTS, st.sampled_from(UnavailableKind), CHECK_IDS)
    | st.builds(Crashed, CHECK_IDS, SUBJECTS, st.just("Traceback"))
    | st.builds(Passed, CHECK_IDS, SUBJECTS),
    max_size=6,
)
CONFIGS = DOCUMENTS.map(config)


@given(OUTCOMES, CONFIGS, OUTCOMES)
def test_more_outcomes_never_weaken_a_verdict(
    outcomes: list[Outcome], by: Config, more: list[Outcome]
) -> None:
    before, after = judged(*outcomes, by=by), judged(*outcomes, *more, by=by)
    assert RANK[after.decision] >= RANK[before.decision]


@given(OUTCOMES, CONFIGS)
def test_nothing_is_left_unexplained(outcomes: list[Outcome], by: Config) -> None:
    verdict = judged(*outcomes, by=by)
    assert [one.outcome for one in verdict.judged] == [one for one in outcomes if not isinstance(one, Passed)]
    assert all(one.why for one in verdict.judged)
    if verdict.decision is Decision.ALLOW:
        assert not any(isinstance(outcome, Crashed) for outcome in outcomes)
        for one in verdict.judged:
            if isinstance(one.outcome, Skipped):
                meaning = by.meaning(one.outcome.check, one.outcome.kind)[0]
                assert meaning is Unknown.NOTE or one.ignored or one.why == "already installed"


@given(OUTCOMES, DOCUMENTS, DOCUMENTS)
def test_a_strangers_file_never_weakens_a_verdict(outcomes: list[Outcome], user: str, project: str) -> None:
    own, theirs = parse(user, "user", CHECKS), parse(project, "project", CHECKS)
    alone, _ = merge(own, None, trusted=False, checks=CHECKS)
    both, _ = merge(own, theirs, trusted=False, checks=CHECKS)
    assert RANK[judged(*outcomes, by=both).decision] >= RANK[judged(*outcomes, by=alone).decision]


@given(OUTCOMES, CONFIGS)
def test_going_on_is_never_easier_without_a_terminal_than_policy_says(
    outcomes: list[Outcome], by: Config
) -> None:
    verdict = judged(*outcomes, by=by)
    alone = next_step(verdict, by, terminal=False)
    if by.thresholds.non_interactive is NonInteractive.BLOCK:
        assert (alone is Next.GO) is (verdict.decision is Decision.ALLOW)
    assert (alone is Next.STOP) >= (verdict.decision is Decision.BLOCK)
    assert next_step(verdict, by.strictly(), terminal=True) is not Next.ASK


def test_meanings_name_the_key_that_decides() -> None:
    said = Meanings(by_check={CHECK: Unknown.NOTE}, default=Unknown.WARN)
    assert said.of(CHECK, UnavailableKind.OFFLINE) == (Unknown.NOTE, "checks.young-release.unknown")
    assert said.of("other", UnavailableKind.OFFLINE) == (Unknown.WARN, "policy.unknown")


def _relative(after: list[Outcome], before: list[Outcome], plan: Plan = PLAN) -> Verdict:
    settings = defaults(CHECKS)
    return relative_to(judge(after, plan, settings, NOW), judge(before, PLAN, settings, NOW))


def keyed(key: str, severity: Severity = Severity.HIGH, confidence: Confidence = Confidence.HIGH) -> Finding:
    return msgspec.structs.replace(finding(A, severity, confidence), key=key)


@pytest.mark.parametrize(
    ("after", "before", "decision"),
    [
        (keyed("one"), [keyed("one")], Decision.ALLOW),
        (keyed("two"), [keyed("one")], Decision.BLOCK),
        (keyed("one"), [], Decision.BLOCK),
        (keyed("one"), [keyed("one", confidence=Confidence.LOW)], Decision.BLOCK),
        (keyed("one"), [keyed("one", Severity.INFO)], Decision.BLOCK),
        (keyed("one"), [keyed("one", Severity.INFO), keyed("one")], Decision.ALLOW),
        (keyed("one"), [skipped()], Decision.BLOCK),
        (skipped(), [skipped()], Decision.ALLOW),
        (skipped(), [skipped(kind=UnavailableKind.UNSUPPORTED)], Decision.WARN),
        (skipped(), [keyed("one")], Decision.WARN),
        (finding(B, Severity.HIGH), [finding(A, Severity.HIGH)], Decision.BLOCK),
        (Crashed(CHECK, A, "boom"), [Crashed(CHECK, A, "boom")], Decision.BLOCK),
    ],
)
def test_a_change_is_held_to_what_it_makes_worse(
    after: Outcome, before: list[Outcome], decision: Decision
) -> None:
    assert _relative([after], before).decision is decision


def test_what_was_so_before_hides_nothing_else() -> None:
    verdict = _relative([keyed("one"), keyed("two")], [keyed("one")])
    assert [one.decision for one in verdict.judged] == [Decision.ALLOW, Decision.BLOCK]
    assert not verdict.unknown_only
    assert _relative([keyed("one"), skipped()], [keyed("one")]).unknown_only
