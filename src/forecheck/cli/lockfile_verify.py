"""`forecheck lockfile verify [PATHS…]`: whether the registry agrees with every entry."""

import argparse
import os
from typing import TYPE_CHECKING

import msgspec

from forecheck.cli.options import Options, add_options
from forecheck.cli.ports import Ports

if TYPE_CHECKING:
    from forecheck.adapters.lockfiles import Found
    from forecheck.cli.session import Workbench
    from forecheck.lint import Dossier
    from forecheck.report import Report


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "verify",
        help="compare every entry with the registry: version, integrity, signature, age",
        description="Ask the registry about every entry: that the version exists, that the integrity is the "
        "registry's own and signed by it, that it is not younger than checks.fresh-release allows (frozen installs "
        "ignore every package manager's own cooldown). Warnings count as failures here, and so does what could not "
        "be looked at.",
        epilog="PATHS are lockfiles, folders or patterns. Without any, the lockfiles of this folder are verified.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH")
    add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, ports: Ports) -> int:
    from forecheck import discover
    from forecheck.adapters.lockfiles import NoLockfile, expand, lockfile_names
    from forecheck.cli.output import chosen_reporter, write_report
    from forecheck.cli.refusal import NothingThere
    from forecheck.policy import exit_code
    from forecheck.verification import together

    options = Options.of(arguments)
    chosen_reporter(options)
    try:
        found = expand(arguments.paths or _here(ports.cwd), ports.cwd, lockfile_names(discover.formats()))
    except NoLockfile as wrong:
        raise NothingThere(str(wrong), "forecheck lockfile verify PATH") from None
    if not found:
        raise NothingThere("there is no lockfile here", "forecheck lockfile verify PATH")
    audits = [_verified(one, options, ports) for one in found]
    report = together(" ".join(("lockfile verify", *arguments.paths)), audits)
    write_report(report, options, ports, wrapping=False)
    return exit_code(report.verdict, went_on=False)


def _here(cwd: str) -> list[str]:
    from forecheck import discover
    from forecheck.adapters.lockfiles import lockfile_names

    names = lockfile_names(discover.formats())
    return sorted(name for name in os.listdir(cwd) if name in names) or ["."]


def _verified(found: "Found", options: Options, ports: Ports) -> "Report":
    """The audit of one lockfile, by the settings and credentials of its own folder."""
    from forecheck.adapters.npm.locked import LockedProject
    from forecheck.cli.refusal import UsageRefused
    from forecheck.cli.session import open_workbench

    folder = os.path.dirname(os.path.abspath(found.full))
    with open_workbench(options, ports.at(folder), None) as workbench:
        dossier = _dossier(found, ports)
        if dossier.lockfile is None:
            raise UsageRefused(f"{found.shown} {dossier.problem}")
        manager = LockedProject(dossier.lockfile)
        return _strictly(workbench).audit(f"lockfile verify {found.shown}", manager, dossier).report


def _dossier(found: "Found", ports: Ports) -> "Dossier":
    from forecheck import discover
    from forecheck.adapters.lockfiles import dossiers

    return next(dossiers([found], discover.formats(), ports.env))


def _strictly(workbench: "Workbench") -> "Workbench":
    """The workbench with the checks that ask the registry, every warning of theirs a failure."""
    from forecheck.verification import VERIFIED

    session = workbench.session
    checks = [check for check in session.checks if check.id in VERIFIED]
    narrowed = msgspec.structs.replace(session, checks=checks, config=session.config.strictly(), services=())
    return msgspec.structs.replace(workbench, session=narrowed)
