"""The two ways `forecheck lockfile-lint` looks at files, and what it says of them."""

from collections.abc import Sequence
from functools import partial

from forecheck.adapters.files import LocalFiles
from forecheck.adapters.lockfiles import Found, dossiers
from forecheck.cli.lockfile_lint_compat import NAME
from forecheck.cli.ports import Ports
from forecheck.decode import Malformed
from forecheck.lockfile_lint.problem import Problem
from forecheck.lockfile_lint.request import Request
from forecheck.lockfile_lint.voice import Voice
from forecheck.lockfiles.format import Format
from forecheck.model import Unavailable
from forecheck.report import Exit
from forecheck.text import escape


class Talk:
    """Where everything is said: problems on standard error, the rest on standard output, as lockfile-lint does."""

    def __init__(self, voice: Voice, ports: Ports, files: int) -> None:
        self.ports = ports
        self._voice = voice
        self._files = files

    def announce(self, path: str) -> None:
        """Which file is looked at, where there are several."""
        if self._files > 1:
            self.ports.stdout.write(f"\nforecheck {NAME} scanning: {escape(path)}\n\n")
            self.ports.stdout.flush()

    def problems(self, problems: Sequence[Problem]) -> None:
        self.ports.stderr.write("".join("\n".join(one.lines()) + "\n\n" for one in problems))

    def warnings(self, problems: Sequence[Problem]) -> None:
        for one in problems:
            headline, *rest = one.lines()
            self.ports.stderr.write("\n".join([self._voice.warning(headline), *rest]) + "\n\n")

    def clean_file(self) -> None:
        if self._files > 1:
            self.ports.stdout.write(f"{self._voice.success('No issues detected')}\n")

    def failed(self, problems: int, files: int) -> None:
        """The last line of a run that found something."""
        counted = f"{_count(problems, 'problem')} in {files} of {_count(self._files, 'file')}"
        self.ports.stdout.flush()
        self.ports.stderr.write(f"{self._voice.error(f'Error: security issues detected! ({counted})')}\n")

    def clean(self, packages: int, warnings: int = 0) -> int:
        """The last line of a run that nothing stops; raises `NothingThere` where there was nothing to look at."""
        from forecheck.cli.refusal import NothingThere

        counted = f"{_count(self._files, 'file')}, {_count(packages, 'package')}"
        if not packages:
            raise NothingThere(f"nothing to examine: {counted}", "lockfile-lint calls that clean")
        found = f"Nothing but {_count(warnings, 'warning')}" if warnings else "No issues detected"
        self.ports.stdout.write(f"{self._voice.success(f'{found} ({counted})')}\n")
        return Exit.ALLOW


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def validated(request: Request, found: Sequence[Found], formats: Sequence[Format], talk: Talk) -> int:
    """Run the validators that were asked for on every file; gives the exit code."""
    from forecheck import discover
    from forecheck.lockfile_lint.validate import validate

    places = {one.shown: one.full for one in found}
    problems = bad = packages = 0
    for dossier in dossiers(found, formats, talk.ports.env):
        talk.announce(dossier.subject.path)
        again = partial(_read_again, places[dossier.subject.path])
        done = validate(dossier, request, discover.sources, again)
        talk.problems(done.problems)
        if not done.problems:
            talk.clean_file()
        problems += len(done.problems)
        bad += bool(done.problems)
        packages += done.packages
    if problems:
        talk.failed(problems, bad)
        return Exit.FINDINGS
    return talk.clean(packages)


def _read_again(path: str) -> bytes:
    try:
        return LocalFiles("/").read(path)
    except Unavailable as gone:
        raise Malformed(path, f"changed while it was looked at: {gone.reason}") from None


def by_own_rules(
    arguments: Sequence[str], found: Sequence[Found], formats: Sequence[Format], talk: Talk
) -> int:
    """Look at the files as `forecheck lockfile lint` does, forecheck.toml included; gives the exit code."""
    from forecheck import discover
    from forecheck.adapters.settings import load
    from forecheck.linting import lint
    from forecheck.lockfile_lint.judged import problems_of
    from forecheck.policy import Next, exit_code, next_step

    ports, checks = talk.ports, discover.checks()
    settings = load(ports.cwd, ports.env, checks)
    said = ["no validator was asked for, so the rules of `forecheck lockfile lint` apply"]
    said += [notice.text for notice in settings.notices]
    ports.stderr.write("".join(f"forecheck: {escape(text)}\n" for text in said))
    report = lint(
        " ".join((NAME, *arguments)),
        dossiers(found, formats, ports.env),
        config=settings.config,
        checks=checks,
        sources=discover.sources(),
        clock=ports.now,
    )
    problems, warnings = problems_of(report)
    paths = [one.file.path for one in report.files]
    for path in dict.fromkeys((*paths, *(one.at.path for one in (*problems, *warnings)))):
        talk.announce(path)
        blocking = [one for one in problems if one.at.path == path]
        warning = [one for one in warnings if one.at.path == path]
        talk.problems(blocking)
        talk.warnings(warning)
        if not blocking and not warning:
            talk.clean_file()
    step = next_step(report.verdict, settings.config, terminal=False)
    code = exit_code(report.verdict, went_on=step is Next.GO)
    if code in (Exit.NOTHING, Exit.ALLOW):
        return talk.clean(report.examined(), len(warnings))
    counted = problems or warnings
    talk.failed(len(counted), len({one.at.path for one in counted}))
    return code
