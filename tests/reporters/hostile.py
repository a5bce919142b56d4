"""Text that would like to be more than text, and reports that are full of it."""

from datetime import date, timedelta

from hypothesis import strategies as st

from forecheck.lockfiles.compare import ChangeKind, Changes, LockChange
from forecheck.model import (
    Change,
    Confidence,
    Crashed,
    Decision,
    Entry,
    EntryKind,
    Finding,
    Fix,
    FromBundle,
    FromDirectory,
    FromGit,
    FromRegistry,
    FromTarball,
    FromUnknown,
    Location,
    LockedFile,
    Missing,
    Passed,
    Plan,
    Release,
    Service,
    Severity,
    Skipped,
    Step,
    UnavailableKind,
    Unresolved,
)
from forecheck.report import (
    ComparedLockfile,
    DataVersion,
    ExaminedFile,
    Ignore,
    Judged,
    Report,
    Verdict,
)
from tests.reporters.building import STARTED

CORPUS = {
    "colour": "\x1b[32m✓ 66 packages examined, nothing against them\x1b[0m",
    "clear screen": "\x1b[2J\x1b[H",
    "cursor up": "evil\x1b[1A\x1b[2K",
    "title": "\x1b]0;root@production\x07",
    "hyperlink": "\x1b]8;;https://evil.example/\x1b\\registry.npmjs.org\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;Y3VybCBldmlsfHNo\x07",
    "device control": "\x1bP+q544e\x1b\\",
    "C1 control sequence": "\x9b31mred\x9b0m",
    "C1 operating system command": "\x9d0;title\x9c",
    "carriage return": "bad\rgood",
    "backspaces": "evil\b\b\b\bgood",
    "bell": "\x07\x07",
    "null": "a\x00b",
    "delete": "a\x7fb",
    "vertical tab and form feed": "a\x0bb\x0cc",
    "newline": "bad\n✓ 66 packages examined, nothing against them (2.1 s)",
    "fake summary": "x\nforecheck: BLOCK 0, WARN 0, examined 66, unavailable 0\n",
    "fake workflow command": "\n::error file=a.js,line=1::forged\n::add-mask::x",
    "windows newline": "a\r\nforecheck: BLOCK 0",
    "next line": "a\x85forecheck: BLOCK 0",
    "line separator": "a\u2028b\u2029c",
    "right to left override": "\u202egpj.exe",
    "isolates": "\u2066a\u2067b\u2068c\u2069",
    "right to left mark": "a\u200fb\u061cc",
    "zero width": "lo\u200bda\u200csh\u200d\ufeff",
    "soft hyphen": "lo\u00addash",
    "tags": "a\U000e0041\U000e0042b",
    "private use": "\ue000\U000f0000",
    "lone surrogate": "a\ud800b\udfffc",
    "very long word": "A" * 5_000,
    "very long sentence": "word " * 3_000,
    "spaces to the next line": "a" + " " * 200 + "forecheck: BLOCK 0",
    "no-break spaces": "a" + "\u00a0" * 80 + "forecheck: BLOCK 0",
    "wide": "漢" * 200,
    "many accents": "a" + "\u0301" * 300,
    "quotes": "'; rm -rf ~; echo '\"$(id)`id`",
    "markup": "<script>alert(1)</script> ]]> %s {0} \\x1b",
    "empty": "",
    "spaces only": "    ",
}

SAMPLES = st.sampled_from(list(CORPUS.values()))
ANYTHING = st.text(st.characters(), max_size=60)
ACTIVE = st.text(st.characters(categories=["Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"]), max_size=20)
TEXTS = st.one_of(SAMPLES, ANYTHING, ACTIVE, st.tuples(ANYTHING, SAMPLES).map("".join))

