"""Where a report goes: the right stream, the right style, and a file when one was named."""

import os
import shutil
from typing import TextIO

from forecheck.cli.options import Options
from forecheck.cli.ports import Ports
from forecheck.cli.refusal import UsageRefused
from forecheck.report import Report
from forecheck.reporter import Reporter, Style


def chosen_reporter(options: Options) -> Reporter:
    """The reporter `--format` names; raises `UsageRefused` with the known names, also for those of `--output`."""
    for wanted in options.output:
        _file_of(wanted, options)
    return _named(options.format, "--format")


def _named(name: str, option: str) -> Reporter:
    if name == "text":  # what nearly every run wants; the others need not be loaded for it
        from forecheck.reporters.text import text

        plain: Reporter = text.__forecheck__  # type: ignore[attr-defined]
        return plain
    from forecheck.discover import reporters

    known = {reporter.id: reporter for reporter in reporters()}
    if name not in known:
        raise UsageRefused(f"{option} {name} is not known", f"one of: {', '.join(known)}")
    return known[name]


def _file_of(wanted: str, options: Options) -> tuple[Reporter, str]:
    """The format and file of one `--output [NAME=]FILE`; `./a=b` is a file with a sign in its name."""
    name, sign, file = wanted.partition("=")
    if not sign or not name.isalnum():
        return _named(options.format, "--format"), wanted
    return _named(name, "--output"), file


def style_for(stream: object, options: Options, ports: Ports) -> Style:
    """What the stream can show. `NO_COLOR` (https://no-color.org) and a dumb terminal mean plain text."""
    terminal = bool(getattr(stream, "isatty", bool)())
    plain = bool(ports.env.get("NO_COLOR")) or ports.env.get("TERM") == "dumb"
    colour = options.colour == "always" or (options.colour == "auto" and terminal and not plain)
    encoding = str(getattr(stream, "encoding", "") or "utf-8").lower().replace("-", "")
    return Style(
        width=_width(ports) if terminal else 80,
        colour=colour,
        unicode=encoding.startswith("utf"),
        verbose=options.verbose,
        summary=not terminal or bool(ports.env.get("CI")),
    )


def _width(ports: Ports) -> int:
    columns = ports.env.get("COLUMNS", "")
    width = int(columns) if columns.isdigit() else shutil.get_terminal_size().columns
    return min(max(width, 40), 120)


def write_report(report: Report, options: Options, ports: Ports, *, wrapping: bool) -> TextIO:
    """Show the report and give the stream it went to: with npm to follow, standard output is left to npm.

    A format that went into a file by `--format` alone is not shown as well: then the text is.
    """
    reporter = chosen_reporter(options)
    for wanted in options.output:
        _write(report, *_file_of(wanted, options), ports)
        if "=" not in wanted and options.format != "text":
            reporter = _named("text", "--format")
    human = reporter.id == "text"
    stream = ports.stderr if wrapping and human else ports.stdout
    stream.write(reporter.run(report, style_for(stream, options, ports)))
    stream.flush()
    return stream


def _write(report: Report, reporter: Reporter, path: str, ports: Ports) -> None:
    try:
        with open(os.path.join(ports.cwd, path), "w", encoding="utf-8") as file:
            file.write(reporter.run(report, Style(verbose=True, summary=True)))
    except OSError as wrong:
        raise UsageRefused(f"cannot write {path}: {wrong.strerror}") from None
