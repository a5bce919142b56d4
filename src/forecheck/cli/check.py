"""`forecheck check SPEC…`: audit packages and all they depend on; installs nothing."""

import argparse

from forecheck.cli.options import Options, add_options
from forecheck.cli.ports import Ports


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "check",
        help="audit packages and everything they depend on, without installing",
        description="Audit what installing these packages would bring in. Nothing is installed, nothing changes.",
        epilog="A SPEC is whatever npm install takes: NAME, NAME@RANGE, NAME@TAG, @SCOPE/NAME, ALIAS@npm:NAME, "
        "a git or tarball URL, a folder or a .tgz file.",
    )
    parser.add_argument("specs", nargs="+", metavar="SPEC")
    add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, ports: Ports) -> int:
    from forecheck.adapters.npm.program import find_npm
    from forecheck.cli.output import chosen_reporter, write_report
    from forecheck.cli.refusal import UsageRefused
    from forecheck.cli.session import open_workbench
    from forecheck.npm.spec import InvalidSpec, parse
    from forecheck.policy import Next, exit_code, next_step

    options = Options.of(arguments)
    chosen_reporter(options)
    for spec in arguments.specs:
        try:
            parse(spec, ports.cwd)
        except InvalidSpec as wrong:
            raise UsageRefused(
                f"{spec}: {wrong}", "forecheck check --help tells what a SPEC may be"
            ) from None
    program = find_npm(ports.env)
    with open_workbench(options, ports, program) as workbench:
        manager = workbench.check_manager(tuple(arguments.specs), program)
        try:
            audit = workbench.audit(f"check {' '.join(arguments.specs)}", manager)
        finally:
            manager.close()
        write_report(audit.report, options, ports, wrapping=False)
        verdict = audit.report.verdict
        step = next_step(verdict, workbench.session.config, terminal=False)
        return exit_code(verdict, went_on=step is Next.GO)
