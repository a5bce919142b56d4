"""`forecheck audit --fix`: the fewest version changes against known vulnerabilities, audited before they land."""

import os

import msgspec

from forecheck.app import Audit
from forecheck.cli.enforce import enforce
from forecheck.cli.options import Options, interactive
from forecheck.cli.output import write_report
from forecheck.cli.ports import Ports
from forecheck.cli.session import Workbench
from forecheck.policy import relative_to
from forecheck.report import Exit
from forecheck.resolve.repairs import Repair, Repairs, repairs
from forecheck.text import escape


def fix(audit: Audit, workbench: Workbench, options: Options, ports: Ports) -> int | None:
    """Propose the changes and, if somebody agrees, make them; None where there is nothing to do or nobody agreed.

    A change is held to what it makes worse: what stood against the tree before does not stop it.
    """
    wanted = repairs(audit.report, audit.facts)
    ports.stderr.write(_proposal(wanted))
    commands = wanted.commands()
    if not commands or options.dry_run or not _agreed(options, ports):
        return None
    before = audit
    for command in commands:
        code, before = _run(command, before, workbench, options, ports)
        if code != Exit.ALLOW:
            return code
    return Exit.ALLOW


def _run(
    command: tuple[str, ...], before: Audit, workbench: Workbench, options: Options, ports: Ports
) -> tuple[int, Audit]:
    from forecheck.adapters.npm.program import find_npm
    from forecheck.npm.commandline import classify

    program = find_npm(ports.env)
    installed = os.path.isdir(os.path.join(workbench.root, "node_modules"))
    words = [*command, *(() if installed else ("--package-lock-only",))]
    call = classify(
        words,
        ports.env,
        npm_version=program.version,
        config_lookup=workbench.configuration.text_of,
        in_workspace=workbench.configuration.in_workspace,
    )
    manager = workbench.project_manager(call, program)
    try:
        made = workbench.audit(f"npm {' '.join(words)}", manager)
        verdict = relative_to(made.report.verdict, before.report.verdict)
        made = Audit(msgspec.structs.replace(made.report, verdict=verdict), made.facts)
        write_report(made.report, msgspec.structs.replace(options, output=()), ports, wrapping=True)
        return enforce(made, manager, workbench.session.config, options, ports), made
    finally:
        manager.close()


def _proposal(wanted: Repairs) -> str:
    lines = []
    if wanted.updates or wanted.installs:
        lines.append("What would be changed:")
        lines += [f"  {_change(one)}" for one in (*wanted.installs, *wanted.updates)]
    if wanted.impossible:
        lines.append("What cannot be changed from here:")
        lines += [f"  {_obstacle(one)}" for one in wanted.impossible]
    if not lines:
        return "No known vulnerability calls for a change.\n"
    lines += [f"  → npm {escape(' '.join(command), 2_000)}" for command in wanted.commands()]
    return "\n".join(lines) + "\n"


def _change(one: Repair) -> str:
    how = "within what is asked for" if one.within else "beyond the declared range"
    major = ", another major version" if one.major else ""
    return f"{escape(one.release.spec)} → {escape(one.to)}  ({how}{major}; {escape(', '.join(one.flaws))})"


def _obstacle(one: Repair) -> str:
    path = escape(" > ".join(one.because))
    if one.to:
        return f"{escape(one.release.spec)}: {escape(one.to)} is rid of it, but what needs it asks for less  ({path})"
    return f"{escape(one.release.spec)}: no version is known to be rid of {escape(', '.join(one.flaws))}  ({path})"


def _agreed(options: Options, ports: Ports) -> bool:
    if options.yes:
        return True
    if not interactive((ports.stdin, ports.stderr), ports.env):
        ports.stderr.write("Nothing was changed: --yes makes these changes where nobody can be asked.\n")
        return False
    ports.stderr.write("Make these changes? [y/N] ")
    ports.stderr.flush()
    agreed = ports.stdin.readline().strip().lower() in ("y", "yes")
    if not agreed:
        ports.stderr.write("Nothing was changed.\n")
    return agreed
