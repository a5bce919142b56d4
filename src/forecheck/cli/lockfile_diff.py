"""`forecheck lockfile diff [BASE] [HEAD]`: what changed, as a reviewer asks, and an audit of just that."""

import argparse
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from forecheck.cli.options import Options, add_options
from forecheck.cli.ports import Ports
from forecheck.cli.refusal import UsageRefused
from forecheck.model import Lockfile, Subject, Unavailable
from forecheck.ports import Resolution
from forecheck.text import escape

if TYPE_CHECKING:
    from forecheck.adapters.revisions import Tree
    from forecheck.cli.session import Workbench
    from forecheck.comparison import Sides
    from forecheck.report import ComparedLockfile, Report


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "diff",
        help="what changed between two lockfiles or revisions, and an audit of just that",
        description="Show what a change does to the lockfiles: packages added, removed, upgraded, downgraded, from "
        "another source, with other contents under the same version; what runs something on install; and the audit "
        "of what arrives. BASE and HEAD are git revisions, or two files.",
        epilog="Without HEAD, BASE is compared with the files on disk; without both, the last commit is. Only this "
        "folder and those below it are looked at. A file that is called like a revision is written ./NAME. "
        "--format markdown is for a comment on a pull request.",
    )
    parser.add_argument("base", nargs="?", default="", metavar="BASE")
    parser.add_argument("head", nargs="?", default="", metavar="HEAD")
    parser.add_argument(
        "--staged", action="store_true", help="compare with what is staged instead of what is on disk"
    )
    parser.add_argument("--no-audit", action="store_true", help="show the changes only; asks nobody")
    add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, ports: Ports) -> int:
    from forecheck import discover
    from forecheck.cli.output import chosen_reporter, write_report
    from forecheck.cli.session import open_workbench
    from forecheck.comparison import change_report
    from forecheck.policy import Next, exit_code, next_step
    from forecheck.report import Exit

    options = Options.of(arguments)
    chosen_reporter(options)
    base, head, sides = _sides(arguments, ports)
    if not sides and options.format == "text" and not options.output:
        ports.stdout.write(f"No lockfile differs between {escape(base)} and {escape(head)}.\n")
        return Exit.ALLOW
    pairs = [(one, one.compared(base, head)) for one in sides]
    words = [word for word in (arguments.base, arguments.head) if word]
    with open_workbench(options, ports, None) as workbench:
        audits = [] if arguments.no_audit else [a for one in pairs if (a := _audited(*one, workbench))]
        report = change_report(
            " ".join(("lockfile diff", *words)),
            pairs,
            audits,
            config=workbench.session.config,
            checks=discover.checks(),
            sources=discover.sources(),
            clock=ports.now,
            notices=tuple(_notices(base, head, pairs, asked=not arguments.no_audit)),
        )
        write_report(report, options, ports, wrapping=False)
        step = next_step(report.verdict, workbench.session.config, terminal=False)
        code = exit_code(report.verdict, went_on=step is Next.GO)
    return Exit.ALLOW if code == Exit.NOTHING else code


def _notices(
    base: str, head: str, pairs: "Sequence[tuple[Sides, ComparedLockfile]]", *, asked: bool
) -> Iterator[str]:
    from forecheck.comparison import arriving

    if not pairs:
        yield f"no lockfile differs between {base} and {head}"
    if not asked and any(arriving(compared) for _, compared in pairs):
        yield "what arrives was not audited (--no-audit): no registry and no advisory database was asked"


def _sides(arguments: argparse.Namespace, ports: Ports) -> "tuple[str, str, list[Sides]]":
    """What the two sides are called, and every lockfile that differs between them.

    Revisions go before files: a pull request must not be able to add files called `origin/main` and `HEAD`.
    """
    from forecheck.cli.lockfile_sides import of_files, of_trees

    base, head = arguments.base, arguments.head
    if head and arguments.staged:
        raise UsageRefused("--staged stands in the place of HEAD")
    if base and head and _are_files(base, head, ports):
        return base, head, [of_files(base, head, ports)]
    before, after = _trees(base or "HEAD", head, ports, staged=arguments.staged)
    return before.label, after.label, of_trees(before, after, ports)


def _are_files(base: str, head: str, ports: Ports) -> bool:
    from forecheck.adapters.revisions import Git

    if not all(os.path.isfile(os.path.join(ports.cwd, one)) for one in (base, head)):
        return False
    try:
        Git(ports.cwd, ports.env).commit(base)
    except Unavailable:
        return True
    return False


def _trees(base: str, head: str, ports: Ports, *, staged: bool) -> "tuple[Tree, Tree]":
    from forecheck.adapters.revisions import INDEX, AtRevision, OnDisk

    try:
        before = AtRevision(ports.cwd, base, ports.env)
        if staged or head:
            return before, AtRevision(ports.cwd, INDEX if staged else head, ports.env)
    except Unavailable as missing:
        raise UsageRefused(missing.reason, "BASE and HEAD are two files, or git revisions") from None
    return before, OnDisk(ports.cwd, sha256=before.sha256)


def _audited(sides: "Sides", compared: "ComparedLockfile", workbench: "Workbench") -> "Report | None":
    """The audit of what arrives; None where nothing does."""
    from forecheck.comparison import arriving

    locations = arriving(compared)
    if sides.after is None or sides.after.lockfile is None or not locations:
        return None
    before = sides.before.lockfile if sides.before else None
    manager = _ChangedProject(sides.after.lockfile, before, locations)
    return workbench.audit(f"lockfile diff {sides.path}", manager).report


class _ChangedProject:
    """A `PackageManager` that only reads: what a changed lockfile brings in beside what was there."""

    name = "npm"
    version = ""

    def __init__(self, after: Lockfile, before: Lockfile | None, only: frozenset[str]) -> None:
        self.name = after.manager
        self._resolution = Resolution(after=after, before=before, only=only)

    def resolve(self, while_waiting: Callable[[Sequence[Subject]], None]) -> Resolution:
        only = self._resolution.only or frozenset()
        while_waiting(tuple(e.release for e in self._resolution.after.entries if e.location in only))
        return self._resolution

    def apply(self, pins: Mapping[str, str]) -> int:
        """Nothing is installed from a lockfile that is only read."""
        del pins
        return 0

    def close(self) -> None:
        """Holds nothing open."""
