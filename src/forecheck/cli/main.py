"""The command line: which command, and what every failure looks like."""

import argparse
import os
import sys
import traceback
from datetime import UTC, datetime

from forecheck.cli.ports import Ports
from forecheck.report import Exit

WRAPPED = ("npm", "npx")

DESCRIPTION = """\
Is what I am about to install safe? forecheck audits the whole tree that an npm command would install, shows a
verdict with its reasons, and lets npm install exactly what was audited.
"""

EPILOG = """\
examples:
  forecheck npm install express       audit the whole tree, then install exactly that
  forecheck --dry-run npm ci          stop after the verdict
  forecheck check left-pad@1.3.0      audit a package and all it depends on; installs nothing
  forecheck audit                     audit this project as its lockfile says
  forecheck explain typosquat         what a check looks for, why, and what to do

exit codes:
  0 nothing stands against it     1 findings at or above the threshold
  2 usage or configuration        3 something could not be looked at, and the policy minds
  4 nothing to examine            5 declined at the prompt
  6 npm or a registry failed      70 a bug in forecheck
  130 interrupted                 141 broken pipe
  npm's own code passes through when npm ran
"""

# npm's codes for a command line, spec or manifest that it cannot read; the rest are the world's.
_ASKED_WRONGLY = frozenset(
    {"EINVALIDTAGNAME", "EINVALIDPACKAGENAME", "EUNSUPPORTEDPROTOCOL", "EUSAGE", "EJSONPARSE", "EOVERRIDE"}
)


def run(arguments: list[str], ports: Ports | None = None) -> int:
    """Run one command; gives the exit code. Never raises for what a person or the world did wrong."""
    try:
        ports = ports or _process_ports()
    except FileNotFoundError:
        sys.stderr.write("forecheck: the current folder does not exist any more\n")
        return Exit.USAGE
    try:
        code = _dispatch(arguments, ports)
        ports.stdout.flush()
    except KeyboardInterrupt:
        ports.stderr.write("\nforecheck: interrupted; nothing was installed\n")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _abandon_stdout()
        return Exit.BROKEN_PIPE
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else Exit.USAGE
    except Exception as wrong:  # the last resort: a message instead of a traceback for what is known
        return _explain(wrong, ports)
    return code


def _dispatch(arguments: list[str], ports: Ports) -> int:
    from forecheck.cli.options import Options, split_wrapped

    if arguments[:1] == ["lockfile-lint"]:
        from forecheck.cli import lockfile_lint_compat

        return lockfile_lint_compat.run(arguments[1:], ports)
    own, wrapped = split_wrapped(arguments, WRAPPED)
    if wrapped:
        from forecheck.cli import npm

        return npm.run(wrapped[0], wrapped[1:], Options.of(_parser_of_options().parse_args(own)), ports)
    parsed = parser().parse_args(own)
    code: int = parsed.run(parsed, ports)
    return code


def parser() -> argparse.ArgumentParser:
    """The parser of every command that is forecheck's own."""
    from forecheck.cli import allow, audit, check, checks, completion, db, explain, keys, lockfile, trust
    from forecheck.cli import lockfile_lint_compat as dropin
    from forecheck.cli.options import add_options

    root = argparse.ArgumentParser(
        prog="forecheck",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    root.add_argument("--version", action="version", version=f"forecheck {_version()}")
    add_options(root)
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    wrapped = commands.add_parser("npm", help="audit what an npm command would bring in, then run it")
    wrapped.add_argument("arguments", nargs=argparse.REMAINDER)
    for command in (check, audit, lockfile, dropin, checks, explain, allow, trust, keys, db, completion):
        command.add_parser(commands)
    return root


def _parser_of_options() -> argparse.ArgumentParser:
    from forecheck.cli.options import add_options

    options = argparse.ArgumentParser(prog="forecheck", usage="forecheck [options] npm …", allow_abbrev=False)
    add_options(options)
    return options


def _version() -> str:
    from forecheck import __version__

    return __version__


def _explain(wrong: Exception, ports: Ports) -> int:
    from forecheck.adapters.npm.program import NpmError
    from forecheck.app import RegistryUnreachable
    from forecheck.cli.refusal import NothingThere, UsageRefused
    from forecheck.config import ConfigError
    from forecheck.decode import Malformed
    from forecheck.graph import WiringError
    from forecheck.resolve.npm_commands import Refused
    from forecheck.text import escape_lines

    codes: dict[type[Exception], int] = {
        ConfigError: Exit.USAGE,
        Malformed: Exit.USAGE,
        NothingThere: Exit.NOTHING,
        UsageRefused: Exit.USAGE,
        Refused: Exit.USAGE,
        NpmError: Exit.WORLD,
        RegistryUnreachable: Exit.WORLD,
    }
    for kind, code in codes.items():
        if isinstance(wrong, kind) and not isinstance(wrong, WiringError):
            hint = getattr(wrong, "hint", "")
            ports.stderr.write(f"forecheck: {escape_lines(str(wrong))}\n")
            if hint:
                ports.stderr.write(f"  → {escape_lines(hint)}\n")
            return Exit.USAGE if getattr(wrong, "code", "") in _ASKED_WRONGLY else code
    ports.stderr.write(traceback.format_exc())
    ports.stderr.write(
        "forecheck: this is a bug in forecheck, not in your project; please report these lines\n"
    )
    return Exit.BUG


def _process_ports() -> Ports:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    return Ports(
        stdin=sys.stdin,
        stdout=sys.stdout,
        stderr=sys.stderr,
        env=os.environ,
        cwd=os.getcwd(),
        now=lambda: datetime.now(UTC),
    )


def _abandon_stdout() -> None:
    """Whoever read our output is gone; keep the interpreter from complaining about it while it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
