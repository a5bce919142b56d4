"""`forecheck audit --fix`: the fewest version changes against known vulnerabilities, audited before they land."""

import os
from functools import reduce

import msgspec

from forecheck.app import Audit
from forecheck.cli.enforce import enforce
from forecheck.cli.options import Options, interactive
from forecheck.cli.output import write_report
from forecheck.cli.ports import Ports
from forecheck.cli.session import Workbench
from forecheck.policy import Next, exit_code, next_step, relative_to
from forecheck.report import Exit, Verdict
from forecheck.resolve.repairs import Repair, Repairs, repairs
from forecheck.text import escape


def fix(audit: Audit, workbench: Workbench, options: Options, ports: Ports) -> int | None:
    """Propose the changes and, if somebody agrees, make them; None where there is nothing to do or nobody agreed.

    A change is held to what it makes worse: what stood against the tree before does not stop it. The exit code is
    that of an audit of what came of it.
    """
    wanted = repairs(audit.report, audit.facts)
    ports.stderr.write(_proposal(wanted))
    commands = wanted.commands()
    if not commands or options.dry_run or not _agreed(options, ports):
        return None
    options = msgspec.structs.replace(options, output=(), format="text")
    before = [audit.report.verdict]
    for command in commands:
        code = _run(command, before, workbench, options, ports)
        if code != Exit.ALLOW:
            return code
    return _left(workbench, ports)


def _run(
    command: tuple[str, ...], before: list[Verdict], workbench: Workbench, options: Options, ports: Ports
) -> int:
    """Audit what the command would do, and let it; its own verdict joins those `before`."""
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
        verdict = reduce(relative_to, before, made.report.verdict)
        before.append(made.report.verdict)
        made = Audit(msgspec.structs.replace(made.report, verdict=verdict), made.facts)
        write_report(made.report, options, ports, wrapping=True)
        return enforce(made, manager, workbench.session.config, options, ports)
    finally:
        manager.close()


def _left(workbench: Workbench, ports: Ports) -> int:
    """Audit what came of the changes, and say what they did not change."""
    dossier = workbench.own_lockfile()
    manager = workbench.lockfile_manager(dossier)
    try:
        made = workbench.audit("audit", manager, dossier)
    finally:
        manager.close()
    left = repairs(made.report, made.facts).all
    verdict = made.report.verdict
    step = next_step(verdict, workbench.session.config, terminal=False)
    code = exit_code(verdict, went_on=step is Next.GO)
    lines = (
        ["What is left:", *(f"  {_change(one) if one.possible else _obstacle(one)}" for one in left)]
        if left
        else []
    )
    if not left and code == Exit.ALLOW:
        lines.append("No known vulnerability is left.")
    elif not left:
        lines.append("No known vulnerability is left; forecheck audit tells what else there is.")
    ports.stderr.write("".join(f"{line}\n" for line in lines))
    return code


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
