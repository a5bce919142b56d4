"""From a verdict to what happens: go on, ask, or stop; and then exactly what was audited."""

from collections.abc import Mapping
from typing import Protocol

from forecheck.app import Audit
from forecheck.checks.wording import listing
from forecheck.cli.options import Options, interactive
from forecheck.cli.ports import Ports
from forecheck.config import Config
from forecheck.model import Decision, Release, Step, Unavailable
from forecheck.policy import Next, exit_code, next_step
from forecheck.ports import PackageManager
from forecheck.report import Exit
from forecheck.text import escape


class Installer(PackageManager, Protocol):
    """A package manager that can say afterwards whether it kept to the plan."""

    def unaudited(self) -> tuple[str, ...]: ...


def enforce(audit: Audit, manager: Installer, config: Config, options: Options, ports: Ports) -> int:
    """Install if the verdict, or the person, allows it; gives the exit code."""
    verdict = audit.report.verdict
    if audit.report.plan.unresolved:
        return exit_code(verdict, went_on=False) or Exit.FINDINGS
    if not verdict.examined and audit.report.plan.installs():
        ports.stderr.write("Nothing was installed: no check looked at it (is every check disabled?)\n")
        return Exit.NOTHING
    pins, loose = audit.pins()
    if loose:
        _refuse_loose(loose, ports)
        return Exit.FINDINGS
    terminal = interactive((ports.stdin, ports.stderr), ports.env)
    step = next_step(verdict, config, terminal=terminal)
    unseen = audit.unseen(config) if step is Next.GO and verdict.decision is Decision.WARN else {}
    if unseen and not options.yes:
        _refuse_unseen(unseen, ports)
        return Exit.UNKNOWN
    if options.dry_run:
        return exit_code(verdict, went_on=step is not Next.STOP)
    if step is Next.ASK and not options.yes and not _agreed(ports):
        ports.stderr.write("Nothing was installed.\n")
        return exit_code(verdict, went_on=False, asked=True)
    if step is Next.STOP:
        return exit_code(verdict, went_on=False)
    code = manager.apply(pins)
    strangers = manager.unaudited() if code == 0 else ()
    if strangers:
        ports.stderr.write(
            "forecheck: npm installed what was not audited; remove node_modules and report this:\n"
        )
        ports.stderr.writelines(f"  {escape(stranger)}\n" for stranger in strangers)
        return Exit.BUG
    return code


def _agreed(ports: Ports) -> bool:
    """Only a plain yes is a yes; Enter, the end of input and anything else are not."""
    ports.stderr.write("Install anyway? [y/N] ")
    ports.stderr.flush()
    answer = ports.stdin.readline()
    if not answer.endswith("\n"):
        ports.stderr.write("\n")
    return answer.strip().lower() in ("y", "yes")


def _refuse_unseen(unseen: Mapping[Release, Unavailable], ports: Ports) -> None:
    reasons = dict.fromkeys(missing.reason for missing in unseen.values())
    kinds = dict.fromkeys(missing.kind.value for missing in unseen.values())
    names = listing([release.spec for release in unseen])
    meant = ", ".join(f'{kind} = "warn"' for kind in kinds)
    ports.stderr.write(
        f"✗ Nothing was installed: the registry said nothing about {escape(names)}, and nobody can be asked.\n"
        f"    {escape(next(iter(reasons)))}\n"
        f"  Try again, add --yes, or put {meant} under [policy.unknown] into your forecheck.toml.\n"
    )


def _refuse_loose(loose: tuple[Step, ...], ports: Ports) -> None:
    ports.stderr.write("✗ Nothing was installed: nothing pins the contents of\n")
    for step in loose:
        path = " > ".join(step.because) or step.entry.location
        ports.stderr.write(f"    {escape(step.entry.release.spec)}  ({escape(path)})\n")
    ports.stderr.write(
        "  The lockfile holds no integrity for them and their registry gives none, so what was audited cannot be\n"
        "  told from what would arrive.\n"
    )
