"""`python -m evals.lockfile.run [--real FOLDER] [--write]`: which attacks are caught in which format, and what is
found in real lockfiles that nobody tampered with.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from evals.lockfile.attacks import Attack, attacks
from evals.lockfile.clean import CLEAN, MANIFEST
from forecheck import discover
from forecheck.adapters.lockfiles import Found, dossiers, lockfile_names
from forecheck.config.settings import defaults
from forecheck.lint import Rules
from forecheck.model import Crashed, Finding, Severity

PAGE = Path(__file__).parent.parent.parent / "docs" / "lockfile-rules.md"
COMMITTED = Path(__file__).parent.parent.parent / "tests" / "fixtures" / "lockfiles"
ENVIRONMENT = {"HOME": "/nonexistent", "USERPROFILE": "/nonexistent", "PATH": ""}


class Result(msgspec.Struct, frozen=True):
    """What the rules said of one attack, worst first."""

    attack: Attack
    findings: tuple[Finding, ...]

    @property
    def caught(self) -> str:
        """`block`, `warn` or nothing, by the default policy."""
        worst = max((one.severity for one in self.findings), default=Severity.INFO)
        return "block" if worst >= Severity.HIGH else "warn" if worst >= Severity.MEDIUM else ""


class Linter:
    """The rules with their defaults."""

    def __init__(self) -> None:
        checks = discover.checks()
        self._rules = Rules(checks, discover.sources(), defaults(checks))
        self._formats = discover.formats()
        self.names = lockfile_names(self._formats)

    def findings(self, path: Path, shown: str) -> tuple[Finding, ...]:
        dossier = next(dossiers([Found(str(path), shown)], self._formats, ENVIRONMENT))
        outcomes = self._rules.look_at(dossier)
        crashed = [one for one in outcomes if isinstance(one, Crashed)]
        if crashed:
            raise RuntimeError(crashed[0].detail)
        found = (one for one in outcomes if isinstance(one, Finding))
        return tuple(sorted(found, key=lambda one: -one.severity))

    def project(self, file: str, text: str, beside: Mapping[str, str]) -> tuple[Finding, ...]:
        """The findings on a lockfile in a project of its own."""
        with tempfile.TemporaryDirectory() as folder:
            for name, content in {"package.json": MANIFEST, **beside, file: text}.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")
            return self.findings(Path(folder) / file, file)


def run_attacks(linter: Linter) -> list[Result]:
    """Every attack, judged."""
    return [Result(one, linter.project(one.file, one.text, one.beside)) for one in attacks()]


def clean_findings(linter: Linter) -> dict[str, tuple[Finding, ...]]:
    """What is found in the files that the attacks are made from: nothing."""
    return {format_: linter.project(file, text, {}) for format_, (file, text) in CLEAN.items()}


def real_findings(linter: Linter, folder: Path) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """What is found in the lockfiles below a folder, by path."""
    for where, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if name in linter.names or name.split("__")[-1] in linter.names:
                path = Path(where) / name
                yield path.relative_to(folder).as_posix(), linter.findings(path, name)


def table(results: Iterable[Result]) -> list[str]:
    """Rows are attacks, columns formats."""
    by_name: dict[str, dict[str, str]] = {}
    for one in results:
        by_name.setdefault(one.attack.name, {})[one.attack.format] = one.caught or "MISSED"
    formats = list(CLEAN)
    lines = [f"| attack | {' | '.join(formats)} |", "| --- |" + " --- |" * len(formats)]
    for name, row in by_name.items():
        lines.append(f"| {name} | {' | '.join(row.get(one, '-') for one in formats)} |")
    return lines


def real_table(found: Iterable[tuple[str, tuple[Finding, ...]]]) -> list[str]:
    """Files and findings by severity, then every high finding."""
    files = list(found)
    counts = Counter((one.severity, one.check) for _, ones in files for one in ones)
    lines = [f"{len(files)} files.", "", "| severity | rule | findings |", "| --- | --- | ---: |"]
    lines += [
        f"| {severity.label} | {check} | {count} |"
        for (severity, check), count in sorted(counts.items(), key=lambda item: (-item[0][0], item[0][1]))
    ]
    high = [(path, one) for path, ones in files for one in ones if one.severity >= Severity.HIGH]
    lines += ["", "Every high finding:" if high else "No high finding.", ""]
    lines += [f"- `{path}`: {one.check}: {one.subject.spec} {one.message}" for path, one in high]
    return lines


def main() -> int:
    """Print both tables; 1 where an attack is missed or a clean file is not."""
    parser = argparse.ArgumentParser(prog="python -m evals.lockfile.run", description=__doc__)
    parser.add_argument("--real", type=Path, default=COMMITTED, help="a folder of real lockfiles")
    parser.add_argument("--write", action="store_true", help=f"keep the tables in {PAGE.name}")
    parser.add_argument(
        "--missed", action="store_true", help="list what was said of attacks that were missed"
    )
    chosen = parser.parse_args()
    linter = Linter()
    results = run_attacks(linter)
    page = [INTRODUCTION, *table(results), BETWEEN, *real_table(real_findings(linter, chosen.real))]
    print("\n".join(page))
    if chosen.write:
        PAGE.write_text("\n".join(page) + "\n", encoding="utf-8")
    noisy = {name: ones for name, ones in clean_findings(linter).items() if ones}
    missed = [one for one in results if not one.caught]
    for one in missed if chosen.missed else ():
        print(f"MISSED {one.attack.name} in {one.attack.format}: {[f.message for f in one.findings]}")
    for name, ones in noisy.items():
        print(f"CLEAN {name}: {[(f.check, f.message) for f in ones]}")
    print(
        f"{len(results)} attacks, {len(missed)} missed; {len(noisy)} of {len(CLEAN)} clean files with findings"
    )
    return 1 if missed or noisy else 0


INTRODUCTION = """\
# What the lockfile rules catch

Made by `python -m evals.lockfile.run --write`. Each cell is a clean lockfile with one change; `block` and `warn` are
what `forecheck lockfile lint` makes of it without any configuration, with nothing but the lockfile and its
package.json (and, in the last rows, what the name says). `-`: the format has no place for it, or no version of its
package manager was seen to fall for it.
"""
BETWEEN = """
A dependency or an install script that was added to the lockfile's entry of a real package, in an address, name and
hash that are in order, cannot be told from the file alone: only a second record of the release gives it away
(node_modules, another lockfile, another copy in the file), or the registry: `forecheck lockfile verify`.

## Real lockfiles

Lockfiles of public projects as they were committed, without their package.json and configuration.
"""

if __name__ == "__main__":
    sys.exit(main())
