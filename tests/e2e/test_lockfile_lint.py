"""forecheck lockfile-lint beside the real lockfile-lint: what it finds, we find; what differs is listed and explained."""

import csv
import io
import random
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forecheck.cli.main import run
from forecheck.cli.ports import Ports
from forecheck.lockfile_lint.arguments import read_arguments
from forecheck.lockfile_lint.flags import FLAGS
from forecheck.lockfile_lint.refusal import NotAsMeant
from forecheck.lockfile_lint.request import request_of
from tests.fakes.lockfile_lint import Ran, read_options, run_all
from tests.lockfile_lint.cases import FLAGS as OPTIONS
from tests.lockfile_lint.cases import cases
from tests.lockfile_lint.test_arguments import WORDS

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
DIFFERENCES = ROOT / "tests" / "fixtures" / "lockfile-lint" / "differences.tsv"
PAGE = ROOT / "docs" / "migrating-from-lockfile-lint.md"
LOCKFILES = ROOT / "tests" / "fixtures" / "lockfiles"
LINES = 4_000


def ours(folder: Path, arguments: Sequence[str]) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    env = {"HOME": str(folder / "home")}
    code = run(
        ["lockfile-lint", *arguments],
        Ports(io.StringIO(), out, err, env, str(folder), lambda: datetime.now(UTC)),
    )
    assert code in (0, 1, 2, 4), err.getvalue()
    return Ran(code, out.getvalue(), err.getvalue())


def listed() -> Iterator[tuple[str, str]]:
    """Each known difference: the case, and whether ours is stricter or laxer."""
    with DIFFERENCES.open(newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            for format_ in row["formats"].split():
                for options in row["options"].split():
                    yield f"{format_}/{row['change']}/{options}", row["direction"]


def test_each_change_with_each_option(tmp_path: Path, lockfile_lint_folder: Path) -> None:
    every = list(cases())
    runs: list[tuple[Path, Sequence[str]]] = []
    for case in every:
        folder = tmp_path / case.id.rpartition("/")[0].replace("/", "_")
        if not folder.exists():
            folder.mkdir()
            for name, text in case.files.items():
                (folder / name).write_text(text)
        runs.append((folder, ("--path", case.lockfile, *case.flags)))
    found: dict[str, str] = {}
    for case, (folder, arguments), theirs in zip(
        every, runs, run_all(lockfile_lint_folder, runs), strict=True
    ):
        assert "ABORTING" not in theirs.err, case.id
        mine = ours(folder, arguments)
        if mine.code != theirs.code:
            found[case.id] = "stricter" if mine.code else "laxer"
    known = dict(listed())
    assert {case: way for case, way in found.items() if known.get(case) != way} == {}
    assert known.keys() - found.keys() == set()


def test_each_section_of_the_list_is_one_of_the_page() -> None:
    with DIFFERENCES.open(newline="") as file:
        sections = {row["section"] for row in csv.DictReader(file, delimiter="\t")}
    text = PAGE.read_text()
    assert {section for section in sections if f"### {section}\n" not in text} == set()


def real_lockfiles(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """npm's and yarn's lockfiles of real projects, each in a folder of its own under its usual name."""
    for path in sorted(LOCKFILES.rglob("*")):
        place = path.relative_to(LOCKFILES).as_posix()
        if not path.is_file() or "suites" in place or "expected" in place or path.name == "package.json":
            continue
        own = {
            "package-lock.json": "package-lock.json",
            "npm-shrinkwrap.json": "package-lock.json",
            "yarn.lock": "yarn.lock",
        }
        name = own.get(path.name) if place.startswith("same-project") else None
        if place.startswith("yarn-") and path.suffix == ".lock":
            name = "yarn.lock"
        if name is None:
            continue
        inside = folder / place.replace("/", "_")
        inside.mkdir()
        shutil.copy(path, inside / name)
        if (path.parent / "package.json").exists():
            shutil.copy(path.parent / "package.json", inside)
        yield place, inside, name


def test_real_lockfiles(tmp_path: Path, lockfile_lint_folder: Path) -> None:
    """Of files that nobody tampered with, ours says no more, but for the SHA-1 that yarn 1 gives what is no registry's."""
    made = [
        (place, options, folder, ("-p", name, *arguments))
        for place, folder, name in real_lockfiles(tmp_path)
        for options, arguments in OPTIONS.items()
    ]
    theirs = run_all(lockfile_lint_folder, [(folder, arguments) for _, _, folder, arguments in made])
    stricter, laxer = set(), set()
    for (place, options, folder, arguments), they in zip(made, theirs, strict=True):
        mine = ours(folder, arguments)
        if mine.code and not they.code:
            stricter.add((place, options))
        elif they.code and not mine.code and "ABORTING" not in they.err:
            laxer.add((place.partition("/")[0], options))
    assert stricter == {("same-project/yarn1/yarn.lock", one) for one in ("integrity", "integrity-exclude")}
    assert {options for _, options in laxer} <= {"https", "all", "hosts-strict"}


def test_command_lines(lockfile_lint_folder: Path) -> None:
    """Whatever we accept, yargs reads the same; whatever it refuses, we refuse."""
    dice = random.Random(7)
    lines = [[dice.choice(WORDS) for _ in range(dice.randrange(1, 8))] + ["-p", "x"] for _ in range(LINES)]
    accepted = 0
    for line, theirs in zip(lines, read_options(lockfile_lint_folder, lines), strict=True):
        try:
            given = read_arguments(line)
            request_of(given)
        except NotAsMeant:
            continue
        if given.help or given.version:
            continue
        accepted += 1
        assert theirs is not None, line
        for flag in FLAGS:
            mine = given.values.get(flag.name, {"empty-hostname": True, "format": "pretty"}.get(flag.name))
            said = theirs.get(flag.name)
            shown = tuple(str(one) for one in said) if isinstance(said, list) else said
            assert mine == shown, (line, flag.name)
    assert accepted > LINES // 100


SILENT = [
    ("-p nope.json -s", 4),
    ("-p **/nope.json -s", 4),
    ("-p package-lock.json", 1),
    ("-p package-lock.json --validate-htttps", 2),
    ("-p package-lock.json -s=yes", 2),
    ("-p clean.json package-lock.json -a npm -t npm", 2),
    ("-p pnpm-lock.yaml", 0),
    ("-p empty.json -t npm -s", 1),
    ("-p clean.json -t npm -a npm package-lock.json", 2),
]


def test_where_the_original_is_silent(tmp_path: Path, lockfile_lint_folder: Path) -> None:
    from tests.lockfile_lint.cases import Package, npm_3

    clean = npm_3(Package())["package-lock.json"]
    bad = npm_3(Package(resolved="http://evil.example/ms/-/ms-2.1.3.tgz"))["package-lock.json"]
    pnpm = (
        "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      ms:\n        specifier: ^2.1.1\n"
        "        version: 2.1.3\n\npackages:\n\n  ms@2.1.3:\n    resolution: {integrity: "
        "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==}\n\n"
        "snapshots:\n\n  ms@2.1.3: {}\n"
    )
    for name, text in {
        "package-lock.json": bad,
        "clean.json": clean,
        "pnpm-lock.yaml": pnpm,
        "empty.json": "{}",
    }.items():
        (tmp_path / name).write_text(text)
    theirs = run_all(lockfile_lint_folder, [(tmp_path, line.split()) for line, _ in SILENT])
    assert [they.code for they in theirs] == [0] * len(SILENT)
    assert [ours(tmp_path, line.split()).code for line, _ in SILENT] == [code for _, code in SILENT]
