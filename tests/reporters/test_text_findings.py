"""What stands under a package, and which packages are shown."""

import msgspec
import pytest

from forecheck.model import (
    Confidence,
    Finding,
    Fix,
    FromGit,
    Outcome,
    Release,
    Severity,
)
from forecheck.report import Report
from forecheck.reporter import Style
from forecheck.reporters.text import text
from forecheck.reporters.text_findings import GROUPS, PER_PACKAGE, SCREEN
from tests.reporters.building import finding, release, report, step


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
    steps = [step(one.subject) for one in outcomes if isinstance(one.subject, Release)]
    whole = shown(report([*outcomes, *many], [*steps, step(release("host"))]))
    assert all(f"worm-{number:03}" in whole for number in range(60))
    assert all(f"hit {number}\n" in whole for number in range(30))


def test_many_warnings_about_one_package_are_counted() -> None:
    tiny = release("tiny")
    given = report([finding("install-script", tiny, f"hit {number}") for number in range(50)], [step(tiny)])
    assert f"      and {50 - PER_PACKAGE} more findings: --verbose lists them" in lines(given)