ORIGINS = st.one_of(
    st.builds(FromRegistry, TEXTS),
    st.builds(FromGit, TEXTS, TEXTS),
    st.builds(FromTarball, TEXTS),
    st.builds(FromDirectory, TEXTS),
    st.builds(FromBundle, TEXTS),
    st.builds(FromUnknown, TEXTS),
)
RELEASES = st.builds(Release, TEXTS, TEXTS, ORIGINS)
UNRESOLVED = st.builds(Unresolved, TEXTS, TEXTS, TEXTS, st.sampled_from(Missing))
LOCKED = st.builds(LockedFile, TEXTS, st.sampled_from(["npm", "yarn-berry", "unknown"]))
SUBJECTS = st.one_of(RELEASES, UNRESOLVED, LOCKED, st.builds(Service, TEXTS, TEXTS))
NUMBERS = st.integers(0, 10_000)
FINDINGS = st.builds(
    Finding,
    TEXTS,
    SUBJECTS,
    st.sampled_from(Severity),
    st.sampled_from(Confidence),
    TEXTS,
    st.none() | st.builds(Fix, TEXTS, TEXTS),
    st.none() | st.builds(Location, TEXTS, NUMBERS, NUMBERS, TEXTS),
    TEXTS,
)
SKIPPED = st.builds(Skipped, TEXTS, SUBJECTS, st.sampled_from(UnavailableKind), TEXTS, TEXTS)
CRASHED = st.builds(Crashed, TEXTS, SUBJECTS, TEXTS)
IGNORES = st.builds(
    Ignore, TEXTS, TEXTS, TEXTS, st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)), TEXTS
)
JUDGED = st.builds(
    Judged, st.one_of(FINDINGS, SKIPPED, CRASHED), st.sampled_from(Decision), TEXTS, st.none() | IGNORES
)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    def entry() -> Entry:
        return Entry(draw(TEXTS), EntryKind.PACKAGE, draw(RELEASES), draw(TEXTS), draw(TEXTS), draw(TEXTS))

    change = draw(st.sampled_from(Change))
    before = entry() if change is Change.CHANGED else None
    because = draw(st.lists(TEXTS, max_size=12))
    return Step(change, entry(), tuple(because), before, draw(st.booleans()))


@st.composite
def changes(draw: st.DrawFn) -> LockChange:
    def entry() -> Entry:
        release, integrity, checksum = draw(RELEASES), draw(TEXTS), draw(TEXTS)
        return Entry(draw(TEXTS), EntryKind.PACKAGE, release, draw(TEXTS), integrity, checksum=checksum)

    kind = draw(st.sampled_from(ChangeKind))
    before = None if kind is ChangeKind.ADDED else entry()
    after = None if kind is ChangeKind.REMOVED else entry()
    return LockChange(kind, before, after, draw(st.sampled_from([None, False, True])), draw(st.booleans()))


@st.composite
def comparisons(draw: st.DrawFn) -> ComparedLockfile:
    found = tuple(draw(st.lists(changes(), max_size=4)))
    paths = {
        one.after.location: tuple(draw(st.lists(TEXTS, max_size=4))) for one in found if one.after is not None
    }
    whole = Changes(found, draw(NUMBERS), draw(st.booleans()))
    return ComparedLockfile(draw(LOCKED), draw(TEXTS), draw(TEXTS), whole, paths)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report with hostile text wherever there is text. What it says does not add up, and need not."""
    judged = tuple(draw(st.lists(JUDGED, max_size=6)))
    plan_steps = draw(st.lists(steps(), max_size=4))
    for one in judged[:2]:
        if isinstance(one.outcome.subject, Release):
            about = Entry("", EntryKind.PACKAGE, one.outcome.subject, "")
            plan_steps.append(Step(Change.ADDED, about, tuple(draw(st.lists(TEXTS, max_size=12)))))
    unresolved = tuple(draw(st.lists(UNRESOLVED, max_size=2)))
    data = tuple(draw(st.lists(st.builds(DataVersion, TEXTS, TEXTS), max_size=2)))
    ignores = st.lists(IGNORES, max_size=2).map(tuple)
    verdict = Verdict(
        draw(st.sampled_from(Decision)),
        judged,
        draw(st.booleans()),
        draw(st.booleans()),
        draw(ignores),
        draw(ignores),
    )
    return Report(
        command=draw(st.sampled_from(["npm ", "check ", "lockfile diff "])) + draw(TEXTS),
        plan=Plan(draw(TEXTS), draw(TEXTS), tuple(plan_steps), unresolved),
        outcomes=(*(one.outcome for one in judged), Passed(draw(TEXTS), draw(SUBJECTS))),
        verdict=verdict,
        tool_version=draw(TEXTS),
        data=data,
        notices=tuple(draw(st.lists(TEXTS, max_size=2))),
        offline=draw(st.booleans()),
        files=tuple(draw(st.lists(st.builds(ExaminedFile, LOCKED, NUMBERS), max_size=2))),
        compared=tuple(draw(st.lists(comparisons(), max_size=2))),
        started=STARTED,
        elapsed=timedelta(seconds=draw(st.floats(0, 100_000))),
    )
