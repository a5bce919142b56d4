"""`forecheck audit [DIR]`: audit a project as its lockfile says."""

import argparse
import os

from forecheck.cli.options import Options, add_options
from forecheck.cli.ports import Ports


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "audit",
        help="audit a project as its lockfile says",
        description="Audit every package that the project's lockfile names (npm, yarn, pnpm, bun, deno or vlt, any "
        "version). Without a lockfile npm works out, in a private copy, what it would write. Nothing is installed, "
        "nothing changes.",
    )
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="the project (default: here)")
    parser.add_argument(
        "--fix",
        action="store_true",
        help="propose the smallest version changes against known vulnerabilities and, if agreed to (--yes: at once), "
        "let npm make them; the result is audited before it lands",
    )
    add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, ports: Ports) -> int:
    from forecheck.cli.output import chosen_reporter, write_report
    from forecheck.cli.refusal import UsageRefused
    from forecheck.cli.session import open_workbench
    from forecheck.policy import Next, exit_code, next_step

    options = Options.of(arguments)
    chosen_reporter(options)
    folder = os.path.abspath(os.path.join(ports.cwd, arguments.folder))
    if not os.path.isdir(folder):
        raise UsageRefused(f"{arguments.folder} is not a folder")
    with open_workbench(options, ports.at(folder), None) as workbench:
        dossier = workbench.own_lockfile()
        manager = workbench.lockfile_manager(dossier)
        if arguments.fix and manager.name != "npm":
            raise UsageRefused(
                "--fix changes npm's lockfile, and this project's is of another package manager"
            )
        try:
            audit = workbench.audit(f"audit {arguments.folder}", manager, dossier)
        finally:
            manager.close()
        write_report(audit.report, options, ports, wrapping=False)
        if arguments.fix:
            from forecheck.cli.audit_fix import fix

            fixed = fix(audit, workbench, options, ports.at(folder))
            if fixed is not None:
                return fixed
        verdict = audit.report.verdict
        step = next_step(verdict, workbench.session.config, terminal=False)
        return exit_code(verdict, went_on=step is Next.GO)
